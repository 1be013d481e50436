"""How two commits differ."""

from pathlib import Path

import pytest

from gitrepo import GitRepo
from journal.errors import RevisionError, UnknownRevision
from journal.model.revision import Change, CommitLine
from journal.revisions import Repository, comparing

LINES = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo").init()


def reader(repo: GitRepo) -> Repository:
    return Repository.find(repo.root)


def forked(repo: GitRepo) -> tuple[list[str], list[str]]:
    """Two commits on main and three on side, after a common one."""
    repo.write("old", LINES)
    repo.write("same", "a\n")
    repo.commit("base")
    repo.git("switch", "--quiet", "-c", "side")
    repo.git("mv", "old", "new")
    repo.write("new", LINES + "more\n")
    side = [repo.commit(f"side {number}") for number in range(3)]
    repo.git("switch", "--quiet", "main")
    repo.write("only", "1\n2\n")
    main = [repo.commit(f"main {number}") for number in range(2)]
    return main, side


def test_commits_of_either_side_and_the_files_that_differ_are_told(repo: GitRepo) -> None:
    main, side = forked(repo)

    found = reader(repo).compare("main", side[2][:9])

    assert (found.one, found.other) == (main[1], side[2])
    assert [line.sha for line in found.only_in_one] == main[::-1]
    assert found.only_in_other[0] == CommitLine(sha=side[2], subject="side 2")
    assert [line.sha for line in found.only_in_other] == side[::-1]
    assert (found.count_in_one, found.count_in_other, found.cut) == (2, 3, False)
    assert [(file.path, file.old_path, file.change, file.added, file.removed) for file in found.files] == [
        ("new", "old", Change.RENAMED, 1, 0),
        ("only", None, Change.DELETED, 0, 2),
    ]


def test_the_other_way_round_all_is_the_other_way_round(repo: GitRepo) -> None:
    forked(repo)
    there, back = reader(repo).compare("main", "side"), reader(repo).compare("side", "main")

    assert (back.only_in_one, back.only_in_other) == (there.only_in_other, there.only_in_one)
    assert [(file.path, file.old_path, file.change) for file in back.files] == [
        ("old", "new", Change.RENAMED),
        ("only", None, Change.ADDED),
    ]


def test_a_commit_does_not_differ_from_itself_and_an_empty_one_only_in_commits(repo: GitRepo) -> None:
    repo.write("f", "a\n")
    repo.commit("first")
    repo.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", "")

    same, empty = reader(repo).compare("HEAD", "main"), reader(repo).compare("HEAD~1", "HEAD")

    assert (same.count_in_one, same.count_in_other, same.files) == (0, 0, ())
    assert ([line.subject for line in empty.only_in_other], empty.count_in_one, empty.files) == ([""], 0, ())


def test_histories_that_have_nothing_in_common_can_be_compared(repo: GitRepo) -> None:
    repo.write("f", "a\n")
    repo.commit("one")
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.write("f", "b\n")
    repo.commit("other")

    found = reader(repo).compare("main", "other")

    assert (found.count_in_one, found.count_in_other, len(found.files), found.cut) == (1, 1, 1, False)


def test_a_long_list_is_cut_but_its_count_is_true(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    _, side = forked(repo)
    monkeypatch.setattr(comparing, "MOST_LISTED", 2)

    found = reader(repo).compare("main", "side")

    assert [line.sha for line in found.only_in_other] == [side[2], side[1]]
    assert (found.count_in_one, found.count_in_other) == (2, 3)


def test_where_a_shallow_clone_ends_within_the_difference_it_says_so(repo: GitRepo, tmp_path: Path) -> None:
    for number in range(5):
        repo.write("f", f"{number}\n")
        repo.commit(f"{number}")
    repo.git("branch", "young", "HEAD~1")
    repo.git("clone", "--quiet", "--depth=2", "--no-single-branch", f"file://{repo.root}", str(tmp_path / "shallow"))
    shallow = Repository.find(tmp_path / "shallow")

    inside = shallow.compare("origin/young", "HEAD")

    assert (inside.count_in_one, inside.count_in_other, inside.cut) == (0, 1, False)
    repo.git("checkout", "--quiet", "-b", "far", "HEAD~4")
    repo.commit("far")
    GitRepo(tmp_path / "shallow").git("fetch", "--quiet", "--depth=1", "origin", "far:far")
    outside = Repository.find(tmp_path / "shallow").compare("far", "HEAD")
    assert outside.cut


def test_what_cannot_be_compared_is_an_error(repo: GitRepo) -> None:
    repo.write("lab/f", "a\n")
    repo.commit("first")
    repo.write("lab/f", "b\n")
    repo.commit("second")
    lost = repo.git("rev-parse", "HEAD:lab")
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    with pytest.raises(RevisionError, match="cannot be compared"):
        reader(repo).compare("HEAD~1", "HEAD")
    for revision in ("--output=x", "HEAD..HEAD~1", "nosuch", ""):
        with pytest.raises(UnknownRevision):
            reader(repo).compare("HEAD", revision)
        with pytest.raises(UnknownRevision):
            reader(repo).compare(revision, "HEAD")
