"""`journal capture`: what it says, what it refuses, and that what it keeps is published nowhere."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from journal.cli.app import run
from journal.model.capture import FILE, PATCH, TIMELY
from toys import Toys, block

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """A journal with everything committed, and an empty folder for a run."""
    toys = Toys.begin(tmp_path)
    toys.write(".gitignore", "wandb/\n.journal/\nruns/\n")
    toys.write("train.py", "a\n")
    toys.write("uv.lock", "pins\n")
    toys.commit("root")
    (tmp_path / "runs" / "one").mkdir(parents=True)
    return toys


def test_a_clean_tree_is_told_in_one_line(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "capture", "runs/one")
    assert said == (0, f"captured {toys.git('rev-parse', '--short=7', 'HEAD')}, clean, 1 lock file\n", "")


def test_a_dirty_tree_is_told_with_the_number_of_files(toys: Toys, capsys: Capsys) -> None:
    toys.write("train.py", "b\n")
    toys.write("uv.lock", "other pins\n")
    said = toys.call(capsys, "capture", "runs/one", "--patch")
    assert said.out.endswith(", dirty: 2 files differ, patch kept, 1 lock file\n")
    assert (toys.root / "runs/one" / PATCH).is_file()


def test_files_of_code_that_git_does_not_know_are_counted(toys: Toys, capsys: Capsys) -> None:
    toys.write("new.py", "x\n")
    said = toys.call(capsys, "capture", "runs/one")
    assert said.out.endswith(", clean, 1 file that git does not know, 1 lock file\n")


def test_a_folder_of_runs_is_refused_with_what_to_give(toys: Toys, capsys: Capsys) -> None:
    (toys.root / "wandb").mkdir(exist_ok=True)
    said = toys.call(capsys, "capture", "wandb")
    assert (said.code, said.out) == (1, "")
    assert "holds the folders of runs, and is none itself (give the folder of one run" in said.err
    assert not (toys.root / "wandb" / FILE).exists()


def test_the_command_behind_two_dashes_is_recorded_and_not_run(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "capture", "runs/one", "--json", "--", "touch", "ran", "--json", "--", "-x")
    assert said.json["capture"]["command"] == ["touch", "ran", "--json", "--", "-x"]
    assert (said.json["run"], said.json["folder"], said.json["new"]) == (None, "runs/one", True)
    assert json.loads((toys.root / "runs/one" / FILE).read_bytes()) == said.json["capture"]
    assert not (toys.root / "ran").exists()


def test_without_a_run_the_one_that_started_last_is_captured(toys: Toys, capsys: Capsys) -> None:
    now = time.time()
    folders = [toys.run(name, {"x": [(0, 1)]}, started=now - ago) for name, ago in (("old", 50), ("new", 5))]
    said = toys.call(capsys, "capture", "--json", "--", "python", "train.py")
    assert said.json["run"] == "new"
    assert [(folder / FILE).exists() for folder in folders] == [False, True]
    assert toys.call(capsys, "capture", "old").out.startswith("captured ")


def test_a_word_that_is_no_run_is_an_error_and_so_is_a_journal_without_runs(toys: Toys, capsys: Capsys) -> None:
    assert toys.call(capsys, "capture", "nobody").code == 1
    said = toys.call(capsys, "capture")
    assert said.code == 1
    assert "no run has begun here" in said.err
    assert "behind `--`" in toys.call(capsys, "capture", "runs/one", "python").err


def test_what_is_captured_too_late_to_prove_anything_says_so(toys: Toys, capsys: Capsys) -> None:
    folder = toys.run("old", {"x": [(0, 1)]}, started=time.time() - 1800 - 3, commit=toys.git("rev-parse", "HEAD"))
    said = toys.call(capsys, "capture", str(folder))
    assert said.code == 0
    assert said.out.startswith("captured ")
    assert re.search(r", clean, 1 lock file; too late to prove: it began 30 min( \d+ s)? ago\n$", said.out)
    again = toys.call(capsys, "capture", "old", "--json")
    assert (again.json["new"], again.json["timely"]) == (False, False)


@pytest.mark.parametrize(("ago", "timely"), [(TIMELY.total_seconds() - 60, True), (TIMELY.total_seconds() + 60, False)])
def test_a_capture_that_is_not_said_to_be_too_late_can_prove(
    toys: Toys, capsys: Capsys, ago: float, timely: bool
) -> None:
    sha = toys.git("rev-parse", "HEAD")
    toys.run("new", {"x": [(0, 1)]}, started=time.time() - ago, commit=sha)
    assert toys.call(capsys, "capture", "new", "--json").json["timely"] is timely
    toys.ask("Text.", "new", matter=f"commits: [{{sha: {sha}}}]\n")
    toys.fill()
    assert toys.found["verdicts"]["new"]["verdict"] == ("proven" if timely else "consistent")


def test_no_run_of_long_ago_is_captured_that_nobody_named_or_that_ran_another_commit(
    toys: Toys, capsys: Capsys
) -> None:
    folder = toys.run("old", {"x": [(0, 1)]}, started=time.time() - 1800, commit="1" * 40)
    said = toys.call(capsys, "capture")
    assert (said.code, said.out) == (1, "")
    assert "no run has just begun: the last, old, began 30 min" in said.err
    said = toys.call(capsys, "capture", "old")
    assert (said.code, said.out) == (1, "")
    assert "with commit 1111111, and " in said.err
    assert not (folder / FILE).exists()


def test_a_run_that_is_resumed_begins_anew_and_its_new_folder_is_captured(toys: Toys, capsys: Capsys) -> None:
    now = time.time()
    first = toys.run("long", {"x": [(0, 1)]}, started=now - 90_000)
    toys.run("other", {"x": [(0, 1)]}, started=now - 60)
    second = toys.run("long", {"x": [(1, 1)]}, started=now - 5)
    for words in ((), ("long",)):
        said = toys.call(capsys, "capture", *words, "--json")
        assert (said.json["run"], toys.root / said.json["folder"]) == ("long", second)
    assert [(folder / FILE).exists() for folder in (first, second)] == [False, True]


def test_what_was_captured_stays_and_other_code_is_an_error(toys: Toys, capsys: Capsys) -> None:
    toys.call(capsys, "capture", "runs/one")
    before = (toys.root / "runs/one" / FILE).read_bytes()
    assert toys.call(capsys, "capture", "runs/one").out.startswith("already captured ")
    toys.write("train.py", "b\n")
    said = toys.call(capsys, "capture", "runs/one")
    assert (said.code, said.out) == (1, "")
    assert "the code has changed since" in said.err
    assert (toys.root / "runs/one" / FILE).read_bytes() == before


def test_outside_of_a_repository_it_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    folder = tmp_path_factory.mktemp("nowhere")
    monkeypatch.chdir(folder)
    assert run(["capture", str(folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not-a-repository"
    assert list(folder.iterdir()) == []


def test_a_run_folder_whose_log_is_empty_as_yet_can_be_captured(toys: Toys, capsys: Capsys) -> None:
    folder = toys.run("early", {})
    (folder / "run-early.wandb").write_bytes(b"")
    assert toys.call(capsys, "capture", str(folder)).out.startswith("captured ")
    assert (folder / FILE).is_file()


CANARIES = ("canary-command", "canary-branch", "canary-lock", "canary-untracked")


def test_nothing_of_a_capture_but_commit_and_state_is_published(toys: Toys, capsys: Capsys) -> None:
    toys.git("switch", "--quiet", "--create", "canary-branch")
    toys.write("requirements-canary-lock.txt", "x\n")
    toys.commit("more")
    toys.write("canary-untracked.py", "x\n")
    folder = toys.run("fresh", {"x": [(0, 1.0), (1, 2.0)]}, started=time.time() - 5)
    toys.run("bare", {"x": [(0, 1.0), (1, 3.0)]}, started=time.time() - 5)
    assert toys.call(capsys, "capture", "fresh", "--", "python", "canary-command").code == 0
    held = (folder / FILE).read_text()
    assert [canary for canary in CANARIES if canary not in held] == []
    (toys.root / "canary-untracked.py").unlink()
    blocks = [block("metrics: [x]\nruns: [fresh]"), block("runs: [fresh, bare]", "diff")]
    toys.ask("\n\n".join(blocks), "fresh", "bare")
    for words in (
        ["fill-results"],
        ["check"],
        ["trace", "2026-02-21-one"],
        ["runs", "show", "fresh"],
        ["show", "2026-02-21-one"],
    ):
        said = toys.call(capsys, *words)
        assert [canary for canary in CANARIES if canary in said.out + said.err] == []
    assert toys.call(capsys, "init").code == 0
    assert toys.call(capsys, "build").code == 0
    kept = [
        path
        for path in toys.root.rglob("*")
        if path.is_file() and not path.is_relative_to(folder) and ".git" not in path.relative_to(toys.root).parts
    ]
    (evidence,) = (path.read_text() for path in kept if path.parts[-2] == "evidence")
    assert '"count_untracked": 1' in evidence
    assert "files that git did not know | 1 file |" in toys.text
    assert any(path.suffix == ".html" for path in kept)
    held_by = [(path, canary) for path in kept for canary in CANARIES if canary.encode() in path.read_bytes()]
    assert held_by == []
