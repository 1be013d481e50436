"""Figures for tests: curves of runs that exist only here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from journal.model.digest import Curve, MetricDigest
from journal.site.charts.asked import Asked, Shown
from journal.site.charts.figure import Figure, Line

if TYPE_CHECKING:
    from collections.abc import Sequence


def line(values: Sequence[float], label: str = "run", *, steps: Sequence[int] | None = None, **shown: Any) -> Line:
    """A run whose metric has these values at steps 0, 1, 2, ...; NaN and infinities are left out, as in a digest."""
    places = range(len(values)) if steps is None else steps
    kept = [(step, value) for step, value in zip(places, values, strict=True) if math.isfinite(value)]
    broken = tuple(step for step, value in zip(places, values, strict=True) if not math.isfinite(value))
    finite = [value for _, value in kept]
    brief = MetricDigest(
        n=len(kept),
        nonfinite=len(broken),
        nonfinite_steps=broken[:5],
        first_step=places[0],
        last_step=places[-1],
        min=min(finite, default=None),
        max=max(finite, default=None),
        last=finite[-1] if finite else None,
        curve=Curve(steps=tuple(step for step, _ in kept), values=tuple(finite)),
    )
    run = Shown(label, f"{label}-key", None, 1, 0)._replace(**shown)
    return Line(run, f"lab/project/{label}", brief)


def figure(*lines: Line, metric: str = "train/loss", missing: Sequence[Shown] = (), **asked: Any) -> Figure:
    """A figure of some runs."""
    runs = tuple(each.shown for each in lines)
    return Figure(Asked(1, metric, metric, runs)._replace(**asked), tuple(lines), tuple(missing))
