"""A table while its file is parsed part by part."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from journal.model.run import Problem
from journal.sources.plain_rows import STEP_NAMES, Cells, Table, is_axis, whole

if TYPE_CHECKING:
    import polars as pl

    from journal.sources.plain_rows import KeyPath


class TableParts:
    """The parts of a table, in file order within each key.

    Each part of a key is a pair of series: the rows and what stands in them.
    """

    def __init__(self) -> None:
        self._cells: dict[KeyPath, list[Cells]] = {}
        self._steps: dict[str, list[tuple[pl.Series, pl.Series]]] = {}
        self._told: list[Problem] = []
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def add(self, path: KeyPath, rows: pl.Series, values: pl.Series) -> None:
        """Add numbers (Float64) that stand under a key in these rows."""
        self._cells.setdefault(path, []).append(Cells(rows, values))

    def add_steps(self, name: str, rows: pl.Series, steps: pl.Series) -> None:
        """Add the exact whole numbers (Int64) of a column that can be the step."""
        self._steps.setdefault(name, []).append((rows, steps))

    def holds(self, path: KeyPath) -> bool:
        """Whether there is a number under a key."""
        return path in self._cells

    def tell(self, message: str, offset: int | None = None) -> None:
        """Say, once, that something cannot be read."""
        problem = Problem(message=message, offset=offset)
        if problem not in self._told:
            self._told.append(problem)

    def count(self, what: str, offset: int, times: int = 1) -> None:
        """Count things of one kind that cannot be read; the offset of the first is kept."""
        self._counts[what] += times
        self._first.setdefault(what, offset)

    def table(self, numbers: pl.Series, starts: pl.Series) -> Table:
        """The table of all parts."""
        cells = {path: _joined(parts) for path, parts in self._cells.items()}
        present = [name for name in STEP_NAMES if (name,) in cells]
        refused = list(takewhile(lambda name: not is_axis(cells[name,].values), present))
        for name in refused:
            self.tell(f"the column {name!r} holds numbers that are not whole and is not taken for the step")
        axis = next((name for name in present if name not in refused), None)
        steps = self._axis(axis, cells[axis,], numbers.len()) if axis else None
        counted = [Problem(message=f"{what}: {n}", offset=self._first[what]) for what, n in self._counts.items()]
        return Table(cells, axis, steps, numbers, starts, (*self._told, *counted))

    def _axis(self, name: str, cells: Cells, length: int) -> pl.Series:
        """Steps as whole numbers; those beyond 2^53 come from `add_steps`."""
        import polars as pl

        axis = pl.repeat(None, length, dtype=pl.Int64, eager=True).scatter(cells.rows, whole(cells.values))
        for rows, steps in self._steps.get(name, []):
            axis = axis.scatter(rows, steps)
        return axis


def _joined(parts: list[Cells]) -> Cells:
    """All cells of a key, in row order."""
    import polars as pl

    if len(parts) == 1:
        joined = parts[0]
    else:
        joined = Cells(pl.concat([part.rows for part in parts]), pl.concat([part.values for part in parts]))
    if joined.rows.is_sorted():
        return joined
    order = joined.rows.arg_sort()
    return Cells(joined.rows.gather(order), joined.values.gather(order))
