"""What of an entry's file its author wrote, and what that says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.checks.written import reading
from journal.document.lines import plain

if TYPE_CHECKING:
    from journal.document.document import Document

LONGEST = 300_000
"""Characters of an author's text from which on it is not read: nobody writes so much, and it would take seconds."""


def writing(document: Document) -> reading.Writing | None:
    """The writing in an entry's file; None if there is too much of it."""
    text = _text(document)
    # Line ends alone stand for what is not the author's.
    return reading.read(text) if len(text) - text.count("\n") <= LONGEST else None


def _text(found: Document) -> str:
    """A file without its front matter and the text of its blocks, line for line."""
    pieces = [plain(piece) for piece in found.pieces]
    pieces[0] = _bare(found.pieces[0][: found.start]) + plain(found.pieces[0][found.start :])
    for place, slot in enumerate(found.slots):
        if slot.is_block:
            pieces[2 * place + 1] = _bare(found.pieces[2 * place + 1])
    return "".join(pieces)


def _bare(raw: bytes) -> str:
    """The line ends alone."""
    return "\n" * plain(raw).count("\n")
