"""What an author's text links to."""

from __future__ import annotations

import pytest

from journal.site.link_targets import targets


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
    ],
)
def test_targets_are_told_as_files_are_named(text: str, expected: list[str]) -> None:
    assert list(targets(text)) == expected
