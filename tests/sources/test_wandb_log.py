from datetime import UTC, datetime
from pathlib import Path

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
    record,
    run,
    timestamp,
)

from journal.errors import CorruptLog
from journal.model.run import RunState
from journal.sources.wandb_log import LogContents, LogHead, public_remote, read_head, read_log

SHA = "3c04d7c367de0de5d32ad16150863113081e8812"


def contents(*payloads: bytes) -> LogContents:
    return read_log(frame(payloads))


def head_of(log: bytes, folder: Path) -> LogHead:
    path = folder / "run-x.wandb"
    path.write_bytes(log)
    return read_head(path)


@pytest.mark.parametrize(
    ("payloads", "state"),
    [
        ([end(0)], RunState.FINISHED),
        ([end(1)], RunState.FAILED),
        ([end(-9)], RunState.FAILED),
        ([], RunState.CRASHED_OR_RUNNING),
    ],
)
def test_the_exit_record_says_how_the_run_ended(payloads: list[bytes], state: RunState) -> None:
    assert contents(run("abc"), *payloads).state is state


def test_later_run_records_update_the_name_and_the_config_but_not_the_start() -> None:
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


def test_summary_and_config_are_replayed_in_order() -> None:
    log = contents(
        change(SUMMARY, {("acc", "max"): 0.5, "old": 1}),
        change(SUMMARY, {("acc", "max"): 0.75}, remove=["old"]),
        change(CONFIG, {"a": 1, "b": 2}),
        change(CONFIG, {}, remove=["a"]),
    )
    assert log.summary == {"acc": {"max": 0.75}}
    assert log.config == {"b": 2}


def test_a_run_record_may_bring_a_summary() -> None:
    assert contents(record(17, field(1, "abc") + field(5, changes({"x": 3})))).summary == {"x": 3}


def test_environment_records_add_what_the_run_record_lacks() -> None:
    environment = record(ENVIRONMENT, field(3, timestamp(5.0)) + field(9, git(SHA, "https://me:pw@host/o/r.git")))
    log = contents(run("abc"), record(ENVIRONMENT, b""), environment)
    assert (log.head.commit, log.head.remote) == (SHA, "https://host/o/r.git")
    assert log.head.started == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    log = contents(run("abc", commit="a" * 40, remote="https://host/own.git", started=1.0), environment)
    assert (log.head.commit, log.head.remote) == ("a" * 40, "https://host/own.git")


def test_the_sdk_version_is_the_headers_or_else_the_runs() -> None:
    core = record(VERSION, field(1, field(1, "0.31.0+15f8cbc")))
    python = record(VERSION, b"")
    assert contents(core, run("abc", sdk="0.31.0rc1")).head.sdk == "0.31.0"
    assert contents(python, run("abc", sdk="0.16.6")).head.sdk == "0.16.6"


def test_rows_and_last_step_count_rows_without_numbers_too() -> None:
    log = contents(history({"x": 1}, step=0), history({"s": "text"}, step=9))
    assert (log.rows, log.last_step) == (2, 9)
    assert list(log.columns) == ["x"]


@pytest.mark.parametrize("log", [b"", b":W&B\xe1\xbe\0", b":W&B\xe1\xbe\1"])
def test_an_empty_log_is_an_empty_run(log: bytes) -> None:
    empty = read_log(log)
    assert (empty.rows, empty.columns, empty.problems, empty.head.id) == (0, {}, [], None)
    assert empty.state is RunState.CRASHED_OR_RUNNING


def test_a_log_that_ends_inside_its_first_record_is_an_empty_run_with_a_problem() -> None:
    with_a_long_name = frame([run("abc", name="n" * 40_000)])
    log = read_log(with_a_long_name[:32768])
    assert (log.rows, log.head.id) == (0, None)
    assert "ends inside a record" in log.problems[0].message


def test_a_log_of_which_nothing_can_be_read_is_corrupt() -> None:
    with pytest.raises(CorruptLog, match=r"nothing of the log can be read; at byte 7: a chunk"):
        read_log(frame([])[:7] + b"garbage" * 20)
    with pytest.raises(CorruptLog, match=r"nothing of the log can be read; at byte 7: a record cannot be decoded"):
        read_log(frame([b"\xff\xff"]))


def test_a_record_that_cannot_be_decoded_is_a_problem_and_the_next_ones_are_read() -> None:
    log = contents(run("abc"), b"\x12\x05", history({"x": 1}))
    assert [problem.offset for problem in log.problems] == [7 + 7 + len(run("abc"))]
    assert "cannot be decoded" in log.problems[0].message
    assert log.rows == 1


def test_values_that_cannot_be_read_are_problems_with_their_names() -> None:
    broken = field(1, "x") + field(16, "{")
    log = contents(
        run("abc"), record(2, field(1, broken)), record(3, field(1, broken)), record(5, field(1, broken)), end(0)
    )
    assert [problem.message for problem in log.problems] == [
        "a value of 'x' cannot be read",
        "the config value 'x' cannot be read",
        "the summary value 'x' cannot be read",
    ]


def test_two_metrics_of_one_name_are_a_problem() -> None:
    log = contents(history({("a", "b"): 1, "a.b": 2}))
    assert [problem.message for problem in log.problems] == ["two metrics are called 'a.b'; the nested one is left out"]


def test_a_gap_in_the_numbers_of_records_is_a_problem() -> None:
    log = contents(run("abc", number=1), history({"x": 1}, number=2), history({"x": 2}, number=6), end(0))
    assert [problem.message for problem in log.problems] == ["3 records before this one are missing"]


def test_problems_are_cut_to_a_number_that_someone_may_read() -> None:
    log = contents(run("abc"), *[b"\xff"] * 150)
    assert len(log.problems) == 101
    assert log.problems[-1].message == "and 50 more problems like these"


def test_a_head_is_read_from_the_beginning_and_agrees_with_the_whole(tmp_path: Path) -> None:
    start = run("abc", entity="lab", project="toy", name="n", started=1.0, commit=SHA, remote="https://u@h/r")
    log = frame([start, *(history({"x": step}, step=step) for step in range(5000))])
    assert len(log) > 1 << 16
    assert head_of(log, tmp_path) == read_log(log).head


def test_a_head_comes_from_a_log_whose_rest_is_damaged(tmp_path: Path) -> None:
    log = frame([run("abc", commit=SHA)]) + b"damage" * 100
    assert head_of(log, tmp_path).id == "abc"


@pytest.mark.parametrize("size", [100_000, 2_000_000])
def test_a_head_waits_for_a_large_run_record(size: int, tmp_path: Path) -> None:
    log = frame([run("abc", config={"long": "x" * size}, commit=SHA)])
    assert head_of(log, tmp_path).commit == SHA


def test_a_head_takes_what_environment_and_later_run_records_add(tmp_path: Path) -> None:
    environment = record(ENVIRONMENT, field(9, git(SHA, "")))
    head = head_of(frame([run("abc"), b"\xff", environment, history({"x": 1}), run("abc", name="renamed")]), tmp_path)
    assert (head.commit, head.name) == (SHA, "renamed")


@pytest.mark.parametrize("log", [b"", b":W&B\xe1\xbe\0"])
def test_a_head_of_an_empty_log_knows_nothing(log: bytes, tmp_path: Path) -> None:
    assert head_of(log, tmp_path) == LogHead()


@pytest.mark.parametrize(
    ("remote", "public"),
    [
        ("https://me:token@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://me:@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://token@github.com:8443/o/r.git", "https://github.com:8443/o/r.git"),
        ("https://me:p@ss@github.com/o/r.git", "https://github.com/o/r.git"),
        ("HTTPS://me@github.com/o/r", "HTTPS://github.com/o/r"),
        ("https://github.com/o/r?private_token=secret#x", "https://github.com/o/r"),
        ("https://github.com/o/r@v1.git", "https://github.com/o/r@v1.git"),
        ("ssh://git@github.com/o/r.git", "ssh://github.com/o/r.git"),
        ("git@github.com:o/r.git", "git@github.com:o/r.git"),
        ("alice@host.example:o/r.git", "host.example:o/r.git"),
        ("host.example:o/r@v1.git", "host.example:o/r@v1.git"),
        ("/home/alice/r.git", None),
        ("../r.git", None),
        ("file:///home/alice/r.git", None),
        ("C:\\Users\\alice\\r", None),
        (None, None),
    ],
)
def test_a_remote_is_told_without_user_token_or_somebodys_folder(remote: str | None, public: str | None) -> None:
    assert public_remote(remote) == public
