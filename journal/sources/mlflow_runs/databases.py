"""MLflow's SQLite databases as a source of runs; MLflow itself is not needed."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.wording import listed
from journal.sources.mlflow_runs.database import list_runs, read_run
from journal.sources.mlflow_runs.loaded import Whence, opened
from journal.sources.mlflow_runs.recorded import is_id
from journal.sources.paths import absolute, distinct
from journal.sources.read_only_sqlite import ask, files_of, is_sqlite
from journal.sources.walk import folders_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.sources.open_run import OpenRun

NAME, SUFFIX = "mlflow.db", ".db"
"""What MLflow calls its database, and how the names of others end that are looked at."""

_MOST_SHOWN = 8


class MlflowDatabases:
    """The runs in the databases below the folders that the configuration names, or that it names themselves.

    A file that ends in `.db` is one of them if it has MLflow's tables. Links are not followed. Nothing is written
    into the folder of a database, nor is it locked; see `journal.sources.read_only_sqlite`.

    A run's origin is not the database, which every other run changes, but the text of the run's own values, see
    `journal.sources.mlflow_runs.points`: its size and sum are the same in every database and on every server. As values
    are only ever added to it, in the order of the table's rows, a run that has grown is known as the one that it was.
    """

    kind = "mlflow-db"
    variables = ()

    def __init__(self, config: Config) -> None:
        self._config = config
        self._decisive: list[Path] = []

    def places(self) -> tuple[str, ...]:
        """The folders searched, as the journal names them."""
        return tuple(self._config.relative(folder) for folder in self._folders())

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
                if database.name == NAME:  # any other may be anything
                    unread.append(SourceUnavailable(error.message, path=database, hint=error.hint))
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
        whence = Whence(self.kind, f"{self._origin(database)}/{run}", head.place, files_of(database))
        return opened(recorded, points, whence, problems)

    def watched(self) -> tuple[Path, ...]:
        """Every folder searched, and every database that was looked at, as of the last listing."""
        return tuple(dict.fromkeys(self._decisive))

    def locate(self, reference: str) -> RunHead | None:
        """The run at `DATABASE/ID`, or the only run of a database; paths start at the journal or at the working folder.

        Raises:
            AmbiguousRun: The database holds several runs.
            CorruptLog: It is damaged.
            SourceUnavailable: It may not be read.
        """
        if "\0" in reference or "://" in reference:
            return None
        given = os.path.expanduser(reference)  # noqa: PTH111 - Path raises for an unknown user
        for base in (self._config.root, Path.cwd()):
            path = absolute(base / given)
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

    def _folders(self) -> list[Path]:
        """Every folder to search, once."""
        return distinct(absolute(folder) for folder in self._config.runs)

    def _origin(self, database: Path) -> str:
        if database.is_relative_to(self._config.root):
            return self._config.relative(database)
        return f"{database.parent.name}/{database.name}"


def _is_database(path: Path) -> bool:
    return os.path.isfile(path) and is_sqlite(path)  # noqa: PTH113 - Path.is_file raises for long names


def _is_broken(file: Path) -> bool:
    """Whether a file has the name of MLflow's database and holds anything else; an empty one is merely new."""
    with suppress(OSError):
        return file.name == NAME and file.stat().st_size > 0
    return False
