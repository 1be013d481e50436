"""Rows of a history, of a plain file or a table of a database, each put at its step, as one column per metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.model.run import Column, Problem
from journal.sources.restarts import Replay, by_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    KeyPath = tuple[str, ...]

STEP_NAMES = ("step", "_step", "global_step", "iteration", "iter", "epoch")
"""Columns that can be the step: the first that is there and holds whole numbers alone."""

TIME_NAMES = ("_timestamp", "timestamp", "time", "wall_time")
"""Columns that can be the wall time: the first that is there and holds Unix seconds alone."""

UNIX_SECONDS = (946684800.0, 4102444800.0)
"""What a wall time lies between: the years 2000 and 2100. Seconds since the start of the run do not."""

AXES = ("_step", "_timestamp")
"""What the step and the wall time are called beside the metrics: no metric can have these names."""

_EXACT = 1 << 53


@dataclass(frozen=True)
class Cells:
    """The numbers under one key: Int64 series of the rows they stand in, ascending, and Float64 series of values."""

    rows: pl.Series
    values: pl.Series


@dataclass(frozen=True)
class Table:
    """A history, parsed.

    Attributes:
        cells: The numbers under each key; nested keys are paths.
        axis: The column that holds the step, or None.
        steps: Int64 series: the step that each row names there, null where there is no whole number.
        numbers: Int64 series: the number of each row from 0, rows that cannot be read counted too.
        starts: Int64 series: byte offset at which each row begins in a file.
        problems: What could not be read.
    """

    cells: Mapping[KeyPath, Cells]
    axis: str | None
    steps: pl.Series | None
    numbers: pl.Series
    starts: pl.Series
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class TableHistory:
    """The columns of a table by metric, in name order.

    Attributes:
        columns: One column per metric.
        rows: Rows of the table.
        kept: Rows of which the columns hold something, or which hold no number at all.
        last_step: The highest step, or None without any.
        problems: What could not be placed, or was replaced.
    """

    columns: Mapping[str, Column]
    rows: int
    kept: int
    last_step: int | None
    problems: tuple[Problem, ...]


def whole(values: pl.Series) -> pl.Series:
    """Those Float64 numbers that are whole and exact, as Int64; null for the others."""
    import polars as pl

    fit = values.is_finite() & (values.floor() == values) & (values.abs() <= _EXACT)
    return pl.select(pl.when(fit).then(values.cast(pl.Int64, strict=False))).to_series()


def is_axis(values: pl.Series) -> bool:
    """Whether Float64 numbers can be steps: at least one, and no fractions among them."""
    finite = values.drop_nulls().filter(values.drop_nulls().is_finite())
    return finite.len() > 0 and bool((finite.floor() == finite).all())


def place_rows(table: Table) -> TableHistory:
    """Put every row of a table at its step.

    A row whose step is lower than the last one's restarts the run if it repeats a metric: everything from its step on
    is replaced. A row that repeats no metric merely comes late. Of two values of a metric at one step the later counts.
    """
    placing = _Placing(table)
    columns = placing.columns()
    lasts = [int(column.steps[-1]) for column in columns.values()]
    bare = placing.steps.max() if not placing.cells else None
    return TableHistory(
        columns=columns,
        rows=table.numbers.len(),
        kept=table.numbers.len() - placing.lost,
        last_step=max(lasts, default=bare if isinstance(bare, int) else None),
        problems=tuple(placing.problems),
    )


class _Placing:
    """A table while its rows are placed.

    Attributes:
        steps: The step of each row.
        times: The wall time of each row, null where none is known.
        cells: The numbers under each display name.
        lost: Rows that hold numbers, none of which is in a column.
        problems: What could not be placed, or was replaced.
    """

    def __init__(self, table: Table) -> None:
        self.problems: list[Problem] = []
        self.lost = 0
        self._ordered = False
        self._starts = table.starts
        axis = table.axis
        self.steps = table.numbers if table.steps is None else table.steps
        time = next((name for name in TIME_NAMES if _is_time(table.cells.get((name,)))), None)
        self.times = _dense(table.cells[time,] if time else None, self.steps.len())
        taken = {(axis,), (time,), *((name,) for name in AXES)}
        for name in AXES:
            if (name,) in table.cells and name not in (axis, time):
                self.problems.append(Problem(message=f"{name!r} is no metric's name; the column is left out"))
        self.cells = self._named({path: cells for path, cells in table.cells.items() if path not in taken})
        if self.steps.null_count():
            self._leave_out_rows_without_step(str(axis))

    def columns(self) -> dict[str, Column]:
        """The columns by metric, in name order."""
        self._ordered = self.steps.drop_nulls().is_sorted()
        kept = self._in_order() if self._ordered else self._restarted()
        names = sorted(name for name, cells in kept.items() if cells.rows.len())
        return {name: self._column(name, kept[name]) for name in names}

    def _column(self, name: str, cells: Cells) -> Column:
        everywhere = self._ordered and cells.rows.len() == self.steps.len()
        return Column(
            name=name,
            steps=self.steps if everywhere else self.steps.gather(cells.rows),
            values=cells.values.alias(name),
            times=self.times if everywhere else self.times.gather(cells.rows),
        )

    def _named(self, by_path: Mapping[KeyPath, Cells]) -> dict[str, Cells]:
        """The cells by display name; of two keys with one display name, the one with fewer parts."""
        named: dict[str, Cells] = {}
        for path in sorted(by_path, key=lambda path: (len(path), path)):
            name = ".".join(path)
            if name in named:
                self.problems.append(Problem(message=f"two keys are called {name!r}; the nested one is left out"))
            else:
                named[name] = by_path[path]
        return named

    def _leave_out_rows_without_step(self, axis: str) -> None:
        stepped = self.steps.is_not_null()
        told = _rows_of(self.cells.values())
        without = told.filter(~stepped.gather(told))
        for name, cells in self.cells.items():
            here = stepped.gather(cells.rows)
            self.cells[name] = Cells(cells.rows.filter(here), cells.values.filter(here))
        if without.len():
            self.lost += without.len()
            message = f"rows without a whole number in the column {axis!r}, left out: {without.len()}"
            self.problems.append(Problem(message=message, offset=self._starts[without[0]]))

    def _in_order(self) -> dict[str, Cells]:
        """The cells where no step is lower than the one before it: the last of those at one step."""
        kept: dict[str, Cells] = {}
        replaced: list[int] = []
        for name, cells in self.cells.items():
            steps = self.steps.gather(cells.rows)
            last = (steps != steps.shift(-1)).fill_null(value=True)
            if last.all():
                kept[name] = cells
            else:
                kept[name] = Cells(cells.rows.filter(last), cells.values.filter(last))
                replaced += cells.rows.filter(~last & (cells.values != cells.values.shift(-1))).to_list()
        self._tell_replaced(replaced)
        self._count_lost(kept)
        return kept

    def _restarted(self) -> dict[str, Cells]:
        """The cells where steps go back."""
        import polars as pl

        names = list(self.cells)
        replay = Replay(self.steps.to_list(), [name not in STEP_NAMES for name in names])
        for row, present in by_row([self.cells[name].rows for name in names]):
            replay.add(row, present)
        kept: dict[str, Cells] = {}
        replaced: list[int] = []
        for name, rows, repeated in zip(names, replay.rows, replay.repeated, strict=True):
            held = pl.Series("row", rows, pl.Int64)
            kept[name] = Cells(held, self._values(name, held))
            before, after = (pl.Series("row", [pair[side] for pair in repeated], pl.Int64) for side in (0, 1))
            replaced += before.filter(self._values(name, before) != self._values(name, after)).to_list()
        self._tell_replaced(replaced)
        self._count_lost(kept)
        if replay.restarts:
            message = (
                f"steps that go back as after a restart, from where on the later rows count: {len(replay.restarts)}"
            )
            self.problems.append(Problem(message=message, offset=self._starts[replay.restarts[0]]))
        return kept

    def _values(self, name: str, rows: pl.Series) -> pl.Series:
        """What a metric holds in those of its rows."""
        cells = self.cells[name]
        return cells.values.gather(cells.rows.search_sorted(rows))

    def _tell_replaced(self, rows: list[int]) -> None:
        """Say in which rows a value stands that another one at the same step replaced."""
        if rows:
            message = f"values that a later one at the same step replaces: {len(rows)}"
            self.problems.append(Problem(message=message, offset=self._starts[min(rows)]))

    def _count_lost(self, kept: Mapping[str, Cells]) -> None:
        if all(kept[name] is cells for name, cells in self.cells.items()):
            return
        self.lost += _rows_of(self.cells.values()).len() - _rows_of(kept.values()).len()


def _is_time(cells: Cells | None) -> bool:
    """Whether numbers are wall times in Unix seconds."""
    if cells is None or not cells.values.len():
        return False
    return bool(cells.values.is_between(*UNIX_SECONDS).all())


def _dense(cells: Cells | None, length: int) -> pl.Series:
    """A cell per row, null where there is no number."""
    import polars as pl

    empty = pl.repeat(None, length, dtype=pl.Float64, eager=True)
    return empty if cells is None else empty.scatter(cells.rows, cells.values)


def _rows_of(many: Iterable[Cells]) -> pl.Series:
    """Every row that any of these cells stands in, ascending."""
    import polars as pl

    rows = [pl.Series("row", [], pl.Int64), *(cells.rows.alias("row") for cells in many)]
    return pl.concat(rows).unique().sort()
