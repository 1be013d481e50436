from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo
from journal.errors import RevisionError
from journal.revisions import Repository, walking_back

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "lab").init()


def commit(repo: GitRepo, number: int) -> str:
    return repo.commit(f"Commit {number}", date=f"2026-02-{number:02}T12:00:00+00:00")


def test_the_newest_commit_that_others_are_made_of_is_found(repo: GitRepo) -> None:
    one, two, three = (commit(repo, number) for number in (1, 2, 3))
    repo.git("switch", "-qc", "aside", one)
    four = commit(repo, 4)
    found = Repository(repo.root).newest_ancestor
    assert found([three], {one, two, four}) == two
    assert found([four], {two, three}) is None
    assert found([three, four], {one, two, four}) == four  # one is made of itself
    assert found([one], {"ab" * 20}) is None


def test_what_lies_far_back_is_found_too(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    shas = [commit(repo, number) for number in range(1, 8)]
    monkeypatch.setattr(walking_back, "NEARBY", 3)
    assert Repository(repo.root).newest_ancestor([shas[-1]], {shas[0], shas[1]}) == shas[1]


def test_what_cannot_be_listed_is_an_error(repo: GitRepo) -> None:
    commit(repo, 1)
    with pytest.raises(RevisionError, match="what comes before abababa cannot be listed"):
        Repository(repo.root).newest_ancestor(["ab" * 20], {"x"})
