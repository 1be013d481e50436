"""What one event says: its step and time, its scalars, hyperparameters, and whether a session began anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from journal.sources.wire import CHUNK, FIXED32, FIXED64, VARINT, WireError, fields, signed, tag

TIME, STEP, SUMMARY, SESSION_LOG = tag(1, FIXED64), tag(2, VARINT), tag(5, CHUNK), tag(7, CHUNK)
"""Fields of an event."""

START = 1
"""The status of a session log that tells of a start, from whose step on all that stood before is taken back."""

SCALARS, HPARAMS = "scalars", "hparams"
"""Names of plugins, as summaries carry them."""

DOUBLE, FLOAT = Struct("<d"), Struct("<f")

_VALUE = tag(1, CHUNK)
_TAG, _SIMPLE, _TENSOR, _METADATA = tag(1, CHUNK), tag(2, FIXED32), tag(8, CHUNK), tag(9, CHUNK)
_PLUGIN, _PLUGIN_NAME, _PLUGIN_CONTENT = tag(1, CHUNK), tag(1, CHUNK), tag(2, CHUNK)
_DTYPE, _SHAPE, _CONTENT = tag(1, VARINT), tag(2, CHUNK), tag(4, CHUNK)
_FLOATS, _FLOAT, _DOUBLES, _DOUBLE = tag(5, CHUNK), tag(5, FIXED32), tag(6, CHUNK), tag(6, FIXED64)
_DIMENSION = tag(2, CHUNK)
_SESSION_START, _HPARAM, _KEY, _SETTING = tag(3, CHUNK), tag(1, CHUNK), tag(1, CHUNK), tag(2, CHUNK)
_STATUS = tag(1, VARINT)
_NUMBER, _TEXT, _TRUTH, _STRUCT, _LIST = tag(2, FIXED64), tag(3, CHUNK), tag(4, VARINT), tag(5, CHUNK), tag(6, CHUNK)
_DEEPEST = 20
_KINDS = {1: FLOAT, 2: DOUBLE}


@dataclass(frozen=True)
class Value:
    """One value of a summary that may be a scalar.

    Attributes:
        tag: The metric's name.
        plugin: The plugin that it is for, as far as it says.
        raw: Its number as it is stored, four or eight bytes; None if it holds no single floating-point number.
        is_simple: Whether it is stored in the old way, which scalars alone are.
    """

    tag: str
    plugin: str | None
    raw: bytes | None
    is_simple: bool = False

    @property
    def number(self) -> float:
        """The number, exactly."""
        if self.raw is None:
            raise ValueError("no number")
        number: float = (FLOAT if len(self.raw) == FLOAT.size else DOUBLE).unpack(self.raw)[0]
        return number


@dataclass
class Event:
    """One event.

    Attributes:
        time: Wall time in seconds since 1970; 0 where none is stored.
        step: The step.
        values: Values of a summary, without those that can only be media.
        hyperparameters: Those that a session began with; None if none did.
        restarts: Whether a session starts here.
    """

    time: float = 0.0
    step: int = 0
    values: list[Value] = field(default_factory=list)
    hyperparameters: dict[str, Any] | None = None
    restarts: bool = False


def parse_event(message: bytes) -> Event:
    """What an event says.

    Raises:
        WireError: The bytes are no event.
    """
    event = Event()
    for key, number, chunk in fields(message):
        if key == TIME:
            (event.time,) = DOUBLE.unpack(chunk)
        elif key == STEP:
            event.step = signed(number)
        elif key == SUMMARY:
            for inner, _, value in fields(chunk):
                if inner == _VALUE:
                    _take_value(value, event)
        elif key == SESSION_LOG:
            event.restarts = any(inner == _STATUS and status == START for inner, status, _ in fields(chunk))
    return event


def _take_value(message: bytes, event: Event) -> None:
    """Add one value of a summary to its event."""
    name, plugin, raw, is_simple = "", None, None, False
    for key, _, chunk in fields(message):
        if key == _TAG:
            name = _decoded(chunk)
        elif key == _SIMPLE:
            raw, is_simple = chunk, True
        elif key == _TENSOR:
            raw, is_simple = _number_in(chunk), False
        elif key == _METADATA:
            plugin, content = _plugin(chunk)
            if plugin == HPARAMS:
                _take_hyperparameters(content, event)
    if raw is not None or plugin == SCALARS:
        event.values.append(Value(name, plugin, raw, is_simple))


def _number_in(tensor: bytes) -> bytes | None:
    """The one floating-point number that a tensor without dimensions holds, as it is stored."""
    kind, held = 0, b""
    for key, number, chunk in fields(tensor):
        if key == _DTYPE:
            kind = number
        elif key == _SHAPE and any(inner == _DIMENSION for inner, _, _ in fields(chunk)):
            return None
        elif key in (_CONTENT, _FLOATS, _FLOAT, _DOUBLES, _DOUBLE):
            held += chunk
    if kind not in _KINDS:
        return None
    size = _KINDS[kind].size
    if not held:
        return bytes(size)  # a tensor of zeros may leave them out
    return held if len(held) == size else None


def _plugin(metadata: bytes) -> tuple[str | None, bytes]:
    """The plugin that a value is for, and what it is told."""
    name, content = None, b""
    for key, _, chunk in fields(metadata):
        if key == _PLUGIN:
            for inner, _, text in fields(chunk):
                if inner == _PLUGIN_NAME:
                    name = _decoded(text)
                elif inner == _PLUGIN_CONTENT:
                    content = text
    return name, content


def _take_hyperparameters(content: bytes, event: Event) -> None:
    """Add the hyperparameters that a session starts with."""
    for key, _, session in fields(content):
        if key == _SESSION_START:
            found = event.hyperparameters if event.hyperparameters is not None else {}
            event.hyperparameters = found | _mapping(session, _DEEPEST)


def _mapping(message: bytes, depth: int) -> dict[str, Any]:
    """The entries of a map from texts to values."""
    found: dict[str, Any] = {}
    for key, _, entry in fields(message):
        if key == _HPARAM:
            parts = {inner: chunk for inner, _, chunk in fields(entry)}
            found[_decoded(parts.get(_KEY, b""))] = _setting(parts.get(_SETTING, b""), depth - 1)
    return found


def _setting(message: bytes, depth: int) -> Any:
    """A `google.protobuf.Value`; whole numbers are stored as floats and come as whole numbers again."""
    if not depth:
        raise WireError("hyperparameters are nested too deeply")
    for key, number, chunk in fields(message):
        if key == _NUMBER:
            (value,) = DOUBLE.unpack(chunk)
            return int(value) if value.is_integer() and abs(value) <= 1 << 53 else value
        if key == _TEXT:
            return _decoded(chunk)
        if key == _TRUTH:
            return bool(number)
        if key == _STRUCT:
            return _mapping(chunk, depth)
        if key == _LIST:
            return [_setting(item, depth - 1) for inner, _, item in fields(chunk) if inner == _VALUE]
    return None


def _decoded(chunk: bytes) -> str:
    return chunk.decode("utf-8", "replace")
