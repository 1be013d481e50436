import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from run_folders import SHA, config_at, log_folder, run_folder
from wandb_writer import RUN, field, frame, record, run

from journal.sources.paths import stamp
from journal.sources.wandb_folder.folders import WandbFolders
from journal.sources.wandb_folder.head_cache import HeadCache, Known
from journal.sources.wandb_log.head import LogHead, read_head


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the logs that are read to list them, in order."""
    names: list[str] = []

    def noting(path: Path) -> LogHead:
        names.append(path.name)
        return read_head(path)

    monkeypatch.setattr("journal.sources.wandb_folder.identity.read_head", noting)
    return names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A journal with one run whose log leaves nothing open, and one that lacks its commit."""
    (tmp_path / "journal.toml").write_text("")
    log = frame([run("whole", project="toy", started=5.0, commit=SHA, remote="https://host/x.git", name="n")])
    log_folder(tmp_path / "wandb", "whole", log)
    run_folder(tmp_path / "wandb", "lacking", day=2)
    return tmp_path


def listed(root: Path) -> list[str]:
    """Every run, in full."""
    return [head.model_dump_json() for head in WandbFolders(config_at(root)).heads()]


def kept(root: Path) -> dict[Path, bytes]:
    folder = root / ".journal"
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_second_listing_reads_no_log_and_tells_the_same(root: Path, read: list[str]) -> None:
    first = listed(root)
    assert read == ["run-whole.wandb", "run-lacking.wandb"]
    before = kept(root)
    assert listed(root) == first
    assert len(read) == 2
    assert kept(root) == before


def test_deleting_the_cache_changes_nothing(root: Path, read: list[str]) -> None:
    first = listed(root)
    shutil.rmtree(root / ".journal")
    assert listed(root) == first
    assert len(read) == 4


def test_the_cache_ignores_itself_in_git(root: Path) -> None:
    listed(root)
    assert (root / ".journal" / ".gitignore").read_bytes() == b"*\n"


def test_a_log_that_grew_is_read_again_and_the_others_are_not(root: Path, read: list[str]) -> None:
    listed(root)
    log = root / "wandb/offline-run-20260102_120000-lacking/run-lacking.wandb"
    content = frame([run("lacking"), record(RUN, field(8, "named later"))])
    log.write_bytes(content)
    assert any("named later" in head for head in listed(root))
    assert read[2:] == ["run-lacking.wandb"]


def test_a_log_that_was_replaced_by_one_of_the_same_size_and_time_is_read_again(root: Path, read: list[str]) -> None:
    listed(root)
    log = root / "wandb/offline-run-20260101_120000-whole/run-whole.wandb"
    was = log.stat()
    new = frame([run("other", project="toy", started=5.0, commit=SHA, remote="https://host/x.git", name="n")])
    assert len(new) == was.st_size
    log.with_name("new").write_bytes(new)
    log.with_name("new").replace(log)
    os.utime(log, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert any('"other"' in head for head in listed(root))
    assert read[2:] == ["run-whole.wandb"]


def test_a_file_beside_a_log_counts_only_where_the_log_leaves_something_open(root: Path, read: list[str]) -> None:
    listed(root)
    for folder in (root / "wandb").iterdir():
        (folder / "files/wandb-metadata.json").write_text(json.dumps({"git": {"commit": "c" * 40}}))
    assert any("c" * 40 in head for head in listed(root))
    assert read[2:] == ["run-lacking.wandb"]
    for folder in (root / "wandb").iterdir():
        (folder / "files/wandb-metadata.json").unlink()
    assert not any("c" * 40 in head for head in listed(root))
    assert read[3:] == ["run-lacking.wandb"]


def test_a_log_that_is_no_longer_alone_loses_what_the_file_beside_it_said(root: Path) -> None:
    folder = root / "wandb/offline-run-20260102_120000-lacking"
    (folder / "files/wandb-metadata.json").write_text(json.dumps({"git": {"commit": "c" * 40}}))
    assert any("c" * 40 in head for head in listed(root))
    (folder / "run-second.wandb").write_bytes(frame([run("second")]))
    assert not any("c" * 40 in head for head in listed(root))


def test_copies_are_told_without_reading_them_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(root / "wandb", root / "wandb" / "backup")
    first = listed(root)
    assert len(first) == 2

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("journal.sources.wandb_folder.identity.file_digest", refuse)
    assert listed(root) == first
    shutil.rmtree(root / ".journal")
    assert [head.segments for head in WandbFolders(config_at(root)).heads()] == [2, 2]


def test_runs_that_are_gone_are_forgotten(root: Path) -> None:
    listed(root)
    shutil.rmtree(root / "wandb/offline-run-20260102_120000-lacking")
    listed(root)
    assert (
        HeadCache(config_at(root)).get(str(root / "wandb/offline-run-20260102_120000-lacking/run-lacking.wandb"))
        is None
    )
    log = str(root / "wandb/offline-run-20260101_120000-whole/run-whole.wandb")
    known = HeadCache(config_at(root)).get(log)
    assert known is not None
    assert (known.log, known.beside) == (stamp(log), None)


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content.replace(b'"toy"', b'"tot"')


def emptied(_: bytes) -> bytes:
    return b""


def nonsense(_: bytes) -> bytes:
    return b"\x00\xff[1, 2\n{}"


@pytest.mark.parametrize("damage", [truncated, flipped, emptied, nonsense])
def test_a_damaged_cache_is_not_believed_and_built_anew(
    damage: Callable[[bytes], bytes], root: Path, read: list[str]
) -> None:
    first = listed(root)
    whole = kept(root)
    for path, content in whole.items():
        path.write_bytes(damage(content))
    assert listed(root) == first
    assert len(read) == 4
    assert listed(root) == first
    assert len(read) == 4


def test_a_cache_of_another_version_is_not_believed(
    root: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(root)
    monkeypatch.setattr("journal.sources.wandb_folder.head_cache.VERSION", 999)
    listed(root)
    assert len(read) == 4


def test_a_cache_from_elsewhere_is_not_believed(
    root: Path, read: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    listed(root)
    copy = tmp_path_factory.mktemp("copy") / "journal"
    shutil.copytree(root, copy)
    listed(copy)
    assert len(read) == 4


def test_nothing_is_kept_outside_of_a_journal(root: Path, read: list[str]) -> None:
    (root / "journal.toml").unlink()
    assert listed(root) == listed(root)
    assert len(read) == 4
    assert not (root / ".journal").exists()


def test_a_journal_that_refuses_is_listed_all_the_same(root: Path, read: list[str]) -> None:
    (root / ".journal").write_text("in the way")
    assert listed(root) == listed(root)
    assert len(read) == 4


def test_nothing_is_written_where_a_link_leads_out_of_the_journal(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (root / ".journal").symlink_to(outside)
    listed(root)
    assert list(outside.iterdir()) == []


def test_names_that_are_no_text_are_kept_too(root: Path, read: list[str]) -> None:
    folder = root / "wandb" / os.fsdecode(b"\xff")
    folder.mkdir()
    shutil.copy(root / "wandb/offline-run-20260102_120000-lacking/run-lacking.wandb", folder / "run-third.wandb")
    (folder / "run-third.wandb").write_bytes(frame([run("third")]))
    for _ in range(2):
        assert [head.id for head in WandbFolders(config_at(root)).heads()] == ["whole", "lacking", "third"]
    assert len(read) == 3


def test_where_the_journal_lies_is_not_told(root: Path) -> None:
    listed(root)
    assert not [path for path, content in kept(root).items() if os.fsencode(root) in content]


def test_what_was_kept_is_what_comes_back(root: Path) -> None:
    cache = HeadCache(config_at(root))
    known = Known([1, 2**62, 3, 2**63], [], ["käse", None, "2026-01-01T00:00:00+00:00"])
    cache.keep("/somewhere/ü", known)
    cache.save()
    assert HeadCache(config_at(root)).get("/somewhere/ü") == known
