"""The graph of all commits says of any two what git says of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo
from journal.errors import RevisionError
from journal.revisions.ancestry import Ancestry

if TYPE_CHECKING:
    from pathlib import Path

COMMITS = 40


@pytest.fixture(scope="module")
def tangle(tmp_path_factory: pytest.TempPathFactory) -> tuple[GitRepo, list[str]]:
    """Forty commits that hang together at random: several roots, merges of up to three, loose ends."""
    repo = GitRepo(tmp_path_factory.mktemp("tangle") / "repo").init()
    chance, stream = random.Random(7), []  # noqa: S311 - no secret
    for number in range(COMMITS):
        parents = chance.sample(range(max(0, number - 8), number), min(number, chance.choice((0, 1, 1, 1, 1, 2, 3))))
        stream += [f"commit refs/heads/line-{number}", f"mark :{number + 1}"]
        stream += [f"committer Ada <ada@example.org> {1_770_000_000 + number * 60} +0000", "data 2", "x\n"]
        stream += [f"{'merge' if place else 'from'} :{parent + 1}" for place, parent in enumerate(parents)]
    repo.git("fast-import", "--quiet", given="\n".join(stream) + "\n")
    return repo, [repo.git("rev-parse", f"line-{number}") for number in range(COMMITS)]


def test_one_commit_contains_another_just_where_git_lists_it_among_its_ancestors(
    tangle: tuple[GitRepo, list[str]],
) -> None:
    repo, shas = tangle
    ancestry = Ancestry.read(repo.root)
    ancestry.expect(shas[::2])  # together with others, or alone: it makes no difference
    for later in shas:
        ancestors = set(repo.git("rev-list", later).split())
        assert {earlier for earlier in shas if ancestry.contains(later, earlier)} == ancestors


def test_a_commit_on_no_branch_is_known_once_it_is_asked_for_and_still_not_reachable(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    first = repo.commit("One")
    repo.git("checkout", "-q", "--detach")
    loose = repo.commit("Two")
    looser = repo.commit("Three")
    repo.git("checkout", "-q", "main")
    ancestry = Ancestry.read(repo.root)
    assert loose not in ancestry
    ancestry.add([loose])
    ancestry.add([looser, first])
    assert (ancestry.contains(looser, first), ancestry.contains(looser, loose), ancestry.contains(first, loose)) == (
        True,
        True,
        False,
    )
    assert [ancestry.is_reachable(sha) for sha in (first, loose, looser)] == [True, False, False]
    assert ancestry.children(first) == ()


def test_what_is_put_aside_or_kept_for_safety_is_no_line_of_work(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("a.txt", "one\n")
    first = repo.commit("One")
    repo.write("a.txt", "two\n")
    repo.git("stash", "push", "-q")
    repo.git("notes", "add", "-m", "Look here", first)
    repo.git("update-ref", "refs/original/refs/heads/main", repo.git("rev-parse", "stash@{0}"))
    assert Ancestry.read(repo.root).shas == [first]


def test_the_head_of_another_work_tree_is_a_line_of_work(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.commit("One")
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    beside = GitRepo(tmp_path / "beside")
    sha = beside.commit("Two")
    assert Ancestry.read(repo.root).is_reachable(sha)
    assert Ancestry.read(beside.root).is_reachable(repo.git("rev-parse", "main"))


def test_a_shallow_clone_cannot_tell_what_lies_beyond_its_end(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    first, second, third = repo.commit("One"), repo.commit("Two"), repo.commit("Three")
    repo.git("checkout", "-q", "-b", "other", first)
    other = repo.commit("Four")
    clone = GitRepo(tmp_path / "clone")
    repo.git("clone", "-q", "--depth=2", "--branch=main", f"file://{repo.root}", str(clone.root))
    ancestry = Ancestry.read(clone.root)
    assert ancestry.contains(third, second) is True
    assert ancestry.contains(second, third) is None
    assert ancestry.contains(third, first) is None
    assert ancestry.contains(third, other) is None
    assert ancestry.is_cut(second)


def test_commits_are_found_by_the_first_digits_of_their_sha(tangle: tuple[GitRepo, list[str]]) -> None:
    repo, shas = tangle
    ancestry = Ancestry.read(repo.root)
    assert ancestry.starting(shas[5][:12].upper()) == [shas[5]]
    assert ancestry.starting("") == sorted(shas)
    assert ancestry.starting("zz") == []


def test_a_repository_without_commits_has_an_empty_ancestry(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    ancestry = Ancestry.read(repo.root)
    assert ancestry.shas == []
    with pytest.raises(RevisionError, match="is not in this repository"):
        ancestry.moments("0" * 40)
