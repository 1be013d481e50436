"""The databases of trackio as a source of runs."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.run import Origin, Problem, Run, RunHead, RunState
from journal.model.wording import listed
from journal.sources.in_folders import InFolders
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.paths import absolute, candidates, distinct, natural, origin_path
from journal.sources.plain_rows import place_rows
from journal.sources.read_only_sqlite import damaged, files_of, is_sqlite
from journal.sources.trackio_runs.database import MARKS, SUFFIX, Known, parse_object, recorded, runs_in, sum_of
from journal.sources.trackio_runs.rows import RowTable
from journal.sources.walk import folders_below
from journal.sources.walk import listed as files_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.sources.trackio_runs.database import Recorded

HOME = "TRACKIO_DIR"
"""The variable that names trackio's own folder."""

_MOST_SHOWN = 8


class TrackioRuns(InFolders):
    """Trackio's databases in the folders that the configuration names, and in `TRACKIO_DIR`.

    Folders are searched to any depth, `TRACKIO_DIR` itself alone; trackio's folder in the user's home is looked into
    only if one of these names it. No package is needed to read them, and no file is written or locked.
    """

    kind = "trackio"
    variables = (HOME,)

    def places(self) -> tuple[str, ...]:
        """The folders searched, as the journal names them."""
        home = self._home()
        own = () if home is None else (self._config.relative(home),)
        return tuple(dict.fromkeys((*super().places(), *own)))

    def heads(self) -> Iterator[RunHead]:
        """Every run, database by database, in the order in which they were begun.

        Raises:
            SourceUnavailable: A folder or database may not be read, or is damaged; only after all other runs.
        """
        unread: list[SourceUnavailable] = []
        searched: list[Path] = []
        databases = self._databases(unread, searched)
        self._decisive = [*searched, *(file for database in databases for file in files_of(database))]
        for database in databases:
            try:
                known = runs_in(database)
            except SourceUnavailable as error:
                unread.append(error)
            except CorruptLog as error:
                told = damaged(database, error, () if database.parent == self._home() else MARKS)
                unread += [] if told is None else [told]
            else:
                yield from (self._head(database, run) for run in known)
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: Its database is gone, or cannot be opened.
        """
        database = self._config.root / head.place.removesuffix(f"/{_line(head.id)}")
        if not is_sqlite(database):
            raise SourceUnavailable("the run's database is gone", path=head.place, hint="list the runs again")
        held = recorded(database, head.id)
        if not held.entries:
            raise SourceUnavailable("the run is no longer in the database", path=database, hint="list the runs again")
        return OpenRun(self._contents(database, head, held))

    def locate(self, reference: str) -> RunHead | None:
        """The one run of a database, or the one that a path names by `database.db/run`, by id or name.

        Relative paths start at the journal or at the working folder.

        Raises:
            AmbiguousRun: The database holds several runs, or several of that name.
            CorruptLog: The database is damaged.
            SourceUnavailable: It cannot be read.
        """
        before, ending, behind = reference.partition(SUFFIX)
        if not ending or behind[:1] not in ("", "/"):
            return None
        for database in candidates(self._config, before + SUFFIX):
            if os.path.isfile(database) and is_sqlite(database):  # noqa: PTH113 - Path.is_file raises for long names
                run = _chosen(database, behind.strip("/"))
                if run is not None:
                    return self._head(database, run)
        return None

    def _home(self) -> Path | None:
        """Trackio's own folder, if it is named."""
        named = os.environ.get(HOME)
        return absolute(Path(named)) if named else None

    def _databases(self, unread: list[SourceUnavailable], searched: list[Path]) -> list[Path]:
        """Every file that may be a database of trackio."""
        listings = [listing for top in self._folders() for listing in folders_below(top, unread, searched)]
        home = self._home()
        if home is not None:
            searched.append(home)
            try:
                listings.append(files_in(home))
            except SourceUnavailable as error:
                unread.append(error)
        files = [listing.folder / name for listing in listings for name in listing.files if name.endswith(SUFFIX)]
        searched += files
        return sorted(distinct(file for file in files if is_sqlite(file) or not os.access(file, os.R_OK)), key=natural)

    def _head(self, database: Path, run: Known) -> RunHead:
        """What identifies a run."""
        place = f"{self._config.relative(database)}/{_line(run.id)}"
        return RunHead(id=run.id, project=database.stem, name=run.name, started=run.started, place=place)

    def _contents(self, database: Path, head: RunHead, held: Recorded) -> Loaded:
        """All of a run, from what its database holds."""
        rows = RowTable(held.entries)
        history = place_rows(rows.table)
        config = {} if held.config is None else parse_object(held.config)
        unread = (Problem(message="its config cannot be read"),) if config is None else ()
        run = Run(
            **head.model_dump(),
            state=RunState.UNKNOWN,
            config={key: value for key, value in (config or {}).items() if not key.startswith("_")},
            rows=history.rows,
            last_step=history.last_step,
            problems=(*rows.table.problems, *(_without_offset(each) for each in history.problems), *unread),
        )
        columns = {name: replace(each, rounded=rows.rounded[name]) for name, each in history.columns.items()}
        files = (database.parent, *files_of(database))
        summed = partial(sum_of, database, head.id)
        return Loaded(run, self._origin(database, head.id, held), columns, {}, summed, files, kept=history.kept)

    def _origin(self, database: Path, run_id: str, held: Recorded) -> Origin:
        """The rows of a run as a text that only grows at its end: the database has other runs in it, too."""
        size, summed = 0, sha256()
        for entry in held.entries:
            text = entry.text()
            summed.update(text)
            size += len(text)
        path = f"{origin_path(self._config, database)}/{_line(run_id)}"
        return Origin(kind=self.kind, path=path, bytes=size, sha256=summed.hexdigest(), extract=True)


def _chosen(database: Path, word: str) -> Known | None:
    """The run of a database that a word names by id or name; its only run if there is no word."""
    runs = runs_in(database)
    named = [run for run in runs if run.id == word] or [run for run in runs if word in ("", run.name)]
    if len(named) > 1:
        shown = listed([f"{run.id} ({run.name})" for run in named], _MOST_SHOWN)
        raise AmbiguousRun(f"it holds {len(named)} runs", path=database, hint=f"put a run's id behind it: {shown}")
    return named[0] if named else None


def _without_offset(problem: Problem) -> Problem:
    """A problem without a place in a file: rows of a database have none."""
    return problem.model_copy(update={"offset": None})


def _line(text: Any) -> str:
    """A text as one line."""
    return " ".join(str(text).split()) or "-"
