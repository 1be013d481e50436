"""A file's bytes as the pieces that become entries: the whole note, or the parts of a log, cut at dated headings."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from journal.errors import EntryError
from journal.imports import encoding
from journal.imports.readers import dated
from journal.imports.readers.created import created
from journal.imports.readers.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.imports.encoding import Decoded, Repair
    from journal.imports.readers.dated import Part

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
        heading: The same heading as the bytes have it.
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
    heading: str | None = None
    line: int = 1
    repaired: str | None = None
    offered: Repair | None = None
    partly: str | None = None

    @cached_property
    def identity(self) -> str:
        """The sum by which its words are known again."""
        return identity(self.raw, self.heading)


def identity(words: bytes, heading: str | None) -> str:
    """The sum by which words are known again: from their dated heading on, without blank space around them.

    So a log may grow at either end: what stands above its first dated heading, and the blank lines between its parts,
    tell nothing.

    Args:
        words: The bytes below the front matter.
        heading: The dated heading that they are about, as it stands there.
    """
    place = words.find(heading.encode()) if heading else -1
    start = words.rfind(b"\n", 0, place) + 1 if place >= 0 else 0
    return hashlib.sha256(words[start:].strip()).hexdigest()


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
    offered = encoding.repair(decoded.text) or _recoding(decoded)
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
    parts = dated.parts(Page(name, text)) if split else []
    cut = list(_cut(whole, parts, name)) if len(parts) > 1 else []
    return cut if len(cut) > 1 else [whole]


def _recoding(decoded: Decoded) -> Repair | None:
    """What makes sound text in another encoding UTF-8, as all text of the journal is."""
    if not decoded.exact or decoded.encoding.startswith("utf-8"):
        return None
    return encoding.Repair(decoded.encoding, decoded.text, 0)


def _cut(whole: Piece, parts: list[Part], name: str) -> Iterator[Piece]:
    lines, texts = _LINE.findall(whole.raw), _TEXT_LINE.findall(whole.text)
    if len(lines) != len(texts):
        hint = "import it whole, or with --repair"
        raise EntryError("its encoding does not let lines be told, so that it cannot be split", path=name, hint=hint)
    if parts[0].at is None and not created(Page(name, "".join(texts[: parts[0].last]))):
        parts = parts[1:]  # what stands above the first dated heading goes with it, unless it tells a time of its own
    starts = [0, *accumulate(map(len, lines))]
    originals = _TEXT_LINE.findall(whole.original) if whole.original is not None else None
    firsts = [0, *(_above(texts, part.first - 1) for part in parts[1:])]
    for part, first, last in zip(parts, firsts, [*firsts[1:], len(lines)], strict=True):
        heading = (originals or texts)[part.first - 1] if part.at is not None else ""
        yield replace(
            whole,
            raw=whole.raw[starts[first] : starts[last]],
            text="".join(texts[first:last]),
            original="".join(originals[first:last]) if originals is not None else None,
            span=f"{starts[first]}..{starts[last]}",
            dated=part,
            heading=heading.strip().strip("#").strip() or None,
            line=first + 1,
        )


def _above(texts: list[str], line: int) -> int:
    """The first of the blank lines above a line, which go with it."""
    while line > 0 and not texts[line - 1].strip():
        line -= 1
    return line
