"""What two runs differ in, as `--json` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.change import KeyChange
    from journal.model.comparison import Between, CodeDifference
    from journal.model.evidence import Estimate
    from journal.model.window import Window
    from journal.sources.open_run import OpenRun
    from journal.tables.comparison import ComparedNumber, RunComparison


def shape(found: RunComparison, one: OpenRun, other: OpenRun) -> dict[str, Any]:
    """Everything that was compared, each run in the order of `runs`; what was not asked for is null."""
    apart = found.difference
    return {
        "runs": [_run(one), _run(other)],
        "differs": found.differs,
        "config": _changes(apart.config),
        "environment": _changes(apart.environment),
        "code": None if apart.code is None else _code(apart.code),
        "window": str(found.asked.window),
        "steps": [_steps(steps) for steps in found.steps],
        "metrics": None if apart.metrics is None else [_number(number) for number in found.numbers],
        "only_in": None if apart.metrics is None else [list(apart.metrics.only_one), list(apart.metrics.only_other)],
    }


def _run(run: OpenRun) -> dict[str, Any]:
    about = run.run
    return {
        "id": about.id,
        "entity": about.entity,
        "project": about.project,
        "name": about.name,
        "place": about.place,
        "state": about.state,
        "started": about.started.isoformat() if about.started else None,
        "last_step": about.last_step,
        "problems": about.problem_count,
    }


def _changes(changes: Sequence[KeyChange] | None) -> list[dict[str, Any]] | None:
    return None if changes is None else [{"key": each.key, "runs": [each.before, each.after]} for each in changes]


def _code(code: CodeDifference) -> dict[str, Any]:
    sides = [side.model_dump() for side in (code.one, code.other)]
    return {"same": code.same, "runs": sides, "between": None if code.between is None else _between(code.between)}


def _between(between: Between) -> dict[str, Any]:
    lines = [[line.model_dump() for line in side] for side in (between.one, between.other)]
    return {
        "commits": [between.commits_one, between.commits_other],
        "only_in": lines,
        "cut": between.cut,
        "added": between.added,
        "removed": between.removed,
        "files": [file.model_dump(mode="json") for file in between.files],
    }


def _steps(window: Window | None) -> list[int | None] | None:
    return None if window is None else [window.first, window.last]


def _number(number: ComparedNumber) -> dict[str, Any]:
    return {
        "metric": number.metric,
        "statistic": number.statistic,
        "runs": [_estimate(number.one), _estimate(number.other)],
        "difference": number.difference,
        "ratio": number.ratio,
    }


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    """A number with what it rests on; null where the run does not have the metric."""
    if found is None:
        return None
    return {
        "value": found.value,
        "text": found.text,
        "n": found.n,
        "nonfinite": found.nonfinite,
        "window": found.window,
    }
