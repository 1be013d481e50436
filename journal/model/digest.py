"""A run's digest: what the evidence keeps of a run that entries cite, small enough for git."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from journal.model.base import Frozen
from journal.model.evidence import SegmentEvidence
from journal.model.run import Fact, Origin, RunState


class Curve(Frozen):
    """Some rows of a metric, for a picture of it."""

    steps: tuple[int, ...] = ()
    """Their steps, ascending."""
    values: tuple[float, ...] = ()
    """Their values, each finite, at seven significant digits."""


class MetricDigest(Frozen):
    """One metric's column, in brief: enough to know it again, and a picture."""

    n: int
    """Rows with a finite value."""
    nonfinite: int
    """Rows with NaN or an infinity."""
    nonfinite_steps: tuple[int, ...] = ()
    """Steps of the first few of those."""
    first_step: int
    """Step of the first row, finite or not."""
    last_step: int
    """Step of the last row, finite or not."""
    min: float | None = None
    """Smallest finite value, at full precision."""
    max: float | None = None
    """Largest finite value, at full precision."""
    last: float | None = None
    """Last finite value, at full precision."""
    curve: Curve = Curve()
    """The first, last, smallest and largest finite rows, and others between them; none where there was no room."""


class RunDigest(Frozen):
    """One run as it was when its digest was made. It outlives the run's folder."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
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
    first_step: int | None = None
    """Step of the first row."""
    last_step: int | None = None
    """Step of the last row."""
    config: dict[str, Any] = Field(default_factory=dict)
    """Hyperparameters; NaN and infinities stand as text."""
    summary: dict[str, Any] = Field(default_factory=dict)
    """The tracker's own summary; NaN and infinities stand as text."""
    environment: dict[Fact, str | int] = Field(default_factory=dict)
    """Python, system, processors and graphics cards; nothing that names a person, a host or a path."""
    metrics: dict[str, MetricDigest] = Field(default_factory=dict)
    """The metrics that entries cite, by name."""
    origin: Origin
    """The bytes that everything was read from."""
    segments: tuple[SegmentEvidence, ...] | None = None
    """The parts of a run that lies in several folders, in the order in which they were joined."""
    omitted: tuple[str, ...] = ()
    """What was left out or cut to keep the file small, in words."""
