"""What identifies the run of each log: read from the log and the file beside it, or remembered."""

from __future__ import annotations

from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import CorruptLog
from journal.model.address import public
from journal.model.capture import FILE
from journal.sources.paths import stamp
from journal.sources.wandb_folder.head_cache import Known
from journal.sources.wandb_folder.side_files import SideFiles
from journal.sources.wandb_log.head import LogHead, read_head

if TYPE_CHECKING:
    from journal.sources.wandb_folder.head_cache import HeadCache
    from journal.sources.wandb_folder.search import LogFile

_METADATA = "files/wandb-metadata.json"
_ABSENT = [-1]


class LogIdentity(NamedTuple):
    """Who a log is about.

    Attributes:
        id: The run's id; the file's name where the log does not say.
        entity: The tracker's entity.
        project: The tracker's project.
        name: Display name.
        commit: Full sha of the commit that it recorded.
        remote: Address of the git remote, without user or token.
        parent: Id of the run that it was forked from, or its own where it was rewound.
        started: When this log was begun.
    """

    id: str
    entity: str | None = None
    project: str | None = None
    name: str | None = None
    commit: str | None = None
    remote: str | None = None
    parent: str | None = None
    started: datetime | None = None


class FoundLog(NamedTuple):
    """A log on disk and who it is about."""

    file: LogFile
    identity: LogIdentity
    size: int


def identify(log: LogFile, head: LogHead) -> LogIdentity:
    """Who a log is about: what it says itself, completed from `wandb-metadata.json` and the capture beside it."""
    side = beside(log)
    commit = head.commit or side.commit or side.captured.commit
    return LogIdentity(
        id=head.id or log.id_in_name,
        entity=head.entity,
        project=head.project,
        name=head.name,
        started=head.started or side.started,
        commit=commit,
        remote=head.remote or public(side.remote) or side.captured.origin_of(commit),
        parent=head.branch.run if head.branch else None,
    )


def beside(log: LogFile) -> SideFiles:
    """The small files about a log; none where it shares its folder with other logs."""
    # Below a file there are no files, which is just what is to be found.
    return SideFiles(Path(log.folder if log.sole else log.path))


class Copies:
    """Which logs are copies of each other, byte for byte. Sums are remembered, so that nothing is read twice.

    Args:
        cache: What is known of the logs.
    """

    def __init__(self, cache: HeadCache) -> None:
        self._cache = cache

    def are(self, log: FoundLog, other: FoundLog) -> bool:
        """Whether two logs hold the same bytes; logs that cannot be compared are not taken for copies."""
        try:
            return log.size == other.size and self._sum(log.file.path) == self._sum(other.file.path)
        except OSError:
            return False

    def _sum(self, path: str) -> str:
        known = self._cache.noted(path)
        if known is not None and known.sum is not None:
            return known.sum
        with Path(path).open("rb") as file:
            total = file_digest(file, "sha256").hexdigest()
        if known is not None:
            self._cache.keep(path, known._replace(sum=total))
        return total


def found_logs(files: list[LogFile], cache: HeadCache) -> list[FoundLog]:
    """Who each log is about, remembered from earlier listings of this journal where the files did not change.

    A log that cannot be read is called by its file name; if that is not a name that W&B gives, it is left out.
    """
    found: list[FoundLog] = []
    for file in files:
        known = _remembered(file, cache) or _read(file)
        if known is None:
            found.append(FoundLog(file, LogIdentity(file.id_in_name), 0))
            continue
        cache.keep(file.path, known)
        if known.learnt is not None:
            found.append(FoundLog(file, _from_json(known.learnt), known.log[0]))
    return found


def _remembered(file: LogFile, cache: HeadCache) -> Known | None:
    """What was learnt of a log, if what it was learnt from is as it was."""
    known = cache.get(file.path)
    if known is None or known.log != stamp(file.path):
        return None
    return known if known.beside is None or known.beside == _stamp_beside(file) else None


def _read(file: LogFile) -> Known | None:
    """What the log and the file beside it say, with the files as they were before; None if it may not be read."""
    before, side = stamp(file.path), _stamp_beside(file)
    try:
        head = read_head(Path(file.path))
    except OSError:
        return None
    except CorruptLog:
        if not file.is_named_by_id:
            return Known(before, None, None)
        head = LogHead()
    if head.id is None and not (before and before[0]) and not file.is_named_by_id:
        return Known(before, None, None)
    complete = None not in (head.started, head.commit, head.remote)
    return Known(before, None if complete else side, _to_json(identify(file, head)))


def decisive(file: LogFile) -> tuple[str, ...]:
    """What the identity of a log is read from: the log, and the files beside it."""
    return (file.path, *_completing(file))


def _stamp_beside(file: LogFile) -> list[int]:
    return [part for path in _completing(file) for part in stamp(path) or _ABSENT]


def _completing(file: LogFile) -> tuple[str, ...]:
    return (f"{file.folder}/{_METADATA}", f"{file.folder}/{FILE}") if file.sole else ()


def _to_json(identity: LogIdentity) -> list[Any]:
    *texts, started = identity
    return [*texts, started.isoformat() if started else None]


def _from_json(learnt: list[Any]) -> LogIdentity:
    *texts, started = learnt
    return LogIdentity._make([*texts, datetime.fromisoformat(started) if started else None])
