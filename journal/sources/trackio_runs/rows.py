"""Rows of trackio as a table: numbers under their keys, each row at its step."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.plain_rows import AXES, UNIX_SECONDS, Cells, Table
from journal.sources.restarts import STEP_LIMIT
from journal.sources.small_files import MAX_DEPTH
from journal.sources.stated import MEDIA_MARK, SPELT
from journal.sources.trackio_runs.database import parse_object, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.sources.plain_rows import KeyPath
    from journal.sources.trackio_runs.database import Entry

_TIME = ("_timestamp",)
_EXACT = 1 << 53


class RowTable:
    """Rows of a run, parsed.

    Attributes:
        table: Their numbers by key, and the step and time of each.
        rounded: For each display name, how many whole numbers no float equals.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.rounded: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._cells: dict[KeyPath, tuple[list[int], list[float]]] = {}
        self._steps: list[int] = []
        for entry in entries:
            self._add(entry)
        self.table = self._table()

    def _add(self, entry: Entry) -> None:
        """Take in one row, if it can be understood."""
        row = parse_object(entry.metrics)
        if row is None or type(entry.step) is not int or not -STEP_LIMIT <= entry.step <= STEP_LIMIT:
            self._counts["rows without a step or without metrics that can be read, left out"] += 1
            return
        number = len(self._steps)
        self._steps.append(entry.step)
        for name in AXES:
            if row.pop(name, None) is not None:
                self._counts[f"values called {name!r}, which is no metric's name, left out"] += 1
        for path, value in _numbers(row, ()):
            self._hold(path, number, value)
        time = parse_time(entry.timestamp)
        if time is not None and UNIX_SECONDS[0] <= time.timestamp() <= UNIX_SECONDS[1]:
            self._hold(_TIME, number, time.timestamp())

    def _hold(self, path: KeyPath, row: int, value: float) -> None:
        rows, values = self._cells.setdefault(path, ([], []))
        rows.append(row)
        values.append(float(value))
        if type(value) is int and abs(value) > _EXACT and int(float(value)) != value:
            self.rounded[".".join(path)] += 1

    def _table(self) -> Table:
        import polars as pl

        numbers = pl.Series("number", range(len(self._steps)), pl.Int64)
        return Table(
            cells={
                path: Cells(pl.Series("row", rows, pl.Int64), pl.Series("value", values, pl.Float64))
                for path, (rows, values) in self._cells.items()
            },
            axis=None,
            steps=pl.Series("step", self._steps, pl.Int64),
            numbers=numbers,
            starts=numbers,
            problems=tuple(Problem(message=f"{what}: {count}") for what, count in self._counts.items()),
        )


def _numbers(row: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, float]]:
    """The numbers in a row and where they stand; neither truth values, nor text, lists and media."""
    for key, value in row.items():
        kind = type(value)
        if kind is float or kind is int:
            yield (*path, key), value
        elif kind is str and value in SPELT:
            yield (*path, key), SPELT[value]
        elif kind is dict and MEDIA_MARK not in value and len(path) < MAX_DEPTH:
            yield from _numbers(value, (*path, key))
