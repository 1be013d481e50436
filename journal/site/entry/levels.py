"""Headings of an entry's text below that of its page.

A note that was taken in begins with its title, and may cut its text with headings of the first level. The page has a
title already: a second heading of its level takes the table of contents away, and the same words twice help nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.site.entry.dialect import headings, signs, underlined
from journal.site.entry.update_places import ABOVE

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEEPEST = 6
_MARKS = re.compile(r"[*_`\\]")
_SUSPECT = re.compile(r"^(?: {0,3}#(?!#)|#{2,6}[^#\s]| *=+ *$)", re.MULTILINE)
"""Where a heading of the first level may stand, or a sign that begins none: most texts have none of it."""
_FIRST = "="
"""What underlines a heading of the first level."""


def below(texts: Sequence[str], title: str) -> tuple[str, ...]:
    """The texts without the title that the page says itself, and headings of the first level one deeper.

    Where the text begins with one of the first level, all others go deeper with it; else it has sections already.

    A line that begins with a number sign and no blank, such as `#tag`, is text on git hosts, and stays text.

    Args:
        texts: The author's text as Markdown, cut at its blocks.
        title: The entry's title.
    """
    if not any(map(_SUSPECT.search, texts)):
        return tuple(texts)
    first, *rest = texts
    told = [_with_signs(text) for text in (_untitled(first, title), *rest)]
    found = [level for text in told for _, level in _levels(text)]
    if 1 not in found:
        return tuple(told)
    most = _DEEPEST if found[0] == 1 else 1
    return tuple(_deeper(text, most) for text in told)


def _untitled(text: str, title: str) -> str:
    """The text without a heading at its beginning that says the title."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), None)
    heads, under = dict(headings(text)), dict(underlined(text))
    if start in heads and _level(lines[start]) == 1 and _alike(heads[start], title):
        lines[start] = ""
    elif start in under and under[start] == _FIRST and _alike(lines[start], title):
        lines[start : start + 2] = ["", ""]
    return "\n".join(lines)


def _alike(words: str, title: str) -> bool:
    return _plain(words) == _plain(title)


def _plain(words: str) -> list[str]:
    return _MARKS.sub("", words).casefold().split()


def _level(line: str) -> int:
    bare = line.lstrip(" \t")
    return len(bare) - len(bare.lstrip("#"))


def _levels(text: str) -> list[tuple[int, int]]:
    """The line of each heading, and its level."""
    lines = text.split("\n")
    found = [(number, _level(lines[number])) for number, _ in headings(text)]
    return sorted([*found, *((number, 1 if mark == _FIRST else 2) for number, mark in underlined(text))])


def _deeper(text: str, most: int) -> str:
    """The text with its headings of this level and above one deeper."""
    lines, below_words = text.split("\n"), dict(underlined(text))
    for number, level in _levels(text):
        if level > most or lines[max(0, number - 2)].startswith(ABOVE):
            continue  # an update stands beside all that was written before it
        words = lines[number].lstrip(" ").removeprefix("#" * level)
        lines[number] = f"{'#' * min(level + 1, _DEEPEST)} {words.strip(' ')}"
        if number in below_words:
            lines[number + 1] = ""
    return "\n".join(lines)


def _with_signs(text: str) -> str:
    """The text with the number signs that begin no heading as signs."""
    lines = text.split("\n")
    for number in signs(text):
        lines[number] = f"\\{lines[number]}"
    return "\n".join(lines)
