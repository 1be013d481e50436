from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from wandb_writer import (
    CONFIG,
    ENVIRONMENT,
    SUMMARY,
    VERSION,
    change,
    changes,
    end,
    field,
    frame,
    git,
    history,
    numbered,
    output,
    record,
    run,
    stats,
    timestamp,
)

from journal.errors import CorruptLog
from journal.model.run import RunState
from journal.sources.wandb_log.reading import LogReading
from journal.sources.wandb_log.records import BranchPoint

SHA = "3c04d7c367de0de5d32ad16150863113081e8812"

Contents = Callable[..., LogReading]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], LogReading]:
    """A log on disk, opened."""

    def opened(log: bytes) -> LogReading:
        path = tmp_path / "run-x.wandb"
        path.write_bytes(log)
        return LogReading(path)

    return opened


@pytest.fixture(params=["numbered", "not numbered", "with a field that nobody knows"])
def contents(request: pytest.FixtureRequest, read: Callable[[bytes], LogReading]) -> Contents:
    """A log of these records: with the writer's count, without, or with something that makes each decoded alone."""

    def written(*payloads: bytes) -> LogReading:
        if request.param == "numbered":
            return read(frame(numbered(payloads)))
        if request.param == "not numbered":
            return read(frame(payloads))
        return read(frame([payload + field(99, 1) for payload in payloads]))

    return written


@pytest.mark.parametrize(
    ("payloads", "state"),
    [
        ([end(0)], RunState.FINISHED),
        ([end(1)], RunState.FAILED),
        ([end(-9)], RunState.FAILED),
        ([], RunState.CRASHED_OR_RUNNING),
    ],
)
def test_the_exit_record_says_how_the_run_ended(contents: Contents, payloads: list[bytes], state: RunState) -> None:
    assert contents(run("abc"), *payloads).state is state


def test_later_run_records_update_the_name_and_the_config_but_not_the_start(contents: Contents) -> None:
    log = contents(
        run("abc", name="first", started=1.0, config={"lr": 1, "opt": {"name": "adam"}}, project="toy"),
        change(CONFIG, {"opt": {"name": "sgd"}}),
        run("abc", name="second", started=9.0, config={"lr": 2, "opt": {"name": "sgd"}}),
        run("abc"),
    )
    assert log.head.name == "second"
    assert log.head.project == "toy"
    assert log.head.started == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert log.config == {"lr": 2, "opt": {"name": "sgd"}}


def test_summary_and_config_are_replayed_in_order(contents: Contents) -> None:
    log = contents(
        change(SUMMARY, {("acc", "max"): 0.5, "old": 1}),
        change(SUMMARY, {("acc", "max"): 0.75}, remove=["old"]),
        change(CONFIG, {"a": 1, "b": 2}),
        change(CONFIG, {}, remove=["a"]),
    )
    assert log.summary == {"acc": {"max": 0.75}}
    assert log.config == {"b": 2}


def test_a_run_record_may_bring_a_summary(contents: Contents) -> None:
    assert contents(record(17, field(1, "abc") + field(5, changes({"x": 3})))).summary == {"x": 3}


def test_environment_records_add_what_the_run_record_lacks(contents: Contents) -> None:
    environment = record(ENVIRONMENT, field(3, timestamp(5.0)) + field(9, git(SHA, "https://me:pw@host/o/r.git")))
    log = contents(run("abc"), record(ENVIRONMENT, b""), environment)
    assert (log.head.commit, log.head.remote) == (SHA, "https://host/o/r.git")
    assert log.head.started == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    log = contents(run("abc", commit="a" * 40, remote="https://host/own.git", started=1.0), environment)
    assert (log.head.commit, log.head.remote) == ("a" * 40, "https://host/own.git")


def test_the_sdk_version_is_the_headers_or_else_the_runs(contents: Contents) -> None:
    core = record(VERSION, field(1, field(1, "0.31.0+15f8cbc")))
    python = record(VERSION, b"")
    assert contents(core, run("abc", sdk="0.31.0rc1")).head.sdk == "0.31.0"
    assert contents(python, run("abc", sdk="0.16.6")).head.sdk == "0.16.6"


def test_rows_and_last_step_count_rows_without_numbers_too(contents: Contents) -> None:
    log = contents(history({"x": 1}, step=0), history({"s": "text"}, step=9))
    assert (log.rows, log.last_step) == (2, 9)
    assert log.metric_names == ("x",)


@pytest.mark.parametrize("log", [b"", b":W&B\xe1\xbe\0", b":W&B\xe1\xbe\1"])
def test_an_empty_log_is_an_empty_run(read: Callable[[bytes], LogReading], log: bytes) -> None:
    empty = read(log)
    assert (empty.rows, empty.metric_names, empty.problems, empty.head.id, empty.last_step) == (0, (), (), None, None)
    assert (empty.config, empty.summary, empty.steps.to_list(), empty.columns(["x"])) == ({}, {}, [], {})
    assert empty.state is RunState.CRASHED_OR_RUNNING


def test_a_log_that_ends_inside_its_first_record_is_an_empty_run_with_a_problem(
    read: Callable[[bytes], LogReading],
) -> None:
    with_a_long_name = frame([run("abc", name="n" * 40_000)])
    log = read(with_a_long_name[:32768])
    assert (log.rows, log.head.id) == (0, None)
    assert "ends inside a record" in log.problems[0].message


def test_a_log_of_which_nothing_can_be_read_is_corrupt(read: Callable[[bytes], LogReading]) -> None:
    with pytest.raises(CorruptLog, match=r"nothing of the log can be read; at byte 7: a chunk"):
        _ = read(frame([])[:7] + b"garbage" * 20).rows
    with pytest.raises(CorruptLog, match=r"nothing of the log can be read; at byte 7: a record cannot be decoded"):
        _ = read(frame([b"\xff\xff"])).rows


def test_a_record_that_cannot_be_decoded_is_a_problem_and_the_next_ones_are_read(contents: Contents) -> None:
    log = contents(b"\x12\x05", run("abc"), history({"x": 1}))
    assert [problem.offset for problem in log.problems] == [7]
    assert "cannot be decoded" in log.problems[0].message
    assert (log.rows, log.head.id) == (1, "abc")


def test_values_that_cannot_be_read_are_problems_with_their_names_but_for_those_of_the_summary(
    contents: Contents,
) -> None:
    broken = field(1, "x") + field(16, "{")
    log = contents(
        run("abc"), record(2, field(1, broken)), record(3, field(1, broken)), record(5, field(1, broken)), end(0)
    )
    assert [problem.message for problem in log.problems] == [
        "a value of 'x' cannot be read",
        "the config value 'x' cannot be read",
    ]
    assert log.summary == {}


def test_two_metrics_of_one_name_are_a_problem_and_the_nested_one_is_left_out(contents: Contents) -> None:
    log = contents(history({("a", "b"): 1, "a.b": 2}))
    assert [problem.message for problem in log.problems] == ["two metrics are called 'a.b'; the nested one is left out"]
    assert log.columns(["a.b"])["a.b"].values.to_list() == [2.0]


def test_whole_numbers_that_were_rounded_are_counted_with_their_metric(contents: Contents) -> None:
    log = contents(history({"x": 2**53 + 1, "y": 2**53}), history({"x": 2**53 + 3, "y": {"z": 10**20 + 1}}))
    columns = log.columns(log.metric_names)
    assert {name: column.rounded for name, column in columns.items()} == {"x": 2, "y": 0, "y.z": 1}
    assert log.problems == ()


def test_a_gap_in_the_numbers_of_records_is_a_problem(read: Callable[[bytes], LogReading]) -> None:
    log = read(frame([run("abc", number=1), history({"x": 1}, number=2), history({"x": 2}, number=6), end(0)]))
    assert [problem.message for problem in log.problems] == ["3 records before this one are missing"]
    assert log.problems[0].offset == len(frame([run("abc", number=1), history({"x": 1}, number=2)]))


def test_problems_are_cut_to_a_number_that_someone_may_read(read: Callable[[bytes], LogReading]) -> None:
    log = read(frame([run("abc"), *[b"\xff"] * 150]))
    assert len(log.problems) == 101
    assert log.problems[-1].message == "and 50 more problems like these"


def test_what_says_nothing_about_the_run_is_passed_over_whatever_it_holds(contents: Contents) -> None:
    others = [stats({"cpu": 1.5}), output("a line\n"), record(7, b"\xff\xff"), record(13, b"\x07"), record(40, b"?")]
    log = contents(run("abc"), *others, history({"x": 1}), *others)
    assert (log.rows, log.problems, log.metric_names) == (1, (), ("x",))


def test_a_run_record_tells_of_resuming_and_of_branches(contents: Contents) -> None:
    log = contents(run("abc", resume=True, branch=("parent", 6)), run("abc"))
    assert (log.head.resume, log.head.branch) == (True, BranchPoint("parent", 6))


def test_columns_are_named_typed_and_aligned(contents: Contents) -> None:
    first: dict[str | tuple[str, ...], Any] = {"b": 1, ("a", "z"): 2, "a": 3, "é/x": 4, "_timestamp": 1.5}
    log = contents(history(first, step=4), history({"b": 5}, step=9))
    assert log.metric_names == ("a", "a.z", "b", "é/x")
    columns = log.columns([*log.metric_names, "none of them"])
    assert list(columns) == list(log.metric_names)
    kinds = {(column.steps.dtype, column.values.dtype, column.times.dtype) for column in columns.values()}
    assert kinds == {(pl.Int64(), pl.Float64(), pl.Float64())}
    b = columns["b"]
    assert (b.name, b.steps.to_list(), b.values.to_list(), b.times.to_list()) == ("b", [4, 9], [1.0, 5.0], [1.5, None])
    assert (log.steps.to_list(), log.times.to_list()) == ([4, 9], [1.5, None])
