"""A whole `.wandb` log read into one run: identity, config, summary, state, and a column per metric."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from journal.errors import CorruptLog
from journal.model.run import Problem, RunState
from journal.sources.wandb_framing import CUT, FILE_HEADER, LogRecord, read_records
from journal.sources.wandb_history import History
from journal.sources.wandb_records import (
    Body,
    BranchPoint,
    ConfigChange,
    Environment,
    Exit,
    HistoryRow,
    RunIdentity,
    SdkVersion,
    SummaryChange,
    decode,
    decode_identity,
)
from journal.sources.wandb_values import Replay

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from journal.model.run import Column

_HEAD_SIZES = (1 << 16, 1 << 20, 1 << 24)
_MAX_PROBLEMS = 100
_URL_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)
_SCP_USER = re.compile(r"^(?!git@)[^/@:]+(:[^/@]*)?@(?=[^/]+:)")


@dataclass
class LogHead:
    """What identifies a run, as far as its log tells.

    The first record to name a commit or a start is believed; of a name, entity and project the last one counts,
    since later run records are updates.

    Attributes:
        resume: Whether the run was started to go on from an earlier part (recorded since SDK 0.30).
        branch: Where it leaves another run, or an earlier part of its own.
    """

    id: str | None = None
    entity: str | None = None
    project: str | None = None
    name: str | None = None
    started: datetime | None = None
    commit: str | None = None
    remote: str | None = None
    sdk: str | None = None
    resume: bool = False
    branch: BranchPoint | None = None

    def take(self, body: Body | None) -> None:
        """Learn what a record says about the run."""
        match body:
            case RunIdentity():
                self.id = self.id or body.id
                self.entity = body.entity or self.entity
                self.project = body.project or self.project
                self.name = body.name or self.name
                self._take_origin(body)
                self.sdk = self.sdk or body.sdk
                self.resume = self.resume or body.resume
                self.branch = self.branch or body.branch
            case Environment():
                self._take_origin(body)
            case SdkVersion():
                self.sdk = self.sdk or body.version

    def _take_origin(self, body: RunIdentity | Environment) -> None:
        self.started = self.started or body.started
        self.commit = self.commit or body.commit
        self.remote = self.remote or public_remote(body.remote)


@dataclass
class LogContents:
    """What a whole log says."""

    head: LogHead
    state: RunState
    config: dict[str, Any]
    summary: dict[str, Any]
    rows: int
    last_step: int | None
    columns: dict[str, Column]
    problems: list[Problem]


def read_log(log: bytes) -> LogContents:
    """Everything that the bytes of a log say about its run.

    Raises:
        CorruptLog: Nothing of it can be read.
    """
    fold = _Fold()
    for record in read_records(log):
        if isinstance(record, Problem):
            fold.problems.append(record)
        else:
            fold.take(record)
    damage = [problem for problem in fold.problems if problem.message != CUT]
    if damage and not fold.records and len(log) > FILE_HEADER:
        raise CorruptLog(f"nothing of the log can be read; at byte {damage[0].offset}: {damage[0].message}")
    return fold.result()


def read_head(path: Path) -> LogHead:
    """What identifies the run of a log, from the beginning of the file alone.

    A name that the run was given after the first 64 KiB is not seen.

    Raises:
        CorruptLog: It is not a W&B log.
        OSError: The file cannot be read.
    """
    head = LogHead()
    for size in _HEAD_SIZES:
        with path.open("rb") as file:
            start = file.read(size)
        head = _head_of(start)
        if head.id is not None or len(start) < size:
            break
    return head


def public_remote(remote: str | None) -> str | None:
    """A git remote's address without user, password, query or token.

    A folder on somebody's disk is no address to anyone else, and None.
    """
    if remote is None or remote.startswith(("/", ".", "~", "\\", "file:")) or re.match(r"^[A-Za-z]:[\\/]", remote):
        return None
    if _URL_USER.match(remote) or "://" in remote:
        remote = re.split(r"[?#]", remote, maxsplit=1)[0]
    return _SCP_USER.sub("", _URL_USER.sub(r"\1", remote))


def _head_of(log: bytes) -> LogHead:
    head = LogHead()
    for record in read_records(log):
        if isinstance(record, LogRecord):
            with suppress(ValueError):
                head.take(decode_identity(record.payload))
    return head


@dataclass
class _Fold:
    """The state of a log while its records arrive."""

    head: LogHead = field(default_factory=LogHead)
    config: Replay = field(default_factory=Replay)
    summary: Replay = field(default_factory=Replay)
    history: History = field(default_factory=History)
    exit_code: int | None = None
    records: int = 0
    number: int = 0
    problems: list[Problem] = field(default_factory=list)

    def take(self, record: LogRecord) -> None:
        """Take one record in; one that cannot be decoded becomes a problem."""
        try:
            number, body = decode(record.payload)
        except ValueError as error:
            self._report(f"a record cannot be decoded: {error}", record.offset)
            return
        self.records += 1
        self._count(number, record.offset)
        match body:
            case HistoryRow():
                for name in self.history.add(body):
                    self._report(f"a value of {name!r} cannot be read", record.offset)
            case SummaryChange():
                self.summary.apply(body)
            case ConfigChange():
                self.config.apply(body)
            case Exit():
                self.exit_code = body.code
            case _:
                self._take_run(body)

    def result(self) -> LogContents:
        config, bad_config = self.config.result()
        summary, bad_summary = self.summary.result()
        columns, clashes = self.history.columns()
        for name in bad_config:
            self._report(f"the config value {name!r} cannot be read")
        for name in bad_summary:
            self._report(f"the summary value {name!r} cannot be read")
        for name in clashes:
            self._report(f"two metrics are called {name!r}; the nested one is left out")
        return LogContents(
            head=self.head,
            state=_state(self.exit_code),
            config=config,
            summary=summary,
            rows=self.history.rows,
            last_step=self.history.last_step,
            columns=columns,
            problems=_few(self.problems),
        )

    def _take_run(self, body: Body | None) -> None:
        self.head.take(body)
        if isinstance(body, RunIdentity):
            if body.config is not None:
                self.config.apply(body.config)
            if body.summary is not None:
                self.summary.apply(body.summary)

    def _count(self, number: int, offset: int) -> None:
        """Notice records that are missing: the writer numbers them without gaps."""
        if self.number and number > self.number + 1:
            self._report(f"{number - self.number - 1} records before this one are missing", offset)
        self.number = number or self.number

    def _report(self, message: str, offset: int | None = None) -> None:
        self.problems.append(Problem(message=message, offset=offset))


def _state(exit_code: int | None) -> RunState:
    if exit_code is None:
        return RunState.CRASHED_OR_RUNNING
    return RunState.FINISHED if exit_code == 0 else RunState.FAILED


def _few(problems: list[Problem]) -> list[Problem]:
    """The problems, cut to a number that someone may still want to read."""
    if len(problems) <= _MAX_PROBLEMS:
        return problems
    rest = len(problems) - _MAX_PROBLEMS
    return [*problems[:_MAX_PROBLEMS], Problem(message=f"and {rest} more problems like these")]
