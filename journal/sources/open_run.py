"""One run, opened: what it is, and its metrics as columns. The same for every source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from journal.model.revision import Code
from journal.model.run import Column, Elsewhere, Metric, Origin, Problem, Run, RunHead, RunState, Segment, no_metric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from journal.sources.elsewhere import Gist


class Contents(Protocol):
    """What a source gives of one run. Each part may be read when it is first asked for, and is then kept.

    It may also have `files`, `code` and `gist`, as `OpenRun` describes them.
    """

    @property
    def head(self) -> RunHead:
        """What identifies it, as far as that is known without reading its history."""
        ...

    @property
    def run(self) -> Run:
        """What the tracker recorded about it."""
        ...

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics that have at least one numeric row, sorted."""
        ...

    @property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary, as it computed it."""
        ...

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The parts of the run in the order in which they were joined; one for a run of one folder."""
        ...

    @property
    def origin(self) -> Origin:
        """The bytes that everything was read from."""
        ...

    def columns(self, metrics: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that the run has."""
        ...

    def grown_from(self, origin: Origin) -> Segment | None:
        """The segment whose bytes are those that an origin tells of, or begin with them; None if none does."""
        ...


@dataclass(frozen=True)
class Loaded:
    """A run that is in memory as a whole: the contents for a small source.

    Attributes:
        run: What is known of it.
        origin: The bytes it was read from.
        held: Its columns.
        summary: The tracker's own summary.
        sum_of: Gives the SHA-256 of so many of its first bytes, in hex, if there are so many. Without it, bytes that
            are more than they were are taken for the old ones and what was added.
        files: What it was read from, as `OpenRun.files` has it; None if that is not told.
        code: What it ran, as `OpenRun.code` has it; None if no more is known than stands in `run`.
        kept: How many of its rows count; None for all, as where no later row replaced an earlier one.
    """

    run: Run
    origin: Origin
    held: Mapping[str, Column]
    summary: dict[str, Any]
    sum_of: Callable[[int], str | None] | None = None
    files: tuple[Path, ...] | None = None
    code: tuple[Code, ...] | None = None
    kept: int | None = None

    @property
    def head(self) -> RunHead:
        """The run itself."""
        return self.run

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics, sorted."""
        return tuple(sorted(self.held))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The run itself."""
        first = min((int(column.steps[0]) for column in self.held.values() if column.steps.len()), default=None)
        return (sole_segment(self.run, self.origin, first, self.kept),)

    def columns(self, metrics: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that the run has."""
        return {name: self.held[name] for name in metrics if name in self.held}

    def grown_from(self, origin: Origin) -> Segment | None:
        """The run itself, if its bytes are those that an origin tells of, or begin with them."""
        if self.origin.sha256 != origin.sha256:
            begins = self.sum_of is None or self.sum_of(origin.bytes) == origin.sha256
            if self.origin.bytes < origin.bytes or not begins:
                return None
        return self.segments[0]


def sole_segment(run: Run, origin: Origin, first: int | None, kept: int | None = None) -> Segment:
    """The one segment of a run that lies in one place.

    Args:
        run: The run.
        origin: What it was read from.
        first: Step of its first row.
        kept: How many of its rows count; all of them by default.
    """
    return Segment(
        place=run.place,
        origin=origin,
        state=run.state,
        started=run.started,
        rows=run.rows,
        kept=run.rows if kept is None else kept,
        first_step=first,
        last_step=run.last_step,
    )


class OpenRun:
    """A run that can be asked for its numbers. Each part is read when it is first asked for.

    So each property but `id`, `place` and `started` may raise:

    - CorruptLog: Nothing of the run can be read.
    - SourceUnavailable: Its files are gone, or may not be read.

    Args:
        contents: What its source gives.
        other: See `beside`.
    """

    def __init__(self, contents: Contents, other: Callable[[], tuple[OpenRun, str] | None] | None = None) -> None:
        self._contents = contents
        self._other = other

    def beside(self, other: Callable[[], tuple[OpenRun, str] | None]) -> OpenRun:
        """The same run, which can tell how it stands to itself in another place.

        Args:
            other: Gives the run there, and what to call that place, as in "on the server"; None if it is nowhere else.
        """
        return OpenRun(self._contents, other)

    def __repr__(self) -> str:
        return f"<run {self._contents.head.address} in {self.place}>"

    @property
    def run(self) -> Run:
        """Everything but the columns, the summary and the sum of the bytes."""
        return self._contents.run

    @property
    def id(self) -> str:
        """The tracker's id."""
        return self._contents.head.id

    @property
    def place(self) -> str:
        """Where it lies: a folder or an address; of several folders, the newest."""
        return self._contents.head.place

    @property
    def name(self) -> str | None:
        """Display name, when one was given."""
        return self.run.name

    @property
    def config(self) -> dict[str, Any]:
        """Hyperparameters, as the tracker stored them."""
        return self.run.config

    @property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary, as it computed it; not a statistic of ours."""
        return self._contents.summary

    @property
    def commit(self) -> str | None:
        """Full sha of the commit that the tracker recorded."""
        return self.run.commit

    @property
    def code(self) -> tuple[Code, ...]:
        """What each part of the run ran, in the order in which the parts were begun; one for a run of one folder.

        Parts of a run that this one was forked from are not among them. No history is read for it.
        """
        found: tuple[Code, ...] | None = getattr(self._contents, "code", None)
        if found is not None:
            return found
        head = self._contents.head
        return (Code(commit=head.commit, remote=head.remote, started=head.started),)

    @cached_property
    def elsewhere(self) -> Elsewhere | None:
        """The same run on the server, or in a folder, and what is otherwise there; None where it was not looked at."""
        from journal.sources.elsewhere import differences, gist_of

        found = self._other() if self._other is not None else None
        if found is None:
            return None
        there, called = found
        gist = gist_of(there)
        unlike = differences(gist_of(self), gist, called)
        return Elsewhere(origin=there.origin, rows=gist.rows, last_step=gist.last_step, unlike=unlike)

    @property
    def gist(self) -> Gist | None:
        """What its source knows of it without its history; None where the history says it."""
        found: Gist | None = getattr(self._contents, "gist", None)
        return found

    @property
    def state(self) -> RunState:
        """How the run ended."""
        return self.run.state

    @property
    def started(self) -> datetime | None:
        """When the run started, with a time zone."""
        return self._contents.head.started

    @property
    def last_step(self) -> int | None:
        """Step of the last row, or None before the first."""
        return self.run.last_step

    @property
    def first_step(self) -> int | None:
        """Step of the first row, or None before it."""
        steps = [part.first_step for part in self.segments if part.first_step is not None]
        return min(steps, default=None)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The run folders that the run is made of, in the order in which they were joined; `rule` says how."""
        return self._contents.segments

    @property
    def rule(self) -> str | None:
        """In words, how the segments were joined; None for a run of one folder."""
        return self.run.rule

    @property
    def rows(self) -> int:
        """Logged points, never to be confused with steps."""
        return self.run.rows

    @property
    def origin(self) -> Origin:
        """The bytes that the run's numbers were read from, and their sum."""
        return self._contents.origin

    def grown_from(self, origin: Origin) -> Segment | None:
        """The segment that an origin tells of, as it was then or grown since; None if that log is not there."""
        return self._contents.grown_from(origin)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read."""
        return self.run.problems

    @property
    def files(self) -> tuple[Path, ...] | None:
        """Every file and folder that it was read from, those that were looked for in vain included.

        As long as all of them are as they were, so is the run. None if its source cannot tell.
        """
        found: tuple[Path, ...] | None = getattr(self._contents, "files", None)
        return found

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics that have at least one numeric row, sorted."""
        return self._contents.metric_names

    @property
    def metrics(self) -> Sequence[Metric]:
        """Each metric in brief, sorted by name."""
        columns = self._contents.columns(self.metric_names)
        return [_brief(columns[name]) for name in self.metric_names]

    def column(self, metric: str) -> Column | None:
        """Every numeric row of one metric (step, value, wall time), or None if it was never logged as a number."""
        return self._contents.columns([metric]).get(metric)

    def history(self, metrics: Sequence[str] | str | None = None, *, wall_time: bool = False) -> pl.DataFrame:
        """The full history, never sampled.

        Args:
            metrics: Metrics to read, or one; all of them by default.
            wall_time: Whether to add the time at which each row was logged.

        Returns:
            One row per step at which any of the metrics was logged, ascending: an Int64 column `_step`; with
            `wall_time`, a Float64 column `_timestamp` in seconds since 1970 (UTC), null where it was not recorded; then
            a Float64 column per metric in the order asked for. A cell is null where the metric was not logged, and
            NaN or an infinity where that is what was logged.

        Raises:
            SourceError: The run has no such metric.
        """
        import polars as pl

        if isinstance(metrics, str):
            metrics = [metrics]
        wanted = self.metric_names if metrics is None else tuple(dict.fromkeys(metrics))
        held = self._contents.columns(wanted)
        for metric in wanted:
            if metric not in held:
                raise no_metric(self, metric)
        columns = [held[metric] for metric in wanted]
        steps = _all_steps(columns)
        cells = {column.name: _spread(column, column.values, steps) for column in columns}
        if wall_time:
            times = [_spread(column, column.times, steps) for column in columns]
            cells = {"_timestamp": _first_known(times, steps.len()), **cells}
        return pl.DataFrame({"_step": steps, **cells})


def _all_steps(columns: Sequence[Column]) -> pl.Series:
    """Every step of any of the columns, ascending."""
    import polars as pl

    distinct = list({id(column.steps): column.steps for column in columns}.values())
    if len(distinct) == 1:
        return distinct[0].alias("_step")
    return pl.concat([pl.Series("_step", [], pl.Int64), *(steps.alias("_step") for steps in distinct)]).unique().sort()


def _spread(column: Column, cells: pl.Series, steps: pl.Series) -> pl.Series:
    """The cells of a column at its own steps among all; null at the others."""
    import polars as pl

    if column.steps.len() == steps.len():
        return cells
    spread = pl.repeat(None, steps.len(), dtype=pl.Float64, eager=True)
    return spread.scatter(steps.search_sorted(column.steps), cells)


def _first_known(series: Sequence[pl.Series], length: int) -> pl.Series:
    import polars as pl

    if not series:
        return pl.repeat(None, length, dtype=pl.Float64, eager=True)
    return pl.select(pl.coalesce(series)).to_series()


def _brief(column: Column) -> Metric:
    finite = column.values.filter(column.values.is_finite())
    return Metric(
        name=column.name,
        n=finite.len(),
        nonfinite=column.values.len() - finite.len(),
        first_step=column.steps[0] if column.steps.len() else None,
        last_step=column.steps[-1] if column.steps.len() else None,
        last=finite[-1] if finite.len() else None,
        rounded=column.rounded,
        step_metric=column.step_metric,
    )
