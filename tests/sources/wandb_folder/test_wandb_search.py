import shutil
from pathlib import Path

import pytest
from run_folders import log_folder, run_folder

from journal.errors import AmbiguousRun
from journal.sources.wandb_folder.search import LogFile, log_at, logs_below


def names(*folders: Path) -> list[str]:
    """The logs below folders by their own names, in order; nothing may go unread."""
    unread: list[object] = []
    logs = logs_below(folders, unread)  # type: ignore[arg-type]
    assert unread == []
    return [log.path.rpartition("/")[2] for log in logs]


@pytest.mark.parametrize(
    "run_id", ["käse 1-2", "x--1", "a b", "i" * 129, "wandb", "run-x", "log.wandb", "20260101_120000"]
)
def test_a_log_is_found_whatever_its_id_looks_like(run_id: str, tmp_path: Path) -> None:
    log_folder(tmp_path, run_id, b"")
    (log,) = logs_below([tmp_path], [])
    assert log.id_in_name == run_id
    assert log.is_named_by_id
    assert log.age[:2] == ("20260101_120000", 0)
    assert log_at(Path(log.folder)) == log


def test_what_lies_beside_a_log_is_no_log(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "abc")
    for name in ("run-abc.wandb.synced", "run-abc.wandb.syncstate", ".run-abc.wandb", "wandb", "x.wandb\n"):
        (folder / name).write_bytes(b"")
    (folder / "folder.wandb").mkdir()
    assert names(tmp_path) == ["run-abc.wandb"]
    assert log_at(folder) == LogFile(str(folder / "run-abc.wandb"), sole=True)


def test_logs_of_any_name_are_found_at_any_depth_and_at_the_top(tmp_path: Path) -> None:
    made = run_folder(tmp_path / "made", "abc") / "run-abc.wandb"
    (tmp_path / "deep" / "er").mkdir(parents=True)
    shutil.copy(made, tmp_path / "deep" / "er" / "best model.wandb")
    made.rename(tmp_path / "top.wandb")
    assert sorted(names(tmp_path)) == ["best model.wandb", "top.wandb"]


def test_a_log_is_placed_in_its_run_folder_only_if_it_has_one_to_itself(tmp_path: Path) -> None:
    alone = run_folder(tmp_path, "alone")
    shared = run_folder(tmp_path, "shared", day=2)
    shutil.copy(shared / "run-shared.wandb", shared / "backup.wandb")
    elsewhere = run_folder(tmp_path, "moved", day=3).rename(tmp_path / "the best one")
    assert {log.place for log in logs_below([tmp_path], [])} == {
        str(alone),
        str(shared / "run-shared.wandb"),
        str(shared / "backup.wandb"),
        str(elsewhere / "run-moved.wandb"),
    }


def test_folders_inside_one_another_are_searched_once(tmp_path: Path) -> None:
    run_folder(tmp_path / "deep" / "wandb", "abc")
    (tmp_path / "link").symlink_to(tmp_path / "deep")
    assert names(tmp_path, tmp_path / "deep", tmp_path / "link", tmp_path / "deep" / "wandb") == ["run-abc.wandb"]


def test_a_folder_that_is_called_like_a_run_but_holds_runs_is_searched(tmp_path: Path) -> None:
    run_folder(tmp_path / "run-of-may" / "wandb", "abc")
    shutil.copy(tmp_path / "run-of-may/wandb/offline-run-20260101_120000-abc/run-abc.wandb", tmp_path / "run-of-may")
    assert names(tmp_path) == ["run-abc.wandb", "run-abc.wandb"]


def test_the_second_folder_of_one_second_comes_after_the_first_and_the_tenth_after_the_second(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "abc")
    for number in (10, 2, 1):
        shutil.copytree(folder, tmp_path / f"{folder.name}-{number}")
    ends = [log.folder.removeprefix(str(folder)) for log in logs_below([tmp_path], [])]
    assert ends == ["", "-1", "-2", "-10"]


def test_a_number_at_the_end_of_an_id_is_not_the_folders_number(tmp_path: Path) -> None:
    log_folder(tmp_path, "abc-7", b"")
    (log,) = logs_below([tmp_path], [])
    assert log.age[1] == 0


def test_a_folder_with_two_logs_is_asked_which(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "abc")
    shutil.copy(folder / "run-abc.wandb", folder / "run-abd.wandb")
    with pytest.raises(AmbiguousRun) as caught:
        log_at(folder)
    assert caught.value.hint == "name one of them: run-abc.wandb, run-abd.wandb"
