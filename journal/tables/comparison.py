"""Two runs compared: what they differ in, and their metrics over the same steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.errors import ExpressionError, SourceError
from journal.model.evidence import Estimate
from journal.model.expression import calls
from journal.model.run import no_metric
from journal.model.table import DiffSpec, Measure
from journal.model.window import Window
from journal.stats.evaluation import combine, estimate_call
from journal.stats.expression import parse_template
from journal.stats.windows import Reach, matched, reached, resolve
from journal.tables.cells import place
from journal.tables.difference import between, difference
from journal.tables.numbers import compared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.model.comparison import Difference
    from journal.model.expression import Call, Expression
    from journal.model.table import AxisItem
    from journal.revisions import Repository
    from journal.sources.open_run import OpenRun

_ONE, _OTHER = "one", "other"


@dataclass(frozen=True)
class ComparedNumber:
    """One statistic of one metric on two runs.

    Attributes:
        label: What it is called: an expression, or its own label and the metric.
        metric: The metric.
        statistic: The statistic, as it was asked for.
        one: Its estimate on the first run; None where the run does not have the metric.
        other: The same on the second.
        difference: The second less the first; None where there is none.
        ratio: The second by the first; None where there is none.
    """

    label: str
    metric: str
    statistic: str
    one: Estimate | None
    other: Estimate | None
    difference: float | None
    ratio: float | None


@dataclass(frozen=True)
class RunComparison:
    """Two runs compared.

    Attributes:
        difference: What they differ in besides numbers.
        asked: What was asked for.
        steps: What it came to on each; None where that run has no step of it, or where it is counted in rows.
        numbers: Their metrics, each with each statistic.
    """

    difference: Difference
    asked: DiffSpec
    steps: tuple[Window | None, Window | None]
    numbers: tuple[ComparedNumber, ...]

    @property
    def differs(self) -> bool:
        """Whether anything that was looked at is known to differ."""
        found = self.difference
        unlike = any(_unlike(number) for number in self.numbers)
        metrics = found.metrics is not None and bool(found.metrics.only_one or found.metrics.only_other)
        code = found.code is not None and found.code.differs
        return bool(found.config or found.environment or code or metrics or unlike)


def _unlike(number: ComparedNumber) -> bool:
    one, other = number.one, number.other
    if one is None or other is None:
        return one is not other
    return (one.value, one.text) != (other.value, other.text)


def compare(
    one: OpenRun,
    other: OpenRun,
    asked: DiffSpec,
    repository: Repository | None = None,
    start: Path | None = None,
) -> RunComparison:
    """Everything that two runs differ in, as far as it is known here.

    Args:
        one: The first run.
        other: The second.
        asked: In what to compare them; which runs it names does not matter.
        repository: The git repository that knows their commits; None where there is none.
        start: A folder of the journal whose own files are no code; by default the top of the repository.

    Raises:
        ExpressionError: A statistic that nobody knows, or one that names a run.
        SourceError: A metric is named that neither run has, or a run cannot be read.
    """
    found = difference(one, other, asked, lambda first, second: between(repository, first, second, start))
    reaches = [_reach(run) for run in (one, other)]
    common = matched(reach for reach in reaches if reach is not None)
    first, second = (_on(asked.window, reach, common) for reach in reaches)
    numbers: tuple[ComparedNumber, ...] = ()
    if found.metrics is not None:
        numbers = tuple(_Pair(one, other, asked.window, common).numbers(asked, found.metrics.shown))
    return RunComparison(found, asked, (first, second), numbers)


def templates(asked: DiffSpec) -> dict[AxisItem, Expression]:
    """The expression of each statistic.

    Raises:
        ExpressionError: One that nobody knows.
    """
    return {item: parse_template(item.value) for item in asked.stats}


def label(item: AxisItem, template: Expression, metric: str) -> str:
    """What one statistic of one metric is called: `mean(train/loss)`, or its own label and the metric."""
    if item.label is not None:
        return f"{item.label} of {metric}"
    return str(place(template, metric=metric, window=Window(), handle=None))


class _Pair:
    """Two runs that are asked for the same numbers, and the steps that both have reached."""

    def __init__(self, one: OpenRun, other: OpenRun, window: Window, common: Window | None) -> None:
        self._runs = {_ONE: one, _OTHER: other}
        self._window = window
        self._common = common
        self._found: dict[Call, Estimate] = {}

    def numbers(self, asked: DiffSpec, metrics: Sequence[str]) -> list[ComparedNumber]:
        """Every statistic of every metric."""
        found = templates(asked)
        for call in (call for template in found.values() for call in calls(template)):
            if call.handle is not None:
                raise ExpressionError(f"the runs are given, so a statistic may not name one: @{call.handle}")
        for metric in metrics:
            if all(metric not in run.metric_names for run in self._runs.values()):
                raise no_metric(self._runs[_ONE], metric)
        return [self._number(item, template, metric) for metric in metrics for item, template in found.items()]

    def _number(self, item: AxisItem, template: Expression, metric: str) -> ComparedNumber:
        placed = {side: place(template, metric=metric, window=self._window, handle=side) for side in self._runs}
        one, other = (self._estimated(expression) for expression in placed.values())
        numbers = one is not None and other is not None and one.text is None and other.text is None
        delta, ratio = (
            self._estimated(compared(placed[_OTHER], placed[_ONE], measure)) if numbers else None
            for measure in (Measure.DELTA, Measure.RATIO)
        )
        measured = (found.value if found is not None else None for found in (delta, ratio))
        return ComparedNumber(label(item, template, metric), metric, item.value, one, other, *measured)

    def _estimated(self, expression: Expression) -> Estimate | None:
        try:
            return combine(expression, self._call)
        except SourceError:  # of a metric, or a key, that the run does not have
            return None

    def _call(self, call: Call) -> Estimate:
        """What one call comes to; asked again, it is not computed again."""
        if call not in self._found:
            self._found[call] = self._computed(call)
        return self._found[call]

    def _computed(self, call: Call) -> Estimate:
        run = self._runs[str(call.handle)]
        window = call.window or Window()
        if window.matched and self._common is None:
            return Estimate(value=None, n=0, nonfinite=0)
        resolved = self._common if window.matched and self._common is not None else resolve(window, _reach(run))
        return estimate_call(run, call, resolved)


def _reach(run: OpenRun) -> Reach | None:
    if run.first_step is None or run.last_step is None:
        return None
    return Reach(run.first_step, run.last_step)


def _on(window: Window, reach: Reach | None, common: Window | None) -> Window | None:
    """The steps of a window that a run has."""
    if window.matched:
        return common
    return reached(resolve(window, reach), reach)
