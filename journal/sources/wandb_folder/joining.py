"""How several logs of one run become one history: which rows count, and at which step of the run.

W&B begins a new folder, and a new log in it, each time a run is resumed, rewound or written to by one more process. The
parts are taken in the order in which they were begun. Each is set against the rows that stand by then:

- **A copy counts once.** Two logs with one start, the rows of one the first rows of the other, are one log, copied
  while it was still written. The longer one counts; of two that are equally long, the one that knows how it ended.
- **A part without rows changes nothing**, so that an attempt that died at once takes nothing away. If it forks or
  rewinds the run, that holds all the same, since the parts after it build on it.
- **A fork** takes over the rows of the run it leaves, up to the step where it leaves it. Parts of that run that were
  begun later than the fork do not count. If no such rows are at hand, a problem says so.
- **A rewind** leaves out the rows after the step that it goes back to. So do W&B's server and its pages.
- **Rows without steps**, which is what the writers of a shared run log, are merged by wall time and numbered 0, 1, 2
  and so on: there is no other order between two processes. A writer's rows are never taken out of their own order,
  and a row without a time stays behind the one before it.
- **A resumed part that counts from the beginning again** (it starts at or before the run's first step) is what
  resuming offline makes: the SDK cannot know how far the run was. Its rows are numbered on from the last step, each at
  its own step or one after the row before, whichever is more. `wandb sync` does the same when it uploads them.
- **Any other part counts from its first step on**; rows of the parts before it at that step or beyond are left out.
  Its steps are the script's own, or were told by the server, so a part that starts in the midst goes on from a
  checkpoint. That is so for a resumed part too. An online part starts where the server had got to, while the log before
  it may hold rows that never were uploaded; and an offline part starts above 0 only if its script gives the steps. (Of
  the last kind alone, `wandb sync` would make something else: it numbers them on from the last step.)
- **A part that starts over without a word of resuming** is, by the same rule, a new run under the same id: it takes the
  place of what was there, as it does on W&B's server. SDKs before 0.30 do not record that they resume, so an offline
  resume of theirs is taken for one; so it is told as a problem, and what is left out can still be read alone.

The run's state is that of the last part, or, where the last are the writers of a shared run, of the first among those:
the one in charge is begun first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from journal.model.run import Column, Problem, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import polars as pl

    from journal.sources.wandb_log.records import BranchPoint

_ORDER = "the parts are joined in the order in which they were begun"
_CLAUSES = {
    "copy": "a copy of a part counts once",
    "fork": "the rows of the run it was forked from come first, up to the step where it leaves that run",
    "rewind": "a rewind leaves out the rows after the step it goes back to",
    "shared": "rows without steps are merged by wall time and numbered",
    "again": "a resumed part that counts its steps from the beginning again is numbered on from the last step",
    "back": "from its first step on, a later part counts, and rows before it at that step or beyond are left out",
    "over": "a part that starts over without being resumed takes the place of all before it",
}


@dataclass(frozen=True, eq=False)
class Part:
    """One log of a run, as far as joining needs it.

    Attributes:
        id: Id of the run that the log names.
        started: When it was begun.
        resume: Whether the log says that it goes on from an earlier part; recorded only since SDK 0.30.
        branch: Where it leaves another run, or an earlier state of its own.
        state: How it ended.
        steps: Int64 series, one per row, as logged, each above the one before; counted from 0 where the log gives none.
        times: Float64 series, wall time of each row in seconds since 1970 (UTC), null where it was not recorded.
        numbered: Whether the log gives steps; in shared mode it does not.
    """

    id: str
    started: datetime | None
    resume: bool
    branch: BranchPoint | None
    state: RunState
    steps: pl.Series
    times: pl.Series
    numbered: bool


@dataclass(frozen=True, eq=False)
class Joint:
    """What became of one part.

    Attributes:
        steps: Int64 series, one per row of the part: its step in the joined run, null for a row that is left out. The
            very series of the part where nothing had to be changed.
        note: In words, how the part stands to those before it.
        own: The steps of the part as it was logged.
    """

    steps: pl.Series
    note: str
    own: pl.Series


@dataclass(frozen=True, eq=False)
class Joined:
    """What became of a run's parts.

    Attributes:
        joints: One for each part, in the order in which they were given.
        rule: One sentence for people: how the parts were joined.
        problems: What is not at hand.
        state: How the run ended.
    """

    joints: tuple[Joint, ...]
    rule: str
    problems: tuple[Problem, ...]
    state: RunState


def join(run: str, parts: Sequence[Part]) -> Joined:
    """One history of a run from its parts.

    Args:
        run: Id of the run that is wanted.
        parts: Its parts in the order in which they were begun, those of runs that it was forked from before them.
    """
    joining = _Joining(parts)
    rows = joining.history(run)
    return Joined(
        joints=tuple(_joint(run, part, rows.steps.get(at), joining.notes.get(at)) for at, part in enumerate(parts)),
        rule=joining.rule(),
        problems=tuple(joining.problems),
        state=joining.state(run),
    )


def join_column(joined: Joined, columns: Sequence[Column | None]) -> Column | None:
    """One metric's column in the joined run.

    Args:
        joined: What became of the parts.
        columns: The metric's column in each part, None where the part does not have it.

    Returns:
        The rows that count, in step order; None if there are none. A column that is taken over unchanged is the same
        object.
    """
    import polars as pl

    kept = [
        moved
        for joint, column in zip(joined.joints, columns, strict=True)
        if column is not None and (moved := _moved(joint, column)) is not None
    ]
    if len(kept) <= 1:
        return kept[0] if kept else None
    steps, values, times = (
        pl.concat(series, rechunk=True)
        for series in zip(*((each.steps, each.values, each.times) for each in kept), strict=True)
    )
    if not steps.is_sorted():
        order = steps.arg_sort()
        steps, values, times = steps.gather(order), values.gather(order), times.gather(order)
    rounded = sum(each.rounded for each in kept)
    return replace(kept[-1], steps=steps, values=values, times=times, rounded=rounded)


def numbered_on(steps: pl.Series, start: int) -> pl.Series:
    """Steps as `wandb sync` gives them to a part whose run has got to `start`.

    Each is the row's own step or one more than the last, whichever is more; the first is no less than `start`. With the
    row's number taken away from each, "one more" becomes "no less", which is a running maximum.
    """
    import polars as pl

    row = pl.int_range(steps.len(), eager=True)
    return ((steps - row).cum_max().clip(lower_bound=start) + row).alias(steps.name)


@dataclass(frozen=True)
class _Rows:
    """The rows that stand.

    Attributes:
        steps: For each part that has any, by its number: each row's step in the joined run, or null.
    """

    steps: dict[int, pl.Series] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[int, int] | None:
        """The first step and the last; None if no row stands."""
        kept = [steps.drop_nulls() for steps in self.steps.values() if steps.count()]
        return (min(steps[0] for steps in kept), max(steps[-1] for steps in kept)) if kept else None

    @property
    def count(self) -> int:
        return sum(steps.count() for steps in self.steps.values())

    def up_to(self, step: int) -> _Rows:
        """Those at a step and before it."""
        return _Rows({at: _cut(steps, step) for at, steps in self.steps.items()})

    def add(self, steps: dict[int, pl.Series]) -> _Rows:
        return _Rows({**self.steps, **steps})


class _Joining:
    """Joining under way.

    Attributes:
        notes: What is to be said of each part that was looked at, by its number.
        problems: What is not at hand.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.notes: dict[int, str] = {}
        self.problems: list[Problem] = []
        self._parts = parts
        self._copies = _copies(parts)
        self._applied: set[str] = {"copy"} if self._copies else set()

    def history(self, run: str, *, before: datetime | None = None, known: frozenset[str] = frozenset()) -> _Rows:
        """The rows of a run, as far as they were logged in parts begun `before`. `known` are the runs that fork off."""
        rows = _Rows()
        for group in self._groups(run, before):
            rows = self._with(group, rows, known | {run})
        return rows

    def rule(self) -> str:
        """How it was done, in one sentence."""
        return "; ".join([_ORDER, *(clause for kind, clause in _CLAUSES.items() if kind in self._applied)])

    def state(self, run: str) -> RunState:
        """How the run ended."""
        own = [part for at, part in enumerate(self._parts) if part.id == run and at not in self._copies]
        while len(own) > 1 and _is_writer(own[-1]) and _is_writer(own[-2]):
            own.pop()
        return own[-1].state if own else RunState.UNKNOWN

    def _groups(self, run: str, before: datetime | None) -> list[list[int]]:
        """The numbers of the parts that matter; those that are to be merged with each other, together."""
        groups: list[list[int]] = []
        for at, part in enumerate(self._parts):
            late = before is not None and part.started is not None and part.started > before
            if part.id != run or late:
                continue
            if at in self._copies:
                self.notes[at] = f"a copy of part {self._copies[at] + 1}"
            elif part.steps.is_empty() and part.branch is None:
                self.notes[at] = "holds no rows"
            elif groups and _is_writer(part) and _is_writer(self._parts[groups[-1][-1]]):
                groups[-1].append(at)
            else:
                groups.append([at])
        return groups

    def _with(self, group: list[int], rows: _Rows, known: frozenset[str]) -> _Rows:
        """The rows that stand once one more part, or group of writers, has been added."""
        part = self._parts[group[0]]
        if part.branch is not None:
            return self._branched(group[0], part, part.branch, rows, known)
        return self._merged(group, rows) if _is_writer(part) else self._appended(group[0], part, rows)

    def _branched(self, at: int, part: Part, branch: BranchPoint, rows: _Rows, known: frozenset[str]) -> _Rows:
        """A fork or a rewind."""
        fork = branch.run != part.id
        if fork:
            rows = _Rows() if branch.run in known else self.history(branch.run, before=part.started, known=known)
        base = rows.up_to(branch.step)
        if base.count == 0:
            done = f"forked from run {branch.run} at step" if fork else "taken back to its own step"
            message = f"run {part.id} was {done} {branch.step}, but the rows up to there are not at hand"
            self.problems.append(Problem(message=message))
        self._applied.add("fork" if fork else "rewind")
        self.notes[at] = f"leaves run {branch.run} after" if fork else "goes back to"
        self.notes[at] += f" step {branch.step}{_left_out(rows.count - base.count)}"
        return base.add({at: _placed(part.steps, branch.step + 1)})

    def _merged(self, group: list[int], rows: _Rows) -> _Rows:
        """Rows without steps, numbered in the order of their times after those that stand."""
        start = 0 if rows.ends is None else rows.ends[1] + 1
        parts = [self._parts[at] for at in group]
        self._applied.add("shared")
        for at in group:
            who = f"one of {len(group)} writers" if len(group) > 1 else "logs no steps"
            self.notes[at] = f"{who}: rows are numbered by wall time, from step {start} on"
        merged = _by_time(parts, start) if len(group) > 1 else [_placed(parts[0].steps, start)]
        return rows.add(dict(zip(group, merged, strict=True)))

    def _appended(self, at: int, part: Part, rows: _Rows) -> _Rows:
        """A part with steps: it goes on, goes back, counts again or starts over."""
        begin = part.steps[0]
        first, last = rows.ends or (None, begin - 1)
        if first is None or begin > last:
            self.notes[at] = f"{'begins' if first is None else 'goes on'} at step {begin}"
            return rows.add({at: part.steps})
        if part.resume and begin <= first:
            self._applied.add("again")
            self.notes[at] = f"counts from {begin} again: numbered on from step {last + 1}"
            return rows.add({at: numbered_on(part.steps, last + 1)})
        base = rows.up_to(begin - 1)
        kind, verb = ("back", "goes back to") if base.count else ("over", "starts over at")
        self._applied.add(kind)
        self.notes[at] = note = f"{verb} step {begin}{_left_out(rows.count - base.count)}"
        if kind == "over":
            self.problems.append(Problem(message=f"part {at + 1} {note}; its folder can be read alone"))
        return base.add({at: part.steps})


def _joint(run: str, part: Part, steps: pl.Series | None, note: str | None) -> Joint:
    rows = part.steps.len()
    if steps is None:
        steps = part.steps.clear(rows) if rows else part.steps  # as many nulls
    if part.id != run:
        note = f"of run {part.id}: {note or 'not part of this one'}"
    return Joint(steps=steps, note=note or "", own=part.steps)


def _moved(joint: Joint, column: Column) -> Column | None:
    """A part's column at the steps of the joined run, without the rows that are left out; None if none is left."""
    if joint.steps is joint.own:
        return column if column.steps.len() else None
    whole = column.steps.len() == joint.own.len()
    steps = joint.steps if whole else joint.steps.gather(joint.own.search_sorted(column.steps))
    kept = steps.is_not_null()
    if not kept.any():
        return None
    if kept.all():
        return replace(column, steps=steps)
    values, times = column.values.filter(kept), column.times.filter(kept)
    return replace(column, steps=steps.filter(kept), values=values, times=times)


def _placed(steps: pl.Series, start: int) -> pl.Series:
    """Steps that are no less than `start`: as they are, if they are that already."""
    return numbered_on(steps, start) if steps.len() and steps[0] < start else steps


def _cut(steps: pl.Series, last: int) -> pl.Series:
    """Steps with null in place of each beyond the last."""
    beyond = steps > last
    return steps.set(beyond, None) if beyond.any() else steps


def _by_time(parts: Sequence[Part], start: int) -> list[pl.Series]:
    """The steps of rows that are merged by their times and numbered from `start` on."""
    import numpy as np
    import polars as pl

    clocks = [_clock(part).to_numpy() for part in parts]
    order = np.argsort(np.concatenate(clocks), kind="stable")
    steps = np.empty(order.size, np.int64)
    steps[order] = np.arange(start, start + order.size)
    ends = np.cumsum([clock.size for clock in clocks])[:-1]
    return [pl.Series("step", piece, pl.Int64) for piece in np.split(steps, ends)]


def _clock(part: Part) -> pl.Series:
    """A time for each row that never goes back, however the machine's clock was set."""
    start = part.started.timestamp() if part.started else float("inf")
    return part.times.fill_null(strategy="forward").fill_null(strategy="backward").fill_null(start).cum_max()


def _is_writer(part: Part) -> bool:
    """Whether its rows are to be merged with those of others."""
    return not part.numbered and part.branch is None and not part.steps.is_empty()


def _copies(parts: Sequence[Part]) -> dict[int, int]:
    """For the number of each part that is a copy, or the beginning of one: the number of the part that counts."""
    copies: dict[int, int] = {}
    ranked = sorted(range(len(parts)), key=lambda at: (-parts[at].steps.len(), _is_open(parts[at]), at))
    for place, at in enumerate(ranked):
        wholes = (whole for whole in ranked[:place] if whole not in copies and _begins(parts[whole], parts[at]))
        if (whole := next(wholes, None)) is not None:
            copies[at] = whole
    return copies


def _begins(whole: Part, part: Part) -> bool:
    """Whether a part's rows are the first of another's, and both were begun at once."""
    rows = part.steps.len()
    if rows == 0 or (whole.id, whole.started) != (part.id, part.started):
        return False
    dated = part.started is not None or part.times.count() > 0
    return dated and whole.steps.head(rows).equals(part.steps) and whole.times.head(rows).equals(part.times)


def _is_open(part: Part) -> bool:
    return part.state in (RunState.CRASHED_OR_RUNNING, RunState.UNKNOWN)


def _left_out(rows: int) -> str:
    """What to add to a note about rows that no longer count."""
    if not rows:
        return ""
    return f": {rows:,} {'row' if rows == 1 else 'rows'} before it {'is' if rows == 1 else 'are'} left out"
