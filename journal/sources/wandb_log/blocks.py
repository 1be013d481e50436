"""Whole blocks of a log cut into records at once, with NumPy; exactly what `framing` finds, many times faster.

The chunks of a block are a chain of their own, so the cursors of all blocks walk forward together. Checksums are tested
a block at a time: CRC-32 is linear, so the sum of a whole block follows from the sums that its chunks claim, and one
comparison tests them all. Blocks with anything unusual in them are left to the plain reader.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from journal.sources.wandb_log.buffers import at_any_place
from journal.sources.wandb_log.framing import BLOCK, CHUNK_HEADER, FULL, LAST

if TYPE_CHECKING:
    import numpy.typing as npt

    from journal.sources.wandb_log.buffers import Bytes, Ints

    Sums = npt.NDArray[np.uint32]

_HEADER = CHUNK_HEADER.size
_COVERED = _HEADER - 1  # the bytes of a chunk's header before the first one that its checksum covers
_BYTE = 256


class Chunks(NamedTuple):
    """The chunks of whole blocks, in file order.

    Attributes:
        start: Where each payload begins in the window.
        length: Its bytes.
        kind: FULL, FIRST, MIDDLE or LAST.
    """

    start: Ints
    length: Ints
    kind: Bytes


def cut(window: Bytes, size: int, first: int) -> Chunks | None:
    """The chunks of a window of whole blocks, checksums tested; None if anything in it is unusual.

    Args:
        window: The bytes of the blocks, and SLACK more.
        size: Bytes of the blocks, a multiple of BLOCK.
        first: Where the first chunk begins: behind the file's header in its first block, else 0.
    """
    positions = np.arange(0, size, BLOCK, dtype=np.int64)
    ends = positions + BLOCK
    positions[0] = first
    blocks = np.arange(len(positions))
    headers = at_any_place(window, "<u4")  # from the fourth byte of a chunk on: length and type
    found: list[tuple[Ints, Ints, Ints, Bytes]] = []
    while len(positions):
        room = ends - positions
        full = room >= _HEADER
        if not full.all():
            if any(window[p:e].any() for p, e in zip(positions[~full], ends[~full], strict=True)):
                return None
            positions, ends, blocks = positions[full], ends[full], blocks[full]
            if not len(positions):
                break
        header = headers[positions + 3]
        length = (header >> 8 & 0xFFFF).astype(np.int64)
        kind = (header >> 24).astype(np.uint8)
        following = positions + (_HEADER + length)
        if (following > ends).any() or ((kind < FULL) | (kind > LAST)).any():
            return None
        found.append((blocks, positions, length, kind))
        positions = following
    if not found:  # reading goes on in the padding of the only block
        return None
    block, at, length, kind = _in_file_order(found)
    if not _sums_hold(window, size, first, (block, at, length)):
        return None
    return Chunks(at + _HEADER, length, kind)


def _in_file_order(found: list[tuple[Ints, Ints, Ints, Bytes]]) -> tuple[Ints, Ints, Ints, Bytes]:
    blocks, positions, lengths, kinds = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(blocks.astype(np.uint16), kind="stable")  # rounds are in file order already
    return blocks[order], positions[order], lengths[order], kinds[order]


def _sums_hold(window: Bytes, size: int, first: int, chunks: tuple[Ints, Ints, Ints]) -> bool:
    """Whether every chunk has the checksum that it claims: in each block, the claims add up to the block's own sum."""
    view = window.data
    block, at, length = chunks
    begin = range(0, size, BLOCK)
    actual = np.array([crc32(view[max(start, first) : start + BLOCK]) for start in begin], np.uint32)
    if not len(at):
        return True
    end = (block + 1) * BLOCK
    stop = at + _HEADER + length
    claims = _words(window, at)
    covered = _shifted(_sum_of_six(window, at), end - at - _COVERED) ^ _shifted(claims, end - stop)
    firsts = np.flatnonzero(np.diff(block, prepend=-1))
    claimed = np.bitwise_xor.reduceat(covered, firsts)
    last = np.append(firsts[1:], len(at)) - 1
    padding = _sums_of_zeros()[end[last] - stop[last]]
    return bool((actual[block[firsts]] == claimed ^ padding).all())


def _words(window: Bytes, at: Ints) -> Sums:
    """The four bytes at each place, as a little-endian number."""
    return at_any_place(window, "<u4")[at]


def _sum_of_six(window: Bytes, at: Ints) -> Sums:
    """CRC-32 of the six bytes at each place."""
    tables = _six_tables()
    total = np.full(len(at), crc32(bytes(_COVERED)), np.uint32)
    for place in range(_COVERED):
        total ^= tables[place][window[at + place]]
    return total


def _shifted(sums: Sums, distance: Ints) -> Sums:
    """What each sum contributes to the sum of the same bytes with `distance` bytes behind them (below 2 BLOCK)."""
    fine, coarse = _shift_tables()
    for tables, index in ((fine, distance & 0xFF), (coarse, distance >> 8)):
        row = index << 10  # four tables of 256 each
        sums = (
            tables[row + (sums & 0xFF)]
            ^ tables[row + 256 + (sums >> 8 & 0xFF)]
            ^ tables[row + 512 + (sums >> 16 & 0xFF)]
            ^ tables[row + 768 + (sums >> 24)]
        )
    return sums


@cache
def _byte_table() -> Sums:
    """The table of CRC-32: what one byte makes of a sum of zero."""
    zero = crc32(b"\0")
    return np.array([crc32(bytes([byte])) ^ zero for byte in range(_BYTE)], np.uint32)


@cache
def _six_tables() -> list[Sums]:
    """For each of six places, what each byte there contributes to the sum of six bytes."""
    zero = crc32(bytes(_COVERED))
    return [
        np.array(
            [crc32(bytes(place) + bytes([byte]) + bytes(_COVERED - 1 - place)) ^ zero for byte in range(_BYTE)],
            np.uint32,
        )
        for place in range(_COVERED)
    ]


@cache
def _sums_of_zeros() -> Sums:
    """CRC-32 of 0 to 6 bytes of zero, the padding at the end of a block."""
    return np.array([crc32(bytes(length)) for length in range(_HEADER)], np.uint32)


@cache
def _shift_tables() -> tuple[Sums, Sums]:
    """A sum's four bytes, each shifted by every distance below 256, and by every multiple of 256 that is needed."""
    table = _byte_table()
    byte = np.arange(_BYTE, dtype=np.uint32)
    rows = [np.concatenate([byte << (8 * place) for place in range(4)]).astype(np.uint32)]
    for _ in range(_BYTE):
        rows.append(table[rows[-1] & 0xFF] ^ rows[-1] >> 8)
    fine, far = np.concatenate(rows[:_BYTE]), rows[_BYTE]
    rows = [rows[0]]
    for _ in range(BLOCK // _BYTE + 1):
        last = rows[-1]
        rows.append(
            far[last & 0xFF] ^ far[256 + (last >> 8 & 0xFF)] ^ far[512 + (last >> 16 & 0xFF)] ^ far[768 + (last >> 24)]
        )
    return fine, np.concatenate(rows)
