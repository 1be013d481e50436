"""One run on a W&B server: what the server says of it, and its history, fetched when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from journal.model.run import Column
from journal.sources.elsewhere import Gist
from journal.sources.open_run import sole_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import polars as pl

    from journal.model.revision import Code
    from journal.model.run import Origin, Run, RunHead, Segment
    from journal.sources.wandb_api.history import ServerHistory
    from journal.sources.wandb_api.statement import Statement


class ServerRun:
    """The contents of a run on a server.

    What identifies it, its config and its summary come with one answer for many runs. Its rows are fetched when they
    are first needed; `run.problems` tells what is wrong with them from then on.

    Args:
        statement: What the server says of it.
        history: Its rows.
        files: What it rests on, if it has ended and is kept.
    """

    def __init__(
        self, statement: Statement, history: Callable[[], ServerHistory], files: tuple[Path, ...] | None
    ) -> None:
        self.statement = statement
        self._make = history
        self._files = files
        self._series: tuple[pl.Series, pl.Series] | None = None

    @cached_property
    def history(self) -> ServerHistory:
        """Its rows."""
        return self._make()

    @property
    def files(self) -> tuple[Path, ...] | None:
        """What it rests on; None while it may become more, or not all that the server tells of has come."""
        return self._files if self.history.is_settled else None

    @property
    def head(self) -> RunHead:
        """What identifies it."""
        return self.statement.head

    @property
    def run(self) -> Run:
        """What the server recorded about it; rows as they were counted here, once they were fetched."""
        run = self.statement.run
        if not self.history.is_here:
            return run
        steps = self.history.steps
        last = int(steps[-1]) if len(steps) else None
        return run.model_copy(update={"rows": len(steps), "last_step": last, "problems": self.history.problems})

    @property
    def summary(self) -> dict[str, Any]:
        """W&B's own summary."""
        return self.statement.summary

    @property
    def gist(self) -> Gist | None:
        """What the server says of it; None once its rows are here, which say more."""
        if self.history.is_here:
            return None
        told = self.statement
        return Gist(told.rows or 0, None, told.last_step, told.state, told.counts, told.summary)

    @property
    def origin(self) -> Origin:
        """What the server says of the history, summed up, and when it did."""
        return self.statement.origin

    @property
    def code(self) -> tuple[Code, ...]:
        """What it ran."""
        return self.statement.code

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics with at least one number, sorted."""
        return self.history.names

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The run itself: the server has joined its parts."""
        steps = self.history.steps
        return (sole_segment(self.run, self.origin, int(steps[0]) if len(steps) else None),)

    def columns(self, metrics: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that the run has."""
        found = {}
        for name in dict.fromkeys(metrics):
            cells = self.history.cells(name)
            if cells is not None and len(cells.rows):
                found[name] = self._column(name, cells.rows, cells.values)
        return found

    def grown_from(self, origin: Origin) -> Segment | None:
        """The run itself, if an origin tells of it as it was on this server, or may have been."""
        same = origin.is_online and origin.path == self.origin.path
        return self.segments[0] if same else None

    def _column(self, name: str, rows: Any, values: Any) -> Column:
        import polars as pl

        if self._series is None:
            self._series = pl.Series("_step", self.history.steps), pl.Series("_timestamp", self.history.times)
        steps, times = self._series
        at = pl.Series(rows)
        return Column(
            name=name,
            steps=steps.gather(at).set_sorted(),
            values=pl.Series(name, values),
            times=times.gather(at).fill_nan(None),
            rounded=self.history.inexact(name),
        )
