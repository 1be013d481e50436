"""The most extreme steps of a metric, for looking at what other metrics did there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.table import Pick
from journal.model.window import Edge, Unit

if TYPE_CHECKING:
    from journal.model.run import Column
    from journal.model.window import Window


def extreme_steps(column: Column, window: Window, pick: Pick, k: int, before: int = 0) -> list[int]:
    """The steps of the k highest or lowest finite values, or of the first non-finite one, in a window.

    Of equal values, the earlier counts as the more extreme.

    Args:
        column: The metric.
        window: A range of steps, both ends included, or so many of the metric's rows at an end, finite or not.
        pick: What makes a step extreme.
        k: How many to pick; of non-finite values, only the first is.
        before: How many of the metric's rows, non-finite ones too, to add before each.

    Returns:
        Steps, the most extreme first; with rows before them, in ascending order, each once.
    """
    import polars as pl

    start, end = _within(column, window)
    rows = pl.DataFrame({"row": pl.int_range(column.steps.len(), eager=True), "value": column.values})
    rows = rows.slice(start, max(0, end - start))
    finite = pl.col("value").is_finite()
    if pick is Pick.NONFINITE:
        picked = rows.filter(~finite).head(1)
    else:
        highest = pick is Pick.HIGHEST
        picked = rows.filter(finite).sort("value", descending=highest, maintain_order=True).head(k)
    chosen = picked["row"].to_list()
    if before:
        chosen = sorted({each for row in chosen for each in range(max(start, row - before), row + 1)})
    return [int(column.steps[row]) for row in chosen]


def _within(column: Column, window: Window) -> tuple[int, int]:
    """The first row of a window, and the row behind its last."""
    size = column.steps.len()
    if window.unit is Unit.ROWS and window.count is not None:
        start = 0 if window.edge is Edge.FIRST else max(0, size - window.count)
        return start, min(size, start + window.count)
    start = 0 if window.first is None else int(column.steps.search_sorted(window.first, side="left"))
    end = size if window.last is None else int(column.steps.search_sorted(window.last, side="right"))
    return start, end
