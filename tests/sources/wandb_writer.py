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


def frame(payloads: Iterable[bytes], version: int = 0, base: int = 0) -> bytes:
    """A log that holds these payloads, its blocks counted from `base`: 0, or 7 as SDK 0.17.0 to 0.17.5 did."""
    log = bytearray(HEADER + bytes([version]))
    for payload in payloads:
        _put(log, payload, base)
    return bytes(log)


def chunk(kind: int, payload: bytes) -> bytes:
    """One chunk: 1 whole record, 2 first part, 3 middle part, 4 last part."""
    body = bytes([kind]) + payload
    return struct.pack("<IH", zlib.crc32(body), len(payload)) + body


def _put(log: bytearray, payload: bytes, base: int) -> None:
    begun = False
    while True:
        room = BLOCK - (len(log) - base) % BLOCK
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


def numbered(payloads: Iterable[bytes], start: int = 1) -> list[bytes]:
    """Records with the writer's count before them, as all but old SDKs write it."""
    return [field(1, number) + payload for number, payload in enumerate(payloads, start)]


def item(path: str | Sequence[str], value: Any) -> bytes:
    """A key and a JSON value: a text is a key of the Python era, a sequence the nested key of the core."""
    return spelt(path, json.dumps(value))


def spelt(path: str | Sequence[str], text: str | bytes) -> bytes:
    """A key and the text of its value, whatever that is."""
    return key(path) + field(16, text)


def typed(path: str | Sequence[str], value: float | str | bytes | None) -> bytes:
    """A key and a typed value; bytes are a JSON text."""
    return key(path) + _typed(value)


def _typed(value: float | str | bytes | None) -> bytes:
    if value is None:
        return field(3, 0)
    if isinstance(value, bool):
        return field(4, int(value))
    if isinstance(value, int):
        return field(5, value << 1 ^ value >> 63)
    if isinstance(value, float):
        return field(6, value)
    return field(8 if isinstance(value, bytes) else 7, value)


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
    branch: tuple[str, float] | None = None,
    resume: bool = False,
    number: int = 0,
) -> bytes:
    """A run record; `branch` is the run that it leaves, and the last step they share."""
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
    if branch is not None:
        message += field(23, field(1, branch[0]) + field(2, float(branch[1])) + field(3, "_step"))
    if resume:
        message += field(24, 1)
    return record(RUN, message, number)


def stats(values: Mapping[str, float]) -> bytes:
    """A record of system metrics."""
    return record(STATS, b"".join(field(3, field(1, name) + field(2, str(value))) for name, value in values.items()))


def output(text: str) -> bytes:
    """A record of what the script printed."""
    return record(OUTPUT, field(3, text))


def git(commit: str, remote: str) -> bytes:
    """What a record says about git."""
    return field(1, remote) + field(2, commit)


def timestamp(seconds: float) -> bytes:
    """A point in time."""
    return field(1, int(seconds)) + field(2, round(seconds % 1 * 1e9))


def end(code: int) -> bytes:
    """An exit record; a code of 0 is not written, as protobuf has it."""
    return record(EXIT, field(1, code) if code else b"")


def base_of(log: bytes) -> int:
    """Where the blocks of an undamaged log are counted from: no chunk leaves its block."""
    for base in (0, 7):
        at = 7
        while at + 7 <= len(log) and BLOCK - (at - base) % BLOCK >= 7:
            length = struct.unpack_from("<H", log, at + 4)[0]
            if 7 + length > BLOCK - (at - base) % BLOCK:
                break  # a chunk never leaves its block: this is not the base
            at += 7 + length
            if (at - base) % BLOCK == 0 or BLOCK - (at - base) % BLOCK < 7:
                return base if _is_chunk(log, at + -(at - base) % BLOCK) else 7 - base
        else:
            return base
    return 0


def _is_chunk(log: bytes, at: int) -> bool:
    if at + 7 > len(log):
        return True
    crc, length, kind = struct.unpack_from("<IHB", log, at)
    return (length, kind) != (0, 2) and bool(kind) and zlib.crc32(log[at + 6 : at + 7 + length]) == crc
