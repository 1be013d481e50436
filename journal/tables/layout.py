"""From a table spec to rows, columns and comparisons: which axes run where, and what every cell asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from journal.errors import BlockError, ExpressionError
from journal.model.table import Axis, AxisItem, Measure, TableSpec, WindowItem
from journal.model.window import Window

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Item = AxisItem | WindowItem

AXIS_TITLE = {
    Axis.METRICS: "metric",
    Axis.RUNS: "run",
    Axis.STATS: "statistic",
    Axis.VALUES: "number",
    Axis.WINDOWS: "window",
}
GROUP = "group"
SOLE = "value"
"""Heading of a column that no axis names."""
JOIN = " · "
MAX_CELLS = 10_000
"""Far more than anybody reads in one table."""
WIDEST = 8
"""Columns from which a table without a placement of its own grows downwards."""

_USUAL_ROWS = tuple(Axis)
_USUAL_COLUMNS = (Axis.RUNS, Axis.METRICS, Axis.STATS, Axis.VALUES, Axis.WINDOWS)


@dataclass(frozen=True)
class Place:
    """A row or a column: the items it stands for, by axis."""

    items: Mapping[Axis, Item]

    @property
    def label(self) -> str:
        """What the table calls it."""
        return JOIN.join(str(item) for item in self.items.values())


@dataclass(frozen=True)
class Comparison:
    """A column computed from two others."""

    label: str
    measure: Measure
    of: int
    to: int


@dataclass(frozen=True)
class Layout:
    """A table before it has numbers.

    Attributes:
        rows: Down the table.
        columns: Across the table.
        fixed: Axes of one item that stand in the caption instead.
        comparisons: Further columns, computed from `columns`.
        row_axes: The axes that run down.
        grouped: Whether the axis of runs holds groups of them.
    """

    rows: tuple[Place, ...]
    columns: tuple[Place, ...]
    fixed: Mapping[Axis, Item]
    comparisons: tuple[Comparison, ...] = ()
    row_axes: tuple[Axis, ...] = field(default=(Axis.METRICS,))
    grouped: bool = False

    @property
    def corner(self) -> str:
        """Heading of the column of row labels."""
        titles = AXIS_TITLE | ({Axis.RUNS: GROUP} if self.grouped else {})
        return JOIN.join(titles[axis] for axis in self.row_axes)

    @property
    def labels(self) -> list[str]:
        """Headings of the columns and the comparisons."""
        labels = [SOLE] if self.is_bare else [place.label for place in self.columns]
        return labels + [comparison.label for comparison in self.comparisons]

    @property
    def is_bare(self) -> bool:
        """Whether its one column stands for nothing but the whole run: its values say themselves what they are of."""
        return [dict(place.items) for place in self.columns] == [{Axis.WINDOWS: WindowItem(value=Window())}]

    def items(self, row: Place, column: Place) -> dict[Axis, Item]:
        """One item of every axis: what the cell at this row and column asks for."""
        return {**self.fixed, **row.items, **column.items}


def lay_out(spec: TableSpec, runs: Sequence[AxisItem]) -> Layout:
    """The table that a spec describes.

    Args:
        spec: What the block asks for.
        runs: The axis of runs, resolved: the spec's own, or every run of the entry.

    Raises:
        ExpressionError: An axis is left over, or a comparison names no two columns.
        BlockError: There would be no end of cells.
    """
    axes: dict[Axis, Sequence[Item]] = {
        Axis.METRICS: spec.metrics,
        Axis.RUNS: runs,
        Axis.STATS: () if spec.values else spec.stats,
        Axis.VALUES: spec.values,
        Axis.WINDOWS: spec.windows,
    }
    asked = [(measure, text) for measure, texts in spec.compare.items() for text in texts]
    compared = {_compared_axis(axes, text) for _, text in asked}
    cells = prod(len(items) for items in axes.values() if items)
    if cells > MAX_CELLS:
        raise BlockError(f"a table of {cells} cells", hint=f"make several of up to {MAX_CELLS}")
    row_axes, column_axes = _arrange(spec, axes, compared)
    columns = _places(axes, column_axes)
    return Layout(
        rows=_places(axes, row_axes),
        columns=columns,
        fixed={axis: items[0] for axis, items in axes.items() if axis not in {*row_axes, *column_axes} and items},
        comparisons=tuple(
            comparison
            for measure, text in dict.fromkeys(asked)
            for comparison in _comparisons(measure, text, axes, columns, sole=len(spec.compare[measure]) == 1)
        ),
        row_axes=row_axes,
        grouped=spec.groups is not None,
    )


def _narrower(
    axes: Mapping[Axis, Sequence[Item]], rows: tuple[Axis, ...], columns: tuple[Axis, ...], compared: set[Axis]
) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    """The same axes, with as many moved down, or all of them turned, as it takes for a table that a page can show."""
    while len(columns) > 1 and prod(len(axes[axis]) for axis in columns) > WIDEST:
        movable = [axis for axis in columns if axis not in compared]
        if not movable:
            break
        rows, columns = (*rows, movable[-1]), tuple(axis for axis in columns if axis != movable[-1])
    across, down = (prod(len(axes[axis]) for axis in chosen) for chosen in (columns, rows))
    return (columns, rows) if across > WIDEST and down < across and not compared else (rows, columns)


def _arrange(
    spec: TableSpec, axes: Mapping[Axis, Sequence[Item]], compared: set[Axis]
) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    """Which axes run down and which across: what the spec says, and for the rest a sensible default."""
    rows = tuple(axis for axis in spec.rows or () if axes[axis])
    columns = tuple(axis for axis in spec.columns or () if axes[axis])
    if not rows:
        down = _rest(axes, columns or compared, _USUAL_ROWS)
        rows = down if columns else down[:1]
    columns = columns or _rest(axes, rows, _USUAL_COLUMNS)
    if spec.rows is None and spec.columns is None:
        rows, columns = _narrower(axes, rows, columns, compared)
    left = [axis for axis in Axis if len(axes[axis]) > 1 and axis not in {*rows, *columns}]
    if left:
        raise ExpressionError(f"axis `{left[0]}` has several items; place it under `rows` or `columns`")
    return rows, columns


def _rest(axes: Mapping[Axis, Sequence[Item]], taken: Collection[Axis], usual: Sequence[Axis]) -> tuple[Axis, ...]:
    """The axes that vary and are not taken, or else the first usual one that has an item."""
    open_ = [axis for axis in usual if axes[axis] and axis not in taken]
    if not open_:
        raise ExpressionError("every axis stands under `rows` or under `columns`; leave one for the other")
    return tuple(axis for axis in Axis if axis in open_ and len(axes[axis]) > 1) or (open_[0],)


def _places(axes: Mapping[Axis, Sequence[Item]], chosen: Sequence[Axis]) -> tuple[Place, ...]:
    combinations = product(*(axes[axis] for axis in chosen))
    return tuple(Place(dict(zip(chosen, items, strict=True))) for items in combinations)


def _names(item: Item) -> set[str]:
    return {str(item), str(item.value)}


def _sides(axes: Mapping[Axis, Sequence[Item]], text: str) -> tuple[Axis, Item, Item]:
    """The axis and the two items that `a/b` names; labels may hold slashes themselves."""
    cuts = [index for index, character in enumerate(text) if character == "/"]
    found = [
        (axis, *pair) for cut, axis in product(cuts, Axis) for pair in _pairs(axes[axis], text[:cut], text[cut + 1 :])
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ExpressionError(
            f"compare: {text!r} can be read in {len(found)} ways", hint="give the items a `{label: ...}` each"
        )
    known = ", ".join(str(item) for axis in Axis if len(axes[axis]) > 1 for item in axes[axis])
    raise ExpressionError(f"compare: {text!r} does not name two columns", hint=f"write `a/b` with two of: {known}")


def _pairs(items: Sequence[Item], left: str, right: str) -> list[tuple[Item, Item]]:
    """Every two different items that answer to two names."""
    return [
        (of, to)
        for of in items
        for to in items
        if of != to and left.strip() in _names(of) and right.strip() in _names(to)
    ]


def _compared_axis(axes: Mapping[Axis, Sequence[Item]], text: str) -> Axis:
    return _sides(axes, text)[0]


def _comparisons(
    measure: Measure, text: str, axes: Mapping[Axis, Sequence[Item]], columns: Sequence[Place], *, sole: bool
) -> list[Comparison]:
    """One measure of two items, at each place that the other axes have; `sole` if the table has no other of it."""
    axis, of, to = _sides(axes, text)
    if not all(axis in column.items for column in columns):
        raise ExpressionError(f"compare: {text!r} compares {axis}, which do not run across this table")
    found = []
    for index, column in enumerate(columns):
        if column.items[axis] != of:
            continue
        other = {**column.items, axis: to}
        partner = next(number for number, place in enumerate(columns) if place.items == other)
        rest = [str(item) for key, item in column.items.items() if key != axis]
        found.append(Comparison(JOIN.join([_heading(measure, of, to, sole=sole), *rest]), measure, index, partner))
    return found


def _heading(measure: Measure, of: Item, to: Item, *, sole: bool) -> str:
    match measure:
        case Measure.TREND:
            return "trend" if sole else f"trend, {of} to {to}"
        case Measure.RATIO:
            return f"{of} / {to}"
        case Measure.PERCENT:
            return f"{of} vs {to}"
        case Measure.DELTA:
            return f"{of} − {to}"  # noqa: RUF001  (a true minus sign)
        case Measure.TEST:
            return f"{of} − {to}, tested"  # noqa: RUF001
