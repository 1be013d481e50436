"""The line below a table: statistic, window, rows used, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CellState
from journal.model.table import Axis
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.model.evidence import CellEvidence
    from journal.model.table import AxisItem
    from journal.tables.layout import Layout
    from journal.tables.run_book import RunBook


def caption(layout: Layout, cells: Sequence[CellEvidence], runs: RunBook, axis: Sequence[AxisItem]) -> str:
    """`*mean over steps 3500..4000; rows used: ipa 101, iga 101*`, and what was left out of it."""
    parts = [_what(layout), *_rows_used(cells, runs, axis), *_left_out(cells, runs, axis), *_unread(runs, axis)]
    return f"*{'; '.join(parts)}*"


def _what(layout: Layout) -> str:
    """The axes that are not in the table, in words: `mean of train/loss over steps 3500..4000`."""
    named = [plain(str(layout.fixed[axis])) for axis in (Axis.STATS, Axis.METRICS) if axis in layout.fixed]
    if Axis.RUNS in layout.fixed:
        named.append(f"run {plain(str(layout.fixed[Axis.RUNS]))}")
    words = [" of ".join(named)] if named else []
    if Axis.WINDOWS in layout.fixed:
        window = str(layout.fixed[Axis.WINDOWS].value)
        words.append("over all steps" if window == "all" else f"over steps {window}")
    return " ".join(words) or "windows as headed"


def _rows_used(cells: Sequence[CellEvidence], runs: RunBook, axis: Sequence[AxisItem]) -> list[str]:
    used = []
    for item in axis:
        counts = [cell.n for cell in _of(cells, runs, item) if cell.n is not None]
        if counts:
            low, high = min(counts), max(counts)
            used.append(f"{plain(str(item))} {low if low == high else f'{low} to {high}'}")
    return [f"rows used: {', '.join(used)}"] if used else []


def _left_out(cells: Sequence[CellEvidence], runs: RunBook, axis: Sequence[AxisItem]) -> list[str]:
    left = []
    for item in axis:
        most = max((cell.nonfinite or 0 for cell in _of(cells, runs, item)), default=0)
        if most:
            left.append(f"{plain(str(item))} {most}")
    return [f"non-finite rows left out: {', '.join(left)}"] if left else []


def _unread(runs: RunBook, axis: Sequence[AxisItem]) -> list[str]:
    broken = []
    for item in axis:
        evidence = runs.evidence(item.value)
        if evidence is not None and evidence.problems:
            broken.append(f"{plain(str(item))} {evidence.problems}")
    return [f"problems in reading: {', '.join(broken)}"] if broken else []


def _of(cells: Iterable[CellEvidence], runs: RunBook, item: AxisItem) -> list[CellEvidence]:
    reference = runs.ref(item.value).id
    return [cell for cell in cells if cell.run == reference and cell.state is not CellState.PENDING]
