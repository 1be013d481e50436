from journal.site.search import own

PAGE = """\
---
title: "# No heading"
---
Before any.

# The *guide* to `wandb`

## Seeds & restarts

Flamingo [link](https://heron.example).

```python
## no heading
```

## Seeds & restarts ##

### Größe {#size .wide}
"""


def test_headings_are_the_targets_that_the_builder_gives_them() -> None:
    page = own.page_of("a/guide.md", PAGE)
    assert (page.page, page.title) == ("docs/a/guide", "The guide to wandb")
    assert [(part.heading, part.anchor) for part in page.parts] == [
        ("", ""),
        ("The guide to wandb", ""),
        ("Seeds & restarts", "seeds-restarts"),
        ("Seeds & restarts", "seeds-restarts_1"),
        ("Größe", "size"),
    ]


def test_the_builder_makes_the_same_anchors() -> None:
    import markdown

    headings = ["Ünïcode wörds", "a_b c--d", "1. One / two", "注意", "注意", "`code` and *more*"]
    text = "# T\n\n" + "\n\n".join(f"## {heading}" for heading in headings)
    html = markdown.markdown(text, extensions=["toc", "attr_list"])
    anchors = [part.anchor for part in own.page_of("x.md", text).parts if part.anchor]
    assert len(anchors) == len(headings)
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in html] == []


def test_the_words_below_a_heading_are_its_own_and_an_address_is_none() -> None:
    words = own.page_of("guide.md", PAGE).parts[2].words.split()
    assert {"flamingo", "link"} <= set(words)
    assert "heron" not in words


def test_a_page_without_a_heading_is_called_like_its_file() -> None:
    assert own.page_of("notes.md", "words\n").title == "notes"
    assert own.page_of("sub/README.md", "words\n").page == "docs/sub/index"
