"""The manifest of a column store: a line with the format and the sum of the rest, then one JSON object.

The object names the file of columns, where its known bytes end, the entry of every array in it, and the state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.sources.column_store.extents import DamagedError, checksum, opened, pull

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 64 << 20
"""Bytes of the largest manifest that is written or read."""

_FORMAT = 1
_COLUMNS = re.compile(r"[0-9a-f]{16}\.columns")


class NotKeptError(Exception):
    """What was to be written cannot be, or no longer."""


class State(NamedTuple):
    """A state as JSON, and as it reads back."""

    raw: bytes
    value: dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """What a manifest says.

    Attributes:
        sum: The sum of its JSON, which tells one version from another.
        columns: Name of the file of columns.
        end: Offset of the first byte in it that means nothing.
        arrays: The entry of each array; they are judged one by one when they are read.
        state: The state.
    """

    sum: str
    columns: str
    end: int
    arrays: dict[str, Any]
    state: dict[str, Any]


def encode(state: Mapping[str, Any]) -> State:
    """A state as JSON.

    Raises:
        NotKeptError: It would read back as something else.
    """
    import orjson

    try:
        raw = orjson.dumps(dict(state))
    except TypeError as error:
        raise NotKeptError from error
    value = orjson.loads(raw)
    if value != dict(state):
        raise NotKeptError
    return State(raw, value)


def render(columns: str, end: int, arrays: Mapping[str, Any], state: State) -> tuple[Manifest, bytes]:
    """A manifest, and its bytes.

    Raises:
        NotKeptError: The name of an array is no text, or the manifest is too large to be read again.
    """
    import orjson

    try:
        body = orjson.dumps({"columns": columns, "end": end, "arrays": arrays, "state": orjson.Fragment(state.raw)})
    except TypeError as error:
        raise NotKeptError from error
    total = checksum(body)
    raw = _head(total) + body
    if len(raw) > MAX_BYTES:
        raise NotKeptError
    return Manifest(total, columns, end, dict(arrays), state.value), raw


def load(path: Path) -> Manifest | None:
    """What a manifest says, or None if there is none or it is not as it was written.

    Nothing is parsed before its sum is known to be right.
    """
    try:
        with opened(path) as (fd, length):
            if length > MAX_BYTES:
                return None
            raw = bytearray(length)
            pull(fd, memoryview(raw), 0)
    except (OSError, DamagedError):
        return None
    start = raw.find(b"\n") + 1
    body = memoryview(raw)[start:]
    total = checksum(body)
    return _parse(total, body) if raw[:start] == _head(total) else None


def _head(total: str) -> bytes:
    return f'{{"format":{_FORMAT},"sum":"{total}"}}\n'.encode()


def _parse(total: str, body: memoryview) -> Manifest | None:
    import orjson

    try:
        said = orjson.loads(body)
    except ValueError:
        return None
    match said:
        case {"columns": str(columns), "end": int(end), "arrays": dict(arrays), "state": dict(state)}:
            if _COLUMNS.fullmatch(columns) and end >= 0:
                return Manifest(total, columns, end, arrays, state)
    return None
