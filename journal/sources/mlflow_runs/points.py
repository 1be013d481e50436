"""The values that were logged in a run: placed as columns, and summed so that every store gives the same sum."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Self

from journal.model.run import Column, Problem
from journal.sources.plain_rows import AXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl


class Point(NamedTuple):
    """A value that was logged: wall time in milliseconds since 1970 (UTC)."""

    key: str
    step: int
    time: int
    value: float


@dataclass(frozen=True)
class Placed:
    """The columns of a run by metric, in name order.

    Attributes:
        columns: One column per metric.
        kept: How many values stand in them.
        problems: What is left out of them.
    """

    columns: Mapping[str, Column]
    kept: int
    problems: tuple[Problem, ...]

    @property
    def last_step(self) -> int | None:
        """The highest step."""
        return max((int(column.steps[-1]) for column in self.columns.values()), default=None)


@dataclass(frozen=True)
class Points:
    """Every value of a run, in the order in which they were logged, as far as the store knows it.

    Their text is what a run's sum is taken of: a line with `run` and the id, then a line for each value, these sorted:
    the name in JSON, step, wall time and value as Python writes them, with tabs between. So it does not matter in which
    store the run lies, and other runs there change nothing.

    Attributes:
        run: The run's id.
        keys: Name of the metric of each value.
        steps: Step of each value.
        times: Wall time of each, in milliseconds.
        values: The values; NaN and the infinities are kept.
    """

    run: str
    keys: list[str] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Point]:
        return map(Point, self.keys, self.steps, self.times, self.values)

    @classmethod
    def of(cls, run: str, points: Iterable[Point]) -> Self:
        """The values of a run; what was logged twice in all its parts counts once, as it does in MLflow's databases."""
        made = cls(run)
        for key, step, time, value in dict.fromkeys(points):
            made.keys.append(key)
            made.steps.append(step)
            made.times.append(time)
            made.values.append(value)
        return made

    @cached_property
    def _lines(self) -> list[bytes]:
        names = {key: json.dumps(key) for key in set(self.keys)}
        return [f"{names[key]}\t{step}\t{time}\t{value!r}\n".encode() for key, step, time, value in self]

    @property
    def _first_line(self) -> bytes:
        return f"run {self.run}\n".encode()

    @cached_property
    def bytes(self) -> int:
        """Size of the text, in bytes."""
        return len(self._first_line) + sum(map(len, self._lines))

    @cached_property
    def sha256(self) -> str:
        """Sum of the text, in hex."""
        return self._sum(len(self))

    def sum_of(self, size: int) -> str | None:
        """Sum of the text when it had so many bytes, in hex; None if it never had."""
        sizes = accumulate(map(len, self._lines), initial=len(self._first_line))
        count = next((count for count, reached in enumerate(sizes) if reached >= size), None)
        if count is None or len(self._first_line) + sum(map(len, self._lines[:count])) != size:
            return None
        return self._sum(count)

    def _sum(self, count: int) -> str:
        return sha256(self._first_line + b"".join(sorted(self._lines[:count]))).hexdigest()

    def placed(self) -> Placed:
        """Put each value at its step.

        Of several values of a metric at one step the latest counts, and of those that were logged in the same
        millisecond the greatest, where NaN is taken for 0. MLflow finds the last value of a metric in the same way.
        """
        import polars as pl

        if not self.keys:
            return Placed({}, 0, ())
        frame, problems = self._frame()
        order = ("key", "step", "time", "size", "value")
        size = pl.when(pl.col("value").is_nan()).then(0.0).otherwise(pl.col("value"))
        frame = frame.with_columns(size.alias("size")).sort(order, maintain_order=True)
        over = _same_as_next(frame, ["key", "step"])
        replaced = (over & (frame["value"] != frame["value"].shift(-1)).fill_null(value=False)).sum()
        if replaced:
            message = f"values that a later one at the same step replaces: {replaced}"
            problems = (*problems, Problem(message=message))
        kept = frame.filter(~over)
        columns = {str(key[0]): _column(str(key[0]), part) for key, part in kept.group_by("key", maintain_order=True)}
        return Placed(dict(sorted(columns.items())), kept.height, problems)

    def _frame(self) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
        """The values as a table, without those whose name no metric can have."""
        import polars as pl

        types = {"key": pl.String, "step": pl.Int64, "time": pl.Int64, "value": pl.Float64}
        cells = dict(zip(types, (self.keys, self.steps, self.times, self.values), strict=True))
        frame = pl.DataFrame(cells, schema=types)
        taken = sorted(set(AXES) & set(self.keys))
        told = tuple(Problem(message=f"{name!r} is no metric's name; the metric is left out") for name in taken)
        return frame.filter(~pl.col("key").is_in(AXES)), told


def _same_as_next(frame: pl.DataFrame, names: list[str]) -> pl.Series:
    """Whether the next row is the same in these columns."""
    import polars as pl

    return frame.select(
        pl.all_horizontal((pl.col(name) == pl.col(name).shift(-1)).fill_null(value=False) for name in names)
    ).to_series()


def _column(name: str, part: pl.DataFrame) -> Column:
    import polars as pl

    seconds = part["time"].to_numpy() / 1000  # Polars multiplies by a thousandth, which is not the same
    return Column(name, steps=part["step"], values=part["value"].alias(name), times=pl.Series("time", seconds))
