from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from journal.document import disk, store
from journal.errors import ChangedOnDisk, NotWritable

if TYPE_CHECKING:
    from pathlib import Path

RAW = b"what was read\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "a.md"
    file.write_bytes(RAW)
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_is_what_was_read_goes_and_leaves_nothing(file: Path, tmp_path: Path) -> None:
    store.remove(store.read(file), inside=tmp_path)
    assert names(tmp_path) == []


def test_a_file_that_somebody_saved_meanwhile_stays(file: Path, tmp_path: Path) -> None:
    stored = store.read(file)
    file.write_bytes(b"newer\n")
    with pytest.raises(ChangedOnDisk, match="nothing was overwritten"):
        store.remove(stored, inside=tmp_path)
    assert (names(tmp_path), file.read_bytes()) == (["a.md"], b"newer\n")


def test_a_file_that_is_gone_or_is_open_elsewhere_is_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store.read(file)
    monkeypatch.setattr(store, "WRITER_SECONDS", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "digest", lambda *_: None)
        with pytest.raises(NotWritable, match="open for writing"):
            store.remove(stored, inside=tmp_path)
    assert file.read_bytes() == RAW
    file.unlink()
    with pytest.raises(ChangedOnDisk, match="removed or renamed"):
        store.remove(stored, inside=tmp_path)


def test_nothing_outside_and_nothing_read_only_is_removed(file: Path, tmp_path: Path) -> None:
    stored = store.read(file)
    (tmp_path / "b").mkdir()
    with pytest.raises(NotWritable, match="does not lie in"):
        store.remove(stored, inside=tmp_path / "b")
    file.chmod(0o444)
    with pytest.raises(NotWritable, match="read-only"):
        store.remove(stored, inside=tmp_path)
    assert file.read_bytes() == RAW


def saved_late(monkeypatch: pytest.MonkeyPatch, file: Path, *, again: bool) -> None:
    """Let somebody save between the last look and the removal, and perhaps once more after it."""
    rename = os.rename
    done: list[Any] = []

    def late(source: Any, target: Any, **options: Any) -> None:
        if not done:
            file.write_bytes(b"newer\n")
        rename(source, target, **options)
        if not done and again:
            file.write_bytes(b"newest\n")
        done.append(source)

    monkeypatch.setattr(os, "rename", late)


@pytest.mark.parametrize("has_renameat2", [True, False])
def test_a_save_in_the_last_moment_gets_its_name_back(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_renameat2: bool
) -> None:
    stored = store.read(file)
    saved_late(monkeypatch, file, again=False)
    if not has_renameat2:
        monkeypatch.setattr(disk, "rename", lambda *_: False)
    with pytest.raises(ChangedOnDisk):
        store.remove(stored, inside=tmp_path)
    assert (names(tmp_path), file.read_bytes()) == (["a.md"], b"newer\n")


def test_of_two_saves_in_the_last_moment_one_is_kept_beside(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store.read(file)
    saved_late(monkeypatch, file, again=True)
    with pytest.raises(ChangedOnDisk) as error:
        store.remove(stored, inside=tmp_path)
    name, copy = names(tmp_path)
    assert (name, file.read_bytes(), (tmp_path / copy).read_bytes()) == ("a.md", b"newest\n", b"newer\n")
    assert copy in error.value.message
