"""The `table` block: runs, metrics, statistics and windows, or values of any kind, as a table of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.errors import BlockError, ExpressionError
from journal.model.evidence import CellEvidence, CellState
from journal.model.expression import calls
from journal.model.table import Axis, AxisItem, Measure, TableSpec, WindowItem
from journal.stats.expression import parse, parse_template
from journal.tables.block_kind import Filled
from journal.tables.caption import caption
from journal.tables.cells import COUNTS, Evaluation, name_of_statistic, place
from journal.tables.entry_expression import parsed
from journal.tables.grid import Grid, sides
from journal.tables.groups import GroupedCell, Groups
from journal.tables.layout import lay_out
from journal.tables.numbers import compared, counted, shown, significance, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.model.expression import Expression
    from journal.model.window import Window
    from journal.tables.layout import Comparison, Item, Layout, Place
    from journal.tables.run_book import RunBook

    Measures = Mapping[tuple[str, str], Measure]

PENDING = "TBD"
NO_DATA = "—"


def fill(spec: TableSpec, runs: RunBook) -> Filled:
    """The table as its runs have it now.

    Raises:
        ExpressionError: A statistic, an expression or a comparison that nobody knows.
        BlockError: A handle that the entry does not know, or a note on a row that is not there.
        SourceError: A run is there but cannot be read.
    """
    templates = _templates(spec)
    axis = runs.axis(spec.runs)
    handles = _handles(axis, templates, spec, runs)
    evaluation = Evaluation(runs, handles)
    groups = Groups(spec, runs, [item.value for item in axis], evaluation) if spec.groups is not None else None
    layout = _layout(spec, groups.axis if groups else _shown_runs(axis, templates), evaluation)
    _check_notes(spec, layout)
    body = _Body(layout, templates, evaluation, groups)
    cells = body.cells()
    below = caption(layout, _flat(cells), runs, handles, groups.missing if groups else ())
    return Filled(
        content=_grid(spec, layout, cells, body.measures, below),
        spec=spec.model_dump(mode="json", exclude_defaults=True) | {"runs": list(handles)} | _grouped(spec, groups),
        handles=handles,
        cells=tuple(_flat(cells)),
        pending=tuple(evaluation.pending),
        recalled=tuple(evaluation.recalled),
        lost=tuple(evaluation.lost),
    )


def _grouped(spec: TableSpec, groups: Groups | None) -> dict[str, Any]:
    """The groups of a table for its evidence, and the key of the config that made them, if one did."""
    if groups is None:
        return {}
    by = {"grouped_by": spec.groups} if isinstance(spec.groups, str) else {}
    return {"groups": {label: list(members) for label, members in groups.members.items()}, **by}


def _layout(spec: TableSpec, axis: Sequence[AxisItem], evaluation: Evaluation) -> Layout:
    """The layout; while groups wait for the config of runs, without the comparisons that name them."""
    if isinstance(spec.groups, str) and (evaluation.pending or not axis):
        try:
            return lay_out(spec, axis)
        except ExpressionError:
            return lay_out(spec.model_copy(update={"compare": {}}), axis)
    return lay_out(spec, axis)


def _flat(lines: Sequence[Sequence[CellEvidence]]) -> list[CellEvidence]:
    return [cell for line in lines for cell in line]


def _templates(spec: TableSpec) -> dict[AxisItem, Expression]:
    """The expression of each statistic or value."""
    if spec.values:
        return {item: parsed(item.value, parse, in_yaml=True) for item in spec.values}
    return {item: parsed(item.value, parse_template, in_yaml=True) for item in spec.stats}


def _handles(
    axis: Sequence[AxisItem], templates: dict[AxisItem, Expression], spec: TableSpec, runs: RunBook
) -> tuple[str, ...]:
    """Every run of the table: those of its axis, of its groups, and those that expressions name themselves."""
    named = [call.handle for template in templates.values() for call in calls(template) if call.handle is not None]
    grouped = (
        [handle for each_of in spec.groups.values() for handle in each_of] if isinstance(spec.groups, dict) else []
    )
    also = runs.axis([AxisItem(value=handle) for handle in dict.fromkeys([*named, *grouped])])
    chosen = () if isinstance(spec.groups, dict) or _names_all(templates) else axis
    return tuple(dict.fromkeys(item.value for item in (*chosen, *also)))


def _names_all(templates: dict[AxisItem, Expression]) -> bool:
    """Whether every expression says of which run it is, so that there is no axis of runs."""
    asked = [call for template in templates.values() for call in calls(template)]
    return bool(asked) and all(call.handle is not None for call in asked)


def _shown_runs(axis: tuple[AxisItem, ...], templates: dict[AxisItem, Expression]) -> tuple[AxisItem, ...]:
    return () if _names_all(templates) else axis


def _check_notes(spec: TableSpec, layout: Layout) -> None:
    labels = [place.label for place in layout.rows]
    for notes in spec.notes.values():
        for label in notes:
            if label not in labels:
                raise BlockError(f"notes: no row {label!r}", hint=f"rows: {', '.join(labels)}")


class _Body:
    """The cells of one table, row by row: its columns, then its comparisons."""

    def __init__(
        self,
        layout: Layout,
        templates: dict[AxisItem, Expression],
        evaluation: Evaluation,
        groups: Groups | None,
    ) -> None:
        self._layout = layout
        self._templates = templates
        self._evaluation = evaluation
        self._groups = groups
        self.measures: dict[tuple[str, str], Measure] = {}

    def cells(self) -> list[list[CellEvidence]]:
        return [self._grouped(row) if self._groups else self._plain(row) for row in self._layout.rows]

    def _plain(self, row: Place) -> list[CellEvidence]:
        asked = [self._asked(row, column) for column in self._layout.columns]
        found = [
            self._evaluation.cell(row.label, column.label, expression)
            for column, expression in zip(self._layout.columns, asked, strict=True)
        ]
        for each in self._layout.comparisons:
            measure, of, to = _effective(each, found)
            self.measures[row.label, each.label] = measure
            expression = compared(asked[of], asked[to], measure)
            found.append(self._evaluation.cell(row.label, each.label, expression))
        return found

    def _asked(self, row: Place, column: Place) -> Expression:
        template, metric, window, run = self._parts(row, column)
        return place(template, metric=metric, window=window, handle=run)

    def _grouped(self, row: Place) -> list[CellEvidence]:
        assert self._groups is not None  # noqa: S101  (its caller looked)
        found = []
        for column in self._layout.columns:
            template, metric, window, group = self._parts(row, column)
            if group is None:
                found.append(self._nobody(row, column, template))
            else:
                cell = self._groups.cell(row.label, column.label, template, metric=metric, window=window, group=group)
                found.append(cell)
        compared_ = [self._compared(row, each, found) for each in self._layout.comparisons]
        return [each.cell for each in found] + compared_

    def _nobody(self, row: Place, column: Place, template: Expression) -> GroupedCell:
        """A cell of no group, since no run is there whose config could make one."""
        if not self._evaluation.pending:
            self._evaluation.pending["no runs yet"] = None
        cell = CellEvidence(row=row.label, column=column.label, expression=str(template), state=CellState.PENDING)
        return GroupedCell(cell, template, {})

    def _compared(self, row: Place, comparison: Comparison, found: Sequence[GroupedCell]) -> CellEvidence:
        assert self._groups is not None  # noqa: S101  (its caller looked)
        measure, of, to = _effective(comparison, [each.cell for each in found])
        self.measures[row.label, comparison.label] = measure
        if measure is Measure.TEST:
            return self._groups.test(row.label, comparison.label, found[of], found[to])
        return self._groups.compared(row.label, comparison.label, found[of], found[to], measure)

    def _parts(self, row: Place, column: Place) -> tuple[Expression, str | None, Window, str | None]:
        """What a cell is made of: expression, metric, window, and run or group."""
        items = self._layout.items(row, column)
        asked = items[Axis.VALUES] if Axis.VALUES in items else items[Axis.STATS]
        assert isinstance(asked, AxisItem)  # noqa: S101  (only the axis of windows holds anything else)
        return (
            self._templates[asked],
            _name(items.get(Axis.METRICS)),
            _window(items[Axis.WINDOWS]),
            _name(items.get(Axis.RUNS)),
        )


def _effective(comparison: Comparison, found: Sequence[CellEvidence]) -> tuple[Measure, int, int]:
    """How two columns are compared in one row, and which of them stands first.

    A trend is told by a factor only where both numbers are positive; otherwise by the last less the first.
    """
    of, to = found[comparison.of].value, found[comparison.to].value
    if comparison.measure is Measure.TREND and of is not None and to is not None and (of <= 0 or to <= 0):
        return Measure.DELTA, comparison.to, comparison.of
    return comparison.measure, comparison.of, comparison.to


def _name(item: Item | None) -> str | None:
    return None if item is None else str(item.value)


def _window(item: Item) -> Window:
    assert isinstance(item, WindowItem)  # noqa: S101  (the axis of windows holds nothing else)
    return item.value


def _grid(spec: TableSpec, layout: Layout, cells: list[list[CellEvidence]], measures: Measures, below: str) -> Grid:
    rows = [_row(place, line, measures, spec) for place, line in zip(layout.rows, cells, strict=True)]
    without = [None] * len(spec.notes)
    return Grid(
        head=(layout.corner, *layout.labels, *spec.notes),
        rows=tuple(rows),
        aligned=sides(1 + len(layout.labels) + len(spec.notes), left=len(spec.notes)),
        caption=below,
        cells=tuple((None, *line, *without) for line in cells),
    )


def _row(place: Place, line: list[CellEvidence], measures: Measures, spec: TableSpec) -> tuple[str, ...]:
    texts = [text(cell, spec.digits, measures.get((cell.row, cell.column))) for cell in line]
    return (place.label, *texts, *(notes.get(place.label, "") for notes in spec.notes.values()))


def text(cell: CellEvidence, digits: int, measure: Measure | None = None) -> str:
    """What a table shows of a cell."""
    if cell.state is CellState.PENDING:
        return PENDING
    if cell.value is None:
        return cell.text if cell.text is not None else NO_DATA
    if cell.test is not None:
        return significance(cell.value, cell.test, digits)
    if cell.group is not None:
        return spread(cell.value, cell.group, digits)
    name = name_of_statistic(cell)
    if measure is None and name in COUNTS and cell.n is not None:
        return counted(cell.value, cell.n, digits, share=name == "share")
    return shown(cell.value, digits, measure)
