"""Evidence: where every number of an entry came from, at full precision."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from journal.model.base import Frozen
from journal.model.run import Origin, RunState


class BlockState(StrEnum):
    """How a block stands to what it promises."""

    FRESH = "fresh"
    """Text, evidence and source agree."""
    PENDING = "pending"
    """A run or a metric is not there yet."""
    STALE = "stale"
    """Never filled, or asked for something else since it was filled."""
    DRIFTED = "drifted"
    """The source gives another value than the evidence."""
    EDITED = "edited"
    """The tool's text was changed by hand."""
    UNVERIFIABLE = "unverifiable"
    """The source is out of reach; text and evidence still agree."""


class CellState(StrEnum):
    """What a cell has to show."""

    VALUE = "value"
    """A number."""
    PENDING = "pending"
    """Its run or its metric does not exist yet."""
    NO_ROWS = "no data"
    """Run and metric are there, the window holds no finite row."""


class Estimate(Frozen):
    """One statistic of one metric over one window of one run."""

    value: float | None
    """The number, or None where no finite row was left."""
    n: int
    """Rows used."""
    nonfinite: int
    """Rows in the window that were left out as NaN or infinite."""
    first_step: int | None = None
    """Step of the first row used."""
    last_step: int | None = None
    """Step of the last row used."""

    @property
    def window(self) -> tuple[int, int] | None:
        """Steps of the first and last row used, or None where no row was."""
        return None if self.first_step is None or self.last_step is None else (self.first_step, self.last_step)


class CellEvidence(Frozen):
    """One cell of a table."""

    row: str
    """Label of the row."""
    column: str
    """Label of the column."""
    expression: str
    """What the cell asks for, as an expression."""
    run: str | None = None
    """The run reference behind the handle; None for a comparison of two cells."""
    metric: str | None = None
    """The metric; None for a comparison."""
    statistic: str | None = None
    """The statistic; None for a comparison."""
    window: str | None = None
    """The window of steps; None for a comparison."""
    state: CellState
    """What it has to show."""
    value: float | None = None
    """The number at full precision."""
    n: int | None = None
    """Rows used."""
    nonfinite: int | None = None
    """Rows left out as NaN or infinite."""
    first_step: int | None = None
    """Step of the first row used."""
    last_step: int | None = None
    """Step of the last row used."""


class SegmentEvidence(Frozen):
    """One part of a run that lies in several folders."""

    origin: Origin
    """The bytes it was read from."""
    kept: int
    """Rows of it that counted."""


class RunEvidence(Frozen):
    """One run as it was when its numbers were taken."""

    id: str
    """The tracker's id."""
    entity: str | None = None
    """The tracker's entity."""
    project: str | None = None
    """The tracker's project."""
    name: str | None = None
    """Display name."""
    state: RunState
    """How it had ended."""
    started: datetime | None = None
    """When it started."""
    commit: str | None = None
    """Full sha that the tracker recorded."""
    dirty: bool | None = None
    """Whether the work tree was dirty; None where nobody knows."""
    sdk: str | None = None
    """Version of the SDK that wrote it."""
    rows: int
    """Logged points."""
    last_step: int | None = None
    """Step of the last row."""
    origin: Origin
    """The bytes its numbers were read from."""
    segments: tuple[SegmentEvidence, ...] | None = None
    """The parts of a run that lies in several folders, in the order in which they were joined."""
    problems: int = 0
    """How many things in it could not be read."""


class BlockEvidence(Frozen):
    """One block of an entry."""

    kind: str
    """What it shows."""
    spec: dict[str, Any]
    """What it asked for, with every default filled in."""
    sum: str
    """Sum of the text that was written."""
    runs: dict[str, str]
    """The run references it rests on, each with the sum of the bytes that its numbers were read from."""
    cells: tuple[CellEvidence, ...] = ()
    """Its cells, row by row."""


class Evidence(Frozen):
    """Everything that an entry's numbers rest on."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    entry: str
    """Id of the entry."""
    blocks: dict[str, BlockEvidence] = Field(default_factory=dict)
    """Blocks by name."""
    runs: dict[str, RunEvidence] = Field(default_factory=dict)
    """Runs by the reference that the entry gives them."""
