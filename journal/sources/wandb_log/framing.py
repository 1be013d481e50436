"""The bytes of a `.wandb` log cut into records, and what could not be cut.

A log is a header of seven bytes and then a LevelDB log: blocks of 32 KiB, counted from the start of the file, that hold
chunks. A chunk is seven bytes (checksum, length, type) and its payload; a record is one FULL chunk, or a FIRST,
any number of MIDDLE and a LAST. The checksum is plain CRC-32 over the type byte and the payload. The Go writer of SDK
0.17.0 to 0.17.5 counted the blocks from the end of the header.
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
ALIGNMENT_BYTES = 2 * BLOCK + FILE_HEADER
"""How much of a log tells where its blocks are counted from."""
CHUNK_HEADER = Struct("<IHB")
FULL, FIRST, MIDDLE, LAST = KINDS = 1, 2, 3, 4

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


class Chunk(NamedTuple):
    """A chunk whose checksum holds."""

    offset: int
    kind: int
    payload: bytes


class Break(NamedTuple):
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
    if has_header(log):
        assembly = Assembly()
        for chunk in read_chunks(log, FILE_HEADER, base=alignment(log)):
            yield from assembly.take(chunk)
        yield from assembly.finish()
    elif log:
        yield Problem(message="the log ends inside its header", offset=0)


def has_header(log: bytes) -> bool:
    """Whether a log has a whole header, once it is known to be a log of ours.

    Raises:
        CorruptLog: It is not a W&B log, or its format is newer than the ones known here.
    """
    if not MAGIC.startswith(log[: len(MAGIC)]):
        raise CorruptLog("is not a W&B log: it does not start with the W&B mark")
    if len(log) < FILE_HEADER:
        return False
    version = log[len(MAGIC)]
    if version not in VERSIONS:
        raise CorruptLog(f"is in a newer W&B format, version {version}", hint="update the journal: it knows 0 and 1")
    return True


def alignment(log: bytes) -> int:
    """Where the blocks are counted from: the start of the file, or the end of its header.

    Args:
        log: The first ALIGNMENT_BYTES of a log, or all of it.
    """
    for base in (0, FILE_HEADER):
        begin = base + BLOCK
        empty = log[begin + 4 : begin + 6] == b"\0\0"  # just long enough to end a block of the other kind
        first = log[begin + 6 : begin + 7] == b"\2"  # which such a chunk always does
        if _chunk_end(log, begin) and not (empty and (first or _is_damaged(log, base))):
            return base
    position = FILE_HEADER  # too short, or damaged: where does the first block end?
    while 0 < position <= BLOCK:
        position = _chunk_end(log, position)
    return FILE_HEADER if position else 0


def _is_damaged(log: bytes, base: int) -> bool:
    return any(isinstance(each, Break) and each.message != CUT for each in read_chunks(log, FILE_HEADER, base=base))


def _chunk_end(log: bytes, position: int) -> int:
    """Where the chunk at a position ends; 0 if there is none, or not all of it."""
    begin = position + CHUNK_HEADER.size
    if begin > len(log):
        return 0
    crc, length, kind = CHUNK_HEADER.unpack_from(log, position)
    stop = begin + int(length)
    whole = stop <= len(log) and kind in KINDS and crc32(log[begin - 1 : stop]) == crc
    return stop if whole else 0


class Assembly:
    """Chunks joined into records, one after the other.

    Attributes:
        parts: What has come of a record that is not whole yet.
        began: Where that record began.
        adrift: Whether parts of a lost record may follow, which are no news.
    """

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.began = 0
        self.adrift = False

    def take(self, chunk: Chunk | Break) -> Iterator[LogRecord | Problem]:
        """What a chunk completes, or what is lost with it."""
        if isinstance(chunk, Break):
            cut_short = self.parts and chunk.message == CUT
            yield Problem(message=chunk.message, offset=self.began if cut_short else chunk.offset)
            self.parts, self.adrift = [], self.adrift or chunk.message != CUT
            return
        offset, kind, payload = chunk
        if kind in (FULL, FIRST):
            if self.parts:
                yield Problem(message="a record has no end; the next one begins inside it", offset=self.began)
            self.parts, self.began, self.adrift = [payload], offset, False
        elif self.parts:
            self.parts.append(payload)
        elif not self.adrift:
            yield Problem(message="a record has no beginning", offset=offset)
            self.adrift = True
        if self.parts and kind in (FULL, LAST):
            yield LogRecord(self.began, payload if kind == FULL else b"".join(self.parts))
            self.parts = []

    def finish(self) -> Iterator[Problem]:
        """What is lost when nothing follows."""
        if self.parts:
            yield Problem(message=CUT, offset=self.began)


def read_chunks(log: bytes | memoryview, start: int, *, base: int = 0, shift: int = 0) -> Iterator[Chunk | Break]:
    """The chunks from `start` on, and the breaks between them.

    Args:
        log: A log, or a stretch of one.
        start: Where in `log` a chunk begins.
        base: Where in `log` a block begins.
        shift: What is added to every offset: where `log` begins in its file.
    """
    view = memoryview(log)
    end = len(view)
    position = start
    while position < end:
        block_end = position - (position - base) % BLOCK + BLOCK
        if block_end - position < CHUNK_HEADER.size:
            if any(view[position:block_end]):
                yield Break(position + shift, "the padding at the end of a block is damaged")
            position = block_end
            continue
        begin = position + CHUNK_HEADER.size
        if begin > end:
            yield Break(position + shift, CUT)
            return
        crc, length, kind = CHUNK_HEADER.unpack_from(view, position)
        stop = begin + length
        damage = _damage(crc, length, kind, block_end - begin)
        if damage is None and stop > end:
            yield Break(position + shift, CUT)
            return
        if damage is None and crc32(view[begin - 1 : stop]) != crc:
            damage = "a chunk does not match its checksum; the rest of its block is left out"
        if damage is None:
            yield Chunk(position + shift, kind, bytes(view[begin:stop]))
            position = stop
        else:
            yield Break(position + shift, damage)
            position = block_end


def _damage(crc: int, length: int, kind: int, room: int) -> str | None:
    """What is wrong with a chunk's header, if anything, given the bytes that its block has left for a payload."""
    if not (crc or length or kind):
        return "the rest of a block is zero"
    if length > room:
        return "a chunk is longer than its block; the rest of the block is left out"
    if kind not in KINDS:
        return f"a chunk has the unknown type {kind}; the rest of its block is left out"
    return None
