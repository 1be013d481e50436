"""What two runs differ in, as `--json` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.cli.run_shapes import of_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.change import KeyChange
    from journal.model.comparison import Between, CodeDifference, MetricsOfTwo
    from journal.model.evidence import Estimate
    from journal.model.window import Window
    from journal.sources.open_run import OpenRun
    from journal.tables.comparison import ComparedNumber, RunComparison


def shape(found: RunComparison, one: OpenRun, other: OpenRun, kinds: tuple[str, str]) -> dict[str, Any]:
    """Everything that was compared, each run in the order of `runs`; what was not asked for is null.

    Args:
        found: What two runs differ in.
        one: The first of them.
        other: The second.
        kinds: From what kind of source each of them is.
    """
    apart = found.difference
    return {
        "runs": [of_run(run.run, run.run, kind) for run, kind in zip((one, other), kinds, strict=True)],
        "differs": found.differs,
        "config": _changes(apart.config),
        "environment": _changes(apart.environment),
        "code": None if apart.code is None else _code(apart.code),
        "window": str(found.asked.window),
        "steps": [_steps(steps) for steps in found.steps],
        **_metrics(apart.metrics, found.numbers),
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


def _metrics(metrics: MetricsOfTwo | None, numbers: Sequence[ComparedNumber]) -> dict[str, Any]:
    if metrics is None:
        return {"metrics": None, "metrics_only_in": None}
    only_in = [list(metrics.only_one), list(metrics.only_other)]
    return {"metrics": [_number(number) for number in numbers], "metrics_only_in": only_in}


def _steps(window: Window | None) -> list[int | None] | None:
    return None if window is None else [window.first, window.last]


def _number(number: ComparedNumber) -> dict[str, Any]:
    return {
        "metric": number.metric,
        "statistic": number.statistic,
        "label": number.label,
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
