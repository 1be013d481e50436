"""What an author's text links to, as files of this journal might be named."""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGN = r"\\.|[^()\\\s]|[ \t](?=[^\s\"'()])"  # a blank is part of it, unless a title follows
_LINK = rf"\]\((?=\s*(?:<([^<>\n]+)>|((?:{_SIGN}|\((?:{_SIGN})*\))+)))"  # one in the words of another counts too
_MARKS = r"(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*"  # of quotes and items of lists
_DEFINITION = rf"^{_MARKS}\[[^\]\n]+\]:\s*(?:<([^<>\n]+)>|([^\s<>]+))"
_ATTRIBUTE = r"""\b(?:src|href)\s*=\s*["']([^"']+)"""
_TARGET = re.compile(f"{_LINK}|{_DEFINITION}|{_ATTRIBUTE}", re.MULTILINE)

# Code and comments link to nothing. Code within a line may go over several of them, but not over an empty one.
_FENCE = rf"^{_MARKS}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}})[^\n]*\n"
_WITHIN = r"<!--|(?<![`\\])(?P<span>`+)(?!`)"
_OPENING = re.compile(f"{_FENCE}|{_WITHIN}", re.MULTILINE)
_OPENING_WITHIN = re.compile(f"(?P<fence>(?!))|{_WITHIN}")
_CLOSING_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[`~]*[ \t]*$", re.MULTILINE)
_RUN = re.compile(r"`+")
_EMPTY = re.compile(r"\n(?=[ \t>]*$)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(&#?\w+;)")


def targets(text: str) -> Iterator[str]:
    """The targets of the links and pictures in a text, without anchors, with their characters as files have them.

    Args:
        text: Markdown, perhaps with HTML in it.
    """
    for match in _TARGET.finditer(" ".join(text[start:end] for start, end in _said(text))):
        found, _ = _meant(next(filter(None, match.groups())))
        if found:
            yield found


def relinked(text: str, lead: Callable[[str], str | None]) -> str:
    """The text with other addresses in its links and pictures.

    Args:
        text: As for `targets`.
        lead: Gives the address that takes the place of a target, harmless in Markdown; None for one that stays. An
            anchor stays behind it.
    """
    parts, kept = [], 0
    for start, end in _said(text):
        for match in _TARGET.finditer(text[start:end]):
            group = next(number for number, written in enumerate(match.groups(), 1) if written)
            found, rest = _meant(match[group])
            address = lead(found) if found else None
            if address is not None and start + match.start(group) >= kept:
                parts += [text[kept : start + match.start(group)], address, quote(rest, safe="#?=&/%:,;+~.-")]
                kept = start + match.end(group)
    return "".join([*parts, text[kept:]])


def _meant(written: str) -> tuple[str, str]:
    """The file that an address means, with its characters as files have them, and the query and anchor behind it."""
    plain = _ESCAPED.sub(lambda each: each[1] or unescape(each[2]), written)
    path = plain.partition("#")[0].partition("?")[0]
    found = unquote(path)
    return ("" if "\0" in found else found), plain[len(path) :]


def _said(text: str) -> Iterator[tuple[int, int]]:
    """Where a text is neither code nor comment, in order."""
    closings = _Closings(text)
    kept = at = 0
    while opening := _OPENING.search(text, at):
        start, end = opening.start(), closings.of(opening)
        if end is None and (within := _OPENING_WITHIN.match(text, start)):
            end = closings.of(within)  # what begins no block may begin code within a line
        if end is None:
            at = start + 1
            continue
        yield kept, start
        kept = at = end
    yield kept, len(text)


class _Closings:
    """Where code and comments may end: looked up once, so that many that never end take no longer.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._empty = [match.start() for match in _EMPTY.finditer(text)]
        self._comment = text.rfind("-->")
        self._runs: dict[int, list[int]] = {}
        for match in _RUN.finditer(text):
            self._runs.setdefault(len(match[0]), []).append(match.start())
        self._fences = list(_CLOSING_FENCE.finditer(text))
        self._longest: list[dict[str, int]] = [{"`": 0, "~": 0}]
        for match in reversed(self._fences):
            sign, before = match[1][0], self._longest[-1]
            self._longest.append({**before, sign: max(before[sign], len(match[1]))})
        self._longest.reverse()

    def of(self, opening: re.Match[str]) -> int | None:
        """Where what begins there ends; None if it never does."""
        if opening["fence"]:
            return self._of_fence(opening["fence"], opening.end())
        if opening["span"]:
            return self._of_span(len(opening["span"]), opening.end())
        return self._text.index("-->", opening.end()) + 3 if opening.end() <= self._comment else None

    def _of_fence(self, fence: str, after: int) -> int | None:
        """The end of the first line that closes a fence; of tildes fewer may do, down to three."""
        number = bisect_left(self._fences, after, key=re.Match.start)
        least = len(fence) if fence[0] == "`" else min(len(fence), self._longest[number]["~"])
        if not 3 <= least <= self._longest[number][fence[0]]:  # noqa: PLR2004
            return None
        while not self._fences[number][1].startswith(fence[0] * least):
            number += 1
        return self._fences[number].end()

    def _of_span(self, length: int, after: int) -> int | None:
        """Behind the next run of as many signs, if no empty line comes before it."""
        runs = self._runs[length]
        number = bisect_left(runs, after)
        if number == len(runs):
            return None
        empty = bisect_left(self._empty, after)
        lies_within = empty == len(self._empty) or runs[number] < self._empty[empty]
        return runs[number] + length if lies_within else None
