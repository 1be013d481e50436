"""Marks inside a line: code, comments, links and cited values, blanked out so that every column stays where it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_MARK = re.compile(
    r"""
      (?P<escape>\\[!-/:-@\[-`{-~])
    | (?P<code>`++)
    | (?P<comment><!--)
    | (?P<link>\]\(\s*+(?P<to><[^<>\n]*+>|[^\s()<>"]*+)(?:\s++"(?:[^"\\]|\\.)*+")?+\s*+\))
    | (?P<address><?https?://[^\s<>]++>?)
    """,
    re.VERBOSE | re.DOTALL,
)
# How each of them begins; a search for this alone is much faster.
_BEGINNING = re.compile(r"[\\`<\]h](?:(?<=[\\`<])|(?<=\])\(|(?<=h)ttps?://)")
_BACKTICKS = re.compile(r"`++")
# Code that says nothing but a number, or gives one to a name.
_VALUE_IN_CODE = re.compile(
    r"\s*(?:[A-Za-z_][\w./-]*+\s*[=≈~]\s*)?[~≈]?[-+\u2212]?\d[\d.,]*+(?:[eE][-+]?\d+)?\s?[%x\u00d7]?\s*"
)
_LONGEST_VALUE = 120
_RUN = "run:"


@dataclass(frozen=True)
class Inline:
    """A piece of text without what the author did not say, as long as the source, character for character.

    Attributes:
        words: For names: code is kept with its backticks; comments, addresses and cited values are blank.
        numbers: The same without code, but for code that is a value.
    """

    words: str
    numbers: str


def read(source: str) -> Inline:
    """The words and the numbers of a piece of inline Markdown; takes time in proportion to its length."""
    return _Scan(source).whole() if _mark(source, 0) else Inline(source, source)


def _mark(source: str, start: int) -> re.Match[str] | None:
    """The first mark from a place on."""
    for beginning in _BEGINNING.finditer(source, start):
        if mark := _MARK.match(source, beginning.start()):
            return mark
    return None


class _Scan:
    def __init__(self, source: str) -> None:
        self._source = source
        self._words: list[str] = []
        self._numbers: list[str] = []
        self._done = 0
        # Code ends at a whole run of backticks. What opens it may be less of one: an escape takes the first for itself.
        self._closing: dict[int, list[int]] = {}
        for run in _BACKTICKS.finditer(source):
            self._closing.setdefault(len(run[0]), []).append(run.start())
        self._last_comment = source.rfind("-->")

    def whole(self) -> Inline:
        at = 0
        while mark := _mark(self._source, at):
            at = self._pass(mark)
        self._keep(len(self._source))
        return Inline("".join(self._words), "".join(self._numbers))

    def _pass(self, mark: re.Match[str]) -> int:
        """Take in a mark; where to go on."""
        if mark["code"]:
            return self._code(mark)
        if mark["comment"]:
            return (
                self._blank(mark.start(), self._source.find("-->", mark.end()) + 3) if self._ends(mark) else mark.end()
            )
        if mark["link"]:
            return self._link(mark)
        if mark["address"]:
            return self._blank(mark.start(), mark.end())
        return mark.end()

    def _ends(self, mark: re.Match[str]) -> bool:
        return self._last_comment >= mark.end()

    def _code(self, mark: re.Match[str]) -> int:
        places = self._closing.get(len(mark[0]), [])
        following = bisect_right(places, mark.start())
        if following == len(places):
            return mark.end()
        start, end = mark.start(), places[following] + len(mark[0])
        self._keep(start)
        code = self._source[start:end]
        inside = code[len(mark[0]) : -len(mark[0])]
        is_value = len(inside) <= _LONGEST_VALUE and _VALUE_IN_CODE.fullmatch(inside) is not None
        self._words.append(code)
        self._numbers.append(code.replace("`", " ") if is_value else _blank(code))
        self._done = end
        return end

    def _link(self, mark: re.Match[str]) -> int:
        # The text of a link is the author's, but for a cited value's.
        opening = self._source.rfind("[", self._done, mark.start()) if mark["to"].startswith(_RUN) else -1
        return self._blank(opening if opening >= 0 else mark.start(), mark.end())

    def _keep(self, end: int) -> None:
        part = self._source[self._done : end]
        self._words.append(part)
        self._numbers.append(part)
        self._done = end

    def _blank(self, start: int, end: int) -> int:
        self._keep(start)
        gap = _blank(self._source[start:end])
        self._words.append(gap)
        self._numbers.append(gap)
        self._done = end
        return end


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
