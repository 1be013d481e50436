"""One of MLflow's databases: which runs it holds, and what it holds of each. Schemas of MLflow 1 to 3 are read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.mlflow_runs.points import Point, Points
from journal.sources.mlflow_runs.recorded import COMMIT, NAME, REMOTE, Recorded, is_id, unbounded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

MARKS = (b"experiment_id", b"run_uuid")
"""What stands in every one, where it describes its tables."""

_TABLES = {"experiments", "runs", "metrics", "params", "tags"}
_RUN = ("run_uuid", "experiment_id", "name", "status", "start_time", "source_version", "lifecycle_stage")
_DELETED = "deleted"
_INT64 = 1 << 63


def is_of_mlflow(connection: sqlite3.Connection) -> bool:
    """Whether a database has the tables that MLflow makes."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'")
    return {name for (name,) in found} >= _TABLES and "run_uuid" in _columns(connection, "runs")


def list_runs(connection: sqlite3.Connection) -> list[Recorded] | None:
    """Every run that was not deleted, by start and id, with the tags that identify it; None if it is not MLflow's."""
    if not is_of_mlflow(connection):
        return None
    tags: dict[str, dict[str, str]] = {}
    identifying = (COMMIT, REMOTE, NAME)
    for run, key, value in _select(connection, "tags", ("run_uuid", "key", "value"), "key IN (?, ?, ?)", identifying):
        tags.setdefault(run, {})[key] = value
    return _recorded(connection, "", (), lambda run: {"tags": _texts(tags.get(run, {}).items())})


def read_run(connection: sqlite3.Connection, run: str) -> tuple[Recorded, Points, tuple[Problem, ...]] | None:
    """Everything about one run, with what of it makes no sense; None if it is not there, or was deleted."""
    if not is_of_mlflow(connection):
        return None
    found = _recorded(connection, "run_uuid = ?", (run,), lambda run: _about(connection, run))
    if not found:
        return None
    rows = _select(connection, "metrics", ("key", "step", "timestamp", "value", "is_nan"), "run_uuid = ?", (run,))
    read = [_point(row) for row in rows]
    points = Points.of(run, (point for point in read if point is not None))
    odd = read.count(None)
    problems = (Problem(message=f"values that are no numbers at a step: {odd}", count=odd),) if odd else ()
    return found[0], points, problems


def _about(connection: sqlite3.Connection, run: str) -> dict[str, Any]:
    """Parameters, tags and last values of a run."""
    latest = {}
    for key, value, is_nan in _select(connection, "latest_metrics", ("key", "value", "is_nan"), "run_uuid = ?", (run,)):
        point = _point((key, 0, 0, value, is_nan))
        if point is not None:
            latest[point.key] = point.value
    return {
        "params": _texts(_select(connection, "params", ("key", "value"), "run_uuid = ?", (run,))),
        "tags": _texts(_select(connection, "tags", ("key", "value"), "run_uuid = ?", (run,))),
        "latest": latest,
    }


def _recorded(connection: sqlite3.Connection, where: str, values: Sequence[str], more: Any) -> list[Recorded]:
    """The runs for which a condition holds, by start and id; `more` gives what else is known of each."""
    experiments = _select(connection, "experiments", ("experiment_id", "name", "lifecycle_stage"))
    named = {number: (name, stage) for number, name, stage in experiments}
    found: dict[str, Recorded] = {}
    for run, experiment, name, status, started, version, stage in _select(connection, "runs", _RUN, where, values):
        project, stage_of_all = named.get(experiment, (None, None))
        if is_id(run) and _DELETED not in (stage, stage_of_all):
            told = (_text(project), _text(name), _text(status), _whole(started), _text(version))
            found.setdefault(run, Recorded(run, *told, **more(run)))
    return sorted(found.values(), key=lambda run: (run.started or 0, run.id))


def _select(
    connection: sqlite3.Connection, table: str, wanted: Iterable[str], where: str = "", values: Sequence[str] = ()
) -> Iterator[tuple[Any, ...]]:
    """Rows of a table in the order in which they were written; what the schema lacks is None."""
    there = _columns(connection, table)
    if not there:
        return
    names = ", ".join(f'"{name}"' if name in there else "NULL" for name in wanted)
    condition = f"WHERE {where}" if where else ""
    yield from connection.execute(f'SELECT {names} FROM "{table}" {condition} ORDER BY rowid', values)  # noqa: S608 - names of ours


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}


def _point(row: tuple[Any, ...]) -> Point | None:
    """A value that was logged, or None if it makes no sense. Before MLflow 1.0 there were no steps."""
    key, step, time, value, is_nan = row
    step, time = 0 if step is None else step, 0 if time is None else time
    is_sound = isinstance(key, str) and isinstance(value, int | float) and key.isprintable() and key
    if not is_sound or _whole(step) is None or _whole(time) is None:
        return None
    return Point(key, step, time, math.nan if is_nan else unbounded(float(value)))


def _whole(said: object) -> int | None:
    return said if isinstance(said, int) and -_INT64 <= said < _INT64 else None


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None


def _texts(pairs: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """Texts by their keys, sorted; a null is an empty text."""
    found = {key: "" if value is None else str(value) for key, value in pairs if isinstance(key, str)}
    return dict(sorted(found.items()))
