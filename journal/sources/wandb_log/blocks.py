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
    starts = np.arange(0, size, BLOCK, dtype=np.int64)
    starts[0] = first
    walked = _walk(window, starts, np.arange(1, len(starts) + 1, dtype=np.int64) * BLOCK)
    if walked is None:
        return None
    block, at, length, kind = walked
    if not _sums_hold(window, size, first, (block, at, length)):
        return None
    return Chunks(at + _HEADER, length, kind)


def _walk(window: Bytes, positions: Ints, ends: Ints) -> tuple[Ints, Ints, Ints, Bytes] | None:
    """The chunks of blocks by their headers, in file order; None where the chain of a block does not fit it.

    Args:
        window: The bytes.
        positions: Where the first chunk of each block begins.
        ends: Where each block ends.
    """
    headers = at_any_place(window, "<u4")  # from the fourth byte of a chunk on: length and type
    blocks = np.arange(len(positions))
    last, stops = ends - _HEADER, positions.copy()
    going = positions <= last
    positions, last, blocks = positions[going], last[going], blocks[going]
    found: list[tuple[Ints, Ints, Sums]] = []
    while len(positions):
        header = headers[positions + 3]
        found.append((blocks, positions, header))
        following = (header >> 8 & 0xFFFF) + positions
        following += _HEADER
        going = following <= last
        if not going.all():
            stops[blocks] = following
            following, last, blocks = following[going], last[going], blocks[going]
        positions = following
    if not found:  # reading goes on in the padding of the only block
        return None
    block, at, header = (np.concatenate(part) for part in zip(*found, strict=True))
    kind = (header >> 24).astype(np.uint8)
    if (stops > ends).any() or ((kind < FULL) | (kind > LAST)).any():
        return None
    if any(window[stop:end].any() for stop, end in zip(stops.tolist(), ends.tolist(), strict=True)):
        return None  # padding is zero
    order = np.argsort(block.astype(np.uint16), kind="stable")  # rounds are in file order already
    return block[order], at[order], (header[order] >> 8 & 0xFFFF).astype(np.int64), kind[order]


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
    byte = np.arange(_BYTE, dtype=np.uint32)
    still = np.concatenate([byte << (8 * place) for place in range(4)])
    step = _byte_table()[still & 0xFF] ^ still >> 8
    fine, page = _multiples(still, step, _BYTE)
    coarse, _ = _multiples(still, page, BLOCK // _BYTE + 2)
    return fine, coarse


def _multiples(still: Sums, step: Sums, count: int) -> tuple[Sums, Sums]:
    """The tables of no step, one, two and so on, one after the other; and the one of the next power of two of steps."""
    tables = still[None]
    while len(tables) < count:
        tables = np.concatenate([tables, _moved(tables, step)])
        step = _moved(step, step)
    return tables[:count].ravel(), step


def _moved(sums: Sums, table: Sums) -> Sums:
    """Sums, each moved on by what a table says of its four bytes."""
    moved: Sums = (
        table[sums & 0xFF]
        ^ table[256 + (sums >> 8 & 0xFF)]
        ^ table[512 + (sums >> 16 & 0xFF)]
        ^ table[768 + (sums >> 24)]
    )
    return moved
