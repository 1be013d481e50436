"""Lists as GitHub reads them, written so that Python-Markdown reads them the same.

Entries are read on git hosts too, where a list may follow a paragraph without a blank line and its items are nested
by as many spaces as the marker is wide. Python-Markdown asks for the blank line and for four spaces. Nothing but
white space before a line and blank lines are changed, and nothing outside lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAB = 4
_DEEP = 4  # spaces by which Python-Markdown nests
_ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)])( +|$)(?=(.*))")
_RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})$")
_HEADING = re.compile(r" {0,3}#{1,6}(?: |$)")
_CLOSING = re.compile(r"[ \t]#+$")
_UNDERLINE = re.compile(r"(?:=+|-+) *$")
_SIGN = re.compile(r"#{1,6}(?![#\s])")
# A cited value at the beginning of a line is text, though its link is HTML by now.
_VALUE = r"[a-z]+ class=\"journal-value\""
_HTML = re.compile(
    rf" {{0,3}}<(?!{_VALUE})(?:(?P<comment>!--)|(?P<verbatim>script|pre|style|textarea)(?=[\s>])|/?[A-Za-z])"
)
_FENCE = re.compile(r" *(`{3,}(?=[^`]*$)|~{3,})")


def adapt(text: str) -> str:
    """The same text with its lists as Python-Markdown expects them.

    Args:
        text: Markdown with line feeds.
    """
    reading = _Reading()
    return "\n".join(chain.from_iterable(reading.take(line) for line in text.split("\n")))


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Headings with number signs, outside code, raw HTML and lists: the line's number, from 0, and the words.

    Args:
        text: Markdown with line feeds.
    """
    reading = _Reading()
    for number, line in enumerate(text.split("\n")):
        reading.take(line)
        if reading.heading:
            yield number, _CLOSING.sub("", line.strip(" \t").lstrip("#")).strip(" \t")


def underlined(text: str) -> Iterator[tuple[int, str]]:
    """Headings of one line with a line of `=` or `-` below: the number of its words' line, from 0, and the sign.

    Args:
        text: Markdown with line feeds.
    """
    reading, lines = _Reading(), text.split("\n")
    was_blank = True
    for number, (line, below) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
        reading.take(line)
        if reading.paragraph and was_blank and _UNDERLINE.match(below):
            yield number, below[0]
        was_blank = not line.strip()


def signs(text: str) -> Iterator[int]:
    """Lines of text that begin with a number sign and are no headings, by their numbers, from 0.

    Args:
        text: Markdown with line feeds.
    """
    reading = _Reading()
    for number, line in enumerate(text.split("\n")):
        reading.take(line)
        if reading.paragraph and _SIGN.match(line):
            yield number


@dataclass
class _Reading:
    """Where the reading stands.

    Attributes:
        columns: For each open list, outermost first, the column at which its items' text begins.
        fence: The marker of the code fence that is open, inside a list or not.
        html: What ends the raw HTML that is open at the top level: a mark, or an empty string for a blank line.
        blank: Whether the last line was blank.
        paragraph: Whether the last line was part of a paragraph outside lists.
        tight: Whether the last line was an item, or went on with its first paragraph.
        heading: Whether the last line was a heading outside lists.
    """

    columns: list[int] = field(default_factory=list)
    fence: str = ""
    html: str | None = None
    blank: bool = True
    paragraph: bool = False
    tight: bool = False
    heading: bool = False

    @property
    def open(self) -> bool:
        return bool(self.columns)

    def take(self, line: str) -> list[str]:
        """The line, perhaps with a blank one before or after it."""
        self.heading = False
        if self.html is not None:
            return self._in_html(line)
        if self.fence:
            return self._in_fence(line)
        if not line.strip():
            self.blank, self.paragraph = True, False
            return [line]
        wide = _expanded(line)
        item = None if _RULE.match(wide) else _ITEM.match(wide)
        if item and self._begins(item):
            return self._item(wide, item)
        return self._other(wide, line)

    def _in_html(self, line: str) -> list[str]:
        self.blank = not line.strip()
        if self.html in line if self.html else self.blank:
            self.html = None
        return [line]

    def _begins(self, item: re.Match[str]) -> bool:
        """Whether an item stands here for certain: inside a list always, in a paragraph only as CommonMark allows."""
        if self.open:
            return True
        if len(item[1]) >= _DEEP:
            return False
        return not self.paragraph or (bool(item[4]) and (item[2] in "-*+" or item[2][:-1] == "1"))

    def _item(self, wide: str, item: re.Match[str]) -> list[str]:
        indent, space = len(item[1]), len(item[3])
        gap = [] if self.blank or self.tight else [""]
        self._close(indent)
        line = " " * (_DEEP * len(self.columns)) + wide[indent:]
        self.columns.append(indent + len(item[2]) + (space if 1 <= space <= _DEEP else 1))
        self.blank, self.paragraph, self.tight = False, False, True
        self._watch_fence(item[4])
        return [*gap, line]

    def _other(self, wide: str, line: str) -> list[str]:
        indent = len(wide) - len(wide.lstrip(" "))
        interrupts = bool(_HEADING.match(wide) or _RULE.match(wide) or _FENCE.match(wide))
        was_open, was_blank, self.blank = self.open, self.blank, False
        if was_blank or interrupts:
            self._close(indent)
            self.tight = False
        self._watch_fence(wide)
        if not self.open:
            self._watch_html(wide)
            self.heading = bool(_HEADING.match(wide))
            self.paragraph = not interrupts and self.html is None
            return ["", line] if was_open and not was_blank else [line]
        gap = [""] if interrupts and not was_blank else []
        return [*gap, self._nested(wide)]

    def _in_fence(self, line: str) -> list[str]:
        closes = re.fullmatch(rf" *{re.escape(self.fence[0])}{{{len(self.fence)},}} *", line)
        self.fence = "" if closes else self.fence
        if not self.open:
            return [line]
        shown = self._nested(_expanded(line)) if line.strip() else line
        return [shown, ""] if closes else [shown]

    def _nested(self, wide: str) -> str:
        """A line of an item's text, as deep as Python-Markdown wants it."""
        indent = len(wide) - len(wide.lstrip(" "))
        return " " * (_DEEP * len(self.columns)) + wide[min(indent, self.columns[-1]) :]

    def _watch_fence(self, text: str) -> None:
        match = _FENCE.match(text)
        self.fence = match[1] if match else ""

    def _watch_html(self, text: str) -> None:
        match = _HTML.match(text)
        if match is None:
            return
        end = "-->" if match["comment"] else f"</{match['verbatim']}" if match["verbatim"] else ""
        self.html = None if end and end in text else end

    def _close(self, indent: int) -> None:
        """Leave the lists whose text begins right of this column."""
        while self.columns and indent < self.columns[-1]:
            self.columns.pop()


def _expanded(line: str) -> str:
    """The line with the tabs before its text as spaces."""
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)].expandtabs(_TAB) + bare
