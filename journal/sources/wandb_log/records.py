"""One record's bytes decoded into what it says: a row of history, a change of config, the run itself.

Only what the journal uses is decoded; other records and unknown fields are passed over. Field numbers are those of
W&B's `wandb_internal.Record`, stable since SDK 0.10.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from struct import unpack
from typing import TYPE_CHECKING, NamedTuple

from journal.sources.wire import CHUNK, FIXED64, ONE_BYTE, VARINT, fields, signed, tag, timestamp, zigzag

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

KeyPath = tuple[str, ...]
"""Where a value stands: the keys from the outermost in. Never a name to be split at its dots."""

Value = bytes | str | bool | int | float | None
"""What an item holds: bytes are JSON text that nobody has read yet, anything else is the value itself."""

Item = tuple[KeyPath, Value]


class HistoryRow(NamedTuple):
    """One logged point.

    Attributes:
        items: What was logged, in the order written, with `_step`, `_runtime` and `_timestamp`.
        step: The step as the record gives it beside the items; None where it does not.
    """

    items: list[Item]
    step: int | None


@dataclass(frozen=True)
class Change:
    """Keys set and then keys removed."""

    update: list[Item] = field(default_factory=list)
    remove: list[KeyPath] = field(default_factory=list)


class SummaryChange(Change):
    """A change of the summary."""


class ConfigChange(Change):
    """A change of the config."""


class BranchPoint(NamedTuple):
    """Where a run leaves another, or an earlier state of itself.

    Attributes:
        run: Id of the run it leaves; its own id when it was rewound.
        step: The last step that it shares with that run.
    """

    run: str
    step: int


@dataclass
class RunIdentity:
    """What a run record says about the run; empty texts are None."""

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
    config: ConfigChange | None = None
    summary: SummaryChange | None = None


class Exit(NamedTuple):
    """The run's end."""

    code: int


@dataclass
class Environment:
    """Part of what the SDK found around the run; parts of several records add up."""

    started: datetime | None = None
    commit: str | None = None
    remote: str | None = None
    machine: dict[str, str | int] = field(default_factory=dict)


@dataclass
class MetricDefinition:
    """What `define_metric` was told."""

    name: str | None = None
    glob: str | None = None
    step_metric: str | None = None


class SdkVersion(NamedTuple):
    """The version of the SDK that wrote the log; None where the record does not say."""

    version: str | None


Body = HistoryRow | SummaryChange | ConfigChange | RunIdentity | Exit | Environment | MetricDefinition | SdkVersion


class Record(NamedTuple):
    """One decoded record.

    Attributes:
        number: Its place in the stream, counted from 1 by the writer; 0 where it is not numbered.
        body: What it says, or None for a kind that the journal does not use.
    """

    number: int
    body: Body | None


def decode(payload: bytes) -> Record:
    """What one record says.

    Raises:
        ValueError: The bytes are not a record.
    """
    return _decode(payload, _DECODERS)


def decode_identity(payload: bytes) -> Body | None:
    """What one record says about who the run is; None for any other record, which is passed over unread.

    Raises:
        ValueError: The bytes are not a record.
    """
    place = 0
    if payload[:1] == _NUMBERED:
        place = 1
        while place < len(payload) and payload[place] >= ONE_BYTE:
            place += 1
        place += 1
    if place < len(payload) and payload[place] in _PASSED_OVER:
        return None
    return _decode(payload, _IDENTITY).body


def _decode(payload: bytes, decoders: dict[int, Callable[[bytes], Body]]) -> Record:
    number = 0
    body: Body | None = None
    for key, value, content in fields(payload):
        if key == _NUMBER:
            number = signed(value)
        elif key in decoders:
            body = decoders[key](content)
    return Record(number, body)


def _history(message: bytes) -> HistoryRow:
    items: list[Item] = []
    step: int | None = None
    for key, _, content in fields(message):
        if key == _FIRST_CHUNK:
            items.append(_item(content))
        elif key == _SECOND_CHUNK:
            step = _first_number(content)
    return HistoryRow(items, step)


def _item(message: bytes) -> Item:
    """One key and its value.

    Nearly every item is a key that has been met before and a short JSON text, in this order. The bytes before the text
    are looked up whole; `key_path` answers only if they are complete fields, so what follows them is a tag for certain.
    """
    cut = message.find(_VALUE_MARK)
    length = len(message) - cut - 3
    if cut > 0 and 0 <= length < ONE_BYTE and message[cut + 2] == length:
        path = key_path(message[:cut])
        if path is not None:
            return path, message[cut + 3 :]
    return _any_item(message)


@lru_cache(maxsize=8192)
def key_path(message: bytes) -> KeyPath | None:
    """The path that these bytes hold, or None if they are anything but the whole keys of an item."""
    try:
        parts = list(fields(message))
        keys = [key for key, _, _ in parts]
        if keys == [_FIRST_CHUNK] or (set(keys) == {_SECOND_CHUNK} and len(keys) <= _MAX_PARTS):
            return tuple(content.decode() for _, _, content in parts)
    except ValueError:
        return None
    return None


def _any_item(message: bytes) -> Item:
    """One key and its value, fields in any order; a typed value wins over JSON."""
    name = ""
    names: list[str] = []
    json: Value = None
    typed: list[Value] = []
    for key, number, content in fields(message):
        if key == _FIRST_CHUNK:
            name = content.decode()
        elif key == _SECOND_CHUNK:
            names.append(content.decode())
        elif key == _VALUE_JSON:
            json = content
        elif key in _TYPED:
            typed.append(_TYPED[key](number, content))
    if len(names) > _MAX_PARTS:
        raise ValueError(f"a key has more than {_MAX_PARTS} parts")
    return tuple(names) or (name,), typed[-1] if typed else json


def _change(message: bytes) -> tuple[list[Item], list[KeyPath]]:
    update: list[Item] = []
    remove: list[KeyPath] = []
    for key, _, content in fields(message):
        if key == _FIRST_CHUNK:
            update.append(_item(content))
        elif key == _SECOND_CHUNK:
            remove.append(_any_item(content)[0])
    return update, remove


def _run(message: bytes) -> RunIdentity:
    run = RunIdentity()
    for key, number, content in fields(message):
        if key in _RUN_TEXTS:
            setattr(run, _RUN_TEXTS[key], content.decode() or None)
        elif key == tag(4, CHUNK):
            run.config = ConfigChange(*_change(content))
        elif key == tag(5, CHUNK):
            run.summary = SummaryChange(*_change(content))
        elif key == tag(17, CHUNK):
            run.started = timestamp(content)
        elif key == tag(19, CHUNK):
            run.sdk = _telemetry(content).version
        elif key == tag(21, CHUNK):
            run.remote, run.commit = _texts(content, 1, 2)
        elif key == tag(23, CHUNK):
            run.branch = _branch(content)
        elif key == tag(24, VARINT):
            run.resume = bool(number)
    return run


def _branch(message: bytes) -> BranchPoint | None:
    """A branch point on the step axis; None for one on another metric, which the SDK does not write."""
    run, metric = _texts(message, 1, 3)
    values = [unpack("<d", content)[0] for key, _, content in fields(message) if key == tag(2, FIXED64)]
    value = values[-1] if values else 0.0
    return BranchPoint(run, int(value)) if run and metric == "_step" and isfinite(value) else None


def _environment(message: bytes) -> Environment:
    environment = Environment()
    for key, number, content in fields(message):
        if key == tag(3, CHUNK):
            environment.started = timestamp(content)
        elif key == tag(9, CHUNK):
            environment.remote, environment.commit = _texts(content, 1, 2)
        elif key in _MACHINE_TEXTS and content:
            environment.machine[_MACHINE_TEXTS[key]] = content.decode()
        elif key in _MACHINE_COUNTS and number:
            environment.machine[_MACHINE_COUNTS[key]] = number
    return environment


def _metric(message: bytes) -> MetricDefinition:
    name, glob, step_metric = _texts(message, 1, 2, 4)
    return MetricDefinition(name, glob, step_metric)


def _header(message: bytes) -> SdkVersion:
    for key, _, content in fields(message):
        if key == _FIRST_CHUNK:
            producer = _texts(content, 1)[0]
            return SdkVersion(producer.partition("+")[0] if producer else None)
    return SdkVersion(None)


def _telemetry(message: bytes) -> SdkVersion:
    return SdkVersion(_texts(message, 5)[0])


def _texts(message: bytes, *numbers: int) -> list[str | None]:
    """The text fields with these numbers; None for those that are absent or empty."""
    found = {key: content for key, _, content in fields(message)}
    return [found.get(tag(number, CHUNK), b"").decode() or None for number in numbers]


def _first_number(message: bytes) -> int:
    """The integer in field 1, which is 0 when it is not written."""
    number = 0
    for key, value, _ in fields(message):
        if key == tag(1, VARINT):
            number = signed(value)
    return number


UNUSED_KINDS = frozenset(tag(number, CHUNK) for number in (3, 4, 6, 7, 8, 9, 10, 13))
"""First bytes of kinds of record that tell of no row and of no identity: summary, files, system metrics, console."""

_PASSED_OVER = {*UNUSED_KINDS, tag(2, CHUNK)}
_NUMBERED = bytes([tag(1, VARINT)])
_MAX_PARTS = 100
_NUMBER = tag(1, VARINT)
_FIRST_CHUNK = tag(1, CHUNK)
_SECOND_CHUNK = tag(2, CHUNK)
_VALUE_JSON = tag(16, CHUNK)
_VALUE_MARK = b"\x82\x01"
_RUN_TEXTS = {tag(1, CHUNK): "id", tag(2, CHUNK): "entity", tag(3, CHUNK): "project", tag(8, CHUNK): "name"}
# Of what stands in an environment record, what `model.run.ENVIRONMENT` allows.
_MACHINE_TEXTS = {tag(1, CHUNK): "os", tag(2, CHUNK): "python", tag(18, CHUNK): "gpu", tag(25, CHUNK): "cuda"}
_MACHINE_COUNTS = {tag(16, VARINT): "cpu_count", tag(19, VARINT): "gpu_count"}
_TYPED: dict[int, Callable[[int, bytes], Value]] = {
    tag(3, VARINT): lambda _number, _content: None,
    tag(4, VARINT): lambda number, _content: bool(number),
    tag(5, VARINT): lambda number, _content: zigzag(number),
    tag(6, FIXED64): lambda _number, content: unpack("<d", content)[0],
    tag(7, CHUNK): lambda _number, content: content.decode(),
    tag(8, CHUNK): lambda _number, content: content,
}
_IDENTITY: dict[int, Callable[[bytes], Body]] = {
    tag(11, CHUNK): _telemetry,
    tag(17, CHUNK): _run,
    tag(21, CHUNK): _header,
    tag(26, CHUNK): _environment,
}
_DECODERS: dict[int, Callable[[bytes], Body]] = {
    **_IDENTITY,
    tag(2, CHUNK): _history,
    tag(3, CHUNK): lambda message: SummaryChange(*_change(message)),
    tag(5, CHUNK): lambda message: ConfigChange(*_change(message)),
    tag(12, CHUNK): _metric,
    tag(18, CHUNK): lambda message: Exit(_first_number(message)),
}
