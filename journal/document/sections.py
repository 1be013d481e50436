"""Sections: the level-2 headings of an entry and the text below each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.document.lines import plain
from journal.model.entry import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.document.lines import Line


def find(raw: bytes, lines: Iterable[Line]) -> tuple[Section, ...]:
    """The sections of a document, in order.

    Args:
        raw: The whole file.
        lines: Its lines that shape it, without those inside blocks.
    """
    headings = [line for line in lines if raw.startswith(b"##", line.start)]
    ends = [*(line.start for line in headings), len(raw)][1:]
    return tuple(
        Section(heading=_heading(raw[line.start : line.end]), line=line.number, text=plain(raw[line.next : end]))
        for line, end in zip(headings, ends, strict=True)
    )


def _heading(line: bytes) -> str:
    """`## Results ##` to `Results`: number signs at the end belong to the text unless a blank stands before them."""
    text = line.removeprefix(b"##").strip(b" \t")
    bare = text.rstrip(b"#")
    if bare[-1:] in b" \t":  # as the empty text is
        text = bare.rstrip(b" \t")
    return plain(text)
