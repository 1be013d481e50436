"""Sections: the level-2 headings of an entry and the text below each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.model.entry import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.document.lines import Line

_HEADING = re.compile(rb"##[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")


def find(raw: bytes, lines: Sequence[Line], indexes: Iterable[int]) -> tuple[Section, ...]:
    """The sections of a document, in order; headings in code, raw HTML, quotes and lists are none."""
    found = [(index, match[1]) for index in indexes if (match := _heading(raw, lines[index]))]
    ends = [index for index, _ in found[1:]] + [len(lines)]
    return tuple(
        Section(
            heading=heading.decode("utf-8", "replace"),
            line=lines[index].number,
            text=_text(raw, lines[index + 1 : end]),
        )
        for (index, heading), end in zip(found, ends, strict=True)
    )


def _heading(raw: bytes, line: Line) -> re.Match[bytes] | None:
    return _HEADING.fullmatch(raw, line.start, line.end)


def _text(raw: bytes, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    text = raw[lines[0].start : lines[-1].next].decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
