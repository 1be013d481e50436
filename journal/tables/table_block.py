"""The `table` block: runs, metrics, statistics and windows as a table of numbers."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import BlockError
from journal.model.evidence import CellEvidence, CellState
from journal.model.run import RunState
from journal.model.table import Axis, TableSpec, Window, WindowItem
from journal.stats.expression import spell
from journal.stats.statistics import estimate, named
from journal.tables.block_kind import Filled
from journal.tables.caption import caption
from journal.tables.layout import lay_out
from journal.tables.markdown import plain, table
from journal.tables.numbers import compare, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.sources.open_run import OpenRun
    from journal.tables.layout import Comparison, Item, Layout, Place
    from journal.tables.run_book import RunBook

PENDING = "TBD"
NO_DATA = "—"


def fill(spec: TableSpec, runs: RunBook) -> Filled:
    """The table as its runs have it now.

    Raises:
        ExpressionError: A statistic or comparison that nobody knows.
        BlockError: A handle that the entry does not know, or a note on a row that is not there.
        SourceError: A run is there but cannot be read.
    """
    for item in spec.stats:
        named(item.value)
    axis = runs.axis(spec.runs)
    layout = lay_out(spec, axis)
    _check_notes(spec, layout)
    evaluation = _Evaluation(layout, runs, [item.value for item in axis])
    cells = evaluation.cells()
    rows = [_row(place, line, layout, spec) for place, line in zip(layout.rows, cells, strict=True)]
    head = [layout.corner, *(plain(label) for label in _labels(layout)), *(["note"] if spec.notes else [])]
    below = caption(layout, [cell for line in cells for cell in line], runs, axis)
    return Filled(
        text=f"{table(head, rows, left=1 if spec.notes else 0)}\n\n{below}",
        spec=spec.model_dump(mode="json", exclude_defaults=True) | {"runs": [item.value for item in axis]},
        handles=tuple(item.value for item in axis),
        cells=tuple(cell for line in cells for cell in line),
        pending=tuple(evaluation.pending),
        recalled=tuple(evaluation.recalled),
        lost=tuple(evaluation.lost),
    )


def _check_notes(spec: TableSpec, layout: Layout) -> None:
    labels = [place.label for place in layout.rows]
    for label in spec.notes:
        if label not in labels:
            raise BlockError(f"notes: no row {label!r}", hint=f"rows: {', '.join(labels)}")


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


class _Ask(NamedTuple):
    """What one cell asks for."""

    handle: str
    metric: str
    statistic: str
    window: Window


class _Evaluation:
    """The cells of one table, and what stood in the way of some of them: each reason once, in order."""

    def __init__(self, layout: Layout, runs: RunBook, handles: Sequence[str]) -> None:
        self._layout = layout
        self._runs = runs
        self._handles = handles
        self.pending: dict[str, None] = {}
        self.recalled: dict[str, None] = {}
        self.lost: dict[str, None] = {}

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
        handle, metric, statistic = (str(items[axis].value) for axis in (Axis.RUNS, Axis.METRICS, Axis.STATS))
        ask = _Ask(handle, metric, statistic, _window(items[Axis.WINDOWS]))
        shell = CellEvidence(
            row=row.label,
            column=column.label,
            expression=spell(statistic, metric, ask.window, handle),
            run=self._runs.ref(handle).id,
            metric=metric,
            statistic=statistic,
            window=str(ask.window),
            state=CellState.PENDING,
        )
        run = self._runs.open(handle)
        return self._recalled(shell, ask) if run is None else self._evaluated(shell, ask, run)

    def _evaluated(self, shell: CellEvidence, ask: _Ask, run: OpenRun) -> CellEvidence:
        column = run.column(ask.metric)
        if column is None:
            return self._not_logged(shell, ask, run)
        found = estimate(column, ask.statistic, ask.window)
        reached = run.last_step is not None and (ask.window.first is None or ask.window.first <= run.last_step)
        if found.value is None and not reached and run.state is RunState.CRASHED_OR_RUNNING:
            self.pending[f"run {ask.handle} has not reached step {ask.window.first}"] = None
            return shell
        state = CellState.NO_ROWS if found.value is None else CellState.VALUE
        return shell.model_copy(update={**dict(found), "state": state})

    def _not_logged(self, shell: CellEvidence, ask: _Ask, run: OpenRun) -> CellEvidence:
        """A metric that a run lacks: known to be missing if the run has ended and another run here logged it."""
        others = (self._runs.open(handle) for handle in self._handles)
        ended = run.state in {RunState.FINISHED, RunState.FAILED}
        if ended and any(other is not None and other.column(ask.metric) is not None for other in others):
            return shell.model_copy(update={"state": CellState.NO_ROWS, "n": 0, "nonfinite": 0})
        close = get_close_matches(ask.metric, run.metric_names, n=1)
        guess = f" (did you mean {close[0]!r}?)" if close else ""
        self.pending[f"run {ask.handle} has no metric {ask.metric!r}{guess}"] = None
        return shell

    def _recalled(self, shell: CellEvidence, ask: _Ask) -> CellEvidence:
        """What the last fill found, where the run is out of reach."""
        old = self._runs.recall(ask.handle, ask.metric, ask.statistic, str(ask.window))
        known = self._runs.known(ask.handle) is not None
        if old is None or old.state is CellState.PENDING:
            if known and self._runs.looks and old is None:
                self.lost[self._runs.absence(ask.handle)] = None
            else:
                missing = f"{ask.metric} of run" if known else "run"
                self.pending[f"{missing} {self._runs.named(ask.handle)} is not there yet"] = None
            return shell
        if self._runs.looks:
            self.recalled[self._runs.absence(ask.handle)] = None
        return old.model_copy(update=shell.model_dump(include={"row", "column", "expression", "run"}))


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
