"""What was read of a log, kept: its columns in a store, and what is needed to read on where the log has grown.

A cache is believed where the log is known to be the one it was made from: the same file, untouched since; or bytes that
begin with those that were read, by their SHA-256. Where a large file has grown (more than 32 MiB, and nothing in it was
damaged), its beginning, its end and a page of every MiB between them stand for the whole, as W&B only ever appends;
evidence of its numbers sums up all of it nevertheless.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from journal.model.run import Problem
from journal.sources.wandb_log.framing import CUT
from journal.sources.wandb_log.head import LogHead
from journal.sources.wandb_log.history import Cells, History
from journal.sources.wandb_log.records import BranchPoint
from journal.sources.wandb_log.scan import LogScan
from journal.sources.wandb_log.values import Replay

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO

    import numpy as np
    import numpy.typing as npt

    from journal.sources.column_store.store import ColumnStore
    from journal.sources.wandb_log.records import KeyPath

FORMAT = 3
"""Raised whenever a log is read otherwise than before, so that older caches are read anew."""

_SUMMED_UP = 32 << 20
_STRIDE = 1 << 20
_SAMPLE = 4096
_ENDS = 65536
_PIECE = 1 << 20

Sums = list[tuple[int, str]]
"""SHA-256 of beginnings of a log, in hex, each with its size in bytes; ascending."""


class Stamp(NamedTuple):
    """What tells that a file was not touched."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int

    @classmethod
    def of(cls, file: FileIO) -> Stamp:
        """The stamp of an open file."""
        stat = os.fstat(file.fileno())
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)


class LogCache:
    """What is kept of one log.

    Args:
        store: Where.
        on_keep: Called when a log was read whole, to make room for it.
    """

    def __init__(self, store: ColumnStore, on_keep: Callable[[], object] | None = None) -> None:
        self._store = store
        self._on_keep = on_keep
        self._paths: list[KeyPath] = []

    def recall(self, stamp: Stamp, file: FileIO) -> tuple[LogScan, int, Sums] | None:
        """The scan of the log as far as it was read then, how far that is, and the sums that are known.

        Its history holds no rows; those are asked from here. None if the cache is not of this log.
        """
        state = self._store.state()
        if state is None or state.get("format") != FORMAT or not _is_of(state, stamp, file):
            return None
        self._paths = [tuple(path) for path in state["paths"]]
        size, sums = state["stamp"][0], [(size, total) for size, total in state["sums"]]
        if state["stamp"] != list(stamp) and size == stamp.size:
            self._store.replace_state(state | {"stamp": list(stamp)})
        return _scan(state), size, sums

    def keep(self, scan: LogScan, stamp: Stamp, file: FileIO, sums: Sums) -> bool:
        """Keep a log that was read from its beginning, up to the size in its stamp; returns whether it is kept."""
        self._paths = list(scan.history.kept)
        if self._on_keep is not None:
            self._on_keep()
        return self._store.write(self._state(scan, stamp, file, sums), self._arrays(scan.history))

    def grow(self, scan: LogScan, stamp: Stamp, file: FileIO, sums: Sums) -> bool:
        """Keep what a recalled scan has read beyond what is here; returns whether it is kept."""
        known = set(self._paths)
        self._paths += [path for path in scan.history.kept if path not in known]
        return self._store.extend(self._state(scan, stamp, file, sums), self._arrays(scan.history))

    def keep_sums(self, sums: Sums) -> None:
        """Keep sums that were found out later."""
        self._amend(sums=[list(known) for known in sums])

    def keep_summary(self, summary: dict[str, Any]) -> None:
        """Keep the summary of the log as far as it was read."""
        self._amend(summary=json.dumps(summary))

    @property
    def summary(self) -> dict[str, Any] | None:
        """The summary, if it is kept."""
        text = (self._store.state() or {}).get("summary")
        return None if text is None else json.loads(text)

    @property
    def steps(self) -> npt.NDArray[np.int64] | None:
        """The step of each row; None if it is gone."""
        return self._store.array("steps")

    @property
    def times(self) -> npt.NDArray[np.float64] | None:
        """The wall time of each row, NaN where there is none; None if it is gone."""
        return self._store.array("times")

    def cells(self, path: KeyPath) -> Cells | None:
        """The numbers of a metric; None if they are gone."""
        number = self._paths.index(path)
        rows, values = self._store.array(f"rows {number}"), self._store.array(f"values {number}")
        return None if rows is None or values is None else Cells(rows, values)

    def forget(self) -> None:
        """Take the cache away."""
        self._store.remove()

    def _amend(self, **more: Any) -> None:
        state = self._store.state()
        if state is not None:
            self._store.replace_state(state | more)

    def _arrays(self, history: History) -> dict[str, npt.NDArray[Any]]:
        arrays: dict[str, npt.NDArray[Any]] = {"steps": history.steps, "times": history.times}
        numbers = {path: number for number, path in enumerate(self._paths)}
        for path in history.kept:
            cells = history.cells(path)
            arrays[f"rows {numbers[path]}"] = cells.rows
            arrays[f"values {numbers[path]}"] = cells.values
        return arrays

    def _state(self, scan: LogScan, stamp: Stamp, file: FileIO, sums: Sums) -> dict[str, Any]:
        history, head = scan.history, scan.head
        config, _ = scan.config.result()
        problems = [*scan.problems, *(Problem(message=message) for message in scan.config_problems())]
        return {
            "format": FORMAT,
            "stamp": list(stamp),
            "sums": [list(known) for known in sums],
            "sample": _sample(file, stamp.size),
            "paths": [list(path) for path in self._paths],
            "head": asdict(head)
            | {"started": head.started and head.started.isoformat(), "branch": head.branch and list(head.branch)},
            "config": json.dumps(config),
            "step_metrics": scan.step_metrics,
            "exit_code": scan.exit_code,
            "records": scan.records,
            "number": scan.number,
            "resume": 0 if scan.config_problems() else scan.resume,  # what cannot be read may be replaced later
            "base": scan.base,
            "unlisted": scan.unlisted,
            "problems": [[problem.message, problem.offset] for problem in problems],
            "rows": history.rows,
            "last_step": history.last_step,
            "numbered": history.numbered,
            "inexact": [[list(path), count] for path, count in history.inexact.items()],
        }


def _scan(state: dict[str, Any]) -> LogScan:
    """The scan that a state tells of."""
    head = dict(state["head"])
    head["started"] = head["started"] and datetime.fromisoformat(head["started"])
    head["branch"] = head["branch"] and BranchPoint(*head["branch"])
    history = History(
        rows=state["rows"],
        last_step=state["last_step"],
        numbered=state["numbered"],
        seen={tuple(path) for path in state["paths"]},
        inexact=Counter({tuple(path): count for path, count in state["inexact"]}),
    )
    return LogScan(
        head=LogHead(**head),
        config=Replay(json.loads(state["config"])),
        history=history,
        step_metrics=state["step_metrics"],
        exit_code=state["exit_code"],
        records=state["records"],
        number=state["number"],
        problems=[Problem(message=message, offset=offset) for message, offset in state["problems"]],
        unlisted=state["unlisted"],
        resume=state["resume"],
        base=state["base"],
    )


def _is_of(state: dict[str, Any], stamp: Stamp, file: FileIO) -> bool:
    """Whether a state was made from the beginning of this file, or all of it."""
    then = Stamp(*state["stamp"])
    if then == stamp:
        return True
    if stamp.size < then.size:
        return False
    same_file = (then.inode, then.device) == (stamp.inode, stamp.device)
    sound = not any(message != CUT for message, _ in state["problems"])  # a copy under way has holes
    if same_file and sound and stamp.size > then.size > _SUMMED_UP:
        return bool(_sample(file, then.size) == state["sample"])
    return dict(state["sums"]).get(then.size) == sum_of(file, then.size)


def _sample(file: FileIO, size: int) -> int:
    """A sum over the beginning and the end of the first `size` bytes, and places between them."""
    between = [(start, _SAMPLE) for start in range(_STRIDE, size, _STRIDE)]
    total = 0
    for start, length in [(0, _ENDS), *between, (max(size - _ENDS, 0), _ENDS)]:
        total = crc32(os.pread(file.fileno(), min(length, size - start), start), total)
    return total


def sum_of(file: FileIO, size: int) -> str | None:
    """SHA-256 of the first `size` bytes; None if there are not so many."""
    total, at = sha256(), 0
    while at < size:
        piece = os.pread(file.fileno(), min(_PIECE, size - at), at)
        if not piece:
            return None
        total.update(piece)
        at += len(piece)
    return total.hexdigest()
