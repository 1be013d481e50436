"""MLflow's SQLite databases as a source of runs; MLflow itself is not needed."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.wording import listed
from journal.sources.in_folders import InFolders
from journal.sources.mlflow_runs.database import MARKS, list_runs, read_run
from journal.sources.mlflow_runs.loaded import Whence, opened
from journal.sources.mlflow_runs.recorded import is_id
from journal.sources.paths import candidates, distinct, origin_path
from journal.sources.read_only_sqlite import ask, damaged, files_of, is_sqlite
from journal.sources.walk import folders_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.model.run import RunHead
    from journal.sources.open_run import OpenRun

NAME, SUFFIX = "mlflow.db", ".db"
"""What MLflow calls its database, and how the names of others end that are looked at."""

_MOST_SHOWN = 8


class MlflowDatabases(InFolders):
    """The runs in the databases below the folders that the configuration names, or that it names themselves.

    A file that ends in `.db` is one of them if it has MLflow's tables. Links are not followed. Nothing is written
    into the folder of a database, nor is it locked; see `journal.sources.read_only_sqlite`.

    A run's origin is not the database, which every other run changes, but the text of the run's own values, see
    `journal.sources.mlflow_runs.points`: its size and sum are the same in every database and on every server. As values
    are only ever added to it, in the order of the table's rows, a run that has grown is known as the one that it was.
    """

    kind = "mlflow-db"

    def heads(self) -> Iterator[RunHead]:
        """Every run, by database, start and id.

        Raises:
            SourceUnavailable: A folder or database cannot be read; only after the runs of all others were given.
        """
        unread: list[SourceUnavailable] = []
        self._decisive = []
        for database in self._databases(unread):
            self._decisive += files_of(database)
            try:
                yield from self._listed(database) or ()
            except CorruptLog as error:
                told = damaged(database, error, () if database.name == NAME else MARKS)
                unread += [] if told is None else [told]
            except SourceUnavailable as error:
                unread.append(error)
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: The database is damaged where the run lies.
            SourceUnavailable: The database may not be read, or the run is gone.
        """
        place, _, run = head.place.rpartition("/")
        database = self._config.root / place
        found = ask(database, partial(read_run, run=run))
        if found is None:
            raise SourceUnavailable("the run is no longer in the database", path=place, hint="list the runs again")
        recorded, points, problems = found
        whence = Whence(self.kind, f"{origin_path(self._config, database)}/{run}", head.place, files_of(database))
        return opened(recorded, points, whence, problems)

    def locate(self, reference: str) -> RunHead | None:
        """The run at `DATABASE/ID`, or the only run of a database; paths start at the journal or at the working folder.

        Raises:
            AmbiguousRun: The database holds several runs.
            CorruptLog: It is damaged.
            SourceUnavailable: It may not be read.
        """
        for path in candidates(self._config, reference):
            if is_id(path.name) and _is_database(path.parent):
                return next((head for head in self._listed(path.parent) or () if head.id == path.name), None)
            if _is_database(path):
                return self._only(path)
        return None

    def _only(self, database: Path) -> RunHead | None:
        heads = self._listed(database) or []
        if len(heads) > 1:
            shown = listed([head.id for head in heads], _MOST_SHOWN)
            named = self._config.relative(database)
            raise AmbiguousRun(f"{named} holds {len(heads)} runs", hint=f"give {named}/ID instead: {shown}")
        return heads[0] if heads else None

    def _listed(self, database: Path) -> list[RunHead] | None:
        """The runs of a database; None if it is not MLflow's."""
        recorded = ask(database, list_runs)
        named = self._config.relative(database)
        return None if recorded is None else [run.head(f"{named}/{run.id}") for run in recorded]

    def _databases(self, unread: list[SourceUnavailable]) -> list[Path]:
        """Every file that may be a database, in the order of their paths."""
        found: list[Path] = []
        for folder in self._folders():
            if os.path.isfile(folder):  # noqa: PTH113 - Path.is_file raises for long names
                found.append(folder)
            for listing in folders_below(folder, unread, self._decisive):
                found += [listing.folder / name for name in listing.files if name.endswith(SUFFIX)]
        self._decisive += found
        return sorted(file for file in distinct(found) if is_sqlite(file) or _is_broken(file))


def _is_database(path: Path) -> bool:
    return os.path.isfile(path) and is_sqlite(path)  # noqa: PTH113 - Path.is_file raises for long names


def _is_broken(file: Path) -> bool:
    """Whether a file has the name of MLflow's database and holds anything else; an empty one is merely new."""
    with suppress(OSError):
        return file.name == NAME and file.stat().st_size > 0
    return False
