import json
from pathlib import Path

from run_folders import SHA, config_at, run_folder
from wandb_writer import frame, run

from journal.sources.wandb_folder.head_cache import HeadCache
from journal.sources.wandb_folder.identity import Copies, FoundLog, LogIdentity, found_logs, identify
from journal.sources.wandb_folder.search import LogFile, logs_below
from journal.sources.wandb_log.head import LogHead


def found(root: Path) -> list[FoundLog]:
    return found_logs(logs_below([root], []), HeadCache(config_at(root)))


def with_metadata(folder: Path) -> Path:
    metadata = {"git": {"commit": SHA, "remote": "https://me:pw@host/o/r.git"}, "startedAt": "2026-01-01T00:00:00Z"}
    (folder / "files" / "wandb-metadata.json").write_text(json.dumps(metadata))
    return folder


def test_what_a_log_says_of_itself_goes_before_the_files_beside_it(tmp_path: Path) -> None:
    folder = with_metadata(run_folder(tmp_path, "abc"))
    log = LogFile(str(folder / "run-abc.wandb"), sole=True)
    assert identify(log, LogHead(id="abc")).commit == SHA
    own = identify(log, LogHead(id="other", commit="f" * 40, remote="https://host/own.git"))
    assert (own.id, own.commit, own.remote) == ("other", "f" * 40, "https://host/own.git")


def test_a_remote_is_shown_without_its_user(tmp_path: Path) -> None:
    with_metadata(run_folder(tmp_path, "abc"))
    (log,) = found(tmp_path)
    assert log.identity.remote == "https://host/o/r.git"


def test_files_beside_several_logs_are_of_none_of_them(tmp_path: Path) -> None:
    folder = with_metadata(run_folder(tmp_path, "abc"))
    (folder / "run-abd.wandb").write_bytes(frame([run("abd")]))
    assert [log.identity for log in found(tmp_path)] == [LogIdentity("abc"), LogIdentity("abd")]


def test_a_log_that_does_not_say_is_called_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "run-a-b.wandb").write_bytes(frame([]))
    (tmp_path / "best model.wandb").write_bytes(frame([]))
    assert [log.identity.id for log in found(tmp_path)] == ["best model", "a-b"]


def test_copies_hold_the_same_bytes(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2"), ("d", b"12")):
        (tmp_path / f"run-{name}.wandb").write_bytes(content)
    a, b, c, d = found(tmp_path)
    copies = Copies(HeadCache(config_at(tmp_path)))
    assert copies.are(a, b)
    assert not copies.are(a, c)
    assert not copies.are(a, d)
    (tmp_path / "run-b.wandb").unlink()
    assert not Copies(HeadCache(config_at(tmp_path))).are(a, b)
