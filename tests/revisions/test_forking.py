"""Where two lines of work part."""

from pathlib import Path

import pytest

from gitrepo import GitRepo
from journal.errors import RevisionError, UnknownRevision
from journal.revisions import Repository


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


def fork(repo: GitRepo, base: str | None = None) -> str:
    return Repository.find(repo.root).fork(base)


def parted(repo: GitRepo) -> str:
    """One commit on `side`, which is checked out, and one on `main`, since a common one."""
    common = repo.commit("base")
    repo.commit("on main")
    repo.git("switch", "--quiet", "-c", "side", common)
    repo.commit("on side")
    return common


def test_two_lines_part_in_the_last_commit_that_both_have(repo: GitRepo) -> None:
    common = parted(repo)
    assert fork(repo, "main") == common
    assert fork(repo, "HEAD~1") == common
    assert fork(repo, "HEAD") == repo.git("rev-parse", "HEAD")


def test_without_a_base_it_is_the_main_branch_of_origin(repo: GitRepo, tmp_path: Path) -> None:
    common = parted(repo)
    assert fork(repo) == repo.git("rev-parse", "HEAD")  # origin was never fetched
    clone = GitRepo(tmp_path / "clone")
    clone.root.mkdir()
    clone.git("clone", "--quiet", "--branch", "side", str(repo.root), ".")
    clone.git("update-ref", "refs/remotes/origin/main", repo.git("rev-parse", "main"))
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert fork(clone) == common
    clone.git("symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    assert fork(clone) == common
    clone.git("update-ref", "-d", "refs/remotes/origin/main")
    clone.git("update-ref", "refs/remotes/origin/master", repo.git("rev-parse", "main"))
    assert fork(clone) == common


def test_lines_that_have_nothing_in_common_are_compared_with_the_base_itself(repo: GitRepo) -> None:
    repo.commit("base")
    repo.git("switch", "--quiet", "--orphan", "other")
    repo.commit("another beginning")
    assert fork(repo, "main") == repo.git("rev-parse", "main")


def test_before_the_first_commit_there_is_nothing_to_part_from(repo: GitRepo) -> None:
    with pytest.raises(RevisionError, match="nothing is committed here yet"):
        fork(repo)


def test_a_base_that_is_no_commit_is_an_error(repo: GitRepo) -> None:
    repo.commit("base")
    for base in ("nowhere", "--all", "main..main"):
        with pytest.raises(UnknownRevision):
            fork(repo, base)
