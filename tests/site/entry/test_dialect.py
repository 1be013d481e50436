import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.site.entry.dialect import adapt, headings

markdown = pytest.importorskip("markdown")


class Shape(HTMLParser):
    """A document's lists, code and text, without the rest."""

    KEPT = ("ul", "ol", "li", "pre", "blockquote", "table")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self.KEPT:
            self.parts.append(f"{tag}(")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.KEPT:
            self.parts.append(")")

    def handle_data(self, data: str) -> None:
        self.parts += data.split()

    def __str__(self) -> str:
        return " ".join(self.parts).replace("( ", "(").replace(" )", ")")


def shape(text: str) -> str:
    extensions = ["sane_lists", "pymdownx.superfences", "tables"]
    return str(Shape(markdown.markdown(adapt(text), extensions=extensions)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why:\n- a\n- b\n", "Why: ul(li(a) li(b))"),
        ("Why:\n1. a\n2. b\n", "Why: ol(li(a) li(b))"),
        ("It was in\n1986. A good year.\n", "It was in 1986. A good year."),
        ("- a\n  - b\n    - c\n- d\n", "ul(li(a ul(li(b ul(li(c))))) li(d))"),
        ("1. a\n   - b\n   - c\n2. d\n", "ol(li(a ul(li(b) li(c))) li(d))"),
        ("10. a\n    - b\n11. c\n", "ol(li(a ul(li(b))) li(c))"),
        ("- a\n    - b\n        - c\n", "ul(li(a ul(li(b ul(li(c))))))"),
        ("- a\n\t- b\n", "ul(li(a ul(li(b))))"),
        ("- a\nlazy\n- b\n", "ul(li(a lazy) li(b))"),
        ("- a\n\n  more\n- b\n", "ul(li(a more) li(b))"),
        ("- a\n\ntext\n- b\n", "ul(li(a)) text ul(li(b))"),
        ("- a\n  ```\n  - x\n  ```\n- b\n", "ul(li(a pre(- x)) li(b))"),
        ("- a\n\n  ```\n  - x\n\n  - y\n  ```\n- b\n", "ul(li(a pre(- x - y)) li(b))"),
        ("- a\n```\n- x\n```\n- b\n", "ul(li(a)) pre(- x) ul(li(b))"),
        ("- a\n\n  > q\n\n- b\n", "ul(li(a blockquote(q)) li(b))"),
        ("- a\n\n  | x |\n  |---|\n  | 1 |\n", "ul(li(a table(x 1)))"),
        ("- [ ] a\n  - [x] b\n", "ul(li([ ] a ul(li([x] b))))"),
        ("# H\n- a\n## I\ntext\n", "H ul(li(a)) I text"),
        ("text\n* * *\n- a\n", "text ul(li(a))"),
    ],
)
def test_lists_are_read_as_git_hosts_read_them(text: str, expected: str) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize("tag", ["a", "span"])
def test_a_cited_value_at_the_beginning_of_a_line_is_text(tag: str) -> None:
    text = f'<{tag} class="journal-value">0.683</{tag}> it was:\n- a\n  - b\n'
    assert shape(text) == "0.683 it was: ul(li(a ul(li(b))))"


@pytest.mark.parametrize(
    "text",
    [
        "    code\n    - x\n",
        "text\n    - no list\n",
        "```yaml\nruns:\n- a\n  - b\n```\n",
        "<div>\n- a\n</div>\n",
        "!!! note\n    text\n    - a\n",
        "| a |\n|---|\n| - b |\n",
        "---\n***\n- - -\n",
        "no newline at the end",
        "",
    ],
)
def test_text_outside_lists_stays_as_it_is(text: str) -> None:
    assert adapt(text) == text


LINES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(
            ["- a", "* b", "1. c", "12) d", "text", "```", "~~~~", "<div>", "-->", "# h", "---", "", "> q"]
        ),
    ).map(lambda pair: " " * pair[0] + pair[1]),
    max_size=14,
)


@pytest.mark.untraced
@given(LINES)
def test_nothing_but_white_space_and_blank_lines_ever_changes(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [line.strip() for line in adapt(text).split("\n") if line.strip()] == [s.strip() for s in lines if s.strip()]


@pytest.mark.untraced
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_survives(text: str) -> None:
    def words(lines: str) -> str:
        return re.sub(r"\s+", "", lines)

    assert words(adapt(text)) == words(text)


def test_headings_are_found_outside_code_raw_html_and_lists() -> None:
    text = """\
# One #
words
### Two words

- item

  ## in an item

```
## in code
```

<pre>
## in raw HTML
</pre>
    ## in indented words
##none
## C#
"""
    assert list(headings(text)) == [(0, "One"), (2, "Two words"), (17, "C#")]
