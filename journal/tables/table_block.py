"""The `table` block: runs, metrics, statistics and windows as a table of numbers."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from journal.model.evidence import CellEvidence, CellState
from journal.model.table import Axis, TableSpec, Window, WindowItem
from journal.stats.expression import spell
from journal.stats.statistics import estimate, named
from journal.tables.block_kind import Filled
from journal.tables.caption import caption
from journal.tables.layout import lay_out
from journal.tables.markdown import plain, table
from journal.tables.numbers import compare, shown

if TYPE_CHECKING:
    from journal.tables.layout import Comparison, Item, Layout, Place
    from journal.tables.run_book import RunBook

PENDING = "TBD"
NO_DATA = "—"


def fill(spec: TableSpec, runs: RunBook) -> Filled:
    """The table as its runs have it now.

    Raises:
        ExpressionError: A statistic or comparison that nobody knows.
        BlockError: A handle that the entry does not know.
        SourceError: A run is there but cannot be read.
    """
    for item in spec.stats:
        named(item.value)
    axis = runs.axis(spec.runs)
    layout = lay_out(spec, axis)
    evaluation = _Evaluation(layout, runs)
    cells = evaluation.cells()
    rows = [_row(place, line, layout, spec) for place, line in zip(layout.rows, cells, strict=True)]
    head = [layout.corner, *(plain(label) for label in _labels(layout)), *(["note"] if spec.notes else [])]
    below = caption(layout, [cell for line in cells for cell in line], runs, axis)
    return Filled(
        text=f"{table(head, rows, right=len(_labels(layout)) if not spec.notes else None)}\n\n{below}",
        spec=spec.model_dump(mode="json", exclude_defaults=True) | {"runs": [item.value for item in axis]},
        handles=tuple(item.value for item in axis),
        cells=tuple(cell for line in cells for cell in line),
        pending=tuple(evaluation.pending),
        recalled=tuple(evaluation.recalled),
    )


def _labels(layout: Layout) -> list[str]:
    return [place.label for place in layout.columns] + [comparison.label for comparison in layout.comparisons]


def _row(place: Place, line: list[CellEvidence], layout: Layout, spec: TableSpec) -> list[str]:
    measures = [None] * len(layout.columns) + [comparison.measure for comparison in layout.comparisons]
    texts = [_text(cell, spec.digits, measure) for cell, measure in zip(line, measures, strict=True)]
    notes = [plain(spec.notes.get(place.label, ""))] if spec.notes else []
    return [plain(place.label), *texts, *notes]


def _text(cell: CellEvidence, digits: int, measure: str | None) -> str:
    if cell.state is CellState.PENDING:
        return PENDING
    return NO_DATA if cell.value is None else shown(cell.value, digits, measure)


class _Evaluation:
    """The cells of one table, and what stood in the way of some of them."""

    def __init__(self, layout: Layout, runs: RunBook) -> None:
        self._layout = layout
        self._runs = runs
        self.pending: dict[str, None] = {}
        self.recalled: dict[str, None] = {}

    def cells(self) -> list[list[CellEvidence]]:
        """Row by row: the columns, then the comparisons."""
        return [self._line(row) for row in self._layout.rows]

    def _line(self, row: Place) -> list[CellEvidence]:
        plain_cells = [self._cell(row, column) for column in self._layout.columns]
        compared = [_compared(comparison, plain_cells) for comparison in self._layout.comparisons]
        return plain_cells + compared

    def _cell(self, row: Place, column: Place) -> CellEvidence:
        items = self._layout.items(row, column)
        if Axis.RUNS not in items:
            self.pending["no runs yet"] = None
            return CellEvidence(row=row.label, column=column.label, expression="", state=CellState.PENDING)
        handle, metric = items[Axis.RUNS].value, items[Axis.METRICS].value
        statistic, window = str(items[Axis.STATS].value), _window(items[Axis.WINDOWS])
        expression = spell(statistic, str(metric), window, str(handle))
        shell = CellEvidence(
            row=row.label,
            column=column.label,
            expression=expression,
            run=self._runs.ref(str(handle)).id,
            state=CellState.PENDING,
        )
        return self._evaluated(shell, str(handle), str(metric), statistic, window)

    def _evaluated(self, shell: CellEvidence, handle: str, metric: str, statistic: str, window: Window) -> CellEvidence:
        run = self._runs.open(handle)
        if run is None:
            return self._recalled(shell, handle)
        column = run.column(metric)
        if column is None:
            close = get_close_matches(metric, run.metric_names, n=1)
            guess = f" (did you mean {close[0]!r}?)" if close else ""
            self.pending[f"run {handle} has no metric {metric!r}{guess}"] = None
            return shell
        found = estimate(column, statistic, window)
        state = CellState.NO_ROWS if found.value is None else CellState.VALUE
        return shell.model_copy(update={**dict(found), "state": state})

    def _recalled(self, shell: CellEvidence, handle: str) -> CellEvidence:
        old = self._runs.recall(shell.expression, handle)
        if old is None or old.state is CellState.PENDING:
            self.pending[f"run {handle} ({shell.run}) is not there yet"] = None
            return shell
        if self._runs.looks:
            self.recalled[f"run {handle} ({shell.run}) is not within reach"] = None
        return old.model_copy(update={"row": shell.row, "column": shell.column})


def _window(item: Item) -> Window:
    assert isinstance(item, WindowItem)  # noqa: S101  (the axis of windows holds nothing else)
    return item.value


def _compared(comparison: Comparison, cells: list[CellEvidence]) -> CellEvidence:
    of, to = cells[comparison.of], cells[comparison.to]
    sign = {"ratio": "/", "delta": "-", "percent": "vs"}[comparison.measure]
    shell = CellEvidence(
        row=of.row,
        column=comparison.label,
        expression=f"{of.expression} {sign} {to.expression}",
        state=CellState.PENDING,
    )
    if CellState.PENDING in {of.state, to.state}:
        return shell
    value = None
    if of.value is not None and to.value is not None:
        value = compare(of.value, to.value, comparison.measure)
    state = CellState.NO_ROWS if value is None else CellState.VALUE
    return shell.model_copy(update={"value": value, "state": state})
