"""Comments by which an author says, with a reason, that a finding on a line is to be ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.document.citations import MAX_SECTION, Marks, Place
from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WORD = b"journal:ignore"
"""What such a comment begins with."""

_LINE = re.compile(rb"[ \t]*(?=<!--[ \t]*journal:ignore(?:[ \t:\r\n]|--))")

_COMMENT = re.compile(rb"<!--[ \t]*journal:ignore(?=[ \t:\r\n]|-->)(?P<said>(?:(?!-->|<!--).)*+)-->", re.DOTALL)
_CODES = re.compile(r"[\s,]+")
_LINE_END = re.compile(rb"[ \t]*(?:\r\n|[\r\n]|\Z)")
_BLANK_ABOVE = re.compile(rb"(?:\r\n|[\r\n]|---)[ \t]*(?:\r\n|[\r\n])\Z")
_FAR = 200  # bytes: nobody ends a line with more blanks
_BLANK_BEHIND = re.compile(rb"[ \t]*(?:\r\n|[\r\n]|\Z)\s*")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment.

    Attributes:
        codes: What it names, as written.
        reason: Why; empty where none is given.
        line: Line on which it begins, from 1.
        column: Column in characters, from 1.
        last: The last line that it speaks of: the one on which it ends, or, where nothing else stands on its lines, the
            next one that is neither blank nor such a comment.
        cut: First byte and the one behind the last that go with it, where it can be taken out and nothing around it
            changes its meaning; else None.
    """

    codes: tuple[str, ...]
    reason: str
    line: int
    column: int
    last: int
    cut: tuple[int, int] | None = None


def begins(raw: bytes, place: int) -> bool:
    """Whether a line is no marker of a block, but begins with such a comment."""
    return _LINE.match(raw, place) is not None


def ends(raw: bytes, place: int) -> bool:
    """Whether the comment that a line begins with ends before another begins."""
    line = _LINE.match(raw, place)
    return line is not None and _COMMENT.match(raw, line.end()) is not None


def find(raw: bytes, spans: Iterable[tuple[int, int]]) -> list[Ignore]:
    """Every such comment of a document, in order; what stands in code is none.

    Args:
        raw: The whole file.
        spans: The author's text outside blocks: start and end of each part.
    """
    if WORD not in raw:
        return []
    found = [match for start, end in spans for match in _comments(raw, (start, end))]
    alone = {match.start(): _next(raw, match) for match in found if _is_alone(raw, match)}
    return list(_placed(raw, found, alone))


def _comments(raw: bytes, span: tuple[int, int]) -> Iterator[re.Match[bytes]]:
    found = list(_COMMENT.finditer(raw, *span))
    if not found or span[1] - span[0] > MAX_SECTION:
        return
    marks = Marks(raw, [(match.start("said"),) for match in found], span)
    yield from (found[number] for number in sorted(set(marks.in_html())))


def _is_alone(raw: bytes, match: re.Match[bytes]) -> bool:
    """Whether nothing else stands on the lines of a comment."""
    above = max(raw.rfind(b"\n", 0, match.start()), raw.rfind(b"\r", 0, match.start())) + 1
    return not raw[above : match.start()].strip() and _BLANK_BEHIND.match(raw, match.end()) is not None


def _next(raw: bytes, match: re.Match[bytes]) -> int:
    """Where the next line begins that is not blank, or its first word."""
    behind = _BLANK_BEHIND.match(raw, match.end())
    return behind.end() if behind else match.end()


def _placed(raw: bytes, found: Sequence[re.Match[bytes]], alone: dict[int, int]) -> Iterator[Ignore]:
    place = Place(raw)
    placed = [place.of(match.start()) for match in found]
    for match, (line, column) in zip(found, placed, strict=True):
        target = match.end()
        if match.start() in alone:
            target = alone[match.start()]
            while target in alone:
                target = alone[target]
        last = line + plain(raw[match.start() : target]).count("\n")
        codes, reason = _said(plain(match["said"]))
        yield Ignore(codes, reason, line, column, last, _cut(raw, match, is_alone=match.start() in alone))


def _cut(raw: bytes, match: re.Match[bytes], *, is_alone: bool) -> tuple[int, int] | None:
    """What goes with a comment: its line, if none of text stands right above, or the blanks before it."""
    if not is_alone:
        start = len(raw[: match.start()].rstrip(b" \t"))
        return (start, match.end()) if raw[start - 1 : start] not in {b"\n", b"\r"} else None
    end = _LINE_END.match(raw, match.end())
    start = len(raw[: match.start()].rstrip(b" \t"))
    return (start, end.end()) if end and _BLANK_ABOVE.search(raw, max(start - _FAR, 0), start) else None


def _said(text: str) -> tuple[tuple[str, ...], str]:
    codes, _, reason = text.partition(":")
    return tuple(filter(None, _CODES.split(codes))), " ".join(reason.split())
