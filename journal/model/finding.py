"""What a check found: a value, not an exception."""

from __future__ import annotations

from enum import StrEnum

from journal.model.base import Frozen


class Severity(StrEnum):
    """How much a finding matters: errors fail a check, warnings fail a strict one, notes never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


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
