from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_writer import field, varint

from journal.sources.wire import CHUNK, FIXED64, VARINT, WireError, fields, signed, tag, timestamp, zigzag

numbers = st.integers(1, (1 << 29) - 1)
values = st.one_of(st.integers(-(1 << 63), (1 << 63) - 1), st.binary(max_size=300), st.floats())


def tagged(number: int, value: float | bytes) -> tuple[int, int, bytes]:
    written = field(number, value)
    if isinstance(value, int):
        return tag(number, VARINT), value % (1 << 64), b""
    if isinstance(value, float):
        return tag(number, FIXED64), 0, written[-8:]
    return tag(number, CHUNK), 0, value


@given(st.lists(st.tuples(numbers, values)))
def test_any_fields_are_read_as_they_were_written(written: list[tuple[int, float | bytes]]) -> None:
    message = b"".join(field(number, value) for number, value in written)
    assert list(fields(message)) == [tagged(number, value) for number, value in written]


@given(st.binary(max_size=100))
def test_any_bytes_are_fields_or_a_wire_error(message: bytes) -> None:
    with suppress(WireError):
        assert all(key >> 3 for key, _, _ in fields(message))


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (field(1, b"abc")[:-1], "longer than its message"),
        (b"\x80", "ends inside a field"),
        (b"\x08", "ends inside a field"),
        (b"\x0a", "ends inside a field"),
        (b"\x08" + b"\xff" * 11, "more than 64 bits"),
        (b"\x00\x01", "number 0"),
        (b"\x0b\x0c", "wire type 3"),
        (b"\x09\x00\x00", "longer than its message"),
    ],
)
def test_a_broken_message_is_a_wire_error_that_says_why(message: bytes, complaint: str) -> None:
    with pytest.raises(WireError, match=complaint):
        list(fields(message))


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_signed_numbers_come_back_with_their_sign(number: int) -> None:
    assert signed(number % (1 << 64)) == number
    assert zigzag((number << 1 ^ number >> 63) % (1 << 64)) == number


def test_a_timestamp_is_in_utc_to_the_microsecond() -> None:
    expected = datetime(2026, 11, 20, 10, 19, 57, 547927, tzinfo=UTC)
    assert timestamp(field(1, 1795169997) + field(2, 547927999)) == expected


@pytest.mark.parametrize("message", [b"", field(1, 0), field(1, -5), field(1, 1 << 62)])
def test_a_time_that_is_not_set_or_beyond_the_calendar_is_no_time(message: bytes) -> None:
    assert timestamp(message) is None


def test_a_varint_of_several_bytes_is_read_in_a_key_and_in_a_length() -> None:
    message = field(3000, b"x" * 200)
    assert message.startswith(varint(3000 << 3 | 2) + varint(200))
    assert list(fields(message)) == [(tag(3000, CHUNK), 0, b"x" * 200)]
