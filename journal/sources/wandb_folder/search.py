"""Finding `.wandb` logs on disk: below folders, and at a path that someone names."""

from __future__ import annotations

import os
import re
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import AmbiguousRun, SourceUnavailable
from journal.sources.paths import ABSENT, absolute
from journal.sources.walk import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SUFFIX = ".wandb"

_LOG_NAME = re.compile(r"run-(.+)\.wandb\Z", re.DOTALL)
_RUN_FOLDER = re.compile(r"run-\d{8}_\d{6}-|latest-run\Z")
_STAMP = re.compile(r"\d{8}_\d{6}")
_COLLISION = re.compile(r"-(\d{1,9})\Z")


class LogFile(NamedTuple):
    """A log on disk. A plain text and flags, since a folder may hold many thousands.

    Attributes:
        path: Where it lies, absolute.
        sole: Whether it is the only log of its folder, so that the files beside it are about it.
    """

    path: str
    sole: bool

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return self.path.rpartition(os.sep)[0] or os.sep

    @property
    def place(self) -> str:
        """The run folder, or the file itself where it does not have a run folder to itself."""
        folder = self.folder
        return folder if self.sole and _RUN_FOLDER.search(_last_name(folder)) else self.path

    @property
    def id_in_name(self) -> str:
        """The id that the file's name gives, for a log that does not say."""
        name = _last_name(self.path)
        named = _LOG_NAME.match(name)
        return named[1] if named else name.removesuffix(SUFFIX)

    @property
    def is_named_by_id(self) -> bool:
        """Whether the file has the name that W&B gave it."""
        return _LOG_NAME.match(_last_name(self.path)) is not None

    @property
    def age(self) -> tuple[str, int, str]:
        """Sorts by the time in the folder's name, then by the number that W&B adds to the second folder of one second.

        Folders without a time come last.
        """
        folder = _last_name(self.folder)
        stamp = _STAMP.search(folder)
        if stamp is None:
            return ("~", 0, self.path)
        number = _COLLISION.match(folder[stamp.end() :].removeprefix(f"-{self.id_in_name}"))
        return (stamp[0], int(number[1]) if number else 0, self.path)


def logs_below(
    folders: Iterable[Path], unread: list[SourceUnavailable], searched: list[str] | None = None
) -> list[LogFile]:
    """The logs in the folders and below them, each once, oldest first.

    A run folder is not searched further, nor is a hidden one; links are not followed. A file of another name than W&B
    gives counts when it ends in `.wandb`. What is said of a folder that may not be read is added to `unread`, and every
    folder that was looked into to `searched`.
    """
    found: dict[str, LogFile] = {}
    for folder in folders:
        real = os.path.realpath(folder)
        for log in _below(str(folder), unread, [] if searched is None else searched):
            # No link is followed below the folder, so this is the real path.
            found.setdefault(real + log.path[len(str(folder)) :], log)
    return sorted(found.values(), key=lambda log: log.age)


def log_at(path: Path) -> LogFile | None:
    """The log that a path names, itself or as its run folder; None if there is no log there.

    Raises:
        AmbiguousRun: It is a folder with several logs.
        SourceUnavailable: The folder may not be read.
    """
    path = _unlinked(absolute(path))
    if path.suffix == SUFFIX and _is_file(path):
        path = _unlinked(path.parent) / path.name
        return LogFile(str(path), sole=_listing(str(path.parent))[0] == [path.name])
    logs, _ = _listing(str(path))
    if len(logs) > 1:
        names = ", ".join(logs)
        raise AmbiguousRun(f"the folder holds {len(logs)} logs", path=path, hint=f"name one of them: {names}")
    return LogFile(str(path / logs[0]), sole=True) if logs else None


def _below(top: str, unread: list[SourceUnavailable], searched: list[str]) -> Iterator[LogFile]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        searched.append(folder)
        try:
            logs, folders = _listing(folder)
        except SourceUnavailable as error:
            unread.append(error)
            continue
        yield from (LogFile(_join(folder, log), len(logs) == 1) for log in logs)
        if not (logs and _RUN_FOLDER.search(_last_name(folder))):
            waiting += [_join(folder, name) for name in folders if name[0] != "." or name == SUFFIX]


def _listing(folder: str) -> tuple[list[str], list[str]]:
    """The names of the logs and of the folders right in a folder, in order, links left out.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    folders, logs = names_in(folder, _is_log_name)
    return sorted(logs), sorted(folders, reverse=True)


def _is_log_name(name: str) -> bool:
    return name.endswith(SUFFIX) and name[0] != "."


def _unlinked(path: Path) -> Path:
    """The path with a link in its last part followed, so that `latest-run` names the run that it is today."""
    if not os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises where it may not look
        return path
    return absolute(path.parent / path.readlink())


def _is_file(path: Path) -> bool:
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        if error.errno in ABSENT:
            return False
        raise SourceUnavailable.of(path, error) from error


def _join(folder: str, name: str) -> str:
    return f"{folder}{name}" if folder.endswith(os.sep) else f"{folder}{os.sep}{name}"


def _last_name(path: str) -> str:
    return path.rpartition(os.sep)[2]
