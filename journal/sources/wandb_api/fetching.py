"""Fetching the rows of a run on a W&B server: page by page, gone on with where that is safe, and counted.

All rows are gathered in memory, so that nobody else's writing can take some of them away. Beside what is kept lies a
draft of them, for the next time if this time is cut short.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from journal.errors import SourceUnavailable
from journal.model.wording import counted
from journal.sources.wandb_api.gathering import Gathered, sum_of
from journal.sources.wandb_api.rows import columns_of
from journal.sources.watch import teller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from numpy.typing import NDArray

    from journal.sources.wandb_api.client import Page
    from journal.sources.wandb_api.kept import KeptRun
    from journal.sources.wandb_api.rows import PageColumns
    from journal.sources.wandb_api.statement import Statement

    class Fetch(Protocol):
        """What asks the server for rows."""

        def __call__(self, keys: Sequence[str] | None, first: int, last: int, page: int) -> Iterator[Page]:
            """The rows from step `first` to step `last` that have all of the keys, `page` steps at a time."""
            ...


MOST_CELLS = 1_000_000
"""Numbers in a history up to which all metrics are fetched together."""

FEW_CELLS = 100_000
"""Numbers in a history up to which it is fetched whole once more when its run has ended."""

PAGE_ROWS = 1_000
"""Rows of a page, as many as the SDK itself asks for, if they are spread evenly over the steps."""

OVERLAP = 100
"""Rows that are compared with the server's before those behind them are fetched."""

_SAVE_EVERY = 1.0  # seconds
_TOGETHER = (None, None)
_STEPS_ALONE = (("_timestamp",), ("_step",), ("_step",))  # not every row has a wall time; the more exact is slower


@dataclass
class _Try:
    """One way through the rows.

    Attributes:
        gathered: What came of it so far.
        attempt: Which of the attempts it is.
        before: How many rows came the time before; None if nobody knows.
        pieced: Whether it was put together from what the server had at several times.
    """

    gathered: Gathered
    attempt: int = 0
    before: int | None = None
    pieced: bool = False


class HistoryFetch:
    """One fetch of what a statement tells of.

    Args:
        statement: What the server says of the run.
        kept: What was fetched before, and where all is kept.
        fetch: What asks the server.
    """

    def __init__(self, statement: Statement, kept: KeptRun, fetch: Fetch) -> None:
        self._statement = statement
        self._kept = kept
        self._fetch = fetch
        self._id = statement.place.id
        self._stop = -1 if statement.last_step is None else statement.last_step
        self._whole = statement.counts is None or sum(statement.counts.values()) <= MOST_CELLS
        self._attempts: Sequence[Sequence[str] | None] = _TOGETHER if self._whole else _STEPS_ALONE

    # --- all rows -----------------------------------------------------------------------------------------------------

    def rows(self, *, anew: bool) -> None:
        """Fetch all rows, or of a very large history their steps, and keep them.

        If they are not as many as the server tells, they are fetched again from the first on. The same number again is
        what the server has: it is kept with a problem, and asked for at the next command.

        Args:
            anew: Begin with the first row, whatever was fetched before.

        Raises:
            SourceUnavailable: The server could not be asked, or gave none of the rows, or other ones each time.
        """
        one = self._begun(anew=anew)
        while True:
            self._take(one)
            found = one.gathered.rows
            if self._is_all(found) or (found and found == one.before):
                return self._keep(one)
            attempt = 0 if one.pieced else one.attempt + 1
            if attempt == len(self._attempts):
                self._kept.draft.remove()
                raise self._short(f"run {self._id}", "row", found, self._statement.rows)
            one = _Try(Gathered(), attempt, None if one.pieced else found)

    def _begun(self, *, anew: bool) -> _Try:
        """What there is to go on with."""
        found = None if anew else self._drafted() or self._grown()
        told = self._kept.history
        is_short = told.get("of") == self._statement.sum and not told["settled"]
        return found or _Try(Gathered(), before=told["rows"] if is_short else None)

    def _drafted(self) -> _Try | None:
        """What came of a fetch that was cut short."""
        told, said = self._kept.draft.told, self._kept.draft.statement
        if said is None or told["whole"] != self._whole:
            return None
        if said.sum != self._statement.sum:
            return self._gone_on_with(said, self._kept.draft.gathered())
        if not self._statement.agrees(said) or (told["pieced"] and is_to_be_whole(self._statement)):
            return None
        gathered = self._kept.draft.gathered()
        return None if gathered is None else _Try(gathered, told["attempt"], told["before"], told["pieced"])

    def _grown(self) -> _Try | None:
        """The history as it was kept, if the server tells of more now."""
        told, said = self._kept.history, self._kept.statement
        if said is None or not told.get("settled") or not told["whole"] or said.sum == self._statement.sum:
            return None
        return self._gone_on_with(said, Gathered.restored(told, self._kept.array))

    def _gone_on_with(self, said: Statement, gathered: Gathered | None) -> _Try | None:
        """Rows of an earlier statement, if the server still has the last of them, each cell as it was."""
        if gathered is None or not gathered.rows or not self._whole or is_to_be_whole(self._statement):
            return None
        if not self._statement.goes_on_from(said):
            return None
        steps = gathered.end(OVERLAP)["_step"][0]
        first, stop = int(steps[0]), int(steps[-1]) + 1
        now = Gathered()
        for page in self._fetch(None, first, stop - 1, stop - first):
            now.add(columns_of(page.rows, max(page.first, first), min(page.stop, stop)), stop)
        if now.rows != len(steps) or not gathered.ends_as(now):
            return None
        gathered.next = stop
        return _Try(gathered, pieced=True)

    def _is_all(self, rows: int) -> bool:
        """Whether these are all; they are taken for that where the server does not tell."""
        return self._statement.doubt is not None or rows == self._statement.rows

    def _take(self, one: _Try) -> None:
        """Fetch what is missing; every second, and if it is cut short, a draft of it is kept."""
        gathered, last = one.gathered, self._stop
        tell = teller(self._id, self._statement.rows or 0, unit="rows")
        tell(gathered.rows)
        saved = time.monotonic()
        try:
            for columns, stop in self._pages(self._attempts[one.attempt], gathered.next, last):
                gathered.add(columns, stop)
                tell(len(columns.steps))
                if time.monotonic() - saved > _SAVE_EVERY:
                    self._save(one)
                    saved = time.monotonic()
        except BaseException:
            self._save(one)
            raise

    def _pages(self, keys: Sequence[str] | None, first: int, last: int) -> Iterator[tuple[PageColumns, int]]:
        """Each page as columns, with the step behind it."""
        if first > last:
            return
        span = last + 1
        size = max(PAGE_ROWS, PAGE_ROWS * span // max(self._statement.rows or span, 1))
        for page in self._fetch(keys, first, last, size):
            stop = min(page.stop, last + 1)
            yield columns_of(page.rows, page.first, stop), stop

    def _save(self, one: _Try) -> None:
        told = {"whole": self._whole, "attempt": one.attempt, "before": one.before, "pieced": one.pieced}
        self._kept.draft.save(self._statement, told, one.gathered)

    def _keep(self, one: _Try) -> None:
        """Replace what was kept, all at once."""
        doubt, rows = self._statement.doubt, one.gathered.rows
        problems = [doubt] if doubt else _missing("row", rows, self._statement.rows)
        history = {
            **one.gathered.told,
            "of": self._statement.sum,
            "whole": self._whole,
            "pieced": one.pieced,
            "settled": not problems,
            "problems": problems,
            "made": len(one.gathered.numbers),
            "short": {},
        }
        if not self._whole:
            history |= {"numbers": {}, "inexact": {}, "made": 0}
        arrays = one.gathered.arrays()
        if not self._whole:
            arrays = {name: arrays[name] for name in ("steps", "times")}
        self._kept.write(self._statement, {**history, "sum": sum_of(history["numbers"], arrays)}, arrays)

    # --- one metric of very many --------------------------------------------------------------------------------------

    def metric(self, metric: str, steps: NDArray[np.int64]) -> None:
        """Fetch the rows that have one metric, of a history of which only the steps are here, and keep them.

        Numbers that are not as many as the server tells are fetched once more, as rows are.

        Args:
            metric: Its name.
            steps: The steps of all rows.

        Raises:
            SourceUnavailable: The server could not be asked, or gave none of them, or other ones each time.
        """
        expected = (self._statement.counts or {}).get(metric, 0)
        before = self._kept.history["short"].get(metric)
        for _ in range(2):
            gathered = self._gathered(metric, expected)
            rows, values = _placed(gathered, metric, steps)
            if len(rows) == expected or (len(rows) and len(rows) == before):
                return self._add(metric, rows, values, gathered.inexact[metric], expected)
            before = len(rows)
        raise self._short(f"metric {metric} of run {self._id}", "value", before or 0, expected)

    def _gathered(self, metric: str, expected: int) -> Gathered:
        tell = teller(f"{self._id}: {metric}", expected, unit="rows")
        gathered = Gathered()
        for columns, stop in self._pages([metric], 0, self._stop):
            gathered.add(columns, stop)
            tell(len(columns.steps))
        return gathered

    def _add(self, metric: str, rows: NDArray[Any], values: NDArray[Any], inexact: int, expected: int) -> None:
        """Keep a metric under a number that none had before; what it had before is no more pointed to."""
        told = self._kept.history
        number = told["made"]
        short = {name: count for name, count in told["short"].items() if name != metric}
        told = {
            **told,
            "numbers": {**told["numbers"], metric: number},
            "inexact": {**told["inexact"], metric: inexact},
            "made": number + 1,
            "short": short if len(rows) == expected else {**short, metric: len(rows)},
        }
        self._kept.add(metric, told, {f"rows {number}": rows, f"values {number}": values})

    def _short(self, what: str, noun: str, got: int, told: int | None) -> SourceUnavailable:
        said = f"{counted(told or 0, noun)}, and gave {got}"
        return SourceUnavailable(f"{what} could not be read: the server tells of {said}", hint="run the command again")


def is_to_be_whole(statement: Statement) -> bool:
    """Whether a run has ended, so that its history is fetched whole once, which is little work.

    While it was running it may have been taken back to an earlier step, unseen.
    """
    return statement.has_ended and statement.cells <= FEW_CELLS


def missing_values(metric: str, got: int, told: int) -> str:
    """A problem in words: a metric with other values than the server tells of."""
    return f"metric {metric}: {_missing('value', got, told)[0]}"


def _missing(noun: str, got: int, told: int | None) -> list[str]:
    return [] if got == told else [f"the server tells of {counted(told or 0, noun)} and gave {got}"]


def _placed(gathered: Gathered, metric: str, steps: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The rows, counted among all steps, and the values of a metric that was fetched alone."""
    arrays, number = gathered.arrays(), gathered.numbers.get(metric)
    if number is None:
        return np.zeros(0, np.uint32), np.zeros(0)
    own = arrays["steps"][arrays[f"rows {number}"]]
    at = np.searchsorted(steps, own)
    known = (at < len(steps)) & (steps[np.minimum(at, len(steps) - 1)] == own)
    return at[known].astype(np.uint32), arrays[f"values {number}"][known]
