"""A small writer of `.wandb` logs for tests: the wire format and the framing, written from the format's description."""

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BLOCK = 32768
HEADER = b":W&B\xe1\xbe"

HISTORY, SUMMARY, CONFIG, STATS, TELEMETRY, METRIC, OUTPUT, RUN, EXIT, VERSION, ENVIRONMENT = (
    2, 3, 5, 7, 11, 12, 13, 17, 18, 21, 26,
)  # fmt: skip


def frame(payloads: Iterable[bytes], version: int = 0) -> bytes:
    """A log that holds these payloads."""
    log = bytearray(HEADER + bytes([version]))
    for payload in payloads:
        _put(log, payload)
    return bytes(log)


def chunk(kind: int, payload: bytes) -> bytes:
    """One chunk: 1 whole record, 2 first part, 3 middle part, 4 last part."""
    body = bytes([kind]) + payload
    return struct.pack("<IH", zlib.crc32(body), len(payload)) + body


def _put(log: bytearray, payload: bytes) -> None:
    begun = False
    while True:
        room = BLOCK - len(log) % BLOCK
        if room < 7:
            log += bytes(room)
            continue
        part, payload = payload[: room - 7], payload[room - 7 :]
        kind = (3 if payload else 4) if begun else (2 if payload else 1)
        log += chunk(kind, part)
        begun = True
        if not payload:
            return


def varint(number: int) -> bytes:
    """A number of 64 bits, seven bits a byte."""
    number &= (1 << 64) - 1
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def field(number: int, value: float | str | bytes) -> bytes:
    """One field: integers as varints, floats as doubles, texts and bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def record(kind: int, message: bytes, number: int = 0) -> bytes:
    """A record of one kind."""
    return (field(1, number) if number else b"") + field(kind, message)


def item(path: str | Sequence[str], value: Any) -> bytes:
    """A key and a JSON value: a text is a key of the Python era, a sequence the nested key of the core."""
    return key(path) + field(16, json.dumps(value))


def key(path: str | Sequence[str]) -> bytes:
    """A key alone."""
    return field(1, path) if isinstance(path, str) else b"".join(field(2, part) for part in path)


def history(
    row: Mapping[str | tuple[str, ...], Any], step: int | None = None, beside: int | None = None, number: int = 0
) -> bytes:
    """A row of history, its step as an item, beside the items, or not at all."""
    items = dict(row) if step is None else {**row, "_step": step}
    message = b"".join(field(1, item(path, value)) for path, value in items.items())
    if beside is not None:
        message += field(2, field(1, beside))
    return record(HISTORY, message, number)


def change(
    kind: int, update: Mapping[str | tuple[str, ...], Any] | None = None, remove: Sequence[str | tuple[str, ...]] = ()
) -> bytes:
    """A change of the summary or the config."""
    return record(kind, changes(update, remove))


def changes(
    update: Mapping[str | tuple[str, ...], Any] | None = None, remove: Sequence[str | tuple[str, ...]] = ()
) -> bytes:
    """Updates and removals, as a message."""
    updates = [field(1, item(path, value)) for path, value in (update or {}).items()]
    return b"".join(updates + [field(2, key(path)) for path in remove])


def run(
    id: str,  # noqa: A002 - W&B's own word
    *,
    entity: str = "",
    project: str = "",
    name: str = "",
    started: float | None = None,
    commit: str = "",
    remote: str = "",
    config: Mapping[str | tuple[str, ...], Any] | None = None,
    sdk: str = "",
    number: int = 0,
) -> bytes:
    """A run record."""
    texts = {1: id, 2: entity, 3: project, 8: name}
    message = b"".join(field(place, text) for place, text in texts.items() if text)
    if config is not None:
        message += field(4, changes(config))
    if started is not None:
        message += field(17, timestamp(started))
    if sdk:
        message += field(19, field(5, sdk))
    if commit or remote:
        message += field(21, git(commit, remote))
    return record(RUN, message, number)


def git(commit: str, remote: str) -> bytes:
    """What a record says about git."""
    return field(1, remote) + field(2, commit)


def timestamp(seconds: float) -> bytes:
    """A point in time."""
    return field(1, int(seconds)) + field(2, round(seconds % 1 * 1e9))


def end(code: int) -> bytes:
    """An exit record; a code of 0 is not written, as protobuf has it."""
    return record(EXIT, field(1, code) if code else b"")
