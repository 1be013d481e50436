"""Records of event files: their sums, what damage takes away, and that nothing else is lost."""

from __future__ import annotations

import numpy as np
from event_writer import record
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.sources.tensorboard_files.crc32c import masked_sums
from journal.sources.tensorboard_files.records import first_record, read_records


def messages(content: bytes) -> list[bytes]:
    return [content[start:end] for start, end in read_records(content).spans]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 300)), max_size=20), st.binary(min_size=64, max_size=64))
@settings(max_examples=40, deadline=None)
def test_sums_of_many_pieces_are_those_of_tensorboard(pieces: list[tuple[int, int]], seed: bytes) -> None:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    content = seed * 11
    starts, sizes = (np.array([piece[side] for piece in pieces], np.int64) for side in (0, 1))
    expected = [masked_crc32c(content[start : start + size]) for start, size in pieces]
    assert masked_sums(np.frombuffer(content, np.uint8), starts, sizes).tolist() == expected


def test_the_sum_of_a_large_piece_is_that_of_tensorboard() -> None:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    content = bytes(range(256)) * 520 + b"tail"
    sizes = np.array([len(content), len(content) - 1, 70000])
    sums = masked_sums(np.frombuffer(content, np.uint8), np.array([0, 1, 5]), sizes)
    assert sums.tolist() == [masked_crc32c(content), masked_crc32c(content[1:]), masked_crc32c(content[5:70005])]


@given(st.lists(st.binary(max_size=90), max_size=12))
@settings(max_examples=25, deadline=None)
def test_all_records_of_a_sound_file_are_read(held: list[bytes]) -> None:
    content = b"".join(map(record, held))
    assert messages(content) == held
    assert read_records(content).problems == ()
    assert first_record(content) == (held[0] if held else None)


@given(st.integers(0, 9), st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_a_byte_that_is_wrong_takes_away_one_record(number: int, place: int, change: int) -> None:
    held = [bytes([65 + each]) * (each * 7) for each in range(10)]
    records = [bytearray(record(each)) for each in held]
    records[number][place % len(records[number])] ^= change
    content = b"".join(records)
    assert messages(content) == held[:number] + held[number + 1 :]
    (problem,) = read_records(content).problems
    assert problem.offset == sum(map(len, records[:number]))


def test_bytes_that_are_lost_take_away_the_record_they_were_in() -> None:
    held = [bytes([65 + each]) * 40 for each in range(6)]
    parts = [record(each) for each in held]
    content = b"".join([*parts[:2], parts[2][:30], *parts[3:]])
    assert messages(content) == held[:2] + held[3:]
    assert [problem.message for problem in read_records(content).problems] == [
        "events that do not match their checksum, left out: 1"
    ]


def test_a_cut_off_tail_and_one_of_zeros_are_told_apart() -> None:
    whole = record(b"first" * 9)
    for size in (1, 11, 13, 40):
        cut = read_records(whole + record(b"second" * 9)[:size])
        assert [problem.message for problem in cut.problems] == [
            "the last event is cut off and left out; it may still be being written"
        ]
        assert cut.problems[0].offset == len(whole)
    zeros = read_records(whole + bytes(500))
    assert [problem.message for problem in zeros.problems] == ["bytes at the end that are no events, left out: 500"]
    assert len(zeros.spans) == len(cut.spans) == 1


def test_a_file_without_a_record_has_none() -> None:
    assert read_records(b"") == ([], ())
    assert first_record(b"") is None
    assert first_record(record(b"whole")[:-1]) is None
    assert read_records(b"no event file at all").spans == []
