import struct
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wandb_writer import BLOCK, HEADER, chunk, frame

from journal.errors import CorruptLog
from journal.model.run import Problem
from journal.sources.wandb_log.framing import ALIGNMENT_BYTES, LogRecord, alignment, read_records

ROOM = BLOCK - 7 - 7
"""Bytes of payload that fit into the first block, after both headers."""

sizes = st.one_of(
    st.integers(0, 300),
    st.integers(ROOM - 20, ROOM + 20),
    st.sampled_from([BLOCK - 14, BLOCK - 7, BLOCK, 2 * BLOCK - 14, 2 * BLOCK, 3 * BLOCK + 5]),
)

unhurried = settings(deadline=None, max_examples=60)
"""Logs of several blocks take their time on a busy machine."""

bases = st.sampled_from([0, 7])
"""Where blocks are counted from: the start of the file, or the end of its header."""

near = st.integers(-10, 10)


def _payload(number: int, size: int) -> bytes:
    unit = struct.pack("<II", number, zlib.crc32(bytes([number])))
    return (unit * (size // len(unit) + 1))[:size]


class Payloads(list[bytes]):
    """Payloads that are told by their sizes: all their bytes would be too much to print."""

    def __repr__(self) -> str:
        return f"payloads of {[len(each) for each in self]} bytes"


@st.composite
def payload_lists(draw: st.DrawFn) -> list[bytes]:
    """Payloads of telling sizes, no two alike, so that a spliced one is none of them."""
    return Payloads(_payload(number, size) for number, size in enumerate(draw(st.lists(sizes, max_size=12))))


def read(log: bytes) -> tuple[list[bytes], list[Problem]]:
    met = list(read_records(log))
    problems = [one for one in met if isinstance(one, Problem)]
    return [one.payload for one in met if isinstance(one, LogRecord)], problems


def is_subsequence(some: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(one in rest for one in some)


@unhurried
@example(Payloads(_payload(number, size) for number, size in enumerate([32754, 0, 32755])), 0, 7)
@given(payload_lists(), st.sampled_from([0, 1]), bases)
def test_any_payloads_survive_framing(payloads: list[bytes], version: int, base: int) -> None:
    assert read(frame(payloads, version, base)) == (payloads, [])


@unhurried
@given(payload_lists(), bases)
def test_where_blocks_are_counted_from_is_seen_in_the_beginning_of_a_log(payloads: list[bytes], base: int) -> None:
    log = frame(filter(None, payloads), base=base)  # nobody writes records without bytes
    assert alignment(log[:ALIGNMENT_BYTES]) == alignment(log)
    if len(log) > BLOCK + 14:
        assert alignment(log) == base


@unhurried
@given(st.data(), payload_lists(), bases)
def test_where_blocks_are_counted_from_is_seen_though_a_bit_is_flipped_behind_the_first_two(
    data: st.DataObject, payloads: list[bytes], base: int
) -> None:
    log = bytearray(frame([*filter(None, payloads), *(_payload(50 + number, BLOCK) for number in range(4))], base=base))
    log[data.draw(st.integers(ALIGNMENT_BYTES, len(log) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert alignment(bytes(log)) == base


def record_ends(payloads: list[bytes]) -> list[range]:
    """For each number of records, from none on, the lengths of log that hold just these: to the end of the padding."""
    lengths = [len(frame(payloads[:count])) for count in range(len(payloads) + 1)]
    rooms = [BLOCK - length % BLOCK for length in lengths]
    return [range(length, length + (room if room < 7 else 0) + 1) for length, room in zip(lengths, rooms, strict=True)]


@unhurried
@given(st.data(), payload_lists())
def test_a_log_cut_anywhere_yields_the_records_before_the_cut_and_never_another(
    data: st.DataObject, payloads: list[bytes]
) -> None:
    log = frame(payloads)
    ends = record_ends(payloads)
    near_an_end = st.builds(lambda end, by: min(max(end.start + by, 0), len(log)), st.sampled_from(ends), near)
    cut = data.draw(st.integers(0, len(log)) | near_an_end)
    records, problems = read(log[:cut])
    assert records == payloads[: max(sum(end.start <= cut for end in ends) - 1, 0)]
    assert bool(problems) == (cut > 0 and not any(cut in end for end in ends))


@unhurried
@given(st.data(), payload_lists())
def test_any_flipped_bit_yields_a_part_of_the_records_and_a_problem(data: st.DataObject, payloads: list[bytes]) -> None:
    log = bytearray(frame([*payloads, b"the last one"]))
    log[data.draw(st.integers(7, len(log) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    records, problems = read(bytes(log))
    assert problems
    assert is_subsequence(records, [*payloads, b"the last one"])


@unhurried
@given(st.data(), payload_lists())
def test_any_zeroed_stretch_yields_a_part_of_the_records(data: st.DataObject, payloads: list[bytes]) -> None:
    log = bytearray(frame(payloads))
    start = data.draw(st.integers(7, len(log)))
    stop = data.draw(st.integers(start, len(log)))
    log[start:stop] = bytes(stop - start)
    assert is_subsequence(read(bytes(log))[0], payloads)


@unhurried
@given(st.binary(min_size=1, max_size=200))
def test_garbage_after_the_header_is_a_problem_and_no_record(garbage: bytes) -> None:
    records, problems = read(HEADER + b"\0" + garbage)
    assert (records, bool(problems)) == ([], True)


@pytest.mark.parametrize("log", [b"", HEADER + b"\0", HEADER + b"\1"])
def test_an_empty_file_and_a_bare_header_are_empty_logs(log: bytes) -> None:
    assert read(log) == ([], [])


def test_a_header_cut_short_is_a_problem() -> None:
    assert read(HEADER[:3]) == ([], [Problem(message="the log ends inside its header", offset=0)])


@pytest.mark.parametrize("log", [b"PAR1....", b"W&B", HEADER[:4] + b"\xbe\xe1\0", b"\0" * 100])
def test_a_file_without_the_mark_is_no_log(log: bytes) -> None:
    with pytest.raises(CorruptLog, match="not a W&B log"):
        read(log)


def test_a_newer_format_is_refused_with_its_version() -> None:
    with pytest.raises(CorruptLog, match="newer W&B format, version 2"):
        read(HEADER + b"\2")


def test_offsets_are_those_of_the_first_chunk() -> None:
    records = [one for one in read_records(frame([b"a" * 10, b"b" * BLOCK, b"c"])) if isinstance(one, LogRecord)]
    assert [one.offset for one in records] == [7, 24, 24 + BLOCK + 3 * 7 - 7]


def test_a_first_chunk_without_bytes_may_close_a_block() -> None:
    log = frame([b"x" * (ROOM - 7), b"next"])
    assert log[BLOCK - 7 : BLOCK] == chunk(2, b"")
    assert read(log) == ([b"x" * (ROOM - 7), b"next"], [])


def test_padding_that_is_not_zero_is_told_and_costs_nothing() -> None:
    log = bytearray(frame([b"x" * (ROOM - 3), b"next"]))
    log[BLOCK - 1] = 1
    records, problems = read(bytes(log))
    assert records == [b"x" * (ROOM - 3), b"next"]
    assert [problem.offset for problem in problems] == [BLOCK - 3]


def test_a_record_cut_by_the_end_of_file_is_counted_not_spliced() -> None:
    log = frame([b"one", b"x" * 2 * BLOCK])[: 2 * BLOCK]
    records, problems = read(log)
    assert records == [b"one"]
    assert [problem.offset for problem in problems] == [17]
    assert "ends inside a record" in problems[0].message


def test_a_lone_chunk_header_at_the_end_is_a_record_cut_short() -> None:
    records, problems = read(frame([b"one", b"two"])[:-3])
    assert records == [b"one"]
    assert [problem.offset for problem in problems] == [17]


def test_a_bad_checksum_costs_the_rest_of_its_block_and_the_record_that_runs_on() -> None:
    payloads = [b"a" * 100, b"b" * 100, b"c" * BLOCK, b"d" * BLOCK, b"e"]
    log = bytearray(frame(payloads))
    log[150] ^= 1
    records, problems = read(bytes(log))
    assert records == [b"a" * 100, b"d" * BLOCK, b"e"]
    assert [problem.offset for problem in problems] == [114]


def test_zeros_to_the_end_of_a_block_drop_the_record_that_had_begun() -> None:
    start = frame([b"one"]) + chunk(2, b"the beginning of one record")
    log = start + bytes(BLOCK - len(start)) + chunk(4, b"the end of another") + chunk(1, b"two")
    records, problems = read(log)
    assert records == [b"one", b"two"]
    assert [problem.message for problem in problems] == ["the rest of a block is zero"]


def test_a_beginning_without_an_end_is_dropped_for_the_record_that_follows() -> None:
    log = frame([b"one"]) + chunk(2, b"lost") + chunk(1, b"two") + chunk(2, b"thr") + chunk(3, b"e") + chunk(4, b"e")
    records, problems = read(log)
    assert records == [b"one", b"two", b"three"]
    assert [problem.offset for problem in problems] == [17]


def test_an_end_without_a_beginning_is_dropped() -> None:
    records, problems = read(frame([b"one"]) + chunk(3, b"lost") + chunk(4, b"lost") + chunk(1, b"two"))
    assert records == [b"one", b"two"]
    assert [problem.message for problem in problems] == ["a record has no beginning"]


def test_an_unknown_chunk_type_is_damage_even_with_a_right_checksum() -> None:
    records, problems = read(frame([b"one"]) + chunk(9, b"what") + chunk(1, b"two"))
    assert records == [b"one"]
    assert "unknown type 9" in problems[0].message


def test_a_chunk_longer_than_its_block_is_damage() -> None:
    long = frame([b"one"]) + struct.pack("<IHB", 1, 0xFFFF, 1)
    records, problems = read(long + bytes(BLOCK - len(long)) + chunk(1, b"two"))
    assert records == [b"one", b"two"]
    assert [problem.offset for problem in problems] == [17]


def test_a_chunk_without_bytes_that_ends_the_first_block_does_not_hide_where_blocks_are_counted_from() -> None:
    log = frame([b"x" * (BLOCK - 14), b"next" * 100], base=7)
    assert log[BLOCK : BLOCK + 7] == chunk(2, b"")
    assert read(log) == ([b"x" * (BLOCK - 14), b"next" * 100], [])
