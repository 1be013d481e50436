"""What identifies the run of a log, read from the beginning of the file alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.model.address import public
from journal.sources.wandb_log.framing import LogRecord, read_records
from journal.sources.wandb_log.records import Body, BranchPoint, Environment, RunIdentity, SdkVersion, decode_identity

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_FIRST = 1 << 13
_HEAD_SIZES = (_FIRST, 1 << 16, 1 << 20, 1 << 24)


@dataclass
class LogHead:
    """What identifies a run, as far as its log tells.

    The first record to name a commit, a start or a fact about the machine is believed; of a name, entity and project
    the last one counts, since later run records are updates.

    Attributes:
        resume: Whether the run was started to go on from an earlier part (recorded since SDK 0.30).
        branch: Where it leaves another run, or an earlier part of its own.
        machine: What the SDK found out about the machine.
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
    machine: dict[str, str | int] = field(default_factory=dict)

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
                self.machine = body.machine | self.machine
            case SdkVersion():
                self.sdk = self.sdk or body.version

    def _take_origin(self, body: RunIdentity | Environment) -> None:
        self.started = self.started or body.started
        self.commit = self.commit or body.commit
        self.remote = self.remote or public(body.remote)


def read_head(path: Path) -> LogHead:
    """What identifies the run of a log, from the beginning of the file alone.

    A name that the run was given after the first 64 KiB is not seen, nor another one after the first 8 KiB where those
    tell everything.

    Raises:
        CorruptLog: It is not a W&B log.
        OSError: The file cannot be read.
    """
    head = LogHead()
    for size in _HEAD_SIZES:
        with path.open("rb") as file:
            start = file.read(size)
        head = _head_of(start)
        whole = None not in {head.commit, head.started, head.name}
        told = head.id is not None and (whole or size > _FIRST)
        if told or len(start) < size:
            break
    return head


def _head_of(log: bytes) -> LogHead:
    head = LogHead()
    for record in read_records(log):
        if isinstance(record, LogRecord):
            with suppress(ValueError):
                head.take(decode_identity(record.payload))
    return head
