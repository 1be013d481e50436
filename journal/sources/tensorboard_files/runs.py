"""The folders with TensorBoard's event files as a source of runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import CorruptLog, SourceUnavailable
from journal.model.revision import Code
from journal.model.run import Origin, Problem, Run, RunHead, RunState
from journal.sources.captured import capture_files, code_of, read_captured
from journal.sources.in_folders import InFolders
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.paths import candidates, natural, origin_path
from journal.sources.small_files import NotRead, parse_small, read_small
from journal.sources.tensorboard_files.history import join_files
from journal.sources.tensorboard_files.records import read_records
from journal.sources.tensorboard_files.scalars import Scalars, read_scalars
from journal.sources.tensorboard_files.search import GLANCE, began, event_files, in_order, is_run, run_id, runs_below
from journal.sources.watch import teller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from journal.sources.captured import Captured

CONFIG_NAME = "hparams.yaml"
"""The file beside event files that holds the hyperparameters, where the files themselves have none."""

_PIECE = 1 << 20


class TensorboardFiles(InFolders):
    """TensorBoard's event files in the folders that the configuration names.

    Folders are searched to any depth for event files, `*.tfevents.TIME.*`; those of one folder are one run. Links
    are not followed, and neither hidden folders nor W&B's run folders are searched. A folder with a plain history, such
    as `metrics.csv`, is the run of that history. No package is needed to read them.
    """

    kind = "tensorboard"

    def heads(self) -> Iterator[RunHead]:
        """Every run, in the order of their folders' names, numbers in them by size.

        Raises:
            SourceUnavailable: A folder may not be read; only after the runs of all others were given.
        """
        unread: list[SourceUnavailable] = []
        searched: list[Path] = []
        found: dict[str, Path] = {}
        for top in self._folders():
            for folder in runs_below(top, unread, searched):
                found.setdefault(os.path.realpath(folder), folder)
        self._decisive = searched
        for folder in sorted(found.values(), key=natural):
            self._decisive += [*event_files(folder), *capture_files(folder)]
            yield self._head(folder)
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: Its files are gone, or cannot be opened.
        """
        place = self._config.root / head.place
        names = event_files(place)
        if not names:
            raise SourceUnavailable("the run's event files are gone", path=head.place, hint="list the runs again")
        read = _read_all(names)
        if not read.size or not any(each.points or each.began or each.hyperparameters for each in read.scalars):
            raise CorruptLog("its event files hold no event that can be read", path=head.place)
        return OpenRun(self._contents(place, read, head.place))

    def locate(self, reference: str) -> RunHead | None:
        """The run at a folder or event file; relative paths start at the journal or at the working folder.

        A file that is one of several is a run of its own where it is named.

        Raises:
            SourceUnavailable: The folder or file may not be read.
        """
        for place in candidates(self._config, reference):
            files = event_files(place)
            if files == [place]:
                alone = is_run(place.parent) and event_files(place.parent) == files
                return self._head(place.parent if alone else place)
            if files and is_run(place):
                return self._head(place)
        return None

    def _head(self, place: Path) -> RunHead:
        """What identifies a run."""
        samples = [(file, _glance(file)) for file in event_files(place)]
        return RunHead(**self._identity(place, samples, read_captured(_folder_of(place))))

    def _identity(self, place: Path, files: Sequence[tuple[Path, bytes]], captured: Captured) -> dict[str, Any]:
        """What identifies a run: its folder's name, the time of its first event, and the commit that was captured."""
        commit = captured.commit
        return {
            "id": run_id(place),
            "name": self._name(place),
            "started": _moment(min((began(file, sample) for file, sample in files), default=0.0)),
            "commit": commit,
            "remote": captured.origin_of(commit),
            "place": self._config.relative(place),
        }

    def _name(self, place: Path) -> str | None:
        """What TensorBoard calls a run: its folder below the one that it was pointed at."""
        for top in self._folders():
            if place.is_relative_to(top) and place != top:
                return place.relative_to(top).as_posix()
        return None

    def _contents(self, place: Path, read: _Read, shown: str) -> Loaded:
        """All of a run, from what its files hold."""
        history = join_files(read.scalars)
        captured = read_captured(_folder_of(place))
        known = self._identity(place, read.samples, captured) | {"place": shown}
        config, problems = _hyperparameters(_folder_of(place), read.scalars)
        code = code_of(Code(started=known["started"]), captured)
        run = Run(
            **known,
            state=RunState.UNKNOWN,
            dirty=code.dirty,
            config=config,
            rows=history.rows,
            last_step=history.last_step,
            problems=(*read.problems, *history.problems, *problems, *captured.problems),
        )
        files = [file for file, _ in read.samples]
        path = origin_path(self._config, files[0] if len(files) == 1 else place)
        origin = Origin(kind=self.kind, path=path, bytes=read.size, sha256=read.sha256)
        beside = (_folder_of(place) / CONFIG_NAME, *capture_files(_folder_of(place)))
        told = (_folder_of(place), *files, *beside)
        return Loaded(run, origin, history.columns, {}, partial(_sum_of, files), told, (code,), kept=history.kept)


class _Read(NamedTuple):
    """The event files of a run, read in the order in which they were begun.

    Attributes:
        samples: The files and their first bytes.
        scalars: What each holds.
        size: Bytes of all.
        sha256: Sum of these bytes, one file behind the other.
        problems: What could not be read.
    """

    samples: list[tuple[Path, bytes]]
    scalars: list[Scalars]
    size: int
    sha256: str
    problems: tuple[Problem, ...]


def _read_all(files: Sequence[Path]) -> _Read:
    """Read event files.

    Raises:
        SourceUnavailable: One cannot be opened.
    """
    samples = in_order((file, _glance(file)) for file in files)
    size, summed = 0, sha256()
    scalars: list[Scalars] = []
    problems: list[Problem] = []
    plugins: dict[str, str] = {}
    for file, _ in samples:
        content = _content(file)
        summed.update(content)
        size += len(content)
        records = read_records(content)
        found = read_scalars(content, records.spans, plugins)
        scalars.append(found)
        where = f"{file.name}: " if len(files) > 1 else ""
        told = [*records.problems, *_problems_of(found)]
        problems += [each.model_copy(update={"message": where + each.message}) for each in told]
        teller(file.name, len(content))(len(content))
    return _Read(samples, scalars, size, summed.hexdigest(), tuple(problems))


def _problems_of(scalars: Scalars) -> Iterator[Problem]:
    """What of sound records could not be understood."""
    if scalars.broken:
        yield Problem(message=f"records that are no events, left out: {len(scalars.broken)}", offset=scalars.broken[0])
    if scalars.refused:
        message = f"scalars that are no single float32 or float64, left out: {len(scalars.refused)}"
        yield Problem(message=message, offset=scalars.refused[0])


def _hyperparameters(folder: Path, files: Sequence[Scalars]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The hyperparameters that stand in the event files, or else in the file beside them."""
    config = {name: value for scalars in files for name, value in scalars.hyperparameters.items()}
    if config:
        return config, ()
    try:
        content = read_small(folder / CONFIG_NAME)
        value = None if content is None else parse_small(CONFIG_NAME, content)
    except NotRead as error:
        return {}, (Problem(message=f"{CONFIG_NAME} {error}"),)
    if value is not None and not isinstance(value, dict):
        return {}, (Problem(message=f"{CONFIG_NAME} holds no hyperparameters by name"),)
    return {str(key): each for key, each in (value or {}).items()}, ()


def _folder_of(place: Path) -> Path:
    """The folder that a run lies in; `place` is that folder, or a file in it."""
    return place if place.is_dir() else place.parent


def _moment(seconds: float) -> datetime | None:
    """A time with its zone; None for none, or one beyond the calendar."""
    if seconds <= 0 or not isfinite(seconds):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _glance(file: Path) -> bytes:
    """The first bytes of a file; none if it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(GLANCE)
    except OSError:
        return b""


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceUnavailable.of(file, error) from error


def _sum_of(files: Sequence[Path], size: int) -> str | None:
    """SHA-256 of the first bytes of files, one behind the other, in hex; None if there are not so many."""
    left, summed = size, sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                while piece := stream.read(min(left, _PIECE)):
                    summed.update(piece)
                    left -= len(piece)
        except OSError as error:
            raise SourceUnavailable.of(file, error) from error
    return None if left else summed.hexdigest()
