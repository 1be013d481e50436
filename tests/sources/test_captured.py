"""What was captured beside a run, and what is known of the code that it ran."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from part_folders import part_folder

from journal.config import Config, Settings
from journal.model.capture import FILE, PATCH
from journal.model.revision import Code
from journal.sources import captured as module
from journal.sources.captured import Captured, code_of, read_captured
from journal.sources.open_run import OpenRun
from journal.sources.registry import Sources
from journal.sources.table_file.files import TableFiles
from journal.sources.wandb_folder.folders import WandbFolders

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "1" * 40, "2" * 40
AT = datetime(2026, 2, 21, 11, 1, 15, tzinfo=UTC)
DIFF = b"diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-a\n+b\n"


def capture_in(folder: Path, kept: bytes | None = None, **fields: Any) -> Path:
    """Plant a capture of a clean tree in a run's folder, as far as nothing else is said."""
    value: dict[str, Any] = {"schema_version": 1, "at": AT.isoformat(), "commit": ONE, "dirty": False} | fields
    if kept is not None:
        (folder / PATCH).write_bytes(kept)
        value["patch"] = {"sha256": sha256(kept).hexdigest(), "bytes": len(kept), "file": PATCH}
    (folder / FILE).write_text(json.dumps(value))
    return folder / FILE


def wandb_source(root: Path) -> WandbFolders:
    return WandbFolders(Config(root, Settings(), root / "journal.toml"))


def only_run(root: Path) -> OpenRun:
    source = wandb_source(root)
    (head,) = source.heads()
    return source.open(head)


def no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a history was read")

    monkeypatch.setattr("journal.sources.wandb_log.reading.LogReading.__init__", refuse)


# one part


def test_without_anything_beside_it_a_run_tells_its_commit_and_no_more(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    (code,) = only_run(tmp_path).code
    assert code == Code(commit=ONE, started=datetime.fromtimestamp(1, UTC))


def test_what_was_captured_counts_and_no_history_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    capture_in(
        folder, untracked=[{"path": "new.py", "sha256": "0" * 64}], origin="https://ada:pw@example.org/o/r.git?t"
    )
    no_history(monkeypatch)
    (code,) = only_run(tmp_path).code
    assert code == Code(
        commit=ONE, remote="https://example.org/o/r.git", started=datetime.fromtimestamp(1, UTC),
        dirty=False, untracked=("new.py",), untracked_sums=(("new.py", "0" * 64),), captured=AT,
    )  # fmt: skip


def test_a_capture_makes_a_run_clean_or_dirty(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    assert only_run(tmp_path).run.dirty is None
    capture_in(folder)
    assert only_run(tmp_path).run.dirty is False
    capture_in(folder, dirty=True, changed=["train.py"])
    assert only_run(tmp_path).run.dirty is True


def test_a_kept_patch_is_given_and_one_that_was_not_kept_is_taken_from_the_tracker(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    (folder / "files/diff.patch").write_bytes(b"another\n" + DIFF)
    capture_in(folder, DIFF, dirty=True, changed=["conf.yaml", "train.py"])
    (code,) = only_run(tmp_path).code
    assert (code.patch, code.changed) == (DIFF, ("conf.yaml", "train.py"))
    assert code.patch_sum == f"captured:{sha256(DIFF).hexdigest()}"
    capture_in(folder, dirty=True, changed=["train.py"])
    (code,) = only_run(tmp_path).code
    saved = b"another\n" + DIFF
    assert (code.patch, code.patch_sum) == (saved, f"diff.patch:{sha256(saved).hexdigest()}")


def test_a_captured_patch_that_was_not_kept_has_its_sum(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    capture_in(folder, dirty=True, changed=["train.py"], patch={"sha256": "a" * 64, "bytes": 7})
    (code,) = only_run(tmp_path).code
    assert (code.patch, code.patch_sum) == (None, "captured:" + "a" * 64)


def test_a_patch_of_the_tracker_is_dirty_and_names_its_files(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    (folder / "files/diff.patch").write_bytes(DIFF)
    (code,) = only_run(tmp_path).code
    assert (code.dirty, code.changed, code.patch, code.untracked) == (True, ("train.py",), DIFF, None)


def test_code_that_was_saved_without_a_patch_was_clean_and_an_empty_patch_is_none(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    (folder / "files/diff.patch").touch()
    assert only_run(tmp_path).code[0].dirty is None
    (folder / "files/code").mkdir()
    assert only_run(tmp_path).code[0].dirty is False


def test_a_patch_beyond_the_bound_is_dirty_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    (folder / "files/diff.patch").write_bytes(DIFF)
    monkeypatch.setattr("journal.sources.wandb_folder.side_files.MAX_PATCH", 10)
    (code,) = only_run(tmp_path).code
    assert (code.dirty, code.patch, code.changed) == (True, None, ())


def test_where_tracker_and_capture_name_different_commits_both_are_told(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=TWO)
    capture_in(folder)
    (code,) = only_run(tmp_path).code
    assert (code.commit, code.recorded) == (ONE, TWO)
    assert only_run(tmp_path).commit == TWO


def test_a_tree_that_was_captured_clean_is_not_if_the_tracker_saved_a_patch() -> None:
    tracked = Code(commit=ONE, dirty=True, changed=("a.py",), patch=DIFF)
    found = code_of(tracked, read_of(dirty=False))
    assert (found.dirty, found.changed, found.patch, found.captured) == (True, ("a.py",), DIFF, AT)


def test_a_tree_that_was_captured_dirty_is_not_clean_because_the_tracker_saved_nothing() -> None:
    found = code_of(Code(commit=ONE, dirty=False), read_of(dirty=True, changed=("a.py",)))
    assert (found.dirty, found.changed) == (True, ("a.py",))


def read_of(**fields: Any) -> Captured:
    from journal.model.capture import Capture

    return Captured(Capture(at=AT, commit=ONE, **fields))


def test_a_run_whose_tracker_saw_no_commit_has_the_one_that_was_captured(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1)
    (tmp_path / "journal.toml").touch()
    assert [head.commit for head in wandb_source(tmp_path).heads()] == [None]
    capture_in(folder, origin="https://example.org/o/r.git")
    (head,) = wandb_source(tmp_path).heads()  # remembered, and looked at again since a capture appeared
    assert (head.commit, head.remote) == (ONE, "https://example.org/o/r.git")
    (folder / FILE).unlink()
    assert [head.commit for head in wandb_source(tmp_path).heads()] == [None]


def test_a_capture_is_among_the_files_that_a_run_rests_on(tmp_path: Path) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1)
    assert {folder / FILE, folder / PATCH} <= set(only_run(tmp_path).files or ())
    source = wandb_source(tmp_path)
    list(source.heads())
    assert folder / FILE in source.watched()


# several parts


def test_each_part_of_a_resumed_run_tells_its_own_in_the_order_of_their_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "wandb"
    capture_in(part_folder(top, "a", range(3), start=2, commit=TWO, resume=True), commit=TWO, dirty=True)
    capture_in(part_folder(top, "a", range(3), start=1, commit=ONE))
    part_folder(top, "a", range(3, 6), start=3, resume=True)
    no_history(monkeypatch)
    told = [(code.commit, code.dirty) for code in only_run(tmp_path).code]
    assert told == [(ONE, False), (TWO, True), (None, None)]


def test_a_part_whose_history_cannot_be_read_tells_what_it_ran(tmp_path: Path) -> None:
    top = tmp_path / "wandb"
    part_folder(top, "a", range(3), start=1, commit=ONE)
    broken = part_folder(top, "a", (), start=2, commit=TWO, resume=True)
    log = broken / "run-a.wandb"
    log.write_bytes(log.read_bytes()[:7])
    capture_in(broken, commit=TWO)
    run = only_run(tmp_path)
    assert [code.commit for code in run.code] == [ONE, TWO]


def test_the_parts_of_a_run_that_it_was_forked_from_are_not_its_own(tmp_path: Path) -> None:
    top = tmp_path / "wandb"
    part_folder(top, "a", range(3), start=1, commit=ONE)
    part_folder(top, "b", range(3, 6), start=2, commit=TWO, branch=("a", 2))
    source = wandb_source(tmp_path)
    told = {head.id: [code.commit for code in source.open(head).code] for head in source.heads()}
    assert told == {"a": [ONE], "b": [TWO]}


# plain histories


def plain(root: Path) -> Path:
    folder = root / "wandb" / "exp-1"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text("step,loss,_timestamp\n0,1.0,1771671675\n1,0.5,1771671676\n")
    return folder


def table_run(root: Path) -> OpenRun:
    source = TableFiles(Config(root, Settings(), root / "journal.toml"))
    (head,) = source.heads()
    assert {root / "wandb/exp-1" / FILE} <= set(source.watched())
    return source.open(head)


def test_a_plain_history_has_the_commit_that_was_captured_beside_it(tmp_path: Path) -> None:
    folder = plain(tmp_path)
    assert table_run(tmp_path).code == (Code(started=datetime(2026, 2, 21, 11, 1, 15, tzinfo=UTC)),)
    capture_in(folder, DIFF, dirty=True, changed=["train.py"])
    run = table_run(tmp_path)
    (code,) = run.code
    assert (run.commit, run.run.dirty, code.commit, code.patch, code.captured) == (ONE, True, ONE, DIFF, AT)
    assert {folder / FILE, folder / PATCH} <= set(run.files or ())


def test_a_commit_among_the_hyperparameters_is_told_beside_another_that_was_captured(tmp_path: Path) -> None:
    folder = plain(tmp_path)
    (folder / "config.json").write_text(json.dumps({"git_commit": TWO}))
    assert table_run(tmp_path).code[0].commit == TWO
    capture_in(folder)
    (code,) = table_run(tmp_path).code
    assert (code.commit, code.recorded, table_run(tmp_path).commit) == (ONE, TWO, TWO)


def test_a_damaged_capture_beside_a_plain_history_is_a_problem_of_the_run(tmp_path: Path) -> None:
    (plain(tmp_path) / FILE).write_text("{")
    run = table_run(tmp_path)
    assert [problem.message for problem in run.problems] == [f"{FILE} cannot be understood"]
    assert (run.rows, run.code[0].captured) == (2, None)


def test_a_source_that_tells_no_more_gives_one_from_what_identifies_the_run(tmp_path: Path) -> None:
    plain(tmp_path)
    whole = table_run(tmp_path)

    class Bare:
        head = whole.run

    (code,) = OpenRun(Bare()).code  # type: ignore[arg-type]
    assert code == Code(started=whole.started)


# what cannot be believed

ODD: dict[str, str | dict[str, Any]] = {
    "cut short": '{"schema_version": 1, "at": "2026',
    "no object": "[]",
    "empty": "",
    "nested": "[" * 100_000,
    "another commit than a sha": {"commit": "--output=x"},
    "a short commit": {"commit": "abc1234"},
    "without a zone": {"at": "2026-02-21T11:01:15"},
    "without a state": {"dirty": None},
    "with more in it": {"surprise": 1},
    "half a character": {"branch": "\ud800"},
    "a negative size": {"patch": {"sha256": "0", "bytes": -1}},
}


@pytest.mark.parametrize("kind", ODD)
def test_a_capture_that_cannot_be_believed_is_a_problem_and_counts_for_nothing(tmp_path: Path, kind: str) -> None:
    folder = part_folder(tmp_path / "wandb", "a", range(3), start=1, commit=ONE)
    odd = ODD[kind]
    if isinstance(odd, str):
        (folder / FILE).write_text(odd)
    else:
        capture_in(folder, **odd)
    run = only_run(tmp_path)
    assert run.code == (Code(commit=ONE, started=run.started),)
    (problem,) = run.problems
    assert problem.message in {f"{FILE} cannot be understood", f"{FILE} does not hold what the journal writes there"}
    assert run.run.dirty is None


def test_a_capture_of_a_version_to_come_says_so(tmp_path: Path) -> None:
    capture_in(tmp_path, schema_version=2)
    (problem,) = read_captured(tmp_path).problems
    assert problem.message == f"{FILE} is of version 2, which only a newer journal can read"


def test_a_capture_beyond_the_bound_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_CAPTURE", 1 << 20)
    capture_in(tmp_path, command=["x" * (1 << 20)])
    assert [problem.message for problem in read_captured(tmp_path).problems] == [f"{FILE} is larger than 1 MiB"]


def test_neither_link_nor_pipe_nor_folder_is_taken_for_a_capture(tmp_path: Path) -> None:
    real = capture_in(tmp_path)
    real.rename(tmp_path / "elsewhere.json")
    real.symlink_to(tmp_path / "elsewhere.json")
    assert [problem.message for problem in read_captured(tmp_path).problems] == [f"{FILE} is a link, or cannot be read"]
    real.unlink()
    os.mkfifo(real)
    assert [problem.message for problem in read_captured(tmp_path).problems] == [f"{FILE} is not a file"]
    real.unlink()
    real.mkdir()
    assert [problem.message for problem in read_captured(tmp_path).problems] == [f"{FILE} is not a file"]


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "journal-capture.json"])
def test_a_patch_lies_beside_its_capture_and_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    capture_in(folder, dirty=True, patch={"sha256": sha256(b"secret").hexdigest(), "bytes": 6, "file": name})
    found = read_captured(folder)
    assert (found.patch, [problem.message for problem in found.problems]) == (None, [f"{PATCH} is not there"])
    assert found.capture is not None


def test_a_patch_that_was_changed_is_a_problem_and_the_capture_still_counts(tmp_path: Path) -> None:
    capture_in(tmp_path, DIFF, dirty=True)
    (tmp_path / PATCH).write_bytes(DIFF + b"more\n")
    found = read_captured(tmp_path)
    assert [problem.message for problem in found.problems] == [f"{PATCH} is not the patch that was captured"]
    assert (found.commit, found.patch) == (ONE, None)


@pytest.mark.parametrize("origin", ["/home/ada/code", "~/code", "file:///srv/code", "ext::sh -c x", "https://x/p@q/r"])
def test_what_may_not_be_published_of_a_remote_is_dropped(tmp_path: Path, origin: str) -> None:
    capture_in(tmp_path, origin=origin)
    capture = read_captured(tmp_path).capture
    assert capture is not None
    assert capture.origin is None


def test_many_runs_tell_their_code_without_their_histories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_history(monkeypatch)
    for number in range(60):
        capture_in(part_folder(tmp_path / "wandb", f"run{number:03}", range(2), start=number % 60, commit=ONE))
    sources = Sources(Config(tmp_path, Settings(), tmp_path / "journal.toml"))
    assert {code for head in sources.heads() for code in (c.dirty for c in sources.open(head).code)} == {False}
