"""Cells: what an expression comes to on the runs of one entry, with the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import SourceError
from journal.model.evidence import CallEvidence, CellEvidence, CellState, Estimate
from journal.model.expression import Call, Function, Operation, calls
from journal.model.run import RunState
from journal.model.window import Unit, Window
from journal.stats.evaluation import combine, estimate_call
from journal.stats.windows import matched, reached, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.expression import Expression
    from journal.sources.open_run import OpenRun
    from journal.tables.run_book import RunBook

STORED = frozenset({"config", "summary"})
"""Statistics that read what the tracker stored; they have no rows and no window."""
COUNTS = frozenset({"count", "share"})
"""Statistics that are so many out of a number of rows."""


def name_of_statistic(call: CallEvidence) -> str:
    """The name of the statistic of a call, without what stands in its brackets; nothing for arithmetic."""
    return (call.statistic or "").partition("(")[0]


def is_ranged(call: CallEvidence) -> bool:
    """Whether a call is about a range of rows: not about one step that it names, nor what the tracker stored."""
    return call.window is not None and name_of_statistic(call) != "at"


def place(template: Expression, *, metric: str | None, window: Window, handle: str | None) -> Expression:
    """A template with everything that it leaves open put in its place; the whole run needs no window."""
    match template:
        case Call():
            own = template.window if template.window is not None else window
            stored = template.statistic.name in STORED
            return Call(
                statistic=template.statistic,
                metric=template.metric if template.metric is not None else metric,
                window=None if stored or own == Window() else own,
                handle=template.handle if template.handle is not None else handle,
            )
        case Function():
            inner = place(template.of, metric=metric, window=window, handle=handle)
            return template.model_copy(update={"of": inner})
        case Operation():
            sides = {
                side: place(getattr(template, side), metric=metric, window=window, handle=handle)
                for side in ("left", "right")
            }
            return template.model_copy(update=sides)
    return template


class Evaluation:
    """The numbers of one block, and what stood in the way of some of them: each reason once, in order.

    Args:
        runs: The entry's runs.
        handles: The runs of the block: what `matched` looks at.
    """

    def __init__(self, runs: RunBook, handles: Sequence[str]) -> None:
        self._runs = runs
        self._handles = tuple(handles)
        self._found: dict[Call, CallEvidence] = {}
        self.pending: dict[str, None] = {}
        self.recalled: dict[str, None] = {}
        self.lost: dict[str, None] = {}

    def cell(self, row: str, column: str, expression: Expression) -> CellEvidence:
        """What an expression comes to; it names every metric and, but for a block without runs, every run.

        Raises:
            ExpressionError: Text stands in arithmetic.
            SourceError: A run is there but cannot be read, or lacks a key of its config or summary.
        """
        if isinstance(expression, Call):
            found = self.call(expression)
            return CellEvidence(row=row, column=column, **dict(found))
        asked = tuple(dict.fromkeys(calls(expression)))
        parts = tuple(self.call(call) for call in asked)
        shell = CellEvidence(row=row, column=column, expression=str(expression), state=CellState.PENDING, parts=parts)
        if any(part.state is CellState.PENDING for part in parts):
            return shell
        estimates = {call: _estimate(part) for call, part in zip(asked, parts, strict=True)}
        value = combine(expression, estimates.__getitem__).value
        state = CellState.NO_ROWS if value is None else CellState.VALUE
        return shell.model_copy(update={"value": value, "state": state})

    def call(self, call: Call) -> CallEvidence:
        """What one call comes to; asked again, it is not computed again."""
        if call not in self._found:
            self._found[call] = self._evaluated(call)
        return self._found[call]

    def quietly(self, call: Call) -> CallEvidence | None:
        """What a call comes to, or None where it has nothing: what is missing is not waited for."""
        before = dict(self.pending)
        found = self.call(call)
        if found.state is CellState.VALUE:
            return found
        self.pending = before
        return None

    def _evaluated(self, call: Call) -> CallEvidence:
        if call.handle is None:
            self.pending["no runs yet"] = None
            return CallEvidence(expression=str(call), state=CellState.PENDING)
        shell = self._shell(call, call.handle)
        window = self._resolved(call)
        if window is None:
            return shell
        steps = reached(_looked_at(call, window), self._runs.reach(call.handle)) if shell.window is not None else None
        shell = shell.model_copy(update={"steps": None if steps is None else str(steps)})
        run = self._runs.open(call.handle)
        return self._recalled(shell, call.handle) if run is None else self._estimated(shell, call, run, window)

    def _shell(self, call: Call, handle: str) -> CallEvidence:
        return CallEvidence(
            expression=str(call),
            run=self._runs.ref(handle).id,
            metric=call.metric,
            statistic=str(call.statistic),
            window=None if call.statistic.name in STORED else str(call.window or Window()),
            state=CellState.PENDING,
        )

    def _resolved(self, call: Call) -> Window | None:
        """The call's window as steps or rows of its run; None while a run that it is matched with is not there."""
        window = call.window or Window()
        if not window.matched:
            return resolve(window, self._runs.reach(str(call.handle)))
        reaches = {handle: self._runs.reach(handle) for handle in dict.fromkeys([*self._handles, str(call.handle)])}
        waiting = [handle for handle, reach in reaches.items() if reach is None]
        for handle in waiting:
            self.pending[f"the matched window waits for run {self._runs.named(handle)}"] = None
        if waiting:
            return None
        common = matched(reach for reach in reaches.values() if reach is not None)
        if common is None:
            self.pending["the runs have no steps in common yet"] = None
        return common

    def _estimated(self, shell: CallEvidence, call: Call, run: OpenRun, window: Window) -> CallEvidence:
        try:
            found = estimate_call(run, call, window)
        except SourceError as error:
            return self._missing(shell, call, run, error)
        if found.value is None and found.text is None and _is_ahead(call, window, run):
            self.pending[f"run {call.handle} has not reached step {_looked_at(call, window).first}"] = None
            return shell
        state = CellState.NO_ROWS if found.value is None and found.text is None else CellState.VALUE
        update = {**dict(found), "state": state}
        if shell.window is None:
            update |= {"n": None, "nonfinite": None}
        elif window.unit is Unit.ROWS and found.window is not None:
            update |= {"steps": "{}..{}".format(*found.window)}
        return shell.model_copy(update=update)

    def _missing(self, shell: CallEvidence, call: Call, run: OpenRun, error: SourceError) -> CallEvidence:
        """A metric or key that a run lacks: known to be missing if the run has ended and another run here has it."""
        if not _lacks(run, call):
            raise error
        others = (self._runs.open(handle) for handle in self._handles)
        ended = run.state in {RunState.FINISHED, RunState.FAILED}
        if ended and any(other is not None and not _lacks(other, call) for other in others):
            none = {} if shell.window is None else {"n": 0, "nonfinite": 0}
            return shell.model_copy(update={"state": CellState.NO_ROWS, **none})
        what = "metric" if shell.window is not None else call.statistic.name
        guess = f" ({error.hint})" if error.hint and error.hint.startswith("did you mean") else ""
        self.pending[f"run {call.handle} has no {what} {call.metric!r}{guess}"] = None
        return shell

    def _recalled(self, shell: CallEvidence, handle: str) -> CallEvidence:
        """What the last fill found, where the run is out of reach."""
        old = self._runs.recall(handle, shell)
        known = self._runs.known(handle) is not None
        if old is None or old.state is CellState.PENDING:
            if known and self._runs.looks and old is None:
                self.lost[self._runs.absence(handle)] = None
            else:
                missing = f"{shell.metric} of run" if known else "run"
                self.pending[f"{missing} {self._runs.named(handle)} is not there yet"] = None
            return shell
        if self._runs.looks:
            self.recalled[self._runs.absence(handle)] = None
        return old.model_copy(update=shell.model_dump(include={"expression", "run"}))


def _looked_at(call: Call, window: Window) -> Window:
    """The steps that a call is about; that a run goes on behind the step which `at` names is nothing to it."""
    at = call.statistic.number if call.statistic.name == "at" else None
    return window if at is None else Window(first=int(at), last=int(at))


def _is_ahead(call: Call, window: Window, run: OpenRun) -> bool:
    """Whether a call is about steps that a run which may still be running has not come to."""
    first = _looked_at(call, window).first
    ends = call.window.last if call.window is not None else None
    never = first is not None and ends is not None and first > ends  # `at` names a step outside its window
    begun = run.last_step is not None and (first is None or first <= run.last_step)
    return run.state is RunState.CRASHED_OR_RUNNING and not begun and not never


def _lacks(run: OpenRun, call: Call) -> bool:
    """Whether a run does not have the metric or key of a call at all."""
    if call.statistic.name not in STORED:
        return run.column(str(call.metric)) is None
    try:
        estimate_call(run, call, Window())
    except SourceError:
        return True
    return False


def _estimate(part: CallEvidence) -> Estimate:
    return Estimate(
        value=part.value,
        n=part.n or 0,
        nonfinite=part.nonfinite or 0,
        first_step=part.first_step,
        last_step=part.last_step,
        text=part.text,
    )
