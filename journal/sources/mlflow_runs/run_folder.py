"""One run in MLflow's folders of files: what it says of itself, and its values."""

from __future__ import annotations

import os
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.captured import read_regular
from journal.sources.mlflow_runs.points import Point, Points
from journal.sources.mlflow_runs.recorded import COMMIT, NAME, REMOTE, Recorded, is_id, unbounded
from journal.sources.small_files import MAX_YAML, NotRead, parse_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

META = "meta.yaml"
"""The file that says what a folder is: an experiment, or one of its runs."""

METRICS, _PARAMS, _TAGS = "metrics", "params", "tags"
"""The folders in that of a run."""

_STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_MOST_BYTES = 1 << 30
_INT64 = 1 << 63
_WITHOUT_STEP, _WITH_STEP = 2, (3, 5)


def identify(folder: Path) -> Recorded | None:
    """What identifies the run in a folder; None if there is none, or it was deleted.

    Raises:
        NotRead: What the folder is cannot be read.
    """
    tags = {key: text for key in (COMMIT, REMOTE, NAME) if (text := _text(folder / _TAGS / key)) is not None}
    return _recorded(folder, {"tags": tags})


def rests_on(folder: Path) -> tuple[Path, ...]:
    """The files that `identify` looks at."""
    tags = (folder / _TAGS / key for key in (COMMIT, REMOTE, NAME))
    return (folder, folder / META, folder.parent / META, folder / _TAGS, *tags)


def read_folder(folder: Path) -> tuple[Recorded | None, Points, tuple[Path, ...], tuple[Problem, ...]]:
    """Everything about the run in a folder, the files that it was read from, and what of it makes no sense.

    Raises:
        NotRead: What the folder is cannot be read.
        OSError: A folder in it cannot be searched.
    """
    files = list(rests_on(folder))
    texts: dict[str, dict[str, str]] = {_PARAMS: {}, _TAGS: {}}
    problems: list[Problem] = []
    for kind, found in texts.items():
        for name, file in _files(folder / kind, files):
            text = _text(file)
            if text is None:
                problems.append(Problem(message=f"{kind}/{name} cannot be read"))
            else:
                found[name] = text
    points, unread = _points(folder, files)
    problems += unread
    recorded = _recorded(folder, {**texts, "latest": _latest(points)})
    return recorded, points, tuple(dict.fromkeys(files)), tuple(problems)


def _recorded(folder: Path, more: Mapping[str, Any]) -> Recorded | None:
    """The run that a folder says it is, with what else is known of it."""
    said = _meta(folder / META)
    if said.get("run_id", said.get("run_uuid")) != folder.name or not is_id(folder.name):
        return None
    if said.get("lifecycle_stage") == "deleted":
        return None
    status, started, version, name = (said.get(key) for key in ("status", "start_time", "source_version", "run_name"))
    return Recorded(
        folder.name,
        _experiment(folder.parent),
        more["tags"].get(NAME) or (str(name) if name is not None else None),
        _STATUS.get(status) if isinstance(status, int) else str(status),
        started if isinstance(started, int) else None,
        version if isinstance(version, str) else None,
        **more,
    )


def _experiment(folder: Path) -> str | None:
    """The name of the experiment in a folder."""
    try:
        name = _meta(folder / META).get("name")
    except NotRead:
        return None
    return name if isinstance(name, str) else None


def _points(folder: Path, files: list[Path]) -> tuple[Points, list[Problem]]:
    """Every value, by time, and what could not be read."""
    found: list[Point] = []
    odd = 0
    problems: list[Problem] = []
    for key, file in _files(folder / METRICS, files):
        try:
            *lines, rest = (read_regular(file, _MOST_BYTES) or b"").split(b"\n")
        except NotRead as error:
            problems.append(Problem(message=f"{METRICS}/{key} {error}"))
            continue
        read = [_point(key, line) for line in lines]
        found += [point for point in read if point is not None]
        odd += read.count(None) + bool(rest)  # a line without its end may be half a line
    found.sort(key=lambda point: point.time)
    if odd:
        problems.append(Problem(message=f"lines that are no values at a step: {odd}", count=odd))
    return Points.of(folder.name, found), problems


def _point(key: str, line: bytes) -> Point | None:
    """The value in a line, `TIME VALUE STEP`; before MLflow 1.0 there was no step."""
    parts = line.decode("utf-8", "replace").split()
    if len(parts) not in (_WITHOUT_STEP, *_WITH_STEP) or not key.isprintable():
        return None
    try:
        time, value, step = int(parts[0]), float(parts[1]), int(parts[2]) if len(parts) in _WITH_STEP else 0
    except ValueError:
        return None
    return Point(key, step, time, unbounded(value)) if max(abs(time), abs(step)) < _INT64 else None


def _latest(points: Points) -> dict[str, float]:
    """The last value of each metric, as MLflow finds it."""
    found: dict[str, tuple[tuple[int, int, float], float]] = {}
    for key, step, time, value in points:
        rank = (step, time, value if value == value else 0.0)  # noqa: PLR0124 - NaN
        if key not in found or found[key][0] < rank:
            found[key] = (rank, value)
    return {key: value for key, (_, value) in sorted(found.items())}


def _meta(file: Path) -> Mapping[str, Any]:
    """What a `meta.yaml` says; nothing if it is not there.

    Raises:
        NotRead: It cannot be understood.
    """
    content = read_regular(file, MAX_YAML)
    return {} if content is None else _parsed(content)


@lru_cache(maxsize=4096)
def _parsed(content: bytes) -> Mapping[str, Any]:
    """The same from its bytes: to parse YAML takes a millisecond, and every run asks for its experiment."""
    said = parse_small(META, content)
    if not isinstance(said, dict):
        raise NotRead("cannot be understood")
    return MappingProxyType(said)


def _text(file: Path) -> str | None:
    """What a small file says; None if it is not there, or cannot be read."""
    try:
        content = read_regular(file, MAX_YAML)
    except NotRead:
        return None
    return None if content is None else content.decode("utf-8", "replace")


def _files(top: Path, seen: list[Path]) -> Iterable[tuple[str, Path]]:
    """The files below a folder and their names from there, sorted; all that was looked at is added to `seen`.

    Raises:
        OSError: A folder cannot be searched.
    """
    found = sorted(_below(top, "", seen))
    seen += [file for _, file in found]
    return found


def _below(folder: Path, above: str, seen: list[Path]) -> Iterator[tuple[str, Path]]:
    seen.append(folder)
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        name = f"{above}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(folder / entry.name, f"{name}/", seen)
        elif entry.is_file(follow_symlinks=False):
            yield name, folder / entry.name
