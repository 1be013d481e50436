from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, damaged, dice_of, log, small_blocks
from wandb_writer import BLOCK, frame, numbered, output

from journal.model.run import Problem
from journal.sources.wandb_log import windows as wandb_windows
from journal.sources.wandb_log.framing import FILE_HEADER, LogRecord, alignment, read_records
from journal.sources.wandb_log.windows import Windows, _read_ahead

logs = st.tuples(st.integers(0, 1 << 32), st.integers(1, 3), st.booleans())
"""A seed, the blocks of a window, and whether the log is damaged."""


def any_log(seed: int, *, damage: bool) -> bytes:
    dice = dice_of(seed)
    whole = log(dice, Taste(odd=0.1))
    return damaged(dice, whole)[1] if damage else whole


def windows_of(whole: bytes, start: int = FILE_HEADER) -> tuple[list[LogRecord], list[Problem], int]:
    """Records in the order in which they come, problems, and where to read on."""
    windows = Windows(BytesIO(whole), start, len(whole), alignment(whole))
    records: list[LogRecord] = []
    problems: list[Problem] = []
    for stretch in windows:
        buffer, starts, ends, offsets = stretch.spans
        assert offsets.tolist() == sorted(offsets.tolist())
        spans = zip(offsets.tolist(), starts.tolist(), ends.tolist(), strict=True)
        records += [LogRecord(offset, buffer[first:last].tobytes()) for offset, first, last in spans]
        problems += stretch.problems
    return records, problems, windows.resume


def plain(whole: bytes) -> tuple[list[LogRecord], list[Problem]]:
    found = list(read_records(whole))
    problems = [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, LogRecord)], problems


@pytest.mark.untraced
@settings(max_examples=150)
@given(logs)
def test_records_and_problems_are_those_of_the_plain_reader(drawn: tuple[int, int, bool]) -> None:
    seed, window, damage = drawn
    with small_blocks(window=window):
        whole = any_log(seed, damage=damage)
        assert windows_of(whole)[:2] == plain(whole)


@settings(max_examples=80)
@given(logs, st.data())
def test_reading_on_finds_what_reading_at_once_finds(drawn: tuple[int, int, bool], data: st.DataObject) -> None:
    seed, window, damage = drawn
    with small_blocks(window=window):
        whole = any_log(seed, damage=damage)
        base = alignment(whole)
        cut = data.draw(st.integers(FILE_HEADER, len(whole)))
        first, problems, resume = windows_of(whole[:cut])
        if resume == 0 or alignment(whole[:cut]) != base:
            return  # it must be read from its beginning
        then, more, _ = windows_of(whole, resume)
        told = [problem for problem in problems if "ends inside a record" not in problem.message]
        assert (first + then, told + more) == plain(whole)


def test_windows_are_those_of_full_size_too(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = frame(numbered([output("x" * size) for size in (10, 40_000, 5, 100_000, 30_000)] * 5))
    expected = plain(whole)
    for blocks in (1, 2, 256):
        monkeypatch.setattr(wandb_windows, "WINDOW", blocks * BLOCK)
        assert windows_of(whole)[:2] == expected


def test_every_byte_is_told_once_and_in_order() -> None:
    with small_blocks():
        whole = any_log(3, damage=False)
        told: list[bytes] = []
        for _ in Windows(BytesIO(whole), FILE_HEADER, len(whole), 0, lambda piece: told.append(piece.tobytes())):
            pass
        assert b"".join(told) == whole
        assert len(told) > 3


def test_only_bytes_below_the_size_are_read() -> None:
    whole = frame(numbered([output("x" * 100)] * 50))
    end = len(frame(numbered([output("x" * 100)] * 20)))
    windows = Windows(BytesIO(whole), FILE_HEADER, end, 0)
    assert sum(len(stretch.spans.start) for stretch in windows) == 20
    assert windows.resume == end


def test_a_file_that_is_shorter_than_was_said_ends_where_it_ends() -> None:
    whole = frame(numbered([output("x" * 100)] * 5))
    windows = Windows(BytesIO(whole), FILE_HEADER, len(whole) * 1000, 0)
    assert sum(len(stretch.spans.start) for stretch in windows) == 5


def test_items_come_in_order_from_ahead_and_so_do_errors() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise ValueError("the sixth")

    found: list[int] = []
    with pytest.raises(ValueError, match="the sixth"):
        found.extend(_read_ahead(items()))
    assert found == [0, 1, 2, 3, 4]
    assert list(_read_ahead(iter([]))) == []
