"""What stands in a database of trackio: its runs, and the rows of one of them."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.sources.read_only_sqlite import ask

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX = ".db"
"""How trackio's databases end; what stands before is the project."""

MARKS = (b"metrics", b"run_name")
"""What stands in every one, where it describes its tables."""

_COLUMNS = {"timestamp", "run_name", "step", "metrics"}
_ENTRY = "SELECT step, timestamp, metrics FROM metrics WHERE {key} = ? ORDER BY id"


class Known(NamedTuple):
    """A run as its database lists it.

    Attributes:
        id: Its id; its name in databases from before trackio 0.24, which know runs by name alone.
        name: Its name.
        started: When it was begun, as far as is known.
    """

    id: str
    name: str
    started: datetime | None


class Entry(NamedTuple):
    """One row as trackio stores it: the step, the time and the metrics, whatever stands there."""

    step: Any
    timestamp: Any
    metrics: Any

    def text(self) -> bytes:
        """The row as it goes into the sum of a run."""
        return b"\t".join(map(_bytes, self)) + b"\n"


class Recorded(NamedTuple):
    """All that a database holds of a run.

    Attributes:
        entries: Its rows, in the order in which they were stored.
        config: Its config as stored; None if there is none.
    """

    entries: list[Entry]
    config: Any


def runs_in(database: Path) -> list[Known]:
    """The runs of a database in the order in which they were begun; none of one that is not trackio's.

    Raises:
        CorruptLog: It is damaged.
        SourceUnavailable: It cannot be read.
    """
    return ask(database, _runs)


def recorded(database: Path, run_id: str) -> Recorded:
    """What a database holds of a run.

    Raises:
        CorruptLog: It is damaged.
        SourceUnavailable: It cannot be read.
    """
    return ask(database, lambda connection: _recorded(connection, run_id))


def sum_of(database: Path, run_id: str, size: int) -> str | None:
    """SHA-256 of the first bytes of a run's rows, in hex; None if there are not so many.

    Raises:
        CorruptLog: The database is damaged.
        SourceUnavailable: It cannot be read.
    """
    return ask(database, lambda connection: _sum_of(connection, run_id, size))


def parse_time(text: Any) -> datetime | None:
    """A time as trackio stores it, with its zone; None for one without."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment if moment is not None and moment.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def parse_object(content: Any) -> dict[str, Any] | None:
    """The object in a cell of JSON; None if there is none."""
    from orjson import loads

    try:
        value = loads(content)
    except (ValueError, TypeError):
        return None
    return value if isinstance(value, dict) else None


def _runs(connection: sqlite3.Connection) -> list[Known]:
    key = _key(connection)
    if key is None:
        return []
    begun: dict[str, datetime] = {}
    for run_id, config in _configs(connection):
        created = parse_time((parse_object(config) or {}).get("_Created"))
        if created is not None:
            begun[run_id] = created
    # `timestamp` sorts as text does; the index of the three columns has all of it
    query = f"SELECT {key}, run_name, MIN(timestamp) FROM metrics GROUP BY {key}, run_name"  # noqa: S608 - our own names
    found: dict[str, tuple[str, Known]] = {}
    for run_id, name, first in connection.execute(query):
        if isinstance(run_id, str) and run_id and isinstance(name, str):
            times = [time for time in (parse_time(first), begun.get(run_id)) if time is not None]
            found.setdefault(run_id, (str(first), Known(run_id, name, min(times, default=None))))
    return [known for _, known in sorted(found.values(), key=lambda pair: (pair[0], pair[1].id))]


def _recorded(connection: sqlite3.Connection, run_id: str) -> Recorded:
    config = next((config for owner, config in _configs(connection) if owner == run_id), None)
    return Recorded(list(_entries(connection, run_id)), config)


def _sum_of(connection: sqlite3.Connection, run_id: str, size: int) -> str | None:
    left, summed = size, sha256()
    for entry in _entries(connection, run_id):
        text = entry.text()[:left]
        summed.update(text)
        left -= len(text)
        if not left:
            break
    return None if left else summed.hexdigest()


def _entries(connection: sqlite3.Connection, run_id: str) -> Iterator[Entry]:
    """The rows of a run, in the order in which they were stored."""
    key = _key(connection)
    if key is not None:
        yield from map(Entry._make, connection.execute(_ENTRY.format(key=key), (run_id,)))


def _configs(connection: sqlite3.Connection) -> Iterator[tuple[str, Any]]:
    """The config of each run."""
    columns = _columns(connection, "configs")
    if "config" in columns:
        key = "run_id" if "run_id" in columns else "run_name"
        yield from connection.execute(f"SELECT {key}, config FROM configs")  # noqa: S608 - our own names


def _key(connection: sqlite3.Connection) -> str | None:
    """The column by which runs are told apart; None in a database that is not trackio's."""
    columns = _columns(connection, "metrics")
    if not columns >= _COLUMNS:
        return None
    return "run_id" if "run_id" in columns else "run_name"


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def _bytes(cell: Any) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode("utf-8", "surrogatepass")
