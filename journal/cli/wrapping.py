"""Text broken between words to fit a terminal, with a hanging indent."""

from __future__ import annotations

import re
import shutil

from journal.cli.grid import width_of
from journal.cli.output import put_styled

_WIDEST = 100
_NARROWEST = 20
_ITEM = re.compile(r"[-*] |\d+\. ")
_FENCE = re.compile(r"`{3,}|~{3,}")


def wrapped(text: str, room: int, *, first: int | None = None) -> list[str]:
    """A text in lines, broken at blanks alone; a word that is wider than a line stands in one of its own.

    Args:
        text: The text.
        room: Cells of a line.
        first: Cells of the first one, if that has others.
    """
    lines: list[list[str]] = [[]]
    left = room if first is None else first
    for word in text.split():
        taken = width_of(word) + bool(lines[-1])
        if taken > left and (lines[-1] or (first is not None and len(lines) == 1)):
            lines.append([])
            left, taken = room, width_of(word)
        lines[-1].append(word)
        left -= taken
    return [" ".join(line) for line in lines]


def room_for(indent: int, *, widest: int | None = None) -> int:
    """Cells that a terminal leaves beside an indent."""
    columns = shutil.get_terminal_size().columns
    return max(min(columns, widest or columns) - indent, _NARROWEST)


def put_page(text: str) -> None:
    """Print a Markdown text on a terminal: paragraphs and items wrapped, everything else as it is."""
    fenced = False
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        is_fence = _FENCE.match(line) is not None
        if paragraph and (not line.strip() or is_fence or line[0] in "#|" or _ITEM.match(line)):
            _put_paragraph(" ".join(paragraph))
            paragraph = []
        if fenced or is_fence or not line.strip() or line[0] in "#|":
            put_styled((line, "1" if line.startswith("#") and not fenced else ""))
        else:
            paragraph.append(line.strip())
        fenced = fenced != is_fence


def _put_paragraph(text: str) -> None:
    mark = _ITEM.match(text)
    indent = len(mark[0]) if mark else 0
    for number, line in enumerate(wrapped(text[indent:], room_for(indent, widest=_WIDEST))):
        put_styled((f"{text[:indent] if not number else ' ' * indent}{line}", ""))
