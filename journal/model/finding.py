"""What a check found: a value, not an exception."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypedDict

from journal.model.base import Frozen


class Severity(StrEnum):
    """How much a finding matters: errors fail a check, warnings fail a strict one, notes never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Edit(Frozen):
    """A change of one file."""

    path: str
    """The file, relative to the journal."""
    start: int
    """Offset of the first byte that goes."""
    end: int
    """Offset behind the last byte that goes; equal to `start` where something is only put in."""
    new: str
    """What takes its place."""
    sha256: str | None = None
    """The file's sum as it was looked at; `check` adds it."""


class Fix(Frozen):
    """What would mend a finding without deciding anything for the author."""

    said: str
    """In words, in the imperative: `note the commit that it became`."""
    edits: tuple[Edit, ...]
    """Changes of the file as it was looked at."""


class Finding(Frozen):
    """One thing that is wrong or open, at one place."""

    code: str
    """Stable code of the rule, such as `TAB003`."""
    severity: Severity
    """How much it matters."""
    path: str
    """File, relative to the journal."""
    line: int | None = None
    """Line, from 1."""
    column: int | None = None
    """Column, from 1."""
    message: str
    """One sentence."""
    hint: str | None = None
    """What to do about it."""
    fix: Fix | None = None
    """What would mend it, where that is safe."""
    ignored: str | None = None
    """Why its author wants it ignored; None for one that counts."""


class FindingKey(TypedDict):
    """What a finding is known by, in JSON's own types."""

    code: str
    path: str
    message: str


class FindingShape(FindingKey):
    """A finding in JSON's own types, as `Finding` gives it: for those who tell of many and need no more."""

    severity: str
    line: int | None
    column: int | None
    hint: str | None
    fix: dict[str, Any] | None
    ignored: str | None
