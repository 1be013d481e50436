"""A file's bytes as the pieces that become entries: the whole note, or the parts of a log, cut at dated headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from journal.errors import EntryError
from journal.imports import clock, dated, encoding
from journal.imports.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.dated import Part
    from journal.imports.encoding import Repair

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_TEXT_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Piece:
    """What becomes one entry.

    Attributes:
        raw: Its bytes, which stand below the front matter.
        text: The same as text, for reading: repaired also where the bytes are left as they are.
        original: The same as text, as the bytes are; None where that is `text`.
        span: Which bytes of the file it is, as `first..behind the last`; None for all of them.
        dated: The dated heading that it is about, if it is a part of a log.
        line: Its first line in the file, from 1.
        repaired: The encoding that was undone in its bytes.
        offered: The repair that could be made, where none was asked for.
        partly: Why what looks broken twice over cannot be repaired.
    """

    raw: bytes = field(repr=False)
    text: str = field(repr=False)
    original: str | None = field(default=None, repr=False)
    span: str | None = None
    dated: Part | None = None
    line: int = 1
    repaired: str | None = None
    offered: Repair | None = None
    partly: str | None = None


def pieces(raw: bytes, name: str, *, split: bool, repair: bool) -> list[Piece]:
    """The pieces of a file, in order; together they are the file, byte for byte, or what its repair makes of it.

    Args:
        raw: The file.
        name: Its name, for reading dates.
        split: Whether to cut a log at its dated headings.
        repair: Whether to undo an encoding that was broken twice over.

    Raises:
        EntryError: It shall be split, and its encoding does not let lines be told.
    """
    decoded = encoding.decode(raw)
    offered = encoding.repair(decoded.text)
    repaired = offered is not None and repair
    text = offered.text if offered is not None else decoded.text
    body = text.encode() if repaired else raw
    whole = Piece(
        raw=body,
        text=text,
        original=decoded.text if offered is not None and not repaired else None,
        repaired=offered.encoding if offered is not None and repaired else None,
        offered=None if repaired else offered,
        partly=encoding.unrepairable(decoded.text) if offered is None else None,
    )
    parts = _timed(dated.parts(Page(name, text)), text, name) if split else []
    return list(_cut(whole, parts, name)) if len(parts) > 1 else [whole]


def _timed(parts: list[Part], text: str, name: str) -> list[Part]:
    """The parts; what stands above the first dated heading goes with that one, unless it tells a time of its own."""
    if len(parts) < 2 or parts[0].at is not None:  # noqa: PLR2004  (nothing to go with)
        return parts
    above = "".join(_TEXT_LINE.findall(text)[: parts[0].last])
    if clock.created(Page(name, above)):
        return parts
    return [replace(parts[1], first=1), *parts[2:]]


def _cut(whole: Piece, parts: list[Part], name: str) -> Iterator[Piece]:
    lines, texts = _LINE.findall(whole.raw), _TEXT_LINE.findall(whole.text)
    if len(lines) != len(texts):
        hint = "import it whole, or save it as UTF-8 first"
        raise EntryError("its encoding does not let lines be told, so that it cannot be split", path=name, hint=hint)
    starts = [0, *accumulate(map(len, lines))]
    originals = _TEXT_LINE.findall(whole.original) if whole.original is not None else None
    firsts = [_above(texts, part.first - 1) for part in parts]
    for part, first, last in zip(parts, firsts, [*firsts[1:], len(lines)], strict=True):
        yield replace(
            whole,
            raw=whole.raw[starts[first] : starts[last]],
            text="".join(texts[first:last]),
            original="".join(originals[first:last]) if originals is not None else None,
            span=f"{starts[first]}..{starts[last]}",
            dated=part,
            line=first + 1,
        )


def _above(texts: list[str], line: int) -> int:
    """The first of the blank lines above a line: they go with it, so that a log that grows changes no earlier part."""
    while line > 0 and not texts[line - 1].strip():
        line -= 1
    return line
