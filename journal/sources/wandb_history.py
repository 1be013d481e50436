"""Rows of history gathered into one column per metric, each row at its step."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from journal.model.run import Column
from journal.sources.wandb_values import INTERNAL, MEDIA_MARK, number, numeric_leaves, read_value

if TYPE_CHECKING:
    from journal.sources.wandb_records import HistoryRow, KeyPath, Value

_STEP: KeyPath = ("_step",)
_RUNTIME: KeyPath = ("_runtime",)
_TIMESTAMP: KeyPath = ("_timestamp",)
_NUMBER_STARTS = b"-0123456789NI"  # also NaN, Infinity and -Infinity; null starts small
_STEP_LIMIT = 1 << 62


class History:
    """The columns of a run while its rows arrive.

    Attributes:
        rows: Rows so far.
        last_step: Step of the last row; None before the first.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.last_step: int | None = None
        self.steps: list[int] = []
        self.times: list[float | None] = []
        self._columns: dict[KeyPath, tuple[list[int], list[float]]] = {}

    def add(self, row: HistoryRow) -> list[str]:
        """Take one row in. Returns the names of items whose values cannot be read."""
        cells: dict[KeyPath, Value] = dict(row.items)
        step = self._step(cells.pop(_STEP, None), row.step)
        time = _real(cells.pop(_TIMESTAMP, None))
        cells.pop(_RUNTIME, None)
        unreadable: list[str] = []
        numbers: dict[KeyPath, float] = {}
        media: list[KeyPath] = []
        for path, value in cells.items():
            try:
                if isinstance(value, bytes) and value and value[0] in _NUMBER_STARTS:
                    numbers[path] = float(value)
                elif path[-1] == MEDIA_MARK and len(path) > 1 and _is_text(value):
                    media.append(path[:-1])
                else:
                    numbers.update(_numbers(path, value))
            except ValueError:
                unreadable.append(".".join(path))
        for path in [path for path in numbers if _below(path, media)] if media else ():
            del numbers[path]
        self._append(step, time, numbers)
        return unreadable

    def columns(self) -> tuple[dict[str, Column], list[str]]:
        """The columns by display name, in name order, and the names that more than one metric answers to.

        A nested key and a key with dots in it can have one display name. The key with fewer parts keeps it, and the
        other is left out: adding its rows would mix two metrics.
        """
        import polars as pl

        all_steps = pl.Series("step", self.steps, pl.Int64)
        all_times = pl.Series("time", self.times, pl.Float64)
        columns: dict[str, Column] = {}
        clashes: list[str] = []
        for path in sorted(self._columns, key=lambda path: (len(path), path)):
            name = ".".join(path)
            if path[0] == INTERNAL:
                continue
            if name in columns:
                clashes.append(name)
                continue
            rows, values = self._columns[path]
            columns[name] = Column(
                name=name, steps=all_steps[rows], values=pl.Series(name, values, pl.Float64), times=all_times[rows]
            )
        return dict(sorted(columns.items())), clashes

    def _step(self, explicit: Value, beside: int | None) -> int:
        """The row's step: the item `_step`, else the record's own step, else one more than the last.

        Steps never go back, as `wandb sync` sees to when it uploads.
        """
        following = 0 if self.last_step is None else self.last_step + 1
        for given in (_whole(explicit), beside):
            if given is not None and given < _STEP_LIMIT:
                return max(given, following)
        return following

    def _append(self, step: int, time: float | None, numbers: dict[KeyPath, float]) -> None:
        row = self.rows
        self.rows += 1
        self.last_step = step
        self.steps.append(step)
        self.times.append(time)
        columns = self._columns
        for path, value in numbers.items():
            column = columns.get(path)
            if column is None:
                columns[path] = column = ([], [])
            column[0].append(row)
            column[1].append(value)


def _numbers(path: KeyPath, value: Value) -> dict[KeyPath, float]:
    """The numbers in a value that does not look like one: none, or the leaves of a dictionary."""
    if isinstance(value, bytes) and value[:1] in (b'"', b"[", b"t", b"f", b"n"):
        return {}
    return dict(numeric_leaves(path, read_value(value)))


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, bytes) and value.startswith(b'"'))


def _real(value: Value) -> float | None:
    """A time as it was logged, or None if it is no finite number."""
    try:
        time = number(read_value(value))
    except ValueError:
        return None
    return time if time is not None and isfinite(time) else None


def _below(path: KeyPath, tops: list[KeyPath]) -> bool:
    return any(path[: len(top)] == top for top in tops)


def _whole(value: Value) -> int | None:
    """A step as it was logged, or None if it is no whole number."""
    try:
        read = read_value(value)
        return None if number(read) is None else int(read)
    except (ValueError, OverflowError):
        return None
