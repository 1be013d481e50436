import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from part_folders import part_folder
from run_folders import SHA, config_at, log_folder, run_folder
from wandb_writer import end, frame, history, run

from journal.errors import AmbiguousRun, CorruptLog, SourceUnavailable
from journal.model.run import RunHead, RunState
from journal.sources.wandb_folder.folders import WandbFolders


@pytest.fixture(autouse=True)
def _no_wandb_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_DIR", raising=False)


def source(root: Path, *runs: str) -> WandbFolders:
    return WandbFolders(config_at(root, *runs))


def ids(found: WandbFolders) -> list[str]:
    return [head.id for head in found.heads()]


def only(found: WandbFolders) -> RunHead:
    (head,) = found.heads()
    return head


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make a folder unreadable, for root too, whom the permission bits do not stop."""
    scan = os.scandir

    def guarded(path: Any = ".") -> Any:
        if Path(path) == folder:
            raise PermissionError(13, os.strerror(13), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)


def test_a_folder_that_does_not_exist_holds_no_runs(tmp_path: Path) -> None:
    assert ids(source(tmp_path, "wandb", "gone/for/good")) == []


def test_runs_are_listed_by_the_time_in_their_folders_name(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "zz", day=1)
    run_folder(tmp_path / "wandb", "aa", day=2)
    online = run_folder(tmp_path / "wandb", "mm", day=3)
    online.rename(online.with_name(online.name.removeprefix("offline-").replace("20260103", "20251231")))
    assert ids(source(tmp_path)) == ["mm", "zz", "aa"]


def test_a_head_says_what_identifies_the_run_and_where_it_lies(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc", entity="lab", project="toy", name="n", commit=SHA, started=1.0)
    head = only(source(tmp_path))
    assert (head.address, head.name, head.commit) == ("lab/toy/abc", "n", SHA)
    assert head.started is not None
    assert head.started.isoformat() == "1970-01-01T00:00:01+00:00"
    assert head.place == f"wandb/{folder.name}"


def test_runs_are_found_at_any_depth_but_not_behind_links_or_in_hidden_folders(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "outputs" / "2026-01-01" / "wandb", "deep")
    run_folder(tmp_path / "outputs" / ".cache", "hidden", day=2)
    linked = run_folder(tmp_path / "elsewhere", "linked", day=3)
    (tmp_path / "outputs" / "link").symlink_to(linked)
    (folder.parent / "latest-run").symlink_to(folder.name)
    (folder.parent / "run-link.wandb").symlink_to(linked / "run-linked.wandb")
    assert ids(source(tmp_path, "outputs")) == ["deep"]


def test_a_run_folder_is_not_searched_further(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    run_folder(folder / "files" / "media", "inner", day=2)
    assert ids(source(tmp_path)) == ["abc"]


def test_logs_may_lie_directly_in_a_configured_folder(tmp_path: Path) -> None:
    for name, value in (("one", 1.0), ("two", 2.0)):
        moved = run_folder(tmp_path / "made", name, value=value) / f"run-{name}.wandb"
        (tmp_path / "wandb").mkdir(exist_ok=True)
        moved.rename(tmp_path / "wandb" / moved.name)
    found = source(tmp_path)
    assert [head.place for head in found.heads()] == ["wandb/run-one.wandb", "wandb/run-two.wandb"]
    assert [found.open(head).origin.path for head in found.heads()] == [
        "wandb/run-one.wandb",
        "wandb/run-two.wandb",
    ]


def test_a_configured_folder_may_be_a_run_folder(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "abc")
    assert [head.place for head in source(tmp_path, folder.name).heads()] == [folder.name]


def test_a_configured_folder_may_be_a_link(tmp_path: Path) -> None:
    run_folder(tmp_path / "disk", "abc")
    (tmp_path / "wandb").symlink_to(tmp_path / "disk")
    assert only(source(tmp_path)).place == "wandb/offline-run-20260101_120000-abc"


def test_folders_named_twice_are_searched_once(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abc")
    assert ids(source(tmp_path, "wandb", "./wandb", str(tmp_path / "wandb"), ".")) == ["abc"]


def test_the_hidden_folder_that_the_tracker_prefers_is_searched_too(tmp_path: Path) -> None:
    run_folder(tmp_path / ".wandb", "hidden")
    assert ids(source(tmp_path)) == ["hidden"]
    assert source(tmp_path).places() == ("wandb", ".wandb")


@pytest.mark.parametrize("name", ["wandb", ".wandb"])
def test_the_trackers_own_variable_names_one_more_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder(tmp_path / "scratch" / name, "there")
    run_folder(tmp_path / "repo" / "wandb", "here", day=2)
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "scratch"))
    assert ids(source(tmp_path / "repo")) == ["there", "here"]


def test_identical_logs_count_once_and_different_ones_are_parts_of_one_run(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    shutil.copytree(folder, tmp_path / "copy" / folder.name)
    shutil.copytree(folder, tmp_path / "wandb" / "latest-run")
    found = source(tmp_path, "wandb", "copy")
    assert (only(found).place, only(found).segments) == (f"copy/{folder.name}", 1)
    newest = run_folder(tmp_path / "wandb", "abc", day=2, value=0.75)
    assert (only(found).place, only(found).segments) == (f"wandb/{newest.name}", 2)


def test_one_id_in_two_projects_is_two_runs(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abc", entity="lab", project="toy")
    run_folder(tmp_path / "wandb", "abc", entity="lab", project="other", day=2)
    found = source(tmp_path)
    assert [(head.address, head.segments) for head in found.heads()] == [("lab/toy/abc", 1), ("lab/other/abc", 1)]


def test_each_part_of_a_run_is_located_alone(tmp_path: Path) -> None:
    first = part_folder(tmp_path / "wandb", "abc", range(3), start=10)
    second = part_folder(tmp_path / "wandb", "abc", range(3, 5), start=20, resume=True)
    found = source(tmp_path)
    rows = {}
    for reference in (str(first), f"wandb/{second.name}/run-abc.wandb", first.name):
        head = found.locate(reference)
        assert head is not None
        assert head.segments == 1
        rows[head.place] = found.open(head).run.rows
    assert rows == {f"wandb/{first.name}": 3, f"wandb/{second.name}": 2}
    assert found.open(only(found)).run.rows == 5


def test_the_bare_name_of_a_log_is_enough(tmp_path: Path) -> None:
    log = run_folder(tmp_path / "made", "abc") / "run-abc.wandb"
    (tmp_path / "wandb").mkdir()
    log.rename(tmp_path / "wandb" / "best model.wandb")
    found = source(tmp_path)
    assert found.locate("best model.wandb") == only(found)
    assert only(found).place == "wandb/best model.wandb"


def test_the_bare_name_of_several_folders_is_asked_which(tmp_path: Path) -> None:
    first = part_folder(tmp_path / "one", "abc", [0], start=10)
    part_folder(tmp_path / "two", "abc", [0], start=11, folder=first.name)
    with pytest.raises(AmbiguousRun) as caught:
        source(tmp_path, "one", "two").locate(first.name)
    assert caught.value.hint == f"give the path of one: one/{first.name}, two/{first.name}"


def test_a_run_that_goes_on_elsewhere_is_joined_across_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part_folder(tmp_path / "repo" / "wandb", "abc", range(3), start=10)
    there = part_folder(tmp_path / "scratch" / "wandb", "abc", range(3, 5), start=20, resume=True)
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "scratch"))
    found = source(tmp_path / "repo")
    assert only(found).place == str(there)
    opened = found.open(only(found))
    assert [segment.origin.path for segment in opened.segments] == [
        "wandb/offline-run-19700101_000010-abc/run-abc.wandb",
        f"{there.name}/run-abc.wandb",
    ]


def test_a_head_of_several_logs_opens_after_another_listing(tmp_path: Path) -> None:
    for start in (10, 20):
        part_folder(tmp_path / "wandb", "abc", [start], start=start, resume=start > 10)
    head = only(source(tmp_path))
    assert source(tmp_path).open(head).run.rows == 2


def test_a_renamed_log_that_is_no_log_is_left_out_of_the_listing(tmp_path: Path) -> None:
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "notes.wandb").write_text("meet at noon")
    (tmp_path / "wandb" / "empty.wandb").write_bytes(b"")
    assert ids(source(tmp_path)) == []


@pytest.mark.parametrize("log", [b"", frame([])])
def test_an_empty_or_bare_log_is_a_run_with_no_rows(log: bytes, tmp_path: Path) -> None:
    log_folder(tmp_path / "wandb", "abc", log)
    found = source(tmp_path)
    opened = found.open(only(found))
    assert (opened.id, opened.run.rows, opened.metric_names, opened.problems) == ("abc", 0, (), ())


def test_an_attempt_that_died_at_once_is_a_part_of_the_run_it_tried_to_resume(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abc", range(3), start=10)
    log_folder(tmp_path / "wandb", "abc", frame([]), day=2)
    found = source(tmp_path)
    opened = found.open(only(found))
    assert (opened.run.rows, [segment.rows for segment in opened.segments]) == (3, [3, 0])


def test_a_real_latest_run_folder_can_be_the_only_copy(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    folder.rename(folder.with_name("latest-run"))
    found = source(tmp_path)
    assert only(found).place == "wandb/latest-run"
    assert found.open(only(found)).metric_names == ("x",)


def test_a_log_without_a_run_record_is_called_by_its_file_name(tmp_path: Path) -> None:
    log_folder(tmp_path / "wandb", "a-b c:é", b"")
    found = source(tmp_path)
    assert only(found).id == "a-b c:é"
    opened = found.open(only(found))
    assert (opened.id, opened.run.rows, opened.state) == ("a-b c:é", 0, RunState.CRASHED_OR_RUNNING)


def test_a_corrupt_log_is_listed_and_opening_it_says_why(tmp_path: Path) -> None:
    folder = log_folder(tmp_path / "wandb", "abc", b"this is no log at all")
    found = source(tmp_path)
    with pytest.raises(CorruptLog, match="not a W&B log") as caught:
        found.open(only(found))
    assert caught.value.path == f"wandb/{folder.name}/run-abc.wandb"
    with pytest.raises(CorruptLog, match="not a W&B log"):
        found.locate(str(folder))


def test_side_files_fill_what_the_log_lacks(tmp_path: Path) -> None:
    folder = log_folder(tmp_path / "wandb", "abc", b"")
    git = {"commit": SHA, "remote": "https://me:pw@host/o/r.git"}
    metadata = {"git": git, "startedAt": "2026-01-01T00:00:00"}
    (folder / "files" / "wandb-metadata.json").write_text(json.dumps(metadata))
    (folder / "files" / "wandb-summary.json").write_text('{"loss": 0.5, "_wandb": {}}')
    (folder / "files" / "config.yaml").write_text("lr: {value: 1e-3}\n_wandb: {value: {cli_version: 0.20.1}}\n")
    (folder / "files" / "diff.patch").write_text("--- a\n")
    found = source(tmp_path)
    run = found.open(only(found))
    opened = run.run
    assert (opened.commit, opened.remote, opened.sdk, opened.dirty) == (SHA, "https://host/o/r.git", "0.20.1", True)
    assert (opened.config, run.summary) == ({"lr": 0.001}, {"loss": 0.5})
    assert opened.started is not None
    assert opened.started.isoformat() == "2026-01-01T00:00:00+00:00"
    assert only(found).commit == SHA


def test_side_files_do_not_overrule_the_log(tmp_path: Path) -> None:
    log = frame([run("abc", commit=SHA, config={"lr": 1}, started=5.0), history({"x": 1}), end(0)])
    folder = log_folder(tmp_path / "wandb", "abc", log)
    (folder / "files" / "wandb-metadata.json").write_text('{"git": {"commit": "other"}, "startedAt": "2026-01-01"}')
    (folder / "files" / "config.yaml").write_text("lr: {value: 2}\n")
    found = source(tmp_path)
    opened = found.open(only(found)).run
    assert (opened.commit, opened.config) == (SHA, {"lr": 1})
    assert opened.started is not None
    assert opened.started.timestamp() == 5


def test_a_broken_side_file_is_a_problem_of_the_run(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    (folder / "files" / "wandb-summary.json").write_text("{")
    found = source(tmp_path)
    messages = [problem.message for problem in found.open(only(found)).problems]
    assert messages == ["files/wandb-summary.json cannot be understood"]


@pytest.mark.parametrize("configured", ["{0}/outside/wandb", "../outside/wandb", "deep/../../outside/wandb"])
def test_a_run_outside_the_journal_is_called_by_its_folder_in_evidence(configured: str, tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "outside" / "wandb", "abc")
    (tmp_path / "journal").mkdir()
    found = source(tmp_path / "journal", configured.format(tmp_path))
    assert found.open(only(found)).origin.path == f"{folder.name}/run-abc.wandb"
    located = found.locate(str(folder))
    assert located == only(found)
    assert found.open(located).origin.path == f"{folder.name}/run-abc.wandb"


@pytest.mark.parametrize("suffix", ["", "/", "/run-abc.wandb", "/../offline-run-20260101_120000-abc"])
def test_a_run_is_located_by_folder_or_log(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path / "repo" / "wandb", "abc")
    found = source(tmp_path / "repo")
    monkeypatch.chdir(folder.parent)
    for reference in (f"{folder}{suffix}", f"wandb/{folder.name}{suffix}", f"{folder.name}{suffix}"):
        assert found.locate(reference) == only(found), reference


def test_a_link_to_a_run_folder_locates_the_run_it_leads_to_today(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    (tmp_path / "wandb" / "latest-run").symlink_to(folder.name)
    found = source(tmp_path)
    assert found.locate("wandb/latest-run") == only(found)
    assert found.locate("wandb/latest-run/run-abc.wandb") == only(found)


def test_a_renamed_log_is_located_and_opened(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    renamed = (folder / "run-abc.wandb").rename(tmp_path / "baseline.wandb")
    found = source(tmp_path)
    head = found.locate(str(renamed))
    assert head is not None
    assert (head.id, head.place) == ("abc", "baseline.wandb")
    assert found.open(head).origin.path == "baseline.wandb"


@pytest.mark.parametrize(
    "reference", ["gone", "gone.wandb", "wandb", "note.txt", "a\0b", "~nobody-of-that-name/x", "x" * 300, "abc"]
)
def test_what_is_no_run_is_not_located(reference: str, tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abc")
    (tmp_path / "note.txt").write_text("no run")
    assert source(tmp_path).locate(reference) is None


def test_a_folder_with_several_logs_is_ambiguous_and_each_log_is_not(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "one")
    (run_folder(tmp_path / "made", "two") / "run-two.wandb").rename(folder / "run-two.wandb")
    found = source(tmp_path)
    with pytest.raises(AmbiguousRun) as caught:
        found.locate(str(folder))
    assert "run-one.wandb, run-two.wandb" in str(caught.value)
    assert [head.place.rpartition("/")[2] for head in found.heads()] == ["run-one.wandb", "run-two.wandb"]
    assert [found.open(head).id for head in found.heads()] == ["one", "two"]


def test_a_configured_folder_without_permission_is_named_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder(tmp_path / "wandb", "abc")
    forbid(monkeypatch, tmp_path / "wandb")
    with pytest.raises(SourceUnavailable) as caught:
        ids(source(tmp_path))
    assert caught.value.path == tmp_path / "wandb"
    assert caught.value.hint is not None
    assert caught.value.exit_code == 3
    assert "Permission denied" in caught.value.message


def test_a_run_folder_without_permission_is_not_taken_for_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    forbid(monkeypatch, folder)
    with pytest.raises(SourceUnavailable):
        ids(source(tmp_path))
    with pytest.raises(SourceUnavailable):
        source(tmp_path).locate(str(folder))


def test_a_log_without_permission_is_listed_and_opening_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")

    def refuse(self: Path, *_: Any, **__: Any) -> Any:
        raise PermissionError(13, os.strerror(13), str(self))

    monkeypatch.setattr(Path, "open", refuse)
    found = source(tmp_path)
    assert only(found).id == "abc"
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        found.open(only(found))
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        found.locate(str(folder / "run-abc.wandb"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_real_permission_bits_are_respected(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    folder.chmod(0)
    try:
        with pytest.raises(SourceUnavailable):
            ids(source(tmp_path))
    finally:
        folder.chmod(0o700)


def test_copies_that_cannot_be_compared_are_not_taken_for_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    shutil.copytree(folder, tmp_path / "copy" / folder.name)

    def refuse(*_: Any, **__: Any) -> bool:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("journal.sources.wandb_folder.identity.file_digest", refuse)
    assert only(source(tmp_path, "wandb", "copy")).segments == 2


def test_a_run_that_vanished_after_the_listing_is_unavailable(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abc")
    found = source(tmp_path)
    head = only(found)
    shutil.rmtree(folder)
    with pytest.raises(SourceUnavailable, match="gone"):
        found.open(head)
