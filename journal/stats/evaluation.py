"""One expression on one run: the estimate, or why there can be none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from journal.errors import ExpressionError, NoRows
from journal.model.run import no_metric
from journal.stats.statistics import estimate

if TYPE_CHECKING:
    from journal.model.evidence import Estimate
    from journal.model.expression import Expression
    from journal.model.run import Column, Problem


class Columns(Protocol):
    """What of a run its numbers need."""

    @property
    def id(self) -> str:
        """The tracker's id, for messages."""
        ...

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics, sorted."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read."""
        ...

    def column(self, metric: str, /) -> Column | None:
        """One metric's rows, or None if the run does not have it."""
        ...


def estimate_on(run: Columns, expression: Expression) -> Estimate:
    """The estimate that an expression gives on a run; its value is None where no finite row lies in the window.

    Raises:
        ExpressionError: The expression names a run itself, or a statistic that nobody knows.
        SourceError: The run has no such metric.
    """
    if expression.handle is not None:
        said = f"the run is given, so the expression may not name one: @{expression.handle}"
        raise ExpressionError(said, hint=f"leave it out: {expression.model_copy(update={'handle': None})}")
    column = run.column(expression.metric)
    if column is None:
        raise no_metric(run, expression.metric)
    return estimate(column, expression.statistic, expression.window)


def no_rows(run: Columns, expression: Expression, found: Estimate) -> NoRows:
    """What to say of an estimate without a value."""
    where = "in the run" if str(expression.window) == "all" else f"in steps {expression.window}"
    left_out = f", {found.nonfinite} left out as NaN or infinite" if found.nonfinite else ""
    column = run.column(expression.metric)
    steps = column.steps if column is not None else None
    hint = f"it has rows from step {steps[0]} to {steps[-1]}" if steps is not None and steps.len() else None
    return NoRows(f"no data: {expression.metric} of {run.id} has no finite row {where}{left_out}", hint=hint)
