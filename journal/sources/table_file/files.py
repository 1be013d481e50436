"""Histories that plain scripts write, CSV or JSONL, as a source of runs."""

from __future__ import annotations

import math
import os
import re
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from journal.errors import CorruptLog, SourceUnavailable
from journal.model.revision import Code, is_full
from journal.model.run import Origin, Problem, Run, RunHead, RunState
from journal.sources.captured import Captured, capture_files, code_of, read_captured
from journal.sources.in_folders import InFolders
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.paths import candidates, natural, origin_path, telling_name
from journal.sources.plain_rows import TIME_NAMES, UNIX_SECONDS, place_rows
from journal.sources.table_file import csv_lines, json_lines
from journal.sources.table_file.config import config_files, read_hyperparameters
from journal.sources.table_file.search import histories_below, history_at, is_of_folder, overlooked
from journal.sources.walk import HISTORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from journal.sources.plain_rows import Table
    from journal.sources.table_file.config import Hyperparameters

COMMIT_KEYS = ("commit", "git_commit", "git_sha")
"""Hyperparameters that hold the commit, if they are a full sha."""

GLANCE = 1 << 16
"""Bytes of a file that are looked at for the list of runs."""

GLANCE_ROWS = 100
"""Rows that are looked at for the first wall time."""

_SAYS_NOTHING = re.compile(r"version_\d+|\d+|lightning_logs|logs?", re.IGNORECASE)
_PARSE: dict[str, Callable[[bytes], Table]] = {".csv": csv_lines.parse_csv, ".jsonl": json_lines.parse_jsonl}
_GLIMPSE: dict[str, Callable[[bytes], Iterator[dict[str, Any]]]] = {
    ".csv": csv_lines.leading_rows,
    ".jsonl": json_lines.leading_rows,
}


class TableFiles(InFolders):
    """The histories in the folders that the configuration names.

    Folders are searched to any depth for files of the names in `HISTORIES`; any other CSV or JSONL file is a run only
    when it is named. Links are not followed, and neither hidden folders nor W&B's run folders are searched.
    """

    kind = "table-file"

    def heads(self) -> Iterator[RunHead]:
        """Every run, in the order of their folders' names, numbers in them by size.

        Raises:
            SourceUnavailable: A folder may not be read; only after the runs of all others were given.
        """
        unread: list[SourceUnavailable] = []
        found: dict[str, Path] = {}
        searched: list[Path] = []
        for folder in self._folders():
            for file in histories_below(folder, unread, searched):
                found.setdefault(os.path.realpath(file), file)
        self._decisive = [*searched, *(path for file in found.values() for path in (file, *_beside(file)))]
        for file in sorted(found.values(), key=natural):
            yield self._head(file, file.parent)
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: Its history cannot be opened.
        """
        file = history_at(self._config.root / head.place)
        if file is None:
            raise SourceUnavailable("the run's history is gone", path=head.place, hint="list the runs again")
        content = _read(file)
        try:
            table = _PARSE[file.suffix.lower()](_checked(content))
        except CorruptLog as error:
            raise CorruptLog(error.message, hint=error.hint, path=self._config.relative(file)) from error
        history = place_rows(table)
        config = read_hyperparameters(file)
        captured = _captured(file)
        known = _identity(file, content[:GLANCE], config, captured, head.place)
        code = code_of(Code(commit=_recorded(config), started=known["started"]), captured)
        beside = [Problem(message=f"{name} lies beside {file.name} and is not read") for name in overlooked(file)]
        run = Run(
            **known,
            state=RunState.UNKNOWN,
            dirty=code.dirty,
            config=config.values,
            rows=history.rows,
            last_step=history.last_step,
            problems=(*table.problems, *history.problems, *config.problems, *captured.problems, *beside),
        )
        path = origin_path(self._config, file)
        origin = Origin(kind=self.kind, path=path, bytes=len(content), sha256=sha256(content).hexdigest())
        files = (file, file.parent, *_beside(file))
        sum_of = partial(_sum_of, file)
        return OpenRun(Loaded(run, origin, history.columns, {}, sum_of, files, (code,), kept=history.kept))

    def locate(self, reference: str) -> RunHead | None:
        """The run at a folder or history file; relative paths start at the journal or at the working folder.

        Raises:
            SourceUnavailable: The folder or file may not be read.
        """
        for path in candidates(self._config, reference):
            file = history_at(path)
            if file is not None:
                return self._head(file, file.parent if is_of_folder(file) else file)
        return None

    def _head(self, file: Path, place: Path) -> RunHead:
        """What identifies the run of a history; one that cannot be read is known by its place alone."""
        try:
            with file.open("rb") as stream:
                sample = stream.read(GLANCE)
        except OSError:
            sample = b""
        config = read_hyperparameters(file, mentioning=COMMIT_KEYS)
        return RunHead(**_identity(file, sample, config, _captured(file), self._config.relative(place)))


def _identity(file: Path, sample: bytes, config: Hyperparameters, captured: Captured, place: str) -> dict[str, Any]:
    """What identifies a run: its folder's name, the first wall time, and the commit that it names or was captured."""
    commit = _recorded(config) or captured.commit
    return {
        "id": _id(file),
        "started": _started(_GLIMPSE[file.suffix.lower()](sample)),
        "commit": commit,
        "remote": captured.origin_of(commit),
        "place": place,
    }


def _recorded(config: Hyperparameters) -> str | None:
    """The commit among the hyperparameters."""
    named = [str(config.values[key]).lower() for key in COMMIT_KEYS if key in config.values]
    return next((sha for sha in named if is_full(sha)), None)


def _beside(file: Path) -> tuple[Path, ...]:
    """The files that are looked for beside a history, whether or not they are there."""
    return (*config_files(file), *(capture_files(file.parent) if file.name in HISTORIES else ()))


def _captured(file: Path) -> Captured:
    """What was captured beside a history; a capture is about the one that is its folder's."""
    return read_captured(file.parent) if file.name in HISTORIES else Captured()


def _id(file: Path) -> str:
    """The folder's name, or the file's where it is not called like a history.

    A name that says nothing, such as Lightning's `version_0`, stands behind the name of the folder above it.
    """
    if file.name in HISTORIES:
        return telling_name(file.parent.name, file.parent.parent, _SAYS_NOTHING) or file.stem
    return telling_name(file.stem, file.parent, _SAYS_NOTHING)


def _started(rows: Iterator[dict[str, Any]]) -> datetime | None:
    """The first wall time in Unix seconds among a file's first rows."""
    for row in islice(rows, GLANCE_ROWS):
        for name in TIME_NAMES:
            seconds = _seconds(row.get(name))
            if seconds is not None:
                return datetime.fromtimestamp(seconds, UTC)
    return None


def _seconds(cell: Any) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    try:
        seconds = float(cell)
    except (ValueError, OverflowError):
        return None
    earliest, latest = UNIX_SECONDS
    return seconds if math.isfinite(seconds) and earliest <= seconds <= latest else None


def _checked(content: bytes) -> bytes:
    """The content of a file that can be UTF-8.

    Raises:
        CorruptLog: It is UTF-16.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CorruptLog("the file is UTF-16", hint="save it as UTF-8")
    return content


def _sum_of(file: Path, size: int) -> str | None:
    """SHA-256 of the first bytes of a file, in hex; None if there are not so many."""
    with file.open("rb") as stream:
        begin = stream.read(size)
    return sha256(begin).hexdigest() if len(begin) == size else None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceUnavailable.of(file, error) from error
