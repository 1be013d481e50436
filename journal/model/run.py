"""A run as its tracker recorded it, and one metric of it as a column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from operator import not_
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, get_args

from pydantic import Field, model_validator

from journal.errors import SourceError
from journal.model.base import Frozen, Natural
from journal.model.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

_SHOWN = 3

Fact = Literal["cpu_count", "cuda", "gpu", "gpu_count", "os", "python"]
ENVIRONMENT: tuple[Fact, ...] = get_args(Fact)
"""What is told of the machine that a run was made on. Nothing else is: no names of hosts or people, no paths."""


class RunState(StrEnum):
    """How a run ended, as far as its log tells."""

    FINISHED = "finished"
    FAILED = "failed"
    CRASHED_OR_RUNNING = "crashed or running"
    UNKNOWN = "unknown"


class Problem(Frozen):
    """Something in a source that could not be read."""

    message: str
    """One sentence."""
    offset: int | None = None
    """Byte offset in the file at which it was met."""
    count: int = 1
    """How many it stands for."""


class Origin(Frozen):
    """The bytes that a run's numbers were read from."""

    kind: str
    """The kind of source, `wandb-log` for one."""
    path: str
    """The file, relative to the journal where it lies inside; otherwise the run folder's name and below."""
    bytes: Natural
    """Size of what was read, in bytes."""
    sha256: str
    """Sum of those bytes, in hex. For several segments: the sum of their sums, in order, each in hex on a line. Of what
    a server gave: the sum of what it says of the history, see `journal.sources.wandb_api.statement`."""
    extract: bool = Field(default=False, exclude_if=not_)
    """Whether they are not the file's own bytes, but the text of what was read out of it: one run of a database."""
    host: str | None = Field(default=None, exclude_if=not_)
    """The server that gave it, by its web address without the scheme; None for files."""
    fetched: datetime | None = Field(default=None, exclude_if=not_)
    """When the server gave it; None for files."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.host is None) != (self.fetched is None):
            raise ValueError("a server and the time at which it answered belong together")
        return self

    @property
    def is_online(self) -> bool:
        """Whether a server gave it."""
        return self.host is not None


class Elsewhere(Frozen):
    """The same run in another place than the one its numbers were taken from: on a server, or in a folder."""

    origin: Origin
    """What was looked at there."""
    rows: Natural
    """Logged points there."""
    last_step: Natural | None = None
    """Step of the last row there."""
    unlike: tuple[str, ...] = ()
    """In words, each thing that is otherwise there."""


class NamedRun(Frozen):
    """What a run is known by wherever it is told of: its names, when it began, and of which code it was."""

    id: str
    """The tracker's id, unique within its project."""
    entity: str | None = None
    """The tracker's entity (user or team)."""
    project: str | None = None
    """The tracker's project."""
    name: str | None = None
    """Display name, when one was given."""
    started: datetime | None = None
    """When the run started, with a time zone."""
    commit: str | None = None
    """Full sha of the commit that the tracker recorded, or that was captured where it recorded none."""

    @property
    def address(self) -> str:
        """`entity/project/id` as far as known."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)


class RunHead(NamedRun):
    """What identifies a run: enough to list and to find it, without reading its history."""

    remote: str | None = None
    """Address of the git remote that the tracker recorded, or that was captured, without user or token."""
    place: str
    """Where it lies, for people: a folder or an address; of several run folders, the newest."""
    segments: int = 1
    """How many run folders hold a part of it."""


class Metric(Frozen):
    """One metric's column, in brief."""

    name: str
    """Display name: nested keys joined by dots."""
    n: int
    """Rows with a finite value."""
    nonfinite: int
    """Rows with NaN or an infinity."""
    first_step: int | None = None
    """Step of the first row, finite or not."""
    last_step: int | None = None
    """Step of the last row, finite or not."""
    last: float | None = None
    """The last finite value."""
    rounded: int = 0
    """Rows whose value is a whole number beyond 2^53 that no float equals; they have the nearest one."""
    step_metric: str | None = None
    """The metric that the script declared as this one's x-axis (`define_metric`), if it did."""


class Segment(Frozen):
    """One run folder of a run, and what of it the run's history holds."""

    place: str
    """Where it lies, for people: a folder or an address."""
    origin: Origin
    """The bytes it was read from."""
    state: RunState
    """How this part ended."""
    started: datetime | None = None
    """When this part started."""
    rows: int
    """Rows that were logged in it."""
    kept: int
    """Rows of it that the run's history holds; the others were taken back or overtaken."""
    first_step: int | None = None
    """The run's step at the first kept row."""
    last_step: int | None = None
    """The run's step at the last kept row."""
    note: str = ""
    """In words, how this part stands to those before it."""


class Run(RunHead):
    """One run, read: everything but its columns, its summary, and the sum of its bytes."""

    state: RunState
    """How it ended."""
    dirty: bool | None = None
    """Whether the work tree had uncommitted changes; None where the tracker does not say."""
    sdk: str | None = None
    """Version of the tracker's SDK that wrote it."""
    config: dict[str, Any]
    """Hyperparameters, as the tracker stored them."""
    environment: dict[str, str | int] = Field(default_factory=dict)
    """What the tracker found around the run, of the things in `ENVIRONMENT`."""
    rows: int
    """Logged points (history rows), never to be confused with steps."""
    last_step: int | None = None
    """Step of the last row."""
    rule: str | None = None
    """In words, how the parts of a run of several folders were joined; None for a run of one."""
    problems: tuple[Problem, ...] = ()
    """What could not be read."""

    @property
    def problem_count(self) -> int:
        """How many things could not be read; of very many, `problems` names the first."""
        return sum(problem.count for problem in self.problems)


@dataclass(frozen=True, eq=False)
class Column:
    """Every numeric row of one metric, in step order.

    Attributes:
        name: The metric's display name.
        steps: Int64 series of the rows' steps, ascending, no nulls.
        values: Float64 series of the same length; NaN and infinities are kept, no nulls.
        times: Float64 series of the same length: wall time of each row in seconds since 1970 (UTC), null where the
            tracker did not record it.
        rounded: How many values are whole numbers that no float equals, and stand as the nearest float.
        step_metric: The metric that the script declared as this one's x-axis, if it did; `steps` are the tracker's own
            steps all the same.
    """

    name: str
    steps: pl.Series
    values: pl.Series
    times: pl.Series
    rounded: int = 0
    step_metric: str | None = None


class _Asked(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def metric_names(self) -> tuple[str, ...]: ...
    @property
    def problems(self) -> tuple[Problem, ...]: ...


def no_metric(run: _Asked, metric: str) -> SourceError:
    """What is to be said of a metric that a run does not have: the ones that may have been meant, and any damage."""
    lost = sum(problem.count for problem in run.problems)
    damage = f"; {lost} things in it could not be read" if lost > 1 else "; something in it could not be read"
    hint = _advice(metric, run.metric_names) + (damage if lost else "")
    return SourceError(f"run {run.id} has no metric {metric!r}", hint=hint)


def _advice(metric: str, names: Sequence[str]) -> str:
    """The metrics that may have been meant, or those there are."""
    if not names:
        return "it has none"
    parts = [name for name in names if metric.casefold() in name.casefold()] if metric else []
    close = list(dict.fromkeys([*get_close_matches(metric, names, n=_SHOWN), *parts]))[:_SHOWN]
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"it has {listed(names, _SHOWN)}"
