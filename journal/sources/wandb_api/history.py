"""The history of one run on a W&B server: fetched in full, each page kept as it comes, checked against what was told.

All metrics are fetched together, page by page. Of a very large history only the steps are, and then each metric that is
asked for. What was fetched before is not fetched again: an interrupted fetch goes on where it was, and a run that has
grown is fetched from there.
"""

from __future__ import annotations

import time
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from journal.errors import SourceUnavailable
from journal.model.run import Problem
from journal.model.wording import counted
from journal.sources.wandb_api.rows import columns_of
from journal.sources.wandb_log.history import Cells
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

PAGE_ROWS = 1_000
"""Rows of a page, as many as the SDK itself asks for, if they are spread evenly over the steps."""

_SAVE_EVERY = 1.0  # seconds


class ServerHistory:
    """The rows of a run, fetched when they are first asked for.

    Args:
        statement: What the server says of the run.
        kept: What was fetched before, and where all is kept.
        fetch: What asks the server; None where nobody may be asked.
        offline: Why nobody may be asked, in words.
    """

    def __init__(self, statement: Statement, kept: KeptRun, fetch: Fetch | None, offline: str | None) -> None:
        self._statement = statement
        self._kept = kept
        self._fetch = fetch
        self._offline = offline
        self._sum = sha256(statement.essence).hexdigest()
        self._numbers: dict[str, int] = {}
        self._fetched = False

    @property
    def is_here(self) -> bool:
        """Whether its rows are here, so that nobody is asked for them."""
        told = self._told
        return bool(told.get("done")) and told.get("of") == self._sum

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.steps)

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each row, ascending, each once."""
        return self._array("steps", np.int64)

    @property
    def times(self) -> NDArray[np.float64]:
        """The wall time of each row in seconds since 1970; NaN where it is not known."""
        return self._array("times", np.float64)

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics with at least one number, sorted."""
        self._require_rows()
        counts = self._statement.counts
        return tuple(sorted(self._told["names"] if self._told["whole"] or counts is None else counts))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the rows that were fetched; nothing before."""
        return tuple(Problem(message=said) for said in self._told.get("problems", ())) if self.is_here else ()

    def inexact(self, metric: str) -> int:
        """How many whole numbers of a metric no float equals."""
        found: int = self._told["inexact"].get(metric, 0)
        return found

    def cells(self, metric: str) -> Cells | None:
        """The numbers of a metric, and the rows that have them; None if it has none.

        Raises:
            SourceUnavailable: The server could not be asked for them.
        """
        self._require_rows()
        if metric not in self._told["names"]:
            if self._told["whole"] or metric not in (self._statement.counts or {}):
                return None
            self._fetch_metric(metric)
        number = self._told["names"].index(metric)
        rows, values = self._kept.array(f"rows {number}"), self._kept.array(f"values {number}")
        if rows is None or values is None:
            raise self._gone()
        return Cells(rows, values)

    @property
    def _told(self) -> dict[str, Any]:
        """How far the history was fetched."""
        found: dict[str, Any] = self._kept.state.get("history") or {}
        return found

    def _array(self, name: str, kind: type[np.generic]) -> NDArray[Any]:
        self._require_rows()
        found = self._kept.array(name)
        if found is None and self._told["rows"]:
            raise self._gone()
        return np.zeros(0, kind) if found is None else found

    def _gone(self) -> SourceUnavailable:
        self._kept.write({}, {})
        hint = "run the command again with --online"
        return SourceUnavailable(f"what was kept of run {self._statement.place.id} is damaged", hint=hint)

    # --- all rows -----------------------------------------------------------------------------------------------------

    def _require_rows(self) -> None:
        """Have the steps of all rows here, and of a history that is not very large all metrics."""
        if self.is_here:
            return
        if self._fetch is None:
            raise SourceUnavailable(
                f"the history of run {self._statement.place.id} was not fetched yet", hint=self._offline
            )
        self._begin()
        self._fetch_rows()
        if self._told["grown"] and self._told["rows"] != self._statement.rows:
            self._begin_anew()  # rows came before those that were here
            self._fetch_rows()
        problems = self._missing("row", self._told["rows"], self._statement.rows)
        self._note(done=True, problems=[*self._told["problems"], *problems])

    def _begin(self) -> None:
        """Go on where the last fetch was, or where the history of then ended, or begin anew."""
        if self._told.get("of") == self._sum:
            return
        if self._goes_on():
            self._note(of=self._sum, done=False, grown=True, last=self._stop)
        else:
            self._begin_anew()

    def _goes_on(self) -> bool:
        """Whether the server still has the last row that was fetched, so that only the rows behind it are missing."""
        told, before = self._told, self._kept.statement
        if not told.get("done") or not told["whole"] or told["problems"] or not told["rows"] or self._fetch is None:
            return False
        if before is None or not self._statement.goes_on_from(before):
            return False
        steps = self._kept.array("steps")
        if steps is None:
            return False
        step, number = int(steps[-1]), len(steps) - 1
        pages = [columns_of(page.rows, step, step + 1) for page in self._fetch(None, step, step, 1)]
        now = {name: cells.values[0] for page in pages for name, cells in page.cells.items()}
        then = {name: value for name in told["names"] if (value := self._at(name, number)) is not None}
        return now.keys() == then.keys() and all(_same(now[name], then[name]) for name in now)

    def _at(self, metric: str, number: int) -> float | None:
        """The value of a metric in one of the kept rows; None where it has none there."""
        at = self._told["names"].index(metric)
        rows, values = self._kept.array(f"rows {at}"), self._kept.array(f"values {at}")
        if rows is None or values is None or not len(rows) or rows[-1] != number:
            return None
        return float(values[-1])

    @property
    def _stop(self) -> int:
        last = self._statement.last_step
        return -1 if last is None else last

    def _begin_anew(self) -> None:
        """Drop what was fetched."""
        stop = self._stop
        whole = sum(self._statement.counts.values()) <= MOST_CELLS if self._statement.counts is not None else True
        told = {"of": self._sum, "whole": whole, "done": False, "grown": False, "next": 0, "last": stop, "rows": 0}
        self._kept.write(self._state({**told, "names": [], "inexact": {}, "problems": []}), {})

    def _fetch_rows(self) -> None:
        keys = None
        if not self._told["whole"]:
            keys = ["_timestamp"]
        self._take(keys)
        if keys is not None and self._told["rows"] != self._statement.rows:  # some rows have no wall time
            self._kept.write(self._state({**self._told, "rows": 0, "next": 0, "names": [], "inexact": {}}), {})
            self._take(["_step"])

    def _take(self, keys: Sequence[str] | None) -> None:
        """Fetch what is missing, and keep it about every second, and whatever happens."""
        first, last = self._told["next"], self._told["last"]
        if self._fetch is None or first > last:
            return
        tell = teller(self._statement.place.id, self._statement.rows or 0, unit="rows")
        tell(self._told["rows"])
        gathered = _Gathered(self._told["rows"])
        saved = time.monotonic()
        try:
            for page in self._fetch(keys, first, last, self._page(last + 1)):
                stop = min(page.stop, last + 1)
                columns = columns_of(page.rows, page.first, stop)
                gathered.add(columns, stop)
                tell(len(columns.steps))
                if time.monotonic() - saved > _SAVE_EVERY:
                    self._save(gathered)
                    saved = time.monotonic()
        finally:
            self._save(gathered)

    def _page(self, span: int) -> int:
        """How many steps a page spans, so that it holds about `PAGE_ROWS` rows."""
        rows = self._statement.rows or span
        return max(PAGE_ROWS, PAGE_ROWS * span // max(rows, 1))

    def _save(self, gathered: _Gathered) -> None:
        """Keep what was gathered since the last time."""
        if gathered.stop is None:
            return
        told = self._told
        names = [*told["names"], *(name for name in gathered.cells if name not in told["names"])]
        numbers = {name: number for number, name in enumerate(names)}
        arrays: dict[str, NDArray[Any]] = {"steps": gathered.steps, "times": gathered.times}
        for name, cells in gathered.cells.items():
            arrays[f"rows {numbers[name]}"], arrays[f"values {numbers[name]}"] = gathered.whole(cells)
        inexact = dict(Counter(told["inexact"]) + gathered.inexact)
        rows = told["rows"] + len(gathered.steps)
        told = {**told, "names": names, "inexact": inexact, "rows": rows, "next": gathered.stop}
        self._kept.extend(self._state(told), arrays)
        gathered.clear(rows)

    # --- one metric of very many --------------------------------------------------------------------------------------

    def _fetch_metric(self, metric: str) -> None:
        """Fetch the rows that have one metric, of a history of which only the steps are here."""
        if self._fetch is None:
            raise SourceUnavailable(
                f"metric {metric} of run {self._statement.place.id} was not fetched yet", hint=self._offline
            )
        last, steps = self._told["last"], self.steps
        expected = (self._statement.counts or {}).get(metric, 0)
        tell = teller(f"{self._statement.place.id}: {metric}", expected, unit="rows")
        gathered = _Gathered(0)
        for page in self._fetch([metric], 0, last, self._page(last + 1)):
            columns = columns_of(page.rows, page.first, min(page.stop, last + 1))
            gathered.add(columns, page.stop)
            tell(len(columns.steps))
        found = gathered.cells.get(metric, [])
        rows, values = gathered.whole(found)
        at = np.searchsorted(steps, gathered.steps[rows])
        known = (at < len(steps)) & (steps[np.minimum(at, len(steps) - 1)] == gathered.steps[rows])
        told = self._told
        number = len(told["names"])
        arrays = {f"rows {number}": at[known].astype(np.uint32), f"values {number}": values[known]}
        problems = [f"metric {metric}: {said}" for said in self._missing("value", int(known.sum()), expected)]
        told = {
            **told,
            "names": [*told["names"], metric],
            "inexact": {**told["inexact"], metric: gathered.inexact[metric]},
            "problems": [*told["problems"], *problems],
        }
        self._kept.extend(self._state(told), arrays)

    # --- what is written down -----------------------------------------------------------------------------------------

    def _note(self, **more: Any) -> None:
        self._kept.note(self._state({**self._told, **more}))

    def _state(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"statement": self._statement.dump(), "history": told}

    def _missing(self, what: str, got: int, told: int | None) -> list[str]:
        if told is None or got == told:
            return []
        return [f"the server tells of {counted(told, what)} and gave {got}"]


def _same(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)  # noqa: PLR0124 - NaN alone is not itself


class _Gathered:
    """Pages that were not kept yet."""

    def __init__(self, before: int) -> None:
        self.inexact: Counter[str] = Counter()
        self.cells: dict[str, list[Cells]] = {}
        self.clear(before)

    def clear(self, before: int) -> None:
        """Begin anew behind so many rows."""
        self._before = before
        self._steps: list[NDArray[np.int64]] = []
        self._times: list[NDArray[np.float64]] = []
        self.cells.clear()
        self.inexact.clear()
        self.stop: int | None = None

    def add(self, page: PageColumns, stop: int) -> None:
        """Take a page in; `stop` is the first step that it does not reach."""
        for name, cells in page.cells.items():
            rows = (cells.rows + np.uint32(self._before)).astype(np.uint32)
            self.cells.setdefault(name, []).append(Cells(rows, cells.values))
        self._before += len(page.steps)
        self._steps.append(page.steps)
        self._times.append(page.times)
        self.inexact.update(page.inexact)
        self.stop = stop

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(0, np.int64), *self._steps])

    @property
    def times(self) -> NDArray[np.float64]:
        return np.concatenate([np.zeros(0), *self._times])

    @staticmethod
    def whole(cells: Sequence[Cells]) -> Cells:
        """All pieces of a metric as one."""
        rows = np.concatenate([np.zeros(0, np.uint32), *(piece.rows for piece in cells)])
        return Cells(rows, np.concatenate([np.zeros(0), *(piece.values for piece in cells)]))
