"""One log as a run's numbers: read when first asked, no more than is asked for, and kept in a cache if there is one."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from journal.errors import SourceUnavailable
from journal.model.run import Column, Origin, Problem
from journal.sources.wandb_log.cache import LogCache, Stamp, sum_of
from journal.sources.wandb_log.history import Cells, History
from journal.sources.wandb_log.scan import LogScan
from journal.sources.wandb_log.summary import read_summary
from journal.sources.wandb_log.values import INTERNAL
from journal.sources.watch import teller

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import FileIO
    from pathlib import Path

    import numpy.typing as npt

    from journal.model.run import RunState
    from journal.sources.wandb_log.head import LogHead
    from journal.sources.wandb_log.records import KeyPath

_MAX_PROBLEMS = 100
_PIECE = 1 << 20


class _Arrays(Protocol):
    """Where the rows of a log are: in memory or in a cache. None where they are gone."""

    @property
    def steps(self) -> npt.NDArray[np.int64] | None: ...

    @property
    def times(self) -> npt.NDArray[np.float64] | None: ...

    def cells(self, path: KeyPath) -> Cells | None: ...


class LogReading:
    """A log, read on demand.

    Without a cache, metrics that are asked for before anything else are read alone, and everything as soon as others
    are asked for, or what could not be read. With a cache everything is read once, and what a log has grown by is read
    from there on.

    Every property may raise:

    - CorruptLog: Nothing of the log can be read.
    - SourceUnavailable: It cannot be opened, or was replaced while it was read.

    Args:
        log: The file.
        cache: Where what was read is kept; None for nowhere.
    """

    def __init__(self, log: Path, cache: LogCache | None = None) -> None:
        self._log = log
        self._cache = cache
        self._scan: LogScan | None = None
        self._arrays: _Arrays | None = None
        self._given = False  # whether anything was told that the bytes say
        self._size = 0
        self._sums: list[tuple[int, str]] = []  # of beginnings of the log, each with its size
        self._rows: tuple[pl.Series, pl.Series] | None = None
        self._columns: dict[str, Column] = {}

    @property
    def head(self) -> LogHead:
        """What identifies the run."""
        return self._any.head

    @property
    def state(self) -> RunState:
        """How it ended."""
        return self._any.state

    @property
    def rows(self) -> int:
        """Logged points."""
        return self._any.history.rows

    @property
    def last_step(self) -> int | None:
        """Step of the last row."""
        return self._any.history.last_step

    @property
    def numbered(self) -> bool:
        """Whether the log gives the rows' steps."""
        return self._any.history.numbered

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics that have at least one numeric row, sorted."""
        return tuple(sorted(_named(self._all)[0]))

    @property
    def config(self) -> dict[str, Any]:
        """The config."""
        return self._any.config.result()[0]

    @property
    def steps(self) -> pl.Series:
        """The step of each row: Int64."""
        return self._row_series()[0]

    @property
    def times(self) -> pl.Series:
        """The wall time of each row in seconds since 1970: Float64, null where it was not recorded."""
        return self._row_series()[1]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary, replayed from the log."""
        scan = self._any
        kept = self._cache.summary if self._cache is not None else None
        if kept is None:
            tell = teller(f"summary of {self._log.name}", self._size)
            with self._open() as file:
                kept = read_summary(file, self._size, scan.base, lambda piece: tell(len(piece)))
            if self._cache is not None:
                self._cache.keep_summary(kept)
        return kept

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, or not as it was logged."""
        scan = self._all
        found = sorted(scan.problems, key=lambda problem: (problem.offset is None, problem.offset or 0))
        said = scan.config_problems()
        said += [f"two metrics are called {name!r}; the nested one is left out" for name in _named(scan)[1]]
        return _few([*found, *(Problem(message=message) for message in said)], scan.unlisted)

    def columns(self, names: Iterable[str]) -> Mapping[str, Column]:
        """The columns of those of these metrics that the log has."""
        wanted = list(names)
        missing = [name for name in wanted if name not in self._columns]
        if missing:
            paths, _ = _named(self._having(missing))
            for name in missing:
                if name in paths:
                    self._columns[name] = self._column(name, paths[name])
        return {name: self._columns[name] for name in wanted if name in self._columns}

    def origin(self, path: str) -> Origin:
        """The bytes that were read, under the name that evidence gives the log.

        Whoever keeps it beside numbers asks for it before them: then they are of these bytes for certain.
        """
        if self._scan is None:
            self._load()
        if not self._sums or self._sums[-1][0] != self._size:
            self._sum_up()
        return Origin(kind="wandb-log", path=path, bytes=self._size, sha256=self._sums[-1][1])

    def begins_with(self, size: int, total: str) -> bool:
        """Whether the first `size` bytes of what was read have the SHA-256 `total`, in hex."""
        _ = self._any
        if size > self._size:
            return False
        known = dict(self._sums).get(size)
        if known is None:
            with self._open() as file:
                known = sum_of(file, size)
        return known == total

    # --- reading ------------------------------------------------------------------------------------------------------

    @property
    def _any(self) -> LogScan:
        """The log, whichever of its metrics are at hand."""
        self._given = True
        return self._scan or self._load()

    @property
    def _all(self) -> LogScan:
        """The log with every metric at hand."""
        scan = self._any
        return scan if scan.history.wanted is None else self._load()

    def _having(self, names: list[str]) -> LogScan:
        """The log with these metrics at hand."""
        self._given = True
        if self._scan is None:
            return self._load(None if self._cache is not None else frozenset(names))
        wanted = self._scan.history.wanted
        return self._scan if wanted is None or wanted.issuperset(names) else self._load()

    def _load(self, wanted: frozenset[str] | None = None) -> LogScan:
        """The log from the cache, or else read from its beginning."""
        with self._open() as file:
            stamp = Stamp.of(file)
            size = self._size or stamp.size  # what was read once is what is read again, though it may have grown
            scan = self._recall(file, stamp) if self._cache is not None else None
            if scan is None:
                scan = self._read(file, stamp, size, wanted)
        self._scan, self._rows = scan, None
        return scan

    def _read(self, file: FileIO, stamp: Stamp, size: int, wanted: frozenset[str] | None) -> LogScan:
        total = sha256()
        tell = teller(self._log.name, size)

        def take(piece: memoryview) -> None:
            total.update(piece)
            tell(len(piece))

        scan = LogScan(history=History(wanted=wanted))
        scan.read(file, size, take)
        self._arrays, self._size, self._sums = scan.history, size, [(size, total.hexdigest())]
        if self._cache is not None and not self._cache.keep(scan, stamp, file, self._sums):
            self._cache = None
        return scan

    def _recall(self, file: FileIO, stamp: Stamp) -> LogScan | None:
        """The log as the cache knows it, read on to where it has grown; None if the cache cannot tell."""
        assert self._cache is not None  # noqa: S101 - for the type checker
        kept = self._cache.recall(stamp, file)
        if kept is None:
            return None
        scan, size, sums = kept
        if size < stamp.size:
            if not scan.goes_on(file):
                return None
            tell = teller(self._log.name, stamp.size - size)
            scan.read(file, stamp.size, lambda piece: tell(len(piece)))
            if not self._cache.grow(scan, stamp, file, sums):
                return None
        self._arrays, self._size, self._sums = self._cache, stamp.size, sums
        return scan

    def _sum_up(self) -> None:
        """Sum up the bytes that were read; those that were summed up before must still be the same.

        Where they are not, the cache was believed wrongly: the log is read again, unless something was told already.
        """
        total = sha256()
        tell = teller(f"sum of {self._log.name}", self._size)
        known = dict(self._sums)
        with self._open() as file:
            at = 0
            for end in sorted({*known, self._size}):
                while at < end and (piece := file.read(min(_PIECE, end - at))):
                    total.update(piece)
                    tell(len(piece))
                    at += len(piece)
                if at < end or known.get(end, total.hexdigest()) != total.hexdigest():
                    self._disbelieve()
                    return
        self._sums = [*self._sums, (self._size, total.hexdigest())]
        if self._cache is not None:
            self._cache.keep_sums(self._sums)

    def _disbelieve(self) -> None:
        if self._given:
            if self._cache is not None:
                self._cache.forget()
            hint = "run the command again"
            raise SourceUnavailable("is not the log that it was when it was read", path=self._log, hint=hint)
        self._start_anew()

    def _open(self) -> FileIO:
        try:
            return self._log.open("rb", buffering=0)
        except OSError as error:
            raise SourceUnavailable.of(self._log, error) from error

    # --- columns ------------------------------------------------------------------------------------------------------

    def _row_series(self) -> tuple[pl.Series, pl.Series]:
        """Step and wall time of each row."""
        if self._rows is None:
            _ = self._any
            assert self._arrays is not None  # noqa: S101 - for the type checker
            steps, times = self._arrays.steps, self._arrays.times
            if steps is None or times is None:
                self._start_anew()
                return self._row_series()
            known = pl.Series("time", times)
            self._rows = pl.Series("step", steps), known.fill_nan(None) if np.isnan(times).any() else known
        return self._rows

    def _column(self, name: str, path: KeyPath) -> Column:
        steps, times = self._row_series()
        assert self._arrays is not None  # noqa: S101 - for the type checker
        cells = self._arrays.cells(path)
        if cells is None:
            self._start_anew()
            return self._column(name, path)
        if len(cells.rows) < len(steps):
            steps, times = steps[cells.rows], times[cells.rows]
        scan = self._any
        return Column(
            name=name,
            steps=steps,
            values=pl.Series(name, cells.values),
            times=times,
            rounded=scan.history.inexact.get(path, 0),
            step_metric=scan.step_metric(name),
        )

    def _start_anew(self) -> None:
        """Read the log again: its cache was damaged or taken away."""
        if self._cache is not None:
            self._cache.forget()
        self._cache = None
        self._size, self._columns = 0, {}
        self._load()


def _named(scan: LogScan) -> tuple[dict[str, KeyPath], list[str]]:
    """The paths of the metrics by display name, and the names that more than one metric answers to.

    A nested key and a key with dots in it can have one display name. The key with fewer parts keeps it, and the other
    is left out: adding its rows would mix two metrics.
    """
    named: dict[str, KeyPath] = {}
    clashes: list[str] = []
    for path in sorted(scan.history.seen, key=lambda path: (len(path), path)):
        name = ".".join(path)
        if path[0] == INTERNAL:
            continue
        if name in named:
            clashes.append(name)
        named.setdefault(name, path)
    return named, clashes


def _few(problems: list[Problem], unlisted: int) -> tuple[Problem, ...]:
    """The problems, cut to a number that someone may still want to read."""
    rest = len(problems[_MAX_PROBLEMS:]) + unlisted
    more = [Problem(message=f"and {rest} more problems like these", count=rest)] if rest else []
    return (*problems[:_MAX_PROBLEMS], *more)
