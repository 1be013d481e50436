"""Local W&B run folders as a source of runs: no network, no `wandb` package."""

from __future__ import annotations

import filecmp
import os
import re
from errno import ENAMETOOLONG, ENOENT, ENOTDIR
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.run import Origin, Run, RunHead
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.wandb_files import SideFiles
from journal.sources.wandb_log import LogHead, public_remote, read_head, read_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.config import Config
    from journal.sources.wandb_log import LogContents

_LOG_NAME = re.compile(r"run-(.+)\.wandb$", re.DOTALL)
_RUN_FOLDER = re.compile(r"run-|latest-run$")
_ABSENT = (ENOENT, ENOTDIR, ENAMETOOLONG)
_STAMP = re.compile(r"\d{8}_\d{6}")


class WandbFolders:
    """The runs in the folders that the configuration and `WANDB_DIR` name.

    Folders are searched to any depth for logs called `run-<id>.wandb`. Links are not followed, so that `latest-run`
    does not count twice. A folder that does not exist holds no runs.
    """

    kind = "wandb-folder"

    def __init__(self, config: Config) -> None:
        self._config = config

    def places(self) -> tuple[str, ...]:
        """The folders searched, as the journal names them."""
        return tuple(self._config.relative(folder) for folder in self._folders())

    def heads(self) -> Iterator[RunHead]:
        """Every run, oldest folder name first.

        A log that lies there twice, byte for byte, is one run.

        Raises:
            SourceUnavailable: A folder may not be read; only after the runs of all others were given.
        """
        unread: list[SourceUnavailable] = []
        logs = _distinct([log for folder in self._folders() for log in _logs_below(folder, unread)])
        listed: dict[str, list[Path]] = {}
        for log in sorted(logs, key=_age):
            head = self._head(log)
            twins = listed.setdefault(head.id, [])
            if not any(_same(log, twin) for twin in twins):
                twins.append(log)
                yield head
        if unread:
            raise unread[0]

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head, read whole.

        Raises:
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: Its log cannot be opened.
        """
        log = _log_at(self._config.root / head.place)
        if log is None:
            raise SourceUnavailable("the run's log is gone", path=head.place, hint="list the runs again")
        content = _read(log)
        try:
            contents = read_log(content)
        except CorruptLog as error:
            raise CorruptLog(error.message, hint=error.hint, path=self._config.relative(log)) from error
        origin = Origin(
            kind="wandb-log", path=self._origin(log), bytes=len(content), sha256=sha256(content).hexdigest()
        )
        side = SideFiles(log.parent)
        summary = contents.summary or side.summary()
        return OpenRun(Loaded(_run(log, head.place, contents, side), origin, contents.columns, summary))

    def locate(self, reference: str) -> RunHead | None:
        """The run at a run folder or log file; relative paths start at the journal or at the working folder.

        Raises:
            AmbiguousRun: The folder holds several logs.
            CorruptLog: The file is not a W&B log.
            SourceUnavailable: The folder or file may not be read.
        """
        if "\0" in reference:
            return None
        given = os.path.expanduser(reference)  # noqa: PTH111 - Path raises for an unknown user
        for base in (self._config.root, Path.cwd()):
            log = _log_at(base / given)
            if log is not None:
                return self._head(log, strict=True)
        return None

    def _folders(self) -> list[Path]:
        """Every folder to search, once. W&B itself uses `.wandb` instead of `wandb` where it exists."""
        folders = [_absolute(folder) for folder in self._config.runs]
        if variable := os.environ.get("WANDB_DIR"):
            folders.append(_absolute(Path(variable) / "wandb"))
        hidden = [folder.with_name(".wandb") for folder in folders if folder.name == "wandb"]
        return _distinct([*folders, *(folder for folder in hidden if folder.is_dir())])

    def _head(self, log: Path, *, strict: bool = False) -> RunHead:
        """What identifies the run of a log; a log that cannot be read is called by its file name, unless `strict`."""
        try:
            head = read_head(log)
        except OSError as error:
            if strict:
                raise _unavailable(log, error) from error
            head = LogHead()
        except CorruptLog as error:
            if strict:
                raise CorruptLog(error.message, hint=error.hint, path=self._config.relative(log)) from error
            head = LogHead()
        return RunHead(**_identity(log, head, SideFiles(log.parent), self._place(log)))

    def _place(self, log: Path) -> str:
        """The run folder, or the file where it does not have a run folder to itself."""
        alone = _RUN_FOLDER.search(log.parent.name) and _only_log(log.parent) == log
        return self._config.relative(log.parent if alone else log)

    def _origin(self, log: Path) -> str:
        if log.is_relative_to(self._config.root):
            return self._config.relative(log)
        return f"{log.parent.name}/{log.name}"


def _identity(log: Path, head: LogHead, side: SideFiles, place: str) -> dict[str, Any]:
    """What identifies a run: what its log says, completed from the files beside it."""
    return {
        "id": head.id or _id_in_name(log),
        "entity": head.entity,
        "project": head.project,
        "name": head.name,
        "started": head.started or side.started,
        "commit": head.commit or side.commit,
        "remote": head.remote or public_remote(side.remote),
        "place": place,
    }


def _run(log: Path, place: str, contents: LogContents, side: SideFiles) -> Run:
    """The run as its log tells it, completed from the files beside the log."""
    head = contents.head
    return Run(
        **_identity(log, head, side, place),
        state=contents.state,
        dirty=side.dirty,
        sdk=head.sdk or side.sdk,
        config=contents.config or side.config(),
        rows=contents.rows,
        last_step=contents.last_step,
        problems=(*contents.problems, *side.problems),
    )


def _logs_below(folder: Path, unread: list[SourceUnavailable]) -> Iterator[Path]:
    """The logs in a folder and below it; a run folder is not searched further, nor is a hidden one.

    What is said of a folder that may not be read is added to `unread`.
    """
    try:
        logs, folders = _listing(folder)
    except SourceUnavailable as error:
        unread.append(error)
        return
    yield from logs
    if not (logs and _RUN_FOLDER.search(folder.name)):
        for below in folders:
            if not below.name.startswith(".") or below.name == ".wandb":
                yield from _logs_below(below, unread)


def _listing(folder: Path) -> tuple[list[Path], list[Path]]:
    """The logs and the folders right in a folder, links left out.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    logs: list[Path] = []
    folders: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(folder / entry.name)
                elif _LOG_NAME.match(entry.name) and entry.is_file(follow_symlinks=False):
                    logs.append(folder / entry.name)
    except OSError as error:
        if error.errno in _ABSENT:
            return [], []
        raise _unavailable(folder, error) from error
    return sorted(logs), sorted(folders)


def _only_log(folder: Path) -> Path | None:
    logs, _ = _listing(folder)
    return logs[0] if len(logs) == 1 else None


def _log_at(path: Path) -> Path | None:
    """The log that a path names, itself or as its run folder; None if there is no log there.

    Raises:
        AmbiguousRun: It is a folder with several logs.
        SourceUnavailable: The folder may not be read.
    """
    path = _unlinked(_absolute(path))
    if path.suffix == ".wandb" and _is_file(path):
        return _unlinked(path.parent) / path.name
    logs, _ = _listing(path)
    if len(logs) > 1:
        names = ", ".join(log.name for log in logs)
        raise AmbiguousRun(f"the folder holds {len(logs)} logs", path=path, hint=f"name one of them: {names}")
    return logs[0] if logs else None


def _unlinked(path: Path) -> Path:
    """The path with a link in its last part followed, so that `latest-run` names the run that it is today."""
    if not os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises where it may not look
        return path
    return _absolute(path.parent / path.readlink())


def _absolute(path: Path) -> Path:
    """The path without `..`, links left as they are: following them could lead out of the journal."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path has no such thing


def _is_file(path: Path) -> bool:
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        if error.errno in _ABSENT:
            return False
        raise _unavailable(path, error) from error


def _read(log: Path) -> bytes:
    try:
        return log.read_bytes()
    except OSError as error:
        raise _unavailable(log, error) from error


def _unavailable(path: Path, error: OSError) -> SourceUnavailable:
    return SourceUnavailable(
        f"cannot be read: {error.strerror}",
        path=path,
        hint="give yourself permission to read it, or take its folder out of `runs` in the configuration",
    )


def _distinct(paths: list[Path]) -> list[Path]:
    """The paths without those that lead to the same place as an earlier one."""
    seen: dict[str, Path] = {}
    for path in paths:
        seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())


def _same(log: Path, twin: Path) -> bool:
    try:
        return filecmp.cmp(log, twin, shallow=False)
    except OSError:
        return False


def _age(log: Path) -> tuple[str, str]:
    """Sorts by the time in the folder's name; folders without one come last."""
    stamp = _STAMP.search(log.parent.name)
    return (stamp[0] if stamp else "~", str(log))


def _id_in_name(log: Path) -> str:
    named = _LOG_NAME.match(log.name)
    return named[1] if named else log.stem
