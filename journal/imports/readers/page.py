"""A free-form note as lines, each told apart by what it is: prose, a heading, code, or raw HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt

# Notes come from anywhere, so no pattern may go over a long line again and again: possessive repeats, no nested ones.
# Pairs only, the longer marks first.
_EMPHASIS = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("**", r"\*\*(?=\S)((?:[^*]|\*(?!\*))++)(?<=\S)\*\*"),
        ("~~", r"~~(?=\S)((?:[^~]|~(?!~))++)(?<=\S)~~"),
        ("*", r"(?<![\w*])\*(?=[^\s*])([^*]++)(?<=\S)\*(?![\w*])"),
        ("_", r"(?<!\w)_(?=\S)([^_]++)(?<=\S)_(?!\w)"),
    )
)
CODE = re.compile(r"(?<!`)(?P<ticks>`++)(?P<code>[^`\n]++(?:(?!(?P=ticks)(?!`))`++[^`\n]++)*+)(?P=ticks)(?!`)")
_PICTURES = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D\u20E3\U000E0020-\U000E007F]+")
_HEADING_SIGNS = re.compile(r"^\s*#{1,6}(?=\s|$)|(?<=\s)#+\s*$")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class LineKind(StrEnum):
    """What a line of a note is."""

    PROSE = "prose"
    HEADING = "heading"
    CODE = "code"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of a note.

    Attributes:
        number: From 1.
        text: Without its ending.
        kind: What it is. Fenced and indented code and what stands in it are code; nothing in them is ever a result.
        level: Of a heading, 1 to 6; else 0.
        section: Text of the nearest heading above or here, as it stands; empty above the first.
    """

    number: int
    text: str
    kind: LineKind
    level: int = 0
    section: str = ""

    @property
    def heading(self) -> str:
        """A heading's text without its number signs, its markup as it stands."""
        return _heading(self.text) if self.level else ""

    @property
    def words(self) -> str:
        """The line without emphasis, code ticks and pictures; a heading also without its number signs."""
        return bare(self.heading if self.level else self.text)


def bare(text: str) -> str:
    """Text without emphasis, code ticks and pictures, blanks joined.

    Examples:
        >>> bare("📅 **Date**: October 23,  2025")
        'Date: October 23, 2025'
    """
    text = text.replace("\ue000", "\ufffd")  # our own sign for code, in which nothing looks like emphasis
    held: list[str] = []
    if "`" in text:
        held = [code["code"].strip() for code in CODE.finditer(text)]
        text = CODE.sub("\ue000", text)
    for sign, marks in _EMPHASIS:
        text = marks.sub(r"\1", text) if sign in text else text
    shown = "".join(chain.from_iterable(zip_longest(text.split("\ue000"), held, fillvalue="")))
    return " ".join(_PICTURES.sub(" ", shown).split())


@dataclass(frozen=True)
class Page:
    """A note's text.

    Attributes:
        name: The file's name, without folders.
        text: Its text, decoded; line endings as they stand.
        original: The text as the file has it, where `text` is what its repair would be: with as many lines.
    """

    name: str
    text: str
    original: str | None = None

    def as_it_stands(self, line: NoteLine) -> str:
        """A heading as the file has it, which may be waiting for its repair."""
        if self.original is None:
            return line.heading
        return replace(line, text=_LINE_ENDS.split(self.original)[line.number - 1]).heading

    @cached_property
    def lines(self) -> tuple[NoteLine, ...]:
        """Its lines, in order."""
        return tuple(_lines(self.text))

    @cached_property
    def prose(self) -> tuple[NoteLine, ...]:
        """The lines that say something: prose and headings, without code and raw HTML."""
        return tuple(line for line in self.lines if line.kind in {LineKind.PROSE, LineKind.HEADING})

    @cached_property
    def headings(self) -> tuple[NoteLine, ...]:
        """Its headings, in order."""
        return tuple(line for line in self.lines if line.kind is LineKind.HEADING)


def _heading(text: str) -> str:
    return _HEADING_SIGNS.sub("", text).strip()


@cache
def _markdown() -> MarkdownIt:
    """A parser that tells blocks apart and leaves the text inside of them alone, which is most of the work."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable(["inline", "text_join"])


def _lines(text: str) -> Iterator[NoteLine]:
    texts = _LINE_ENDS.split(text)
    kinds = dict.fromkeys(range(len(texts)), LineKind.PROSE)
    levels: dict[int, int] = {}
    # Tables need no rule of their own: their lines are prose. Quotes and items are walked into.
    for token in _markdown().parse(_LINE_ENDS.sub("\n", text)):
        if token.map is None:
            continue
        first, last = token.map
        if token.type in {"fence", "code_block"}:
            kinds.update(dict.fromkeys(range(first, last), LineKind.CODE))
        elif token.type == "html_block":
            kinds.update(dict.fromkeys(range(first, last), LineKind.HTML))
        elif token.type == "heading_open" and token.level == 0:
            kinds[first], levels[first] = LineKind.HEADING, int(token.tag[1:])
    section = ""
    for number, line in enumerate(texts):
        level = levels.get(number, 0)
        section = _heading(line) if level else section
        yield NoteLine(number + 1, line, kinds[number], level, section)
