"""A log read slowly and obviously: record by record, into plain dictionaries. The fast reader must never differ.

It shares `decode`, `read_records` and `LogHead` with the package, so it proves that fast equals plain. That plain
equals W&B is proved by the fixtures: real run folders, and what the SDKs were told to log.
"""

import json
import math
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journal.errors import CorruptLog
from journal.model.run import RunState
from journal.sources.wandb_log.cache import LogCache
from journal.sources.wandb_log.framing import CUT, LogRecord, read_records
from journal.sources.wandb_log.head import LogHead
from journal.sources.wandb_log.reading import LogReading
from journal.sources.wandb_log.records import (
    UNUSED_KINDS,
    Change,
    ConfigChange,
    Exit,
    HistoryRow,
    Item,
    KeyPath,
    RunIdentity,
    SummaryChange,
    Value,
    decode,
)

STREAM = b"\xc2\x0c"
START = re.compile(rb"(\x08[\x80-\xff]{0,4}[\x00-\x7f])?([^\x08])", re.DOTALL)
"""A record's count, where it has one, and the first byte of what it says."""
SUMMARY = 0x1A
WORTHLESS = b'"[tfn'
MAX_DEPTH = 100
STEP_LIMIT = 1 << 62
INTERNAL = ("_step", "_timestamp", "_runtime")

Told = dict[str, Any]
"""All that a reading says, to be compared: floats as their bytes."""

MISSING = object()


@dataclass
class PlainRow:
    """One row of history."""

    step: int
    time: float | None
    numbers: dict[KeyPath, float]


@dataclass
class PlainLog:
    """What a log says."""

    head: LogHead = field(default_factory=LogHead)
    exit_code: int | None = None
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    rows: list[PlainRow] = field(default_factory=list)
    numbered: bool = True
    problems: list[tuple[int, str]] = field(default_factory=list)
    inexact: dict[KeyPath, int] = field(default_factory=dict)
    records: int = 0
    number: int = 0

    def take(self, record: LogRecord) -> None:
        """Take one record in."""
        start = START.match(record.payload)
        kind = _kind(record.payload, start.start(2)) if start else None
        if start and kind in UNUSED_KINDS:  # nothing in it matters but its number, and perhaps the summary
            number = decode(start[1] or b"").number
            if kind == SUMMARY:
                self._take_summary(record.payload)
        else:
            try:
                number, body = decode(record.payload)
            except ValueError as error:
                self.problems.append((record.offset, f"a record cannot be decoded: {error}"))
                return
            self._take_body(body, record.offset)
        self.records += 1
        if number > 0:
            if self.number > 0 and number > self.number + 1:
                lost = f"{number - self.number - 1} records before this one are missing"
                self.problems.append((record.offset, lost))
            self.number = number

    def _take_summary(self, payload: bytes) -> None:
        try:
            body = decode(payload).body
        except ValueError:
            return
        if isinstance(body, SummaryChange):
            _apply(self.summary, body)

    def _take_body(self, body: Any, offset: int) -> None:
        if isinstance(body, HistoryRow):
            self._take_row(body, offset)
        elif isinstance(body, SummaryChange):
            _apply(self.summary, body)
        elif isinstance(body, ConfigChange):
            _apply(self.config, body)
        elif isinstance(body, Exit):
            self.exit_code = body.code
        else:
            self.head.take(body)
            if isinstance(body, RunIdentity):
                _apply(self.config, body.config)
                _apply(self.summary, body.summary)

    def _take_row(self, row: HistoryRow, offset: int) -> None:
        cells = _last_of_each(row.items)
        following = self.rows[-1].step + 1 if self.rows else 0
        given = _step(cells.get(("_step",)), row.step)
        self.numbered = self.numbered and given is not None
        media = [path[:-1] for path, value in cells.items() if len(path) > 1 and path[-1] == "_type" and _text(value)]
        numbers: dict[KeyPath, float] = {}
        for path, value in cells.items():
            hidden = any(path[: len(top)] == top for top in media)
            if hidden or path[0] == "_wandb" or (len(path) == 1 and path[0] in INTERNAL):
                continue
            try:
                leaves = _leaves(path, _read(value))
                "".join(".".join(leaf) for leaf, _ in leaves).encode()  # half a surrogate pair is no text
                for leaf, number in leaves:
                    numbers[leaf] = _float(number)
                    if math.isfinite(numbers[leaf]) and isinstance(number, int) and number != int(numbers[leaf]):
                        self.inexact[leaf] = self.inexact.get(leaf, 0) + 1
            except ValueError:
                self.problems.append((offset, f"a value of {'.'.join(path)!r} cannot be read"))
        time = _number(cells.get(("_timestamp",)))
        step = following if given is None else max(given, following)
        self.rows.append(PlainRow(step, time if time is not None and math.isfinite(time) else None, numbers))


def read_plainly(log: bytes) -> PlainLog:
    """What the bytes of a log say.

    Raises:
        CorruptLog: It is not a W&B log, or nothing of it can be read.
    """
    plain = PlainLog()
    for found in read_records(log):
        if isinstance(found, LogRecord):
            plain.take(found)
        else:
            plain.problems.append((found.offset or 0, found.message))
    damage = [problem for problem in plain.problems if problem[1] != CUT]
    if damage and not plain.records and len(log) > 7:
        raise CorruptLog(f"nothing of the log can be read; at byte {min(damage)[0]}: {min(damage)[1]}")
    return plain


def told_plainly(log: bytes) -> Told:
    """What the plain reading of a log says."""
    try:
        plain = read_plainly(log)
    except CorruptLog as error:
        return {"corrupt": str(error.args[0])}
    paths = {path: None for row in plain.rows for path in row.numbers if path[0] != "_wandb"}
    names: dict[str, KeyPath] = {}
    said = [f"the config value {name!r} cannot be read" for name in _unreadable(plain.config)]
    for path in sorted(paths, key=lambda path: (len(path), path)):
        if ".".join(path) in names:
            said.append(f"two metrics are called {'.'.join(path)!r}; the nested one is left out")
        names.setdefault(".".join(path), path)
    return {
        "head": plain.head,
        "state": _state(plain.exit_code),
        "config": spelt(_plain(plain.config)),
        "summary": spelt(_plain(plain.summary)),
        "rows": len(plain.rows),
        "steps": [row.step for row in plain.rows],
        "times": [row.time for row in plain.rows],
        "last_step": plain.rows[-1].step if plain.rows else None,
        "numbered": plain.numbered,
        "metric_names": tuple(sorted(names)),
        "columns": {name: (_column(plain.rows, path), plain.inexact.get(path, 0)) for name, path in names.items()},
        "problems": _sorted([*plain.problems, *((-1, message) for message in said)]),
    }


def told(path: Path, cache: LogCache | None = None) -> Told:
    """What the fast reading of a log says, everything asked of it."""
    try:
        return told_of(LogReading(path, cache))
    except CorruptLog as error:
        return {"corrupt": str(error.args[0])}


def told_of(reading: LogReading) -> Told:
    """What a reading says."""
    rows, names = reading.rows, reading.metric_names
    columns = reading.columns(names)
    return {
        "head": reading.head,
        "state": reading.state,
        "config": spelt(reading.config),
        "summary": spelt(reading.summary),
        "rows": rows,
        "steps": reading.steps.to_list(),
        "times": reading.times.to_list(),
        "last_step": reading.last_step,
        "numbered": reading.numbered,
        "metric_names": names,
        "columns": {name: (_column_of(columns[name]), columns[name].rounded) for name in names},
        "problems": _sorted(
            [(-1 if problem.offset is None else problem.offset, problem.message) for problem in reading.problems]
        ),
    }


def spelt(value: Any) -> str:
    """A tree to be compared, NaN equal to NaN, keys in any order."""
    return json.dumps(value, sort_keys=True)


def is_same(one: Told, other: Told) -> bool:
    """Whether two readings say the same; where there are more problems than are told, their number counts."""
    if "problems" in one and "problems" in other:
        problems = [_cut(one["problems"]), _cut(other["problems"])]
        return problems[0] == problems[1] and {**one, "problems": 0} == {**other, "problems": 0}
    return one == other


def differences(one: Told, other: Told) -> str:
    """What differs between two readings, for whoever must find out why."""
    keys = [key for key in {**one, **other} if one.get(key, MISSING) != other.get(key, MISSING)]
    return "\n".join(f"{key}:\n  {one.get(key)!r}\n  {other.get(key)!r}"[:2000] for key in keys)


def assert_same(one: Told, other: Told) -> None:
    """One reading says what another says."""
    assert is_same(one, other), differences(one, other)


# --- parts ------------------------------------------------------------------------------------------------------------


def _column(rows: list[PlainRow], path: KeyPath) -> list[tuple[int, bytes, float | None]]:
    return [(row.step, _bits(row.numbers[path]), row.time) for row in rows if path in row.numbers]


def _column_of(column: Any) -> list[tuple[int, bytes, float | None]]:
    triples = zip(column.steps.to_list(), column.values.to_list(), column.times.to_list(), strict=True)
    return [(step, _bits(value), time) for step, value, time in triples]


def _bits(value: float) -> bytes:
    return struct.pack(">d", value)


def _sorted(problems: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(problems)


def _cut(problems: list[tuple[int, str]]) -> list[tuple[int, str]] | int:
    """The problems; of more than a hundred only the number."""
    for _, message in problems:
        if more := re.fullmatch(r"and (\d+) more problems like these", message):
            return 100 + int(more[1])
    return problems if len(problems) <= 100 else len(problems)


def _state(exit_code: int | None) -> RunState:
    if exit_code is None:
        return RunState.CRASHED_OR_RUNNING
    return RunState.FAILED if exit_code else RunState.FINISHED


def _last_of_each(items: list[Item]) -> dict[KeyPath, Value]:
    """Of a key that stands twice in a row the last one counts, at its place."""
    cells: dict[KeyPath, Value] = {}
    for path, value in items:
        cells.pop(path, None)
        cells[path] = value
    return cells


def _text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, bytes) and value.startswith(b'"'))


def _read(value: Value) -> Any:
    """What an item holds; text that cannot be a number is not looked into."""
    if not isinstance(value, bytes):
        return value
    return None if value and value[0] in WORTHLESS else _json(value)


def _json(text: bytes) -> Any:
    try:
        read = json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))
        deep = _depth(read) > MAX_DEPTH
    except RecursionError:
        raise ValueError from None
    if deep:
        raise ValueError
    return read


def _depth(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, below), default=0)


def _leaves(path: KeyPath, value: Any) -> list[tuple[KeyPath, float]]:
    """The numbers in a value, media passed over."""
    if isinstance(value, dict):
        if isinstance(value.get("_type"), str):
            return []
        return [leaf for key, below in value.items() for leaf in _leaves((*path, key), below)]
    return [(path, value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _kind(payload: bytes, at: int) -> int:
    """The first byte of a record's body, behind the name of its stream if that comes first."""
    if payload[at : at + 2] == STREAM:
        size = shift = 0
        for place in range(at + 2, min(at + 7, len(payload))):
            size |= (payload[place] & 0x7F) << shift
            shift += 7
            if payload[place] < 0x80:
                behind = place + 1 + size
                return payload[behind] if behind < len(payload) else payload[at]
    return payload[at]


def _float(number: float) -> float:
    """The nearest float; an infinity for a number beyond them all."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _number(value: Value) -> float | None:
    try:
        read = _json(value) if isinstance(value, bytes) else value
    except ValueError:
        return None
    return _float(read) if isinstance(read, int | float) and not isinstance(read, bool) else None


def _step(explicit: Value, beside: int | None) -> int | None:
    """The step that a row gives: its item `_step`, else the one beside the items; None for none to be believed."""
    try:
        read = _json(explicit) if isinstance(explicit, bytes) else explicit
        whole = int(read) if isinstance(read, int | float) and not isinstance(read, bool) else None
    except (ValueError, OverflowError):
        whole = None
    for step in (whole, beside):
        if step is not None and 0 <= step < STEP_LIMIT:
            return step
    return None


@dataclass
class _Unreadable:
    """A value that cannot be read, at its place in a tree."""


def _apply(tree: dict[str, Any], change: Change | None) -> None:
    """Set keys, then remove keys."""
    for path, value in change.update if change else ():
        node = tree
        for key in path[:-1]:
            if not isinstance(node.get(key), dict):
                node[key] = {}
            node = node[key]
        node[path[-1]] = _value(value)
    for path in change.remove if change else ():
        below: Any = tree
        for key in path[:-1]:
            below = below.get(key) if isinstance(below, dict) else None
        if isinstance(below, dict):
            below.pop(path[-1], None)


def _value(value: Value) -> Any:
    try:
        return _json(value) if isinstance(value, bytes) else value
    except ValueError:
        return _Unreadable()


def _plain(tree: dict[str, Any], top: bool = True) -> dict[str, Any]:
    """A tree without W&B's own key and what cannot be read."""
    return {
        key: _plain(value, top=False) if isinstance(value, dict) else value
        for key, value in tree.items()
        if not isinstance(value, _Unreadable) and not (top and key == "_wandb")
    }


def _unreadable(tree: dict[str, Any], prefix: str = "") -> list[str]:
    """Names of the values that cannot be read."""
    names: list[str] = []
    for key, value in tree.items():
        if isinstance(value, dict) and not (not prefix and key == "_wandb"):
            names += _unreadable(value, f"{prefix}{key}.")
        if isinstance(value, _Unreadable) and not (not prefix and key == "_wandb"):
            names.append(f"{prefix}{key}")
    return names
