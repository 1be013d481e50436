"""The bytes of a `.wandb` log cut into records, and what could not be cut.

A log is a header of seven bytes and then a LevelDB log: blocks of 32 KiB, counted from the start of the file, that hold
chunks. A chunk is seven bytes (checksum, length, type) and its payload; a record is one FULL chunk, or a FIRST,
any number of MIDDLE and a LAST. The checksum is plain CRC-32 over the type byte and the payload.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from journal.errors import CorruptLog
from journal.model.run import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b":W&B\xe1\xbe"
VERSIONS = (0, 1)
FILE_HEADER = len(MAGIC) + 1
BLOCK = 32768
CHUNK_HEADER = Struct("<IHB")
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4

CUT = "the log ends inside a record: the run was killed or is still writing"
"""What is said of the last record when the rest of it is not there. Alone it is no damage."""


class LogRecord(NamedTuple):
    """One record of a log.

    Attributes:
        offset: Where its first chunk begins, in bytes from the start of the file.
        payload: Its bytes, checksums verified.
    """

    offset: int
    payload: bytes


class _Chunk(NamedTuple):
    offset: int
    kind: int
    payload: bytes


class _Break(NamedTuple):
    """A place where the chain of chunks breaks: a record that is being put together is lost."""

    offset: int
    message: str


def read_records(log: bytes) -> Iterator[LogRecord | Problem]:
    """Every record of a log that is whole, in order, and a problem at each place where something was lost.

    Parts of two records are never joined. After damage, reading goes on at the next block, with the first record that
    begins there. An empty file and a bare header are empty logs.

    Args:
        log: The bytes of a `.wandb` file, or of its beginning.

    Raises:
        CorruptLog: It is not a W&B log, or its format is newer than the ones known here.
    """
    if _has_header(log):
        yield from _records(log)
    elif log:
        yield Problem(message="the log ends inside its header", offset=0)


def _has_header(log: bytes) -> bool:
    """Whether the log has a whole header, once it is known to be a log of ours."""
    if not MAGIC.startswith(log[: len(MAGIC)]):
        raise CorruptLog("is not a W&B log: it does not start with the W&B mark")
    if len(log) < FILE_HEADER:
        return False
    version = log[len(MAGIC)]
    if version not in VERSIONS:
        raise CorruptLog(f"is in a newer W&B format, version {version}", hint="update the journal: it knows 0 and 1")
    return True


def _records(log: bytes) -> Iterator[LogRecord | Problem]:
    """Chunks joined into records. `adrift`: parts of a lost record follow, which are no news."""
    parts: list[bytes] = []
    began = 0
    adrift = False
    for chunk in _chunks(log):
        if isinstance(chunk, _Break):
            yield Problem(message=chunk.message, offset=began if parts and chunk.message == CUT else chunk.offset)
            parts, adrift = [], True
            continue
        offset, kind, payload = chunk
        if kind in (FULL, FIRST):
            if parts:
                yield Problem(message="a record has no end; the next one begins inside it", offset=began)
            parts, began, adrift = [payload], offset, False
        elif parts:
            parts.append(payload)
        elif not adrift:
            yield Problem(message="a record has no beginning", offset=offset)
            adrift = True
        if parts and kind in (FULL, LAST):
            yield LogRecord(began, payload if kind == FULL else b"".join(parts))
            parts = []
    if parts:
        yield Problem(message=CUT, offset=began)


def _chunks(log: bytes) -> Iterator[_Chunk | _Break]:
    """The chunks of a log, from the first one on, and the breaks between them."""
    view = memoryview(log)
    end = len(log)
    position = FILE_HEADER
    while position < end:
        block_end = position - position % BLOCK + BLOCK
        if block_end - position < CHUNK_HEADER.size:
            if any(view[position:block_end]):
                yield _Break(position, "the padding at the end of a block is damaged")
            position = block_end
            continue
        start = position + CHUNK_HEADER.size
        if start > end:
            yield _Break(position, CUT)
            return
        crc, length, kind = CHUNK_HEADER.unpack_from(log, position)
        stop = start + length
        damage = _damage(crc, length, kind, block_end - start)
        if damage is None and stop > end:
            yield _Break(position, CUT)
            return
        if damage is None and crc32(view[start - 1 : stop]) != crc:
            damage = "a chunk does not match its checksum; the rest of its block is left out"
        if damage is None:
            yield _Chunk(position, kind, log[start:stop])
            position = stop
        else:
            yield _Break(position, damage)
            position = block_end


def _damage(crc: int, length: int, kind: int, room: int) -> str | None:
    """What is wrong with a chunk's header, if anything, given the bytes that its block has left for a payload."""
    if not (crc or length or kind):
        return "the rest of a block is zero"
    if length > room:
        return "a chunk is longer than its block; the rest of the block is left out"
    if kind not in (FULL, FIRST, MIDDLE, LAST):
        return f"a chunk has the unknown type {kind}; the rest of its block is left out"
    return None
