"""A run's digest: what the evidence keeps of a run that entries cite, small enough for git."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from journal.model.base import Finite, Frozen, Natural
from journal.model.evidence import RecordedRun
from journal.model.run import Fact


class Curve(Frozen):
    """Some rows of a metric, for a picture of it."""

    steps: tuple[Natural, ...] = ()
    """Their steps, ascending."""
    values: tuple[Finite, ...] = ()
    """Their values, each finite, at seven significant digits."""


class MetricDigest(Frozen):
    """One metric's column, in brief: enough to know it again, and a picture."""

    n: Natural
    """Rows with a finite value."""
    nonfinite: Natural
    """Rows with NaN or an infinity."""
    nonfinite_steps: tuple[Natural, ...] = ()
    """Steps of the first few of those."""
    first_step: Natural
    """Step of the first row, finite or not."""
    last_step: Natural
    """Step of the last row, finite or not."""
    min: Finite | None = None
    """Smallest finite value, at full precision."""
    max: Finite | None = None
    """Largest finite value, at full precision."""
    last: Finite | None = None
    """Last finite value, at full precision."""
    curve: Curve = Curve()
    """The first, last, smallest and largest finite rows, and others between them; none where there was no room."""


class RunDigest(RecordedRun):
    """One run as it was when its digest was made. It outlives the run's folder."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    config: dict[str, Any] = Field(default_factory=dict)
    """Hyperparameters; NaN and infinities stand as text, absolute paths by their last part."""
    summary: dict[str, Any] = Field(default_factory=dict)
    """The tracker's own summary; NaN and infinities stand as text, absolute paths by their last part."""
    environment: dict[Fact, str | int] = Field(default_factory=dict)
    """Python, system, processors and graphics cards; nothing that names a person, a host or a path."""
    metrics: dict[str, MetricDigest] = Field(default_factory=dict)
    """The metrics that entries cite, by name."""
    omitted: tuple[str, ...] = ()
    """What was left out or cut to keep the file small, in words."""
