"""Local W&B run folders as a source of runs: no network, no `wandb` package."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, CorruptLog, NotWritable, SourceUnavailable
from journal.sources.column_store.store import ColumnStore, clear
from journal.sources.open_run import OpenRun
from journal.sources.paths import absolute, distinct
from journal.sources.wandb_folder.head_cache import HeadCache
from journal.sources.wandb_folder.identity import Copies, FoundLog, decisive, found_logs, identify
from journal.sources.wandb_folder.joined_logs import JoinedLogs
from journal.sources.wandb_folder.one_log import LogPlace, OneLog
from journal.sources.wandb_folder.runs import FoundRun, found_runs
from journal.sources.wandb_folder.search import log_at, logs_below
from journal.sources.wandb_log.head import read_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.sources.wandb_folder.search import LogFile
    from journal.sources.wandb_log.cache import LogCache
    from journal.sources.wandb_log.reading import LogReading


_WORTH_KEEPING = 1 << 18
"""Smaller logs, in bytes, are read anew each time: that takes some ten milliseconds."""


class WandbFolders:
    """The runs in the folders that the configuration and `WANDB_DIR` name.

    Folders are searched to any depth for logs, files that end in `.wandb`. Links are not followed, so that
    `latest-run` does not count twice. A folder that does not exist holds no runs.

    The logs of one run are one run, joined in the order in which they were begun. A run that was forked from another
    has that run's logs before its own, if they are there. Whoever names a run folder or a log file gets that part
    alone.
    """

    kind = "wandb-folder"
    variables = ("WANDB_DIR",)

    def __init__(self, config: Config) -> None:
        self._config = config
        self._listed: dict[RunHead, FoundRun] | None = None
        self._unread: list[SourceUnavailable] = []
        self._decisive: list[str] = []
        self._has_room = False

    def places(self) -> tuple[str, ...]:
        """The folders searched, as the journal names them."""
        return tuple(self._config.relative(folder) for folder in self._folders())

    def heads(self) -> Iterator[RunHead]:
        """Every run, that with the oldest folder name first.

        A log that lies there twice, byte for byte, counts once.

        Raises:
            SourceUnavailable: A folder may not be read; only after the runs of all others were given.
        """
        self._listed = None
        yield from self._list()
        if self._unread:
            raise self._unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: A log of it cannot be opened.
        """
        logs = self._logs_of(head)
        if len(logs) == 1 and not logs[0].branches:
            return OpenRun(logs[0])
        return OpenRun(JoinedLogs(head.id, logs, alone=len(logs) == 1 and head not in self._list()))

    def locate(self, reference: str) -> RunHead | None:
        """The part of a run at a run folder or log file.

        Relative paths start at the journal or at the working folder. A bare name may be that of a run folder or log
        anywhere in the folders searched.

        Raises:
            AmbiguousRun: The folder holds several logs, or several places have this name.
            CorruptLog: The file is not a W&B log.
            SourceUnavailable: The folder or file may not be read.
        """
        if "\0" in reference:
            return None
        given = os.path.expanduser(reference)  # noqa: PTH111 - Path raises for an unknown user
        for base in (self._config.root, Path.cwd()):
            log = log_at(base / given)
            if log is not None:
                return self._part(log)
        return self._called(given.rstrip("/"))

    def watched(self) -> tuple[Path, ...]:
        """Every folder searched, every log, and the file beside each that completes what it says."""
        self._list()
        return tuple(map(Path, dict.fromkeys(self._decisive)))

    def _folders(self) -> list[Path]:
        """Every folder to search, once. W&B itself uses `.wandb` instead of `wandb` where it exists."""
        folders = [absolute(folder) for folder in self._config.runs]
        if variable := os.environ.get("WANDB_DIR"):
            folders.append(absolute(Path(variable) / "wandb"))
        hidden = [_hidden(folder) for folder in folders if folder.name == "wandb"]
        return distinct([*folders, *(folder for folder in hidden if folder.is_dir())])

    def _list(self) -> dict[RunHead, FoundRun]:
        """Every run by its head."""
        if self._listed is None:
            self._unread = []
            cache = HeadCache(self._config)
            folders = self._folders()
            searched = [str(_hidden(folder)) for folder in folders if folder.name == "wandb"]
            logs = logs_below(folders, self._unread, searched)
            found = found_logs(logs, cache)
            self._decisive = [*searched, *(path for log in logs for path in decisive(log))]
            runs = found_runs(found, Copies(cache).are)
            cache.save()
            self._listed = {run.head(self._name): run for run in runs}
        return self._listed

    def _logs_of(self, head: RunHead) -> list[OneLog]:
        """The logs that a head stands for.

        Raises:
            SourceUnavailable: They are not there.
        """
        if head.segments > 1:
            run = self._list().get(head)
            found = [(log.file, log.identity.id) for log in (*run.before, *run.logs)] if run else []
        else:
            file = log_at(self._config.root / head.place)
            found = [(file, head.id)] if file else []
        if not found:
            raise SourceUnavailable("the run's log is gone", path=head.place, hint="list the runs again")
        return [self._opened(file, name) for file, name in found]

    def _opened(self, log: LogFile, run_id: str) -> OneLog:
        """A log with its names: in evidence, one outside the journal is named without what lies above its folder."""
        inside = log.path.startswith(self._inside)
        path = self._name(log.path) if inside else "/".join(log.path.rsplit(os.sep, 2)[-2:])
        return OneLog(LogPlace(run_id, log, self._name(log.place), path), self._reading)

    def _reading(self, log: Path) -> LogReading:
        """A log, to be read when it is asked for."""
        from journal.sources.wandb_log.reading import (
            LogReading,  # it stands on NumPy and Polars, which a listing need not
        )

        return LogReading(log, self._cache(log))

    def _cache(self, log: Path) -> LogCache | None:
        """Where the columns of a log are kept; None for a log that is read in no time, and outside of a journal."""
        from journal.sources.wandb_log.cache import LogCache

        if log.stat().st_size < _WORTH_KEEPING or not self._config.is_journal:
            return None
        try:
            stores = self._config.make_derived() / "logs"
        except NotWritable:
            return None
        key = blake2b(os.fsencode(log), digest_size=16).hexdigest()
        return LogCache(ColumnStore(stores / key), self._make_room)

    def _make_room(self) -> None:
        """Take the caches away that were not used for long, if there are too many; once for this object."""
        if not self._has_room:
            self._has_room = True
            clear(self._config.derived / "logs")

    def _name(self, path: str) -> str:
        """A path as the journal names it, without the cost of an object for each of many thousands."""
        return path.removeprefix(self._inside) if path != str(self._config.root) else "."

    @property
    def _inside(self) -> str:
        """How the paths of everything inside the journal begin."""
        return f"{self._config.root}{os.sep}"

    def _part(self, file: LogFile) -> RunHead:
        """What identifies the run of one log, taken alone."""
        try:
            head = read_head(Path(file.path))
        except OSError as error:
            raise SourceUnavailable.of(file.path, error) from error
        except CorruptLog as error:
            raise CorruptLog(error.message, hint=error.hint, path=self._name(file.path)) from error
        return FoundRun((FoundLog(file, identify(file, head), 0),)).head(self._name)

    def _called(self, name: str) -> RunHead | None:
        """The part in the one run folder, or the one log outside of any, that was found and has this name."""
        if "/" in name:
            return None
        logs = (log.file for run in self._list().values() for log in run.logs)
        found = {log.place: log for log in logs if log.place.rpartition(os.sep)[2] == name}
        if len(found) > 1:
            places = ", ".join(self._name(place) for place in found)
            raise AmbiguousRun(f"{len(found)} places are called {name!r}", hint=f"give the path of one: {places}")
        return self._part(next(iter(found.values()))) if found else None


def _hidden(folder: Path) -> Path:
    """The folder that W&B uses instead of `wandb` where it exists."""
    return folder.with_name(".wandb")
