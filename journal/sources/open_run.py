"""One run, opened: what it is, and its metrics as columns. The same for every source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.errors import SourceError
from journal.model.run import Column, Metric, Problem, Run, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import polars as pl


class OpenRun:
    """A run that can be asked for its numbers.

    Args:
        run: What the tracker recorded about it.
        columns: Numeric columns by metric name, in name order; a mapping that may read on demand.
    """

    def __init__(self, run: Run, columns: Mapping[str, Column]) -> None:
        self.run = run
        self._columns = columns

    def __repr__(self) -> str:
        return f"<run {self.run.address}: {len(self._columns)} metrics, {self.run.rows} rows, {self.run.state}>"

    @property
    def id(self) -> str:
        """The tracker's id."""
        return self.run.id

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
        return self.run.summary

    @property
    def commit(self) -> str | None:
        """Full sha of the commit that the tracker recorded."""
        return self.run.commit

    @property
    def state(self) -> RunState:
        """How the run ended."""
        return self.run.state

    @property
    def started(self) -> datetime | None:
        """When the run started."""
        return self.run.started

    @property
    def last_step(self) -> int | None:
        """Step of the last row, or None before the first."""
        return self.run.last_step

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read."""
        return self.run.problems

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics that have at least one numeric row, sorted."""
        return tuple(self._columns)

    @property
    def metrics(self) -> Sequence[Metric]:
        """Each metric in brief, sorted by name."""
        return [_brief(column) for column in self._columns.values()]

    def column(self, metric: str) -> Column | None:
        """Every numeric row of one metric (step, value), or None if the run never logged it as a number."""
        return self._columns.get(metric)

    def history(self, metrics: Sequence[str] | None = None) -> pl.DataFrame:
        """The full history, never sampled.

        Args:
            metrics: Metrics to read; all of them by default.

        Returns:
            One row per step at which any of the metrics was logged, ascending: an Int64 column `_step`, then a
            Float64 column per metric in the order asked for. A cell is null where the metric was not logged, and
            NaN or an infinity where that is what was logged.

        Raises:
            SourceError: The run has no such metric.
        """
        import polars as pl

        frame = pl.DataFrame(schema={"_step": pl.Int64})
        for metric in self.metric_names if metrics is None else metrics:
            column = self.column(metric)
            if column is None:
                known = ", ".join(self.metric_names) or "none"
                raise SourceError(f"run {self.id} has no metric {metric!r}", hint=f"it has: {known}")
            part = pl.DataFrame({"_step": column.steps, metric: column.values})
            frame = frame.join(part, on="_step", how="full", coalesce=True)
        return frame.sort("_step")


def _brief(column: Column) -> Metric:
    finite = column.values.filter(column.values.is_finite())
    return Metric(
        name=column.name,
        n=finite.len(),
        nonfinite=column.values.len() - finite.len(),
        first_step=column.steps[0] if column.steps.len() else None,
        last_step=column.steps[-1] if column.steps.len() else None,
        last=finite[-1] if finite.len() else None,
    )
