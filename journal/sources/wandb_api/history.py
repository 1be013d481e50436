"""The history of one run on a W&B server: fetched in full when it is first asked for, and kept.

All metrics are fetched together. Of a very large history only the steps are, and then each metric that is asked for.
What was fetched before is not fetched again: an interrupted fetch goes on where it was, and a run that has grown is
fetched from there. What was complete stays as it is until what follows it is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.errors import SourceUnavailable
from journal.model.run import Problem
from journal.sources.wandb_api.fetching import HistoryFetch, is_to_be_whole, missing_values
from journal.sources.wandb_api.gathering import kept_cells, kept_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from journal.sources.wandb_api.fetching import Fetch
    from journal.sources.wandb_api.kept import KeptRun
    from journal.sources.wandb_api.statement import Statement
    from journal.sources.wandb_log.history import Cells

_AGAIN = "run the command again"
ASK = "run it again with --online"
"""What is advised where nobody could be asked."""


class ServerHistory:
    """The rows of a run, fetched when they are first asked for.

    Args:
        statement: What the server says of the run.
        kept: What was fetched before, and where all is kept.
        fetch: What asks the server; None where nobody may be asked.
        offline: Why nobody may be asked, in words.
        refresh: Whether to fetch it once more, even if nothing speaks for other rows.
    """

    def __init__(
        self, statement: Statement, kept: KeptRun, fetch: Fetch | None, offline: str | None, *, refresh: bool = False
    ) -> None:
        self._statement = statement
        self._kept = kept
        self._fetch = fetch
        self._offline = offline
        self._refresh = refresh
        self._shown: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether its rows are here, so that nobody is asked for them."""
        told, said = self._kept.history, self._kept.statement
        if told.get("of") != self._statement.sum or said is None:
            return False
        if self._fetch is None or self._kept.is_fresh:
            return True
        is_stale = told["pieced"] and is_to_be_whole(self._statement)
        return bool(told["settled"]) and not is_stale and not self._refresh and self._statement.agrees(said)

    @property
    def is_settled(self) -> bool:
        """Whether its rows are here, and are as many as the server tells of."""
        told = self._kept.history
        return self.is_here and told["settled"] and not told["short"]

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each row, ascending, each once."""
        return self._rows()[0]

    @property
    def times(self) -> NDArray[np.float64]:
        """The wall time of each row in seconds since 1970; NaN where it is not known."""
        return self._rows()[1]

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics with at least one number, sorted."""
        self._require_rows()
        counts, told = self._statement.counts, self._kept.history
        return tuple(sorted(told["numbers"] if told["whole"] or counts is None else counts))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the rows that were fetched; nothing before."""
        if not self.is_here:
            return ()
        told, counts = self._kept.history, self._statement.counts or {}
        short = [missing_values(name, got, counts.get(name, 0)) for name, got in told["short"].items()]
        return tuple(Problem(message=said) for said in (*told["problems"], *short))

    def inexact(self, metric: str) -> int:
        """How many whole numbers of a metric no float equals."""
        found: int = self._kept.history["inexact"].get(metric, 0)
        return found

    def cells(self, metric: str) -> Cells | None:
        """The numbers of a metric, and the rows that have them; None if it has none.

        Raises:
            SourceUnavailable: The server could not be asked for them, or what is kept was replaced or damaged.
        """
        for again in (False, True):
            self._require_rows()
            if metric not in self.names:
                return None
            if self._is_missing(metric):
                self._fetch_metric(metric)
            found = kept_cells(self._kept.history, metric, self._kept.array)
            if found is not None:
                return found
            if not again:
                self._look_again()
        raise self._damaged()

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _require_rows(self) -> None:
        """Have the steps of all rows here, and of a history that is not very large all metrics."""
        if self._shown is None and not self.is_here:
            if self._fetch is None:
                said = f"the history of run {self._statement.place.id} was not fetched yet: {self._offline}"
                raise SourceUnavailable(said, hint=ASK)
            HistoryFetch(self._statement, self._kept, self._fetch).rows(anew=self._refresh)
        found = self._kept.history.get("sum")
        if self._shown not in (None, found):  # numbers of one version do not stand in the rows of another
            raise self._replaced()
        self._shown = found

    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        for again in (False, True):
            self._require_rows()
            steps, times = kept_rows(self._kept.history, self._kept.array)
            if steps is not None and times is not None:
                return steps, times
            if not again:
                self._look_again()
        raise self._damaged()

    def _is_missing(self, metric: str) -> bool:
        """Whether one metric of a very large history is not here, or was not all there when somebody looked."""
        told = self._kept.history
        if metric not in told["numbers"]:
            return True
        return metric in told["short"] and self._fetch is not None and metric not in self._kept.fresh_metrics

    def _fetch_metric(self, metric: str) -> None:
        if self._fetch is None:
            said = f"metric {metric} of run {self._statement.place.id} was not fetched yet"
            raise SourceUnavailable(f"{said}: {self._offline}", hint=ASK)
        HistoryFetch(self._statement, self._kept, self._fetch).metric(metric, self.steps)

    def _look_again(self) -> None:
        """Something kept is not there: another process may have replaced it."""
        before: Any = self._kept.history["sum"]
        self._kept.look_again()
        if self._kept.history.get("sum") != before:
            raise self._replaced()

    def _replaced(self) -> SourceUnavailable:
        said = f"what was kept of run {self._statement.place.id} was replaced meanwhile"
        return SourceUnavailable(said, hint=_AGAIN)

    def _damaged(self) -> SourceUnavailable:
        self._kept.forget()
        hint = f"{_AGAIN} with --online"
        return SourceUnavailable(f"what was kept of run {self._statement.place.id} is damaged", hint=hint)
