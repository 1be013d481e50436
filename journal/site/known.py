"""The abstracts of a journal, kept between builds: only what was touched since is read and worked out again.

What is kept is believed only for the very programme and settings that it was made with. It holds plain values alone,
and where it cannot be read it is made anew.
"""

from __future__ import annotations

import contextlib
import time
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from journal.errors import EntryError, JournalError
from journal.index import stamps
from journal.site import abstracting, kept, view
from journal.site.abstract import Abstract, RunAbstract
from journal.site.contents import ENTRIES
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journal.config import Config
    from journal.index.journal import Journal
    from journal.site.view import EntryView

FILE = "site-abstracts.json"

T = TypeVar("T", Abstract, RunAbstract)


class Known(NamedTuple):
    """What was read.

    Attributes:
        entries: Entries, newest first.
        runs: Runs by their keys, sorted.
        views: The entries that were read just now, by their files.
        problems: Why some files could not be read or trusted.
    """

    entries: tuple[Abstract, ...]
    runs: dict[str, RunAbstract]
    views: dict[str, EntryView]
    problems: tuple[JournalError, ...]


def read(journal: Journal) -> Known:
    """The abstracts of all entries and digests of a journal as they are now."""
    reading = _Reading(journal.config)
    entries = [each for path in journal.paths if (each := reading.entry(path)) is not None]
    digests = sorted(journal.config.evidence.glob(f"{record.RUNS}/*.json"))
    runs = [run for path in digests if (run := reading.run(path)) is not None]
    reading.keep()
    entries.sort(key=lambda each: (each.moment, each.created, each.id), reverse=True)
    problems = sorted([*journal.unnamed, *reading.problems], key=lambda error: str(error.path))
    return Known(tuple(entries), {run.key: run for run in runs}, reading.views, tuple(problems))


class _Reading:
    """One time of reading.

    Args:
        config: The journal.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._since = time.time_ns()
        self._before: dict[str, Any] = kept.load(config, FILE, kept.made_by(config)) or {}
        self._now: dict[str, dict[str, Any]] = {"entries": {}, "runs": {}}
        self.views: dict[str, EntryView] = {}
        self.problems: list[JournalError] = []

    def entry(self, path: str) -> Abstract | None:
        """An entry's abstract; None for a file that is no entry."""
        files = [self._config.root / path]
        with contextlib.suppress(JournalError):  # it can have no evidence, which reading it tells
            files.append(record.path_at(path, self._config))
        return self._looked_up("entries", path, files, Abstract, lambda: self._read(path))

    def _read(self, path: str) -> tuple[Abstract | None, bool]:
        try:
            found = view.load(self._config, path)
            if found.page == ENTRIES:
                hint = "rename it to YYYY-MM-DD-slug.md"
                raise EntryError("the site needs this name for its list of entries", hint=hint, path=path)
        except JournalError as error:
            self.problems.append(error.placed(path, error.line, error.column, anew=True))
            return None, False
        self.views[path] = found
        if found.problem is not None:
            self.problems.append(found.problem)
        return abstracting.of_entry(found, self._config), found.problem is None

    def run(self, path: Path) -> RunAbstract | None:
        """A run's abstract; None for a file that is no digest."""
        return self._looked_up("runs", path.name, [path], RunAbstract, lambda: self._read_run(path))

    def _read_run(self, path: Path) -> tuple[RunAbstract | None, bool]:
        try:
            found = abstracting.of_run(path, self._config)
        except JournalError as error:
            self.problems.append(error)
            return None, False
        return found, found is not None

    def _looked_up(
        self,
        kind: str,
        name: str,
        files: list[Path],
        type_: Callable[..., T],
        work_out: Callable[[], tuple[T | None, bool]],
    ) -> T | None:
        """What is kept, if no file was touched since; else what is worked out, kept if it may be and had settled."""
        now = [stamps.stamp(str(file)) for file in files]
        was = self._before.get(kind, {}).get(name)
        if was is not None and was[0] == now:
            self._now[kind][name] = was
            rebuilt: T = _maker(type_)(was[1])
            return rebuilt
        found, may_be_kept = work_out()
        if may_be_kept and [stamps.settled(str(file), self._since) for file in files] == now:
            self._now[kind][name] = [now, found]
        return found

    def keep(self) -> None:
        """Write what is known now, where it differs from what is kept."""
        if self._now != {name: self._before.get(name) for name in self._now}:
            kept.keep(self._config, FILE, kept.made_by(self._config), self._now)


@cache
def _maker(type_: Any) -> Callable[[list[Any]], Any]:
    """What makes a named tuple of its values as JSON gives them back: tuples among them became lists."""
    hints = get_type_hints(type_)
    tuples = [
        (place, _maker(of) if hasattr(of, "_fields") else None)
        for place, hint in enumerate(hints[name] for name in type_._fields)
        if get_origin(hint) is tuple and (of := get_args(hint)[0])
    ]
    count = len(type_._fields)

    def make(values: list[Any]) -> Any:
        made = values[:]
        for place, of in tuples:
            made[place] = tuple(made[place] if of is None else map(of, made[place]))
        if len(made) != count:
            raise ValueError(f"{len(made)} values for {count} fields")
        return tuple.__new__(type_, made)

    return make
