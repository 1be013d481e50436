"""The fast reading of whole logs against the plain one, undamaged and damaged."""

import json
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import odd_logs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_logs import Taste, damaged, dice_of, payloads, repaired, small_blocks
from plain_reader import assert_same, told, told_plainly
from wandb_writer import BLOCK, HISTORY, chunk, end, field, frame, history, item, numbered, output, record, run, varint

from conftest import RUNS
from journal.errors import CorruptLog, SourceUnavailable
from journal.model.run import Problem
from journal.sources.wandb_log import windows as wandb_windows
from journal.sources.wandb_log.framing import LogRecord, read_records
from journal.sources.wandb_log.reading import LogReading

seeds = st.integers(0, 1 << 32)
windows = st.integers(1, 3)

MUTATE = Path(__file__).parents[2] / "chaos" / "mutate_logs.py"
SMALL = sorted(path for path in RUNS.rglob("*.wandb") if path.is_file() and path.stat().st_size < 8_000)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a log is put, again and again."""
    return tmp_path_factory.mktemp("reading") / "run-x.wandb"


Opened = Callable[[bytes], LogReading]


@pytest.fixture
def opened(place: Path) -> Opened:
    """A log put on disk and opened."""

    def reading(log: bytes) -> LogReading:
        place.write_bytes(log)
        return LogReading(place)

    return reading


def assert_read_as_plainly(log: bytes, place: Path) -> None:
    place.write_bytes(log)
    assert_same(told_plainly(log), told(place))


# --- undamaged --------------------------------------------------------------------------------------------------------


@pytest.mark.untraced
@settings(max_examples=150)
@given(seeds, windows)
def test_any_log_is_read_as_plainly(place: Path, seed: int, window: int) -> None:
    with small_blocks(window=window):
        dice = dice_of(seed)
        assert_read_as_plainly(odd_logs.log(dice, Taste.any(dice)), place)


@settings(max_examples=25)
@given(seeds, windows)
def test_any_log_of_blocks_of_full_size_is_read_as_plainly(place: Path, seed: int, window: int) -> None:
    dice = dice_of(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wandb_windows, "WINDOW", window * BLOCK)
        made = [each + output("z" * dice.randrange(20_000)) * (dice.random() < 0.3) for each in payloads(dice, 40)]
        assert_read_as_plainly(frame(made, dice.choice([0, 1]), dice.choice([0, 7])), place)


@pytest.mark.parametrize("log", SMALL, ids=lambda path: path.parent.name)
def test_logs_of_real_runs_are_read_as_plainly(log: Path) -> None:
    assert_same(told_plainly(log.read_bytes()), told(log))


@pytest.mark.untraced
def test_a_long_log_is_read_as_plainly(place: Path) -> None:
    dice = dice_of(11)
    rows = [history({"x": dice.random(), "y": step, ("t", "z"): f"{step}"}, step=3 * step) for step in range(12_000)]
    log = frame(numbered([run("abc"), *rows, end(0)]))
    assert len(log) > 20 * BLOCK
    assert_read_as_plainly(log, place)


@pytest.mark.parametrize("base", [0, 7])
@pytest.mark.parametrize("room", range(9))
def test_blocks_may_be_filled_up_to_any_of_their_last_bytes(place: Path, room: int, base: int) -> None:
    with small_blocks():
        first = record(13, b"f" * 100)
        fillers = [record(13, b"f" * size) + more for size in range(140) for more in (b"", field(99, 1))]
        filler = {len(frame([first, each], base=base)) - base: each for each in fillers}[256 - room]
        assert_read_as_plainly(frame([first, filler, *(history({"x": step}) for step in range(30))], base=base), place)


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.untraced
@settings(max_examples=200)
@given(seeds, windows)
def test_any_damaged_log_is_read_as_plainly(place: Path, seed: int, window: int) -> None:
    with small_blocks(window=window):
        dice = dice_of(seed)
        assert_read_as_plainly(damaged(dice, odd_logs.log(dice, Taste.any(dice)))[1], place)


@pytest.mark.untraced
@settings(max_examples=120)
@given(seeds, windows)
def test_any_log_with_a_record_altered_and_its_checksum_repaired_is_read_as_plainly(
    place: Path, seed: int, window: int
) -> None:
    with small_blocks(window=window):
        dice = dice_of(seed)
        assert_read_as_plainly(repaired(dice, odd_logs.log(dice, Taste.any(dice))), place)


@pytest.mark.untraced
@settings(max_examples=150)
@given(seeds)
def test_of_a_damaged_log_no_record_is_altered_and_what_is_missing_is_told(place: Path, seed: int) -> None:
    """Chunks that change places as a whole keep their checksums: records of several chunks cannot be told then."""
    with small_blocks():
        dice = dice_of(seed)
        whole = odd_logs.log(dice, Taste(numbered=1, odd=0), most=60)
        kind, log = damaged(dice, whole)
        if kind in {"swap", "twice"}:
            return
        before, after = (_payloads(each) for each in (whole, log))
        assert not after - before
        if before != after and not whole.startswith(log):
            place.write_bytes(log)
            assert _problems_with_a_place(place)


def _payloads(log: bytes) -> Counter[bytes]:
    return Counter(one.payload for one in read_records(log) if isinstance(one, LogRecord))


def _problems_with_a_place(path: Path) -> list[Problem]:
    try:
        return [problem for problem in LogReading(path).problems if problem.offset is not None]
    except CorruptLog as error:
        return [Problem(message=str(error), offset=0)]


@pytest.mark.parametrize("kind", ["bit", "zeros", "cut"])
def test_rows_of_a_damaged_log_are_rows_of_the_undamaged_one(opened: Opened, kind: str) -> None:
    dice = dice_of(23)
    rows = [history({"x": dice.random(), "y": f"{step}"}, step=step) for step in range(3000)]
    whole = frame(numbered([run("abc"), *rows]))
    x = opened(whole).columns(["x"])["x"]
    before = set(zip(x.steps.to_list(), x.values.to_list(), strict=True))
    for _ in range(8):
        log = bytearray(whole)
        at = dice.randrange(BLOCK, len(log) - 1000)
        if kind == "bit":
            log[at] ^= 1 << dice.randrange(8)
        elif kind == "zeros":
            log[at : at + 999] = bytes(999)
        else:
            del log[at:]
        reading = opened(bytes(log))
        x = reading.columns(["x"])["x"]
        after = set(zip(x.steps.to_list(), x.values.to_list(), strict=True))
        assert after < before
        assert reading.problems
        assert reading.rows == len(after)


@pytest.mark.untraced
def test_hundreds_of_mutants_are_read_without_a_crash_or_an_altered_record() -> None:
    """`make mutants` reads a hundred thousand."""
    command = [sys.executable, str(MUTATE), "--mutants", "600", "--jobs", "1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["mutants"] == 600


# --- asked in any order -----------------------------------------------------------------------------------------------


@pytest.mark.untraced
@settings(max_examples=60)
@given(seeds, st.data())
def test_one_metric_alone_is_that_metric_of_the_whole(place: Path, seed: int, data: st.DataObject) -> None:
    with small_blocks():
        dice = dice_of(seed)
        place.write_bytes(odd_logs.log(dice, Taste.any(dice)))
        try:
            names = LogReading(place).metric_names
        except CorruptLog:
            return
        whole, alone = LogReading(place), LogReading(place)
        asked = data.draw(st.lists(st.sampled_from([*names, "none of them"]), max_size=2))
        columns = alone.columns(asked)
        expected = whole.columns([*names])
        assert list(columns) == list(dict.fromkeys(name for name in asked if name in names))
        for name, column in columns.items():
            for part in ("steps", "values", "times"):
                assert getattr(column, part).equals(getattr(expected[name], part), null_equal=True), (name, part)
        assert alone.metric_names == names == whole.metric_names
        assert alone.columns(names).keys() == expected.keys()
        assert (alone.rows, alone.last_step, alone.head) == (whole.rows, whole.last_step, whole.head)


def test_problems_are_the_same_whatever_was_asked_before(opened: Opened) -> None:
    alone = opened(
        frame([run("abc"), record(HISTORY, field(1, item("x", 1)) + field(1, field(1, "y") + field(16, "1x")))])
    )
    assert list(alone.columns(["x"])) == ["x"]
    problems = alone.problems
    assert (len(problems), problems) == (1, LogReading(alone._log).problems)


def test_a_metric_is_still_there_when_another_is_asked_for(opened: Opened) -> None:
    reading = opened(frame([history({"a": 1, "b": 2, "c": 3})]))
    assert list(reading.columns(["a"])) == ["a"]
    assert list(reading.columns(["a", "b"])) == ["a", "b"]
    assert list(reading.columns(["c", "a"])) == ["c", "a"]


def test_a_text_that_only_starts_like_a_number_is_no_metric_in_either_order(opened: Opened) -> None:
    log = frame([record(HISTORY, field(1, item("x", 1)) + field(1, field(1, "bad") + field(16, "Nope")))])
    alone = opened(log)
    assert list(alone.columns(["x"])) == ["x"]
    assert alone.metric_names == opened(log).metric_names == ("x",)


def test_a_name_that_is_no_text_is_told_and_costs_no_other_metric(opened: Opened) -> None:
    """JSON may hold half of a surrogate pair, which is no text."""
    tree = field(1, "t") + field(16, r'{"\ud800": 1, "ok": 2}')
    reading = opened(frame([record(HISTORY, field(1, tree) + field(1, item("x", 1)))]))
    assert [list(column.values) for column in reading.columns(reading.metric_names).values()] == [[1.0]]
    assert [problem.message for problem in reading.problems] == ["a value of 't' cannot be read"]


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_origin_is_of_the_bytes_that_were_read(opened: Opened, place: Path) -> None:
    for log in (b"", b":W&B", frame([]), frame([run("abc")]), frame([run("abc")] * 9000), frame([run("abc")], base=7)):
        reading = opened(log)
        assert reading.rows == 0
        with place.open("ab") as file:
            file.write(b"more")
        origin = reading.origin("some.wandb")
        assert (origin.kind, origin.path) == ("wandb-log", "some.wandb")
        assert (origin.bytes, origin.sha256) == (len(log), sha256(log).hexdigest())


def test_the_origin_asked_first_is_the_same(opened: Opened) -> None:
    log = frame([run("abc"), *(history({"x": 1}) for _ in range(3000))], base=7)
    assert opened(log).origin("x").sha256 == sha256(log).hexdigest()


def test_what_was_read_once_stays_though_the_log_grows_meanwhile(opened: Opened, place: Path) -> None:
    start = frame([history({"x": 1, "y": 2})])
    reading = opened(start)
    assert reading.columns(["x"])["x"].values.to_list() == [1.0]
    place.write_bytes(start + chunk(1, history({"x": 3, "y": 4})))
    assert reading.columns(["y"])["y"].values.to_list() == [2.0]
    assert (reading.rows, reading.origin("x").bytes) == (1, len(start))


def test_a_log_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        _ = LogReading(tmp_path / "none.wandb").rows


# --- bounds -----------------------------------------------------------------------------------------------------------

LIMIT = 1 << 30
MEASURE = """
import resource, sys
from pathlib import Path
from journal.errors import CorruptLog
from journal.sources.wandb_log.reading import LogReading
import polars, numpy
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    reading = LogReading(Path(path))
    try:
        reading.summary, reading.columns(reading.metric_names), reading.problems
    except CorruptLog:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _lying(kind: int) -> Iterator[bytes]:
    """Messages whose lengths go far beyond their end, at every depth."""
    for length in (0xFFFF, (1 << 31) - 1, (1 << 34) - 1):
        lie = b"\x0a" + varint(length)
        yield bytes([kind << 3 | 2]) + varint(length) + b"1"
        yield record(kind, lie)
        yield record(kind, field(1, lie))
        yield record(kind, field(1, field(1, "x") + b"\x82\x01" + lie[1:]))
        yield record(kind, field(1, field(2, b"x") + b"\x12" + lie[1:] + b"y"))


def test_lengths_that_lie_do_not_cost_memory(tmp_path: Path) -> None:
    paths = []
    for number, lie in enumerate(each for kind in (2, 3, 5, 17) for each in _lying(kind)):
        path = tmp_path / f"{number}.wandb"
        path.write_bytes(frame(numbered([history({"x": 1}), lie, history({"x": 2})])))
        paths.append(str(path))
    for number, length in enumerate((0xFFFF, 0x7FFF)):
        path = tmp_path / f"chunk{number}.wandb"
        path.write_bytes(frame([history({"x": 1})]) + b"\0" * 4 + length.to_bytes(2, "little") + b"\2" + b"x" * 99)
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *paths], check=True, capture_output=True, text=True, preexec_fn=_limit
    )
    assert int(done.stdout) < 60_000, "KiB"


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
