"""The protobuf wire format, as far as reading it needs: fields of a message, and what their numbers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, FIXED64, CHUNK, FIXED32 = 0, 1, 2, 5

ONE_BYTE = 0x80
"""Varints below this take one byte."""

_BITS = 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WireError(ValueError):
    """The bytes are not a protobuf message."""


def tag(number: int, wire: int) -> int:
    """The tag under which field `number` is written with wire type `wire`."""
    return number << 3 | wire


def fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The fields of a message in the order they are written.

    Yields:
        The tag (field number and wire type), the number of a varint (else 0), and the bytes of any other field
        (else empty). A field written with another wire type than expected has another tag, so a reader that compares
        tags passes over it as over an unknown one.

    Raises:
        WireError: The bytes are not a message.
    """
    position, end = 0, len(message)
    try:
        while position < end:
            key = message[position]
            position += 1
            if key >= ONE_BYTE:
                key, position = _varint(message, position - 1)
            wire = key & 7
            if key >> 3 == 0:
                raise WireError("a field has the number 0")
            if wire == VARINT:
                number, position = _varint(message, position)
                yield key, number, b""
                continue
            if wire == CHUNK:
                size = message[position]
                position += 1
                if size >= ONE_BYTE:
                    size, position = _varint(message, position - 1)
            else:
                size = _fixed_size(wire)
            stop = position + size
            if stop > end:
                raise WireError("a field is longer than its message")
            yield key, 0, message[position:stop]
            position = stop
    except IndexError:
        raise WireError("the message ends inside a field") from None


def signed(number: int) -> int:
    """A varint as the int32 or int64 it stands for."""
    return number - (1 << _BITS) if number >> (_BITS - 1) else number


def zigzag(number: int) -> int:
    """A varint as the sint64 it stands for."""
    return number >> 1 ^ -(number & 1)


def timestamp(message: bytes) -> datetime | None:
    """A `google.protobuf.Timestamp` in UTC, to the microsecond; None when it is not set or beyond the calendar."""
    seconds = nanos = 0
    for key, number, _ in fields(message):
        if key == tag(1, VARINT):
            seconds = signed(number)
        elif key == tag(2, VARINT):
            nanos = signed(number)
    if seconds <= 0:
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError:
        return None


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """The varint at `position`, and the position after it."""
    number = shift = 0
    while True:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < ONE_BYTE:
            return number & ((1 << _BITS) - 1), position
        shift += 7
        if shift >= _BITS:
            raise WireError("a number has more than 64 bits")


def _fixed_size(wire: int) -> int:
    if wire == FIXED64:
        return 8
    if wire == FIXED32:
        return 4
    raise WireError(f"a field has the wire type {wire}")
