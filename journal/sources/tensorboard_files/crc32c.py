"""CRC-32C of many pieces of a file at once, masked as TFRecord files store it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]
    Sums = np.ndarray[Any, np.dtype[np.uint32]]
    Places = np.ndarray[Any, np.dtype[np.int64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]

_POLYNOMIAL = 0x82F63B78
_ALL = 0xFFFFFFFF
_WORD = 0xFFFF
_MASK_DELTA = 0xA282EAD8
_INIT = 4
_LANE = 64
_SMALLEST = 8
_WIDEST = 1 << 16
_BATCH = 1 << 22


def masked_sums(content: Bytes, starts: Places, sizes: Places) -> Sums:
    """The masked CRC-32C of each of these pieces of a file.

    Args:
        content: The file.
        starts: Where each piece begins.
        sizes: How many bytes each has.
    """
    import numpy as np

    sums = np.zeros(len(starts), np.uint32)
    widths = _widths(sizes)
    alone = (widths > _WIDEST) | (starts + sizes < widths)
    for index in np.flatnonzero(alone):
        start, size, width = int(starts[index]), int(sizes[index]), int(widths[index])
        row = np.zeros((1, width), np.uint8)
        row[0, width - size :] = content[start : start + size]
        sums[index] = _sums_of(row, sizes[index : index + 1])[0]
    for width in np.unique(widths[~alone]):
        windows = np.lib.stride_tricks.sliding_window_view(content, int(width))
        for batch in _batches(np.flatnonzero(~alone & (widths == width)), int(width)):
            rows = windows[starts[batch] + sizes[batch] - width]
            rows[np.arange(width) < (width - sizes[batch])[:, None]] = 0
            sums[batch] = _sums_of(rows, sizes[batch])
    return masked(sums)


def masked(sums: Sums) -> Sums:
    """Sums as TFRecord files store them, turned and moved, so that a sum of sums is no sum of a file."""
    import numpy as np

    turned: Sums = (sums >> np.uint32(15) | sums << np.uint32(17)) + np.uint32(_MASK_DELTA)
    return turned


def _widths(sizes: Places) -> Places:
    """For each size, the power of two that it is filled up to."""
    import numpy as np

    exact = np.maximum(sizes, _SMALLEST).astype(np.float64)
    return (1 << np.ceil(np.log2(exact)).astype(np.int64)).astype(np.int64)


def _batches(indices: Places, width: int) -> Iterator[Places]:
    """Pieces of one width, so many at a time as fit in the processor's reach."""
    most = max(1, _BATCH // width)
    for first in range(0, len(indices), most):
        yield indices[first : first + most]


def _sums_of(rows: Bytes, sizes: Places) -> Sums:
    """CRC-32C of pieces that stand at the end of rows of one width, with zeros before them.

    Zeros before a piece do not change its sum where the sum begins with 0. That it begins with all ones is the same as
    a piece whose first four bytes are turned around.
    """
    import numpy as np

    count, width = rows.shape
    first = width - sizes
    for turned in range(_INIT):
        has = np.flatnonzero(sizes > turned)
        rows[has, first[has] + turned] ^= 0xFF
    lane = min(width, _LANE)
    sums = _register(rows.reshape(-1, lane))
    while len(sums) > count:
        sums = _after_zeros(sums[0::2], lane) ^ sums[1::2]
        lane *= 2
    short = np.where(sizes < _INIT, _ALL >> (8 * np.minimum(sizes, _INIT)), 0).astype(np.uint32)
    return sums ^ short ^ np.uint32(_ALL)


def _register(rows: Bytes) -> Sums:
    """The register after each row of bytes, begun with 0."""
    import numpy as np

    table = _table()
    register = np.zeros(len(rows), np.uint32)
    for words in np.ascontiguousarray(rows.view("<u2").T):
        register ^= words
        register = table[register & _WORD] ^ (register >> 16)
    return register


@cache
def _table() -> Sums:
    """What each two bytes leave in the register."""
    import numpy as np

    table: Sums = np.arange(1 << 16, dtype=np.uint32)
    for _ in range(16):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table


def _after_zeros(register: Sums, width: int) -> Sums:
    """The register after so many more bytes of zeros."""
    of_low, of_high = _zeros(width)
    after: Sums = of_low[register & _WORD] ^ of_high[register >> 16]
    return after


@cache
def _zeros(width: int) -> tuple[Sums, Sums]:
    """What so many bytes of zeros make of the lower and of the upper half of the register."""
    import numpy as np

    low: Sums = np.arange(1 << 16, dtype=np.uint32)
    high: Sums = low << np.uint32(16)
    if width > _LANE:
        half = width // 2
        low, high = (_after_zeros(_after_zeros(each, half), half) for each in (low, high))
        return low, high
    table = _table()
    for _ in range(width // 2):
        low, high = table[low & _WORD] ^ (low >> 16), table[high & _WORD] ^ (high >> 16)
    return low, high
