"""MLflow's folders of files (`mlruns/EXPERIMENT/RUN/`) as a source of runs; MLflow itself is not needed."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.in_folders import InFolders
from journal.sources.mlflow_runs.loaded import Whence, opened
from journal.sources.mlflow_runs.run_folder import META, METRICS, identify, read_folder, rests_on
from journal.sources.paths import candidates, origin_path
from journal.sources.small_files import NotRead
from journal.sources.walk import folders_below, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.model.run import RunHead
    from journal.sources.mlflow_runs.recorded import Recorded
    from journal.sources.open_run import OpenRun
    from journal.sources.walk import Listing


class MlflowFolders(InFolders):
    """The runs in the folders that the configuration names, and below them; links are not followed.

    A run is a folder with a `meta.yaml` that names the folder's own name as the run's id. Its origin is the text of its
    values, as in a database of MLflow, see `journal.sources.mlflow_runs.points`.
    """

    kind = "mlflow-folder"

    def heads(self) -> Iterator[RunHead]:
        """Every run, by start and id.

        Raises:
            SourceUnavailable: A folder may not be read; only after the runs of all others were given.
        """
        unread: list[SourceUnavailable] = []
        self._decisive = []
        found: dict[str, RunHead] = {}
        for listing in self._listings(unread):
            self._decisive += rests_on(listing.folder)
            with suppress(NotRead):  # nobody can know whether it is a run at all
                recorded = identify(listing.folder)
                if recorded is not None:
                    found.setdefault(os.path.realpath(listing.folder), self._head(listing.folder, recorded))
                    listing.folders.clear()  # what lies in a run is not searched
        yield from sorted(found.values(), key=lambda head: (head.started is not None, head.started, head.id))
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: What it says of itself cannot be read.
            SourceUnavailable: It is gone, or may not be read.
        """
        folder = self._config.root / head.place
        try:
            recorded, points, files, problems = read_folder(folder)
        except NotRead as error:
            raise CorruptLog(f"{META} {error}", path=head.place) from error
        except OSError as error:
            raise SourceUnavailable.of(head.place, error) from error
        if recorded is None:
            raise SourceUnavailable("the run is gone, or was deleted", path=head.place, hint="list the runs again")
        whence = Whence(self.kind, origin_path(self._config, folder), head.place, files)
        return opened(recorded, points, whence, problems)

    def locate(self, reference: str) -> RunHead | None:
        """The run at a folder; paths start at the journal or at the working folder.

        Raises:
            CorruptLog: What it says of itself cannot be read.
            SourceUnavailable: It may not be read.
        """
        for path in candidates(self._config, reference):
            found = listed(path)
            if META in found.files:
                try:
                    recorded = identify(path)
                except NotRead as error:
                    if METRICS not in found.folders:
                        return None
                    raise CorruptLog(f"{META} {error}", path=self._config.relative(path)) from error
                return None if recorded is None else self._head(path, recorded)
        return None

    def _head(self, folder: Path, recorded: Recorded) -> RunHead:
        return recorded.head(self._config.relative(folder))

    def _listings(self, unread: list[SourceUnavailable]) -> Iterator[Listing]:
        """Every folder that may be a run."""
        for top in self._folders():
            yield from (found for found in folders_below(top, unread, self._decisive) if META in found.files)
