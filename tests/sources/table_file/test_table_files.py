from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from run_folders import SHA, config_at, run_folder

from journal.errors import CorruptLog, SourceUnavailable
from journal.model.run import RunHead, RunState
from journal.sources.table_file.files import TableFiles
from journal.sources.walk import HISTORIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV = "step,loss\n1,0.5\n"


def put(path: Path, text: str | bytes = CSV) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def source(root: Path, *runs: str) -> TableFiles:
    return TableFiles(config_at(root, *(runs or ("runs",))))


def places(found: TableFiles) -> list[str]:
    return [head.place for head in found.heads()]


def only(found: TableFiles) -> RunHead:
    (head,) = found.heads()
    return head


@pytest.mark.parametrize("name", HISTORIES)
def test_a_folder_with_a_history_is_a_run(name: str, tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / name, CSV if name.endswith("csv") else '{"step": 1, "loss": 0.5}\n')
    found = source(tmp_path)
    assert (only(found).id, only(found).place) == ("a", "runs/a")
    opened = found.open(only(found))
    assert (opened.metric_names, opened.origin.path) == (("loss",), f"runs/a/{name}")


@pytest.mark.parametrize("name", ["results.csv", "my_metrics.csv", "metrics.csv.bak", "metrics.json", "METRICS.csv"])
def test_any_other_table_is_no_run(name: str, tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / name)
    assert places(source(tmp_path)) == []


def test_any_other_table_is_a_run_where_it_is_named(tmp_path: Path) -> None:
    file = put(tmp_path / "runs" / "2026-03-02.csv")
    put(tmp_path / "runs" / "config.json", '{"lr": 1}')
    found = source(tmp_path)
    head = found.locate("runs/2026-03-02.csv")
    assert head is not None
    assert head == found.locate(str(file))
    assert (head.id, head.place) == ("2026-03-02", "runs/2026-03-02.csv")
    opened = found.open(head)
    assert (opened.metric_names, opened.config) == (("loss",), {})


def test_of_several_histories_the_first_counts_and_the_others_are_told(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.jsonl", '{"loss": 1}\n')
    other = put(tmp_path / "runs" / "a" / "metrics.csv")
    found = source(tmp_path)
    opened = found.open(only(found))
    assert opened.origin.path == "runs/a/metrics.jsonl"
    assert [problem.message for problem in opened.problems] == ["metrics.csv lies beside metrics.jsonl and is not read"]
    named = found.locate(str(other))
    assert named is not None
    assert (named.id, named.place) == ("a", "runs/a/metrics.csv")
    assert found.open(named).problems == ()


@pytest.mark.parametrize(
    ("folder", "run_id"),
    [
        ("runs/warm-up", "warm-up"),
        ("runs/warm-up/lightning_logs/version_0", "warm-up-lightning_logs-version_0"),
        ("runs/warm-up/version_12", "warm-up-version_12"),
        ("runs/multirun/12-00-00/3", "12-00-00-3"),
        ("runs/a/logs", "a-logs"),
        ("runs/odd name: é", "odd name: é"),
    ],
)
def test_a_run_is_called_by_its_folder_and_a_name_that_says_nothing_by_the_one_above(
    folder: str, run_id: str, tmp_path: Path
) -> None:
    put(tmp_path / folder / "metrics.csv")
    assert (only(source(tmp_path)).id, only(source(tmp_path)).place) == (run_id, folder)


def test_runs_are_listed_with_numbers_by_size(tmp_path: Path) -> None:
    for name in ("version_10", "version_2", "b", "a"):
        put(tmp_path / "runs" / name / "metrics.csv")
    assert places(source(tmp_path)) == ["runs/a", "runs/b", "runs/version_2", "runs/version_10"]


def test_hidden_folders_links_and_run_folders_of_wandb_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "disk" / "a" / "metrics.csv")
    put(tmp_path / "runs" / ".hidden" / "metrics.csv")
    (tmp_path / "runs" / "link").symlink_to(tmp_path / "disk")
    (tmp_path / "runs" / "b").mkdir()
    (tmp_path / "runs" / "b" / "metrics.csv").symlink_to(tmp_path / "disk" / "a" / "metrics.csv")
    folder = run_folder(tmp_path / "runs", "abc")
    put(folder / "files" / "metrics.csv")
    folder.with_name("another").mkdir()
    put(folder.rename(folder.with_name("latest-run")) / "metrics.csv")
    found = source(tmp_path)
    assert places(found) == []
    assert found.locate(str(tmp_path / "runs" / "latest-run")) is None


def test_a_wandb_folder_beside_a_history_does_not_hide_it(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    run_folder(tmp_path / "runs" / "a" / "wandb", "abc")
    assert places(source(tmp_path)) == ["runs/a"]


def test_folders_named_twice_are_searched_once(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    found = source(tmp_path, "runs", "./runs", str(tmp_path / "runs"), ".")
    assert places(found) == ["runs/a"]
    assert found.places() == ("runs", ".")


def test_the_configuration_and_the_commit_are_read_from_beside_the_history(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv", "step,timestamp,loss\n1,,2\n2,1700000000.25,3\n")
    put(tmp_path / "runs" / "a" / "hparams.yaml", f"lr: 1e-3\nopt: {{name: adam}}\n1: one\ngit_sha: {SHA.upper()}\n")
    put(tmp_path / "runs" / "a" / "config.json", '{"lr": 5}')
    found = source(tmp_path)
    head = only(found)
    opened = found.open(head)
    assert opened.config == {"lr": 0.001, "opt": {"name": "adam"}, "1": "one", "git_sha": SHA.upper()}
    assert (head.commit, opened.commit) == (SHA, SHA)
    assert head.started is not None
    assert (head.started.timestamp(), opened.started) == (1700000000.25, head.started)
    assert (opened.state, opened.summary, opened.run.sdk, opened.run.dirty) == (RunState.UNKNOWN, {}, None, None)


@pytest.mark.parametrize("commit", ["3c04d7c", "x" * 40, 5, None, ["a"]])
def test_a_commit_that_is_no_full_sha_is_none(commit: Any, tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    put(tmp_path / "runs" / "a" / "config.json", json.dumps({"commit": commit}))
    assert only(source(tmp_path)).commit is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("hparams.yaml", "a: [", "hparams.yaml cannot be understood"),
        ("hparams.yaml", "x: !!python/object:a.B {}", "hparams.yaml cannot be understood"),
        ("config.json", "{", "config.json cannot be understood"),
        ("config.json", "[1]", "config.json holds no hyperparameters by name"),
        ("config.json", b"\xff", "config.json cannot be understood"),
        ("config.yaml", b" " * ((1 << 20) + 1), "config.yaml is larger than 1 MiB"),
        ("config.yaml", "", None),
        ("hparams.yaml", "{}\n", None),
    ],
)
def test_a_broken_configuration_is_a_problem_of_the_run(
    name: str, content: str | bytes, said: str | None, tmp_path: Path
) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    put(tmp_path / "runs" / "a" / name, content)
    found = source(tmp_path)
    opened = found.open(only(found))
    assert ([problem.message for problem in opened.problems], opened.config) == ([said] if said else [], {})


def test_a_configuration_that_cannot_be_opened_is_a_problem_of_the_run(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    (tmp_path / "runs" / "a" / "config.yaml").mkdir()
    found = source(tmp_path)
    messages = [problem.message for problem in found.open(only(found)).problems]
    assert messages == ["config.yaml cannot be read: Is a directory"]


def test_without_a_wall_time_nobody_knows_when_a_run_started(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv", "step,time,loss\n1,0.5,2\n2,2026-01-01 00:00:00,3\n3,1e400,1\n")
    found = source(tmp_path)
    assert only(found).started is None
    assert found.open(only(found)).started is None


def test_the_segment_counts_the_rows_that_a_restart_replaced(tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv", "step,loss\n1,1\n2,2\n3,3\n2,4\n")
    found = source(tmp_path)
    opened = found.open(only(found))
    (segment,) = opened.segments
    assert (segment.rows, segment.kept, segment.first_step, segment.last_step) == (4, 2, 1, 2)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_file_in_utf16_is_an_error_with_a_hint(mark: bytes, tmp_path: Path) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv", mark + CSV.encode("utf-16-le"))
    found = source(tmp_path)
    with pytest.raises(CorruptLog, match=r"UTF-16.*save it as UTF-8") as caught:
        found.open(only(found))
    assert caught.value.path == "runs/a/metrics.csv"


def test_a_run_outside_the_journal_is_called_by_its_folder_in_evidence(tmp_path: Path) -> None:
    put(tmp_path / "disk" / "a" / "metrics.csv")
    (tmp_path / "journal").mkdir()
    found = source(tmp_path / "journal", str(tmp_path / "disk"))
    assert found.open(only(found)).origin.path == "a/metrics.csv"


@pytest.mark.parametrize("suffix", ["", "/", "/metrics.csv", "/../a"])
def test_a_run_is_located_by_folder_or_file(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path / "repo" / "runs" / "a" / "metrics.csv").parent
    found = source(tmp_path / "repo")
    monkeypatch.chdir(folder.parent)
    for reference in (f"{folder}{suffix}", f"runs/a{suffix}", f"a{suffix}"):
        assert found.locate(reference) == only(found), reference


def test_a_folder_without_permission_is_told_after_all_other_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "runs" / "a" / "metrics.csv")
    put(tmp_path / "runs" / "b" / "metrics.csv")
    forbid(monkeypatch, tmp_path / "runs" / "a")
    listed: list[str] = []

    def take(heads: Iterator[RunHead]) -> None:
        listed.extend(head.id for head in heads)

    with pytest.raises(SourceUnavailable, match="Permission denied"):
        take(source(tmp_path).heads())
    assert listed == ["b"]
    with pytest.raises(SourceUnavailable):
        source(tmp_path).locate("runs/a")


def test_a_history_that_may_not_be_read_is_listed_and_opening_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path / "runs" / "a" / "metrics.csv")
    read = type(file).open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self == file:
            raise PermissionError(13, os.strerror(13), str(self))
        return read(self, *args, **kwargs)

    monkeypatch.setattr(type(file), "open", refuse)
    found = source(tmp_path)
    assert only(found).id == "a"
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        found.open(only(found))


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make a folder unreadable, for root too, whom the permission bits do not stop."""
    scan = os.scandir

    def guarded(path: Any = ".") -> Any:
        if os.fspath(path) == os.fspath(folder):
            raise PermissionError(13, os.strerror(13), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)


def test_folders_below_folders_are_searched_to_any_depth(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 400)
    put(tmp_path / "runs" / deep / "metrics.csv")
    assert places(source(tmp_path)) == [f"runs/{deep}"]
