"""What an author's text links to."""

from __future__ import annotations

import pytest

from journal.site.link_targets import relinked, targets
from stopwatch import fastest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [a](other.md) and ![b](pictures/b.png)", ["other.md", "pictures/b.png"]),
        ('[a](other.md "a title")', ["other.md"]),
        ("[a](<other.md>)", ["other.md"]),
        ("[a](other.md#part) [b](other.md?x=1#part)", ["other.md", "other.md"]),
        ("[a](a%20b.md) [é](%C3%A9.md)", ["a b.md", "é.md"]),
        ("[a]: other.md\n[b]: <pictures/b.png>", ["other.md", "pictures/b.png"]),
        ("<img src=\"b.png\"> <a href='c.md'>", ["b.png", "c.md"]),
        ("[a](#part) [b](?x)", []),
        ("[a](b%00.md)", []),
        ("no link (other.md), src = other.md", []),
        ("[a](a b.md) ![b](a b.png 'a title') [c]( c.md )", ["a b.md", "a b.png", "c.md"]),
        ("[a](<a b.md>) [a](\nb.md)", ["a b.md", "b.md"]),
        ("[a](n(2).md) ([b](c.md))", ["n(2).md", "c.md"]),
        ("[![a](a.png)](b.md)", ["a.png", "b.md"]),
        (r"[a](n\_3.md) [b](n&amp;4.md) [c](n\(5.md) [d](n&#40;6.md)", ["n_3.md", "n&4.md", "n(5.md", "n(6.md"]),
        (
            "   [b]: b.md\n- c\n\n    [c]: c.md\n\n- [d]: d.md\n1. [e]: e.md\n> > [f]: f.md",
            ["b.md", "c.md", "d.md", "e.md", "f.md"],
        ),
    ],
)
def test_targets_are_told_as_files_are_named(text: str, expected: list[str]) -> None:
    assert list(targets(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`[a](b.md)`",
        "``[a](b.md) ` still\n[a](b.md)``",
        "```\n\n[a](b.md)\n```",
        "~~~ md\n[a](b.md)\n\n~~~~",
        "- a\n\n    ```\n    [a](b.md)\n\n    [a](b.md)\n    ```",
        "- ```\n  [a](b.md)\n\n  [a](b.md)\n  ```",
        "> ```\n> [a](b.md)\n>\n> [a](b.md)\n> ```",
        "<!-- [a](b.md)\n\n[a](b.md) -->",
        "~~~~~\n[a](b.md)\n~~~",
        "``` `\n\n```\n[a](b.md)\n`````",
        "<!-- [a](b.md)\n```\n-->\n```\n[a](b.md)\n```",
    ],
)
def test_code_and_comments_link_to_nothing(text: str) -> None:
    assert list(targets(f"{text}\n\n[c](c.md)\n")) == ["c.md"]


@pytest.mark.parametrize(
    "text",
    [
        "A stray ` here.\n\n{}\n\nAnother ` there.",
        "> A stray ` here.\n>\n> {}\n> \n> Another ` there.",
        r"A \` that is none, {}, and ` there.",
        "```not a fence``` {}",
        "```\n\n{}\n",
        "- a\n\n    ```\n    b\n\n{}\n",
        "<!-- {}",
        "````\n{}\n```",
        "~~~ {}",
    ],
)
def test_a_stray_mark_of_code_hides_no_link(text: str) -> None:
    assert list(targets(text.format("[a](b.md)"))) == ["b.md"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md) [c](d.md)", "[a](<b.md>) [c](d.md)"),
        ("[a](b.md#part%201 'title')", "[a](<b.md>#part%201 'title')"),
        ("`[a](b.md)` [![a](b.md)](b.md)", "`[a](b.md)` [![a](<b.md>)](<b.md>)"),
        ("[a]: b.md\n<img src='b.md'>", "[a]: <b.md>\n<img src='<b.md>'>"),
        (
            "<!-- [a](b.md) -->\n```\n[a](b.md)\n```\n[a](b.md?x=1)",
            "<!-- [a](b.md) -->\n```\n[a](b.md)\n```\n[a](<b.md>?x=1)",
        ),
    ],
)
def test_other_addresses_take_the_place_of_targets_and_all_else_stays(text: str, expected: str) -> None:
    assert relinked(text, lambda target: "<b.md>" if target == "b.md" else None) == expected
    assert relinked(text, lambda _: None) == text


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text", ["``` a\n", "~~~ a\n", "` a\n\n`` b\n\n", "<!-- ", "> ", "](", "](b ", "1. ", "\n \n", " src = "]
)
def test_marks_that_nothing_closes_take_time_in_proportion_to_their_number(text: str) -> None:
    def taken(size: int, enough: float = 0.0) -> float:
        marks = f"````\n~~~~\n{text * (size // len(text))}x"
        return fastest(lambda: list(targets(marks)), enough)

    small = taken(20_000)
    assert taken(80_000, 8 * small) < 8 * small  # four times the text: quadratic time would be sixteen times as long
