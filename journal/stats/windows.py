"""Windows on a run: which steps of it a window comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.window import Edge, Unit, Window

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reach(NamedTuple):
    """The first and the last step of a run."""

    first: int
    last: int


def matched(reaches: Iterable[Reach]) -> Window | None:
    """The steps that every run has reached; None where there are none."""
    found = list(reaches)
    if not found:
        return None
    first, last = max(reach.first for reach in found), min(reach.last for reach in found)
    return Window(first=first, last=last) if first <= last else None


def resolve(window: Window, reach: Reach | None) -> Window:
    """The window as a range of steps, or as so many rows: a number of steps is counted from an end of the run.

    A run without any row has no end to count from: its window stays as it is.
    """
    if window.edge is None or window.unit is Unit.ROWS or window.count is None or reach is None:
        return window
    if window.edge is Edge.FIRST:
        return Window(first=reach.first, last=min(reach.last, reach.first + window.count - 1))
    return Window(first=max(reach.first, reach.last - window.count + 1), last=reach.last)


def reached(window: Window, reach: Reach | None) -> Window | None:
    """The part of a range of steps that a run has reached; None where it has none. Rows are no steps."""
    if reach is None or window.unit is Unit.ROWS:
        return None
    first = reach.first if window.first is None else max(window.first, reach.first)
    last = reach.last if window.last is None else min(window.last, reach.last)
    return Window(first=first, last=last) if first <= last else None
