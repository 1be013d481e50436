"""Runs that no entry cites, as the evidence keeps them."""

from __future__ import annotations

from typing import Literal

from journal.model.base import Frozen
from journal.model.run import NamedRun


class UncitedRun(NamedRun):
    """A run that no entry cites."""

    place: str | None = None
    """Where it lies, relative to the journal; absent where it lies elsewhere."""


class UncitedRuns(Frozen):
    """The runs at hand that no entry cites."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    runs: tuple[UncitedRun, ...] = ()
    """The runs, by start and place, the oldest first."""
