"""The `plot` block: curves of metrics, and in the entry itself a table of where they begin, end and turn back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from journal.model.expression import spelt
from journal.model.table import Axis, Scale, TableSpec, WindowItem
from journal.tables import table_block
from journal.tables.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.model.evidence import CellEvidence
    from journal.model.table import AxisItem, PlotSpec
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import RunBook

LOWEST = "min"
"""Heading of the column of smallest values."""

_TABLE = TableSpec.model_validate(
    {
        "metrics": "x",
        "stats": ["first", "last", LOWEST, {"min at step": "argmin"}, "max", {"max at step": "argmax"}, {"rows": "n"}],
        "columns": Axis.STATS,
    }
)


def fill(spec: PlotSpec, runs: RunBook) -> Filled:
    """The plot's table as its runs have it now: a row for each metric of each run.

    A picture of the curves is made elsewhere, from the digests of the runs: they hold a curve of each metric that
    evidence cites.

    Raises:
        BlockError: A handle that the entry does not know.
        SourceError: A run is there but cannot be read.
    """
    windows = (WindowItem(value=spec.window),)
    update = {"metrics": spec.metrics, "runs": spec.runs, "windows": windows}
    filled = table_block.fill(_TABLE.model_copy(update=update), runs)
    grid = filled.content
    assert isinstance(grid, Grid)  # noqa: S101  (only cited values are plain text)
    caption = "; ".join([*([grid.caption] if grid.caption else []), *_drawn(spec, filled.cells)])
    asked = _asked(spec, runs.axis(spec.runs))
    return replace(filled, content=replace(grid, caption=caption), spec=asked)


def _drawn(spec: PlotSpec, cells: tuple[CellEvidence, ...]) -> Iterator[str]:
    """How the curves are drawn, in words, and what of them cannot be."""
    smoothed = f", smoothed by an exponential moving average of weight {spelt(spec.smooth)}" if spec.smooth else ""
    yield f"drawn on a {spec.scale} scale{smoothed}"
    if spec.smooth:
        yield "the numbers are of the rows themselves"
    if spec.scale is Scale.LOG:
        below = [cell.row for cell in cells if cell.column == LOWEST and cell.value is not None and cell.value <= 0]
        yield from [f"rows at or below 0 have no place on that scale: {', '.join(below)}"] if below else []


def _asked(spec: PlotSpec, axis: tuple[AxisItem, ...]) -> dict[str, Any]:
    """What was asked for with every default filled in: names as the tracker and the entry have them, labels apart."""
    asked = spec.model_dump(mode="json", include={"window", "scale", "smooth"})
    axes = {"metrics": spec.metrics, "runs": axis}
    named = {name: {item.value: item.label for item in items if item.label is not None} for name, items in axes.items()}
    labels = {name: each for name, each in named.items() if each}
    values = {name: [item.value for item in items] for name, items in axes.items()}
    return {**values, **asked, **({"labels": labels} if labels else {})}
