"""What becomes of a note: the entry that it makes, or why it makes none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.imports.encoding import Repair
    from journal.imports.note import Note


class Fate(StrEnum):
    """What becomes of a note."""

    NEW = "new"
    PRESENT = "present"
    CHANGED = "changed"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Proposal:
    """A note, or one part of a log, and the entry that it becomes.

    Attributes:
        source: The file, as the entry names it.
        fate: What becomes of it.
        path: The entry's file, relative to the journal; None where there is none.
        note: What it states; None where it was not read.
        raw: The entry's bytes, where it is new.
        message: Why it is not taken in, in words.
        hint: What to do about it.
        repair: The repair that is offered, where its encoding was broken twice over or is not UTF-8.
        partly: Why what looks broken so cannot be repaired.
    """

    source: str
    fate: Fate
    path: str | None = None
    note: Note | None = None
    raw: bytes = field(default=b"", repr=False)
    message: str = ""
    hint: str | None = None
    repair: Repair | None = None
    partly: str | None = None

    @property
    def adrift(self) -> bool:
        """Whether it becomes an entry whose time of day has no zone."""
        when = self.note.created if self.note is not None and self.fate is Fate.NEW else None
        return when is not None and when.value.has_clock and when.value.offset is None

    @property
    def id(self) -> str | None:
        """The entry's id."""
        return PurePosixPath(self.path).stem if self.path is not None else None
