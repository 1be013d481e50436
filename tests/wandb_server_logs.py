"""Local logs read for the test server, record by record: rows, config and summary as the SDK would upload them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from journal.sources.wandb_log.framing import LogRecord, read_records
from journal.sources.wandb_log.head import LogHead
from journal.sources.wandb_log.records import (
    Change,
    ConfigChange,
    Exit,
    HistoryRow,
    RunIdentity,
    SummaryChange,
    decode,
)

if TYPE_CHECKING:
    from pathlib import Path

    from journal.sources.wandb_log.records import KeyPath, Value

Row = dict[str, Any]
"""What was logged at one step, nested as it was logged, with `_step`, `_runtime` and `_timestamp`."""


class UploadedLog:
    """One run's logs, taken in one after the other."""

    def __init__(self) -> None:
        self.head = LogHead()
        self.config: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}
        self.rows: list[Row] = []
        self.exit_code: int | None = None

    def read(self, place: Path) -> None:
        """Go on with one more log."""
        log = next(iter(sorted(place.glob("*.wandb"))), None) if place.is_dir() else place
        assert log is not None, f"no log in {place}"
        earlier, self.rows, self.exit_code = self.rows, [], None
        for record in read_records(log.read_bytes()):
            if isinstance(record, LogRecord):
                self._take(decode(record.payload).body)
        first = self.rows[0]["_step"] if self.rows else math.inf
        self.rows = [row for row in earlier if row["_step"] < first] + self.rows

    def _take(self, body: object) -> None:
        match body:
            case HistoryRow():
                self._take_row(body)
            case SummaryChange():
                _apply(self.summary, body)
            case ConfigChange():
                _apply(self.config, body)
            case Exit():
                self.exit_code = body.code
            case RunIdentity():
                self.head.take(body)
                _apply(self.config, body.config)
                _apply(self.summary, body.summary)
            case _:
                self.head.take(body)  # type: ignore[arg-type]

    def _take_row(self, row: HistoryRow) -> None:
        found: Row = {}
        for path, value in row.items:
            _put(found, path, value)
        following = self.rows[-1]["_step"] + 1 if self.rows else 0
        given = found.get("_step", following if row.step is None else row.step)
        self.rows.append({**found, "_step": max(int(given), following)})


def _apply(tree: dict[str, Any], change: Change | None) -> None:
    if change is None:
        return
    for path, value in change.update:
        _put(tree, path, value)
    for path in change.remove:
        below: Any = tree
        for part in path[:-1]:
            below = below.get(part) if isinstance(below, dict) else None
        if isinstance(below, dict):
            below.pop(path[-1], None)


def _put(tree: dict[str, Any], path: KeyPath, value: Value) -> None:
    for part in path[:-1]:
        below = tree.get(part)
        if not isinstance(below, dict):
            below = tree[part] = {}
        tree = below
    tree[path[-1]] = _read(value) if isinstance(value, bytes) else value


def _read(text: bytes) -> Any:
    """JSON, in which a zero may have a sign."""
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))
