"""Scalars of several event files as one column per tag: what a restart takes back, and what a later value replaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from journal.model.run import Column, Problem
from journal.sources.plain_rows import AXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from journal.sources.tensorboard_files.scalars import Point, Restart, Scalars

_RESTARTED = "values that a restart from an earlier step takes back"
_REPLACED = "values that a later one at the same step replaces"


class EventHistory(NamedTuple):
    """The columns of a run's event files.

    Attributes:
        columns: One column per tag that has a row, in name order.
        rows: Steps at which something was logged, counted in each file.
        kept: Steps of the columns.
        last_step: The highest of them, or None without any.
        problems: What was replaced or taken back.
    """

    columns: dict[str, Column]
    rows: int
    kept: int
    last_step: int | None
    problems: tuple[Problem, ...]


def join_files(files: Sequence[Scalars]) -> EventHistory:
    """Join the files of a run in their order.

    A session that starts (TensorBoard's own mark of a restart) takes back whatever stands before it at its step or
    later. A file that begins a tag again at or before a step that it had already takes back the tag's values of earlier
    files from that step on: few writers set the mark. Within one file, values merely come in any order, and of two at
    one step the later counts.
    """
    joined = _Joined()
    for scalars in files:
        joined.add(scalars)
    columns = {name: joined.column(name) for name in sorted(joined.held) if joined.held[name]}
    steps = {step for held in joined.held.values() for step in held}
    return EventHistory(
        columns=columns,
        rows=joined.rows,
        kept=len(steps),
        last_step=max(steps, default=None),
        problems=joined.problems(),
    )


@dataclass
class _Joined:
    """The files so far.

    Attributes:
        held: For each tag, the point at each step.
        rows: Steps at which something was logged, counted in each file.
    """

    held: dict[str, dict[int, Point]] = field(default_factory=dict)
    rows: int = 0
    _top: dict[str, int] = field(default_factory=dict)
    _taken_back: int = 0
    _replaced: int = 0
    _left_out: set[str] = field(default_factory=set)

    def add(self, scalars: Scalars) -> None:
        """Add the next file."""
        self._left_out |= {name for name in scalars.points if name in AXES or not name}
        points = {name: points for name, points in scalars.points.items() if name not in self._left_out}
        self.rows += len({point.step for each in points.values() for point in each})
        for name, each in points.items():
            self._take_back(name, each[0].step)
        done = dict.fromkeys(points, 0)
        for restart in scalars.restarts:
            for name, each in points.items():
                done[name] = self._hold(name, each, done[name], restart)
            for name in self.held:
                self._take_back(name, restart.step)
        for name, each in points.items():
            self._hold(name, each, done[name], None)

    def column(self, name: str) -> Column:
        """The column of a tag."""
        import polars as pl

        held = self.held[name]
        points = [held[step] for step in sorted(held)]
        times = [point.time if 0 < point.time < inf else None for point in points]
        return Column(
            name=name,
            steps=_series("step", [point.step for point in points], pl.Int64),
            values=_series(name, [point.value for point in points], pl.Float64),
            times=_series("time", times, pl.Float64),
        )

    def problems(self) -> tuple[Problem, ...]:
        """What was replaced, taken back or left out."""
        counted = ((_RESTARTED, self._taken_back), (_REPLACED, self._replaced))
        told = [Problem(message=f"{what}: {count}") for what, count in counted if count]
        names = [f"{name!r} is no metric's name; its values are left out" for name in sorted(self._left_out)]
        return (*told, *(Problem(message=message) for message in names))

    def _hold(self, name: str, points: Sequence[Point], begin: int, until: Restart | None) -> int:
        """Take in the points of a tag from the one of this number up to a restart; how many are done then."""
        held = self.held.setdefault(name, {})
        for number in range(begin, len(points)):
            point = points[number]
            if until is not None and point.at > until.at:
                return number
            before = held.get(point.step)
            if before is not None and repr(before.value) != repr(point.value):
                self._replaced += 1
            held[point.step] = point
            self._top[name] = max(self._top.get(name, point.step), point.step)
        return len(points)

    def _take_back(self, name: str, step: int) -> None:
        """Forget the points of a tag from a step on."""
        if name not in self._top or self._top[name] < step:
            return
        self._top[name] = step - 1
        held = self.held[name]
        gone = [each for each in held if each >= step]
        for each in gone:
            del held[each]
        self._taken_back += len(gone)


def _series(name: str, values: Sequence[float | None], kind: type[pl.DataType]) -> pl.Series:
    import polars as pl

    return pl.Series(name, values, kind)
