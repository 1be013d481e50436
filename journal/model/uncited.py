"""Runs that no entry cites, as the evidence keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from journal.model.base import Frozen


class UncitedRun(Frozen):
    """A run that no entry cites."""

    id: str
    """The tracker's id."""
    entity: str | None = None
    """The tracker's entity."""
    project: str | None = None
    """The tracker's project."""
    name: str | None = None
    """Display name, when one was given."""
    started: datetime | None = None
    """When it started, with a time zone."""
    commit: str | None = None
    """The commit that it recorded."""
    place: str | None = None
    """Where it lies, relative to the journal; absent where it lies elsewhere."""


class UncitedRuns(Frozen):
    """The runs at hand that no entry cites."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    runs: tuple[UncitedRun, ...] = ()
    """The runs, by start and place, the oldest first."""
