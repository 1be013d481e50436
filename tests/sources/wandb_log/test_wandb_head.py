from io import BytesIO
from pathlib import Path

import pytest
from wandb_writer import ENVIRONMENT, field, frame, git, history, record, run

from journal.sources.wandb_log.head import LogHead, read_head
from journal.sources.wandb_log.scan import LogScan

SHA = "3c04d7c367de0de5d32ad16150863113081e8812"


def head_of(log: bytes, folder: Path) -> LogHead:
    path = folder / "run-x.wandb"
    path.write_bytes(log)
    return read_head(path)


def test_a_head_is_read_from_the_beginning_and_agrees_with_the_whole(tmp_path: Path) -> None:
    start = run("abc", entity="lab", project="toy", name="n", started=1.0, commit=SHA, remote="https://u@h/r")
    log = frame([start, *(history({"x": step}, step=step) for step in range(5000))])
    assert len(log) > 1 << 16
    whole = LogScan()
    whole.read(BytesIO(log), len(log))
    assert head_of(log, tmp_path) == whole.head


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
