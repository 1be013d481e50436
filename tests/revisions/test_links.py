from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo
from journal.config import HostLinks
from journal.revisions import Repository
from journal.revisions.links import Links, repository_name

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = "https://ada:secret@github.com/lab/repo.git"


def test_links_lead_to_the_origin_or_to_the_repository_that_a_commit_lies_in(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path).init()
    repo.git("remote", "add", "origin", ORIGIN)
    links = Links(tmp_path, {"code": HostLinks(kind="gitea")})
    assert links.commit("abcd") == "https://github.com/lab/repo/commit/abcd"
    assert links.file("abcd", "a.py") == "https://github.com/lab/repo/blob/abcd/a.py"
    assert links.commit("abcd", "https://secret@gitlab.com/lab/other") == "https://gitlab.com/lab/other/-/commit/abcd"
    assert links.file("abcd", "a.py", "git@code:lab/other") == "https://code/lab/other/src/commit/abcd/a.py"
    assert links.commit("abcd", "gitlab.com/lab/other") == "https://gitlab.com/lab/other/-/commit/abcd"
    assert links.commit("abcd", "ada@gitlab.com/lab/other") == "https://gitlab.com/lab/other/-/commit/abcd"
    assert [links.commit("abcd", origin) for origin in ("a clone somewhere", "../other.git", "lab/other")] == [None] * 3


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://ada:secret@GitHub.com/lab/repo.git", "github.com/lab/repo"),
        ("git@github.com:lab/repo", "github.com/lab/repo"),
        ("secret@github.com/lab/repo", "github.com/lab/repo"),
        ("https://ada:sec/ret@github.com/lab/repo", ""),
        ("/srv/git/me@here/repo.git", "/srv/git/me@here/repo"),
    ],
)
def test_a_repository_is_named_by_host_and_path_without_secrets(origin: str, name: str) -> None:
    assert repository_name(origin) == name


def test_there_are_no_links_without_an_origin_a_repository_or_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    GitRepo(tmp_path / "bare").init()
    (tmp_path / "plain").mkdir()
    found = [Links(root).commit("abcd") for root in (None, tmp_path / "bare", tmp_path / "plain")]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [*found, Links(tmp_path / "bare").commit("abcd")] == [None] * 4


def test_git_is_asked_once_and_only_when_a_link_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    class Counted(Repository):
        @classmethod
        def find(cls, start: Path) -> Repository:
            asked.append(start)
            return super().find(start)

    GitRepo(tmp_path).init().git("remote", "add", "origin", ORIGIN)
    monkeypatch.setattr("journal.revisions.links.Repository", Counted)
    links = Links(tmp_path)
    assert links.commit("abcd", "https://github.com/lab/other") is not None
    assert asked == []
    assert links.commit("abcd") != links.commit("abce")
    assert asked == [tmp_path]
