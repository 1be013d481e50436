"""What is kept of a log must never say anything else than the log does, however it grew or was changed."""

import os
import random
import shutil
from itertools import pairwise
from pathlib import Path

import odd_logs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, chunks_of, damaged, dice_of, small_blocks
from plain_reader import Told, assert_same, told_of
from wandb_writer import BLOCK, CONFIG, HISTORY, change, end, field, frame, history, numbered, output, record, run

from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.column_store.store import ColumnStore
from journal.sources.wandb_log.cache import LogCache
from journal.sources.wandb_log.reading import LogReading

GROWING = [run("abc", config={"lr": 1}), *(history({"x": step, "s": "a"}, step=step) for step in range(400)), end(0)]


class Desk:
    """A log, and a cache of it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "run-x.wandb"
        self.store = folder / "store"

    def cache(self) -> LogCache:
        return LogCache(ColumnStore(self.store))

    def told(self, cache: LogCache | None) -> Told:
        """All that a reading says, its origin too."""
        reading = LogReading(self.log, cache)
        try:
            return {**told_of(reading), "origin": reading.origin("x")}
        except CorruptLog as error:
            return {"corrupt": str(error.args[0])}

    def check(self) -> None:
        """A reading through the cache says what a reading without one says."""
        assert_same(self.told(None), self.told(self.cache()))

    def is_known(self) -> bool:
        """Whether the cache is believed, as the log is now."""
        with self.log.open("rb", buffering=0) as file:
            from journal.sources.wandb_log.cache import Stamp

            return self.cache().recall(Stamp.of(file), file) is not None

    def clear(self) -> None:
        shutil.rmtree(self.store, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def grow(self, more: bytes) -> None:
        with self.log.open("ab") as file:
            file.write(more)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("growing"))


def sizes(dice: random.Random, whole: bytes) -> list[int]:
    """Some sizes that a log had on its way: anywhere, near the ends of chunks, inside its header."""
    ends = [stop for _, stop in chunks_of(whole)] or [0]
    drawn = [dice.choice([dice.randrange(len(whole)), dice.choice(ends) + dice.randrange(-3, 9), dice.randrange(12)])]
    drawn += [dice.choice(ends) + dice.randrange(-3, 9) for _ in range(2)]
    return sorted({0, len(whole), *(min(max(size, 0), len(whole)) for size in drawn)})


@pytest.mark.untraced
@settings(max_examples=40)
@given(st.integers(0, 1 << 32), st.booleans())
def test_a_log_that_grows_is_read_as_if_it_were_new(shared: Desk, seed: int, damage: bool) -> None:
    with small_blocks():
        dice = dice_of(seed)
        whole = odd_logs.log(dice, Taste(odd=dice.choice([0, 0.05])))
        if damage:
            whole = damaged(dice, whole)[1]
        shared.clear()
        shared.log.touch()
        for start, stop in pairwise([0, *sizes(dice, whole)]):
            shared.grow(whole[start:stop])
            shared.check()


@pytest.mark.parametrize("base", [0, 7])
def test_a_log_of_blocks_of_full_size_may_grow_from_anywhere(desk: Desk, base: int) -> None:
    whole = frame(numbered([run("abc"), output("x" * (BLOCK - 100)), *GROWING[1:], output("x" * BLOCK)]), base=base)
    cuts = [0, 3, 7, 10, 5000, BLOCK - 3, BLOCK, BLOCK + 3, BLOCK + 7, BLOCK + 9, len(whole) - BLOCK, len(whole)]
    for start, stop in pairwise([0, *cuts]):
        desk.grow(whole[start:stop])
        desk.check()


def test_a_log_that_grew_is_read_on_and_not_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log = frame(numbered(GROWING))
    half = len(frame(numbered(GROWING[:200])))
    desk.log.write_bytes(log[:half])
    desk.check()
    desk.grow(log[half:])
    expected = desk.told(None)
    monkeypatch.setattr(LogReading, "_read", None)
    assert_same(desk.told(desk.cache()), expected)


def test_what_is_kept_needs_no_second_reading(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.log.write_bytes(frame(numbered(GROWING)))
    expected = desk.told(desk.cache())
    monkeypatch.setattr(LogReading, "_read", None)
    monkeypatch.setattr("journal.sources.wandb_log.scan.LogScan.read", None)
    monkeypatch.setattr("journal.sources.wandb_log.reading.read_summary", None)
    assert_same(desk.told(desk.cache()), expected)


def test_config_goes_on_from_where_it_was(desk: Desk) -> None:
    start = [run("abc", config={"a": {"b": 1}, "c": 2}), change(CONFIG, {("a", "d"): 3})]
    desk.log.write_bytes(frame(start))
    desk.check()
    desk.log.write_bytes(frame([*start, change(CONFIG, {("a", "b"): 4, ("c", "e"): 5}, remove=[("a", "d")])]))
    desk.check()
    assert LogReading(desk.log, desk.cache()).config == {"a": {"b": 4}, "c": {"e": 5}}


def test_a_config_value_that_could_not_be_read_is_no_problem_once_it_is_set_again(desk: Desk) -> None:
    from wandb_writer import field, record, spelt

    bad = [run("abc"), record(CONFIG, field(1, spelt("lr", "{")))]
    desk.log.write_bytes(frame(bad))
    desk.check()
    desk.grow(frame([*bad, change(CONFIG, {"lr": 1})])[len(frame(bad)) :])
    desk.check()


def test_a_log_that_was_touched_is_still_known(desk: Desk) -> None:
    desk.log.write_bytes(frame(GROWING))
    desk.check()
    os.utime(desk.log, (1, 1))
    assert desk.is_known()
    desk.check()


def test_other_bytes_of_the_same_size_are_not_taken_for_the_old_ones(desk: Desk) -> None:
    desk.log.write_bytes(frame([history({"x": 1})] * 900))
    desk.check()
    desk.log.write_bytes(frame([history({"x": 2})] * 900))
    assert not desk.is_known()
    desk.check()


@pytest.mark.parametrize("same", [True, False])
def test_another_and_larger_file_is_known_only_by_its_bytes(desk: Desk, tmp_path: Path, same: bool) -> None:
    start = [history({"x": step}, step=step) for step in range(900)]
    desk.log.write_bytes(frame(start))
    desk.check()
    if not same:
        start[450] = history({"x": 7777}, step=450)
    other = tmp_path / "other"
    other.write_bytes(frame([*start, history({"x": 1}, step=900)]))
    other.replace(desk.log)
    assert desk.is_known() == same
    desk.check()


def test_a_log_that_became_shorter_is_read_anew(desk: Desk) -> None:
    desk.log.write_bytes(frame(GROWING))
    desk.check()
    desk.log.write_bytes(frame(GROWING[:100]))
    assert not desk.is_known()
    desk.check()


def test_a_damaged_cache_changes_nothing(desk: Desk) -> None:
    dice = dice_of(5)
    desk.log.write_bytes(frame(numbered(GROWING)))
    expected = desk.told(None)
    for turn in range(40):
        assert_same(desk.told(desk.cache()), expected)
        held = LogReading(desk.log, desk.cache())
        assert held.rows == 400
        path = dice.choice(sorted(path for path in desk.store.iterdir() if path.stat().st_size))
        kept = bytearray(path.read_bytes())
        match turn % 4:
            case 0:
                kept[dice.randrange(len(kept))] ^= 1 << dice.randrange(8)
                path.write_bytes(kept)
            case 1:
                path.write_bytes(kept[: dice.randrange(len(kept))])
            case 2:
                path.unlink()
            case _:
                path.write_bytes(dice.randbytes(len(kept)))
        assert_same(told_of(held), {key: value for key, value in expected.items() if key != "origin"})
        assert_same(desk.told(desk.cache()), expected)


def test_two_readings_at_once_do_not_disturb_each_other(desk: Desk) -> None:
    log = frame(numbered(GROWING))
    half = len(log) // 2
    desk.log.write_bytes(log[:half])
    first, second = (LogReading(desk.log, desk.cache()) for _ in range(2))
    assert first.rows == second.rows
    before = first.rows
    desk.grow(log[half:])
    third = LogReading(desk.log, desk.cache())
    assert third.rows == 400
    for reading, rows in ((first, before), (second, before), (third, 400)):
        assert len(reading.columns(["x"])["x"].values) == rows == len(reading.steps)
    desk.check()


def test_a_folder_that_cannot_be_written_to_is_done_without(desk: Desk) -> None:
    desk.log.write_bytes(frame(GROWING))
    desk.store.write_text("a file where the folder should be")
    desk.check()
    assert desk.store.read_text() == "a file where the folder should be"


def test_a_log_of_which_nothing_can_be_read_leaves_no_cache(desk: Desk) -> None:
    desk.log.write_bytes(frame([]) + b"garbage" * 20)
    desk.check()
    assert not desk.is_known()
    desk.log.write_bytes(frame([run("abc")]))
    desk.check()


def test_a_damaged_log_that_grew_is_read_anew_for_the_damage_may_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a copy is under way: the hole is filled later."""
    monkeypatch.setattr("journal.sources.wandb_log.cache._SUMMED_UP", 0)
    monkeypatch.setattr("journal.sources.wandb_log.cache._STRIDE", 1 << 30)
    whole = frame([run("abc"), *(history({"x": step}, step=step, number=step + 2) for step in range(9000))])
    log, store = tmp_path / "run-abc.wandb", tmp_path / "store"
    log.write_bytes(whole[:100_000] + bytes(40_000) + whole[140_000:200_000])
    assert LogReading(log, LogCache(ColumnStore(store))).problems
    with log.open("r+b") as file:
        file.write(whole)
    reading = LogReading(log, LogCache(ColumnStore(store)))
    assert (reading.rows, reading.problems) == (9000, ())


def test_of_a_small_log_that_grew_every_byte_is_looked_at(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    whole = frame([run("abc"), *(history({"x": 1}, step=step, number=step + 2) for step in range(9000))])
    desk.log.write_bytes(whole[:150_000])
    desk.check()
    assert desk.is_known()
    desk.log.write_bytes(whole.replace(b"\x82\x01\x011", b"\x82\x01\x012", 1))  # not what its checksum says
    assert not desk.is_known()
    desk.check()


def test_problems_stand_in_one_order_with_a_cache_and_without(tmp_path: Path) -> None:
    bad = record(CONFIG, field(1, field(1, "bad") + field(16, "{")))
    log = tmp_path / "run-abc.wandb"
    log.write_bytes(frame([run("abc"), bad, record(HISTORY, field(1, field(1, "x") + field(16, "{")))]))
    store = tmp_path / "store"
    cold = [LogReading(log, LogCache(ColumnStore(store))).problems for _ in range(2)]
    assert cold == [LogReading(log).problems] * 2


@pytest.fixture
def changed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log that was cached, and then grew and changed where no sample is taken."""
    monkeypatch.setattr("journal.sources.wandb_log.cache._SUMMED_UP", 0)
    monkeypatch.setattr("journal.sources.wandb_log.cache._STRIDE", 1 << 30)
    log = tmp_path / "run-abc.wandb"
    before, after = (
        frame(
            [run("abc"), *(history({"x": 1 if row < 4000 else new}, step=row, number=row + 2) for row in range(12_000))]
        )
        for new in (2, 3)
    )
    end = before[250_000:]  # what follows the middle is as it was
    log.write_bytes(before[:330_000])
    assert LogReading(log, LogCache(ColumnStore(tmp_path / "store"))).columns(["x"])
    log.write_bytes(after[:250_000] + end)
    return log


def test_whoever_asks_for_the_sum_first_gets_numbers_of_the_bytes_that_it_is_of(changed_in_the_middle: Path) -> None:
    log = changed_in_the_middle
    reading = LogReading(log, LogCache(ColumnStore(log.parent / "store")))
    assert reading.origin("x") == LogReading(log).origin("x")
    assert reading.columns(["x"])["x"].values.equals(LogReading(log).columns(["x"])["x"].values)


def test_numbers_that_were_given_are_never_followed_by_the_sum_of_other_bytes(changed_in_the_middle: Path) -> None:
    log = changed_in_the_middle
    reading = LogReading(log, LogCache(ColumnStore(log.parent / "store")))
    reading.columns(["x"])
    with pytest.raises(SourceUnavailable, match="is not the log that it was when it was read"):
        reading.origin("x")
    again = LogReading(log, LogCache(ColumnStore(log.parent / "store")))
    assert again.columns(["x"])["x"].values.equals(LogReading(log).columns(["x"])["x"].values)
    assert again.origin("x") == LogReading(log).origin("x")
