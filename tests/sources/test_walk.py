"""Folders are searched once each, and not where nobody wants to be found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from journal.errors import SourceUnavailable
from journal.sources.walk import folders_below, listed

if TYPE_CHECKING:
    from pathlib import Path


def test_hidden_folders_links_and_run_folders_of_wandb_are_not_entered(tmp_path: Path) -> None:
    for folder in ("b/deep", "a", ".git/x", "offline-run-20260102_030405-abcd/files", "moved/inside"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "moved" / "run-abcd.wandb").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "file").touch()
    (tmp_path / "a" / "other").symlink_to(tmp_path / "a" / "file")
    searched: list[Path] = []
    unread: list[SourceUnavailable] = []
    found = list(folders_below(tmp_path, unread, searched))
    assert [listing.folder.relative_to(tmp_path).as_posix() for listing in found] == [".", "a", "b", "b/deep"]
    assert found[1].files == ["file"]
    assert {path.name for path in searched} == {tmp_path.name, "a", "b", "deep", "moved"}
    assert unread == []


def test_a_folder_that_is_not_there_is_empty_and_a_closed_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(folders_below(tmp_path / "gone", [], [])) == [listed(tmp_path / "gone")]
    assert listed(tmp_path / "gone") == (tmp_path / "gone", [], [])

    def refuse(folder: object) -> object:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(os, "scandir", refuse)
    unread: list[SourceUnavailable] = []
    assert list(folders_below(tmp_path, unread, [])) == []
    assert [error.message for error in unread] == ["cannot be read: Permission denied"]
    with pytest.raises(SourceUnavailable):
        listed(tmp_path)
