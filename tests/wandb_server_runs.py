"""The runs that the test server has: made from rows, or from a local log, so that each number online has a truth."""

from __future__ import annotations

import base64
import io
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from wandb_server_logs import Row, UploadedLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

BEGIN = 1_767_614_400.0
"""When runs start that do not say: seconds since 1970."""


@dataclass(eq=False)
class ServerRun:
    """A run as the server has it. A test may change anything of it at any time.

    Attributes:
        rows: Its history; steps and times that are not given are put in.
        config: Hyperparameters, without W&B's wrapping.
        internal: W&B's own part of the config, `_wandb`.
        summary: By default the last value of each key.
        exported: How many of the first rows lie in parquet files, and are no longer live.
        files_exported: Over how many parquet files they are spread.
        lost: Steps whose rows are counted, but never given.
        files: What was uploaded besides.
    """

    id: str
    entity: str = "lab"
    project: str = "notes"
    rows: list[Row] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    internal: dict[str, Any] = field(default_factory=lambda: {"cli_version": "0.31.0"})
    summary: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    state: str = "finished"
    tags: list[str] = field(default_factory=list)
    notes: str | None = None
    user: str = "researcher"
    group: str | None = None
    job_type: str | None = None
    commit: str | None = None
    created: float = BEGIN
    exported: int = 0
    files_exported: int = 1
    lost: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given, self.rows = self.rows, []
        self.log(*given)

    @classmethod
    def of_log(cls, *places: Path, entity: str = "lab", project: str = "notes", exported: bool = False) -> Self:
        """A run as the SDK would have uploaded it.

        Args:
            places: Its run folder or log; of a resumed run all of them, in order: a later part takes back the rows
                of the earlier ones from its own first step on.
            entity: Where it lies on the server; what the log says of that does not count.
            project: The same.
            exported: Whether all rows lie in parquet files.
        """
        log = UploadedLog()
        for place in places:
            log.read(place)
        head = log.head
        assert head.id is not None
        run = cls(head.id, entity, project, log.rows, log.config, name=head.name, commit=head.commit)
        run.created = head.started.timestamp() if head.started else BEGIN
        run.state = {None: "crashed", 0: "finished"}.get(log.exit_code, "failed")
        run.internal = {"cli_version": head.sdk or "", **log.config.pop("_wandb", {})}
        run.summary = log.summary or run.summary
        run.exported = len(run.rows) if exported else 0
        return run

    def log(self, *rows: Mapping[str, Any]) -> None:
        """Log rows, as the script would."""
        for given in rows:
            step = given.get("_step", self.rows[-1]["_step"] + 1 if self.rows else 0)
            wall = {"_step": step, "_runtime": float(len(self.rows)), "_timestamp": self.created + len(self.rows)}
            self.rows.append({**wall, **given})
            self.summary |= self.rows[-1]

    @property
    def storage_id(self) -> str:
        """The server's own id."""
        return base64.b64encode(f"Run:v1:{self.id}:{self.project}:{self.entity}".encode()).decode()

    @property
    def created_at(self) -> str:
        """When it started, as the server writes it."""
        return _moment(self.created)

    @property
    def heartbeat_at(self) -> str:
        """When it was last heard of."""
        return _moment(self.rows[-1]["_timestamp"] if self.rows else self.created)

    @property
    def last_step(self) -> int:
        """Step of the last row; -1 before the first."""
        return max((row["_step"] for row in self.rows), default=-1)

    def node(self) -> dict[str, Any]:
        """All that a query may ask of the run, but for its history."""
        config = {key: {"desc": None, "value": value} for key, value in self.config.items()}
        return {
            "id": self.storage_id,
            "projectId": "4711",
            "name": self.id,
            "displayName": self.name or self.id,
            "tags": self.tags,
            "sweepName": None,
            "state": self.state,
            "config": spelt({**config, "_wandb": {"desc": None, "value": self.internal}}),
            "group": self.group,
            "jobType": self.job_type,
            "commit": self.commit,
            "readOnly": False,
            "createdAt": self.created_at,
            "heartbeatAt": self.heartbeat_at,
            "description": self.name,
            "notes": self.notes,
            "systemMetrics": "{}",
            "summaryMetrics": spelt(self.summary),
            "historyLineCount": len(self.rows),
            "user": {"name": self.user.title(), "username": self.user},
            "fileCount": len(self.files),
        }

    def history_keys(self) -> dict[str, Any]:
        """Every key that was logged, with how often it held what kind of value."""
        counts: dict[str, dict[str, int]] = {}
        for row in self.rows:
            for key, value in flat(row, media=False).items():
                kinds = counts.setdefault(key, {})
                kinds[kind_of(value)] = kinds.get(kind_of(value), 0) + 1
        keys = {
            key: {"typeCounts": [{"type": kind, "count": count} for kind, count in kinds.items()], "monotonic": False}
            for key, kinds in counts.items()
        }
        return {"keys": keys, "sets": [], "lastStep": self.last_step}

    def given(self) -> list[Row]:
        """The rows that the server still gives."""
        return [row for row in self.rows if row["_step"] not in self.lost]

    def parquets(self) -> list[bytes]:
        """The exported rows as parquet files."""
        bounds = [number * self.exported // self.files_exported for number in range(self.files_exported + 1)]
        return [self._parquet(self.rows[first:stop]) for first, stop in pairwise(bounds) if first < stop]

    def _parquet(self, exported: list[Row]) -> bytes:
        """Rows as a parquet file: nested keys joined by dots, nothing where a row lacks a key."""
        import polars as pl

        rows = [flat(row) for row in exported if row["_step"] not in self.lost]
        names = dict.fromkeys(["_step", *(key for row in rows for key in row)])
        columns = {name: _series(name, [row.get(name) for row in rows]) for name in names}
        file = io.BytesIO()
        pl.DataFrame(columns).write_parquet(file)
        # W&B's reader ends at the large strings of Arrow that Polars says it wrote; Parquet's own kind is plain text.
        return file.getvalue().replace(b"ARROW:schema", b"other:schema")


def flat(row: Row, *, media: bool = True) -> Row:
    """A row with nested keys joined by dots; a histogram or image stays one value where media are not looked into."""
    found: Row = {}
    for key, value in row.items():
        if isinstance(value, dict) and value and (media or "_type" not in value):
            found |= {f"{key}.{below}": each for below, each in flat(value, media=media).items()}
        else:
            found[key] = value
    return found


def live(value: Any) -> Any:
    """A value as it stands in a live row: a number that JSON does not know is a text."""
    if isinstance(value, dict):
        return {key: live(each) for key, each in value.items()}
    if isinstance(value, list):
        return [live(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def spelt(value: Any) -> str:
    """A value as JSON text, as the server keeps it."""
    return json.dumps(live(value))


def kind_of(value: Any) -> str:
    """The server's word for a kind of value."""
    if isinstance(value, dict):
        return str(value.get("_type", "map"))
    return next(word for kind, word in _KINDS.items() if isinstance(value, kind))


_KINDS = {
    type(None): "nil",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "list",
}


def _series(name: str, values: list[Any]) -> Any:
    import polars as pl

    kinds = {kind_of(value) for value in values} - {"nil"}
    if kinds <= {"number"}:
        whole = all(value is None or isinstance(value, int) for value in values) and bool(kinds)
        return pl.Series(name, values, dtype=pl.Int64 if whole else pl.Float64, strict=False)
    if len(kinds) == 1 and kinds <= {"boolean", "string"}:
        return pl.Series(name, values)
    return pl.Series(name, [None if value is None else json.dumps(value) for value in values], dtype=pl.String)


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def sampled(rows: Iterable[Row], most: int | None) -> list[Row]:
    """So many rows at most, evenly spread: what a sampled history is."""
    held = list(rows)
    if most is None or len(held) <= most:
        return held
    return [held[index * len(held) // most] for index in range(most)]
