"""Bytes in memory, read in fixed widths from many places at once; and records that lie in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]
    Words = npt.NDArray[np.uint64]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

SLACK = 64
"""Bytes that a buffer holds beyond its content, so that a read of fixed width never leaves it."""


class Spans(NamedTuple):
    """Records in a buffer: record `i` is `buffer[start[i]:end[i]]`, and began at byte `offset[i]` of the file.

    The buffer holds SLACK bytes more than its last record.
    """

    buffer: Bytes
    start: Ints
    end: Ints
    offset: Ints


def at_any_place(buffer: Bytes, kind: str) -> npt.NDArray[Any]:
    """What stands from each byte of a buffer on, read as a NumPy type; nothing is copied until it is indexed."""
    width = np.dtype(kind).itemsize
    return np.ndarray((len(buffer) - width + 1,), kind, buffer=buffer.data, strides=(1,))


def words_of(buffer: Bytes) -> Words:
    """The eight bytes from each place of a buffer on, as a little-endian number."""
    return at_any_place(buffer, "<u8")
