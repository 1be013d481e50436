from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo, asked_of_git
from journal.revisions import Repository
from journal.revisions.last_commits import LastCommits, last_commits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "it").init()


def asked(repo: GitRepo, before: LastCommits | None = None) -> LastCommits:
    return last_commits(Repository.find(repo.root), "evidence", before)


def told(repo: GitRepo) -> dict[str, str]:
    return {path: each.sha for path, each in asked(repo).files.items()}


def as_git_tells(repo: GitRepo) -> dict[str, str]:
    """What git answers for each file alone."""
    paths = repo.git("ls-tree", "-r", "-z", "--name-only", "HEAD", "evidence").split("\0")[:-1]
    return {path: repo.git("log", "-1", "--format=%H", "--", f":(literal){path}") for path in paths}


def test_the_last_commit_that_changed_a_file_is_told_whatever_its_name(repo: GitRepo) -> None:
    odd = "evidence/deep/\x01é\n:100644 x.json"
    repo.write("evidence/a.json", "1")
    repo.write(odd, "1")
    repo.commit("One")
    repo.write("evidence/a.json", "2")
    repo.write("entries/x.md", "x")
    two = repo.commit("Two")
    repo.write(odd, "2")
    three = repo.commit("Three")
    repo.write("entries/x.md", "y")
    repo.commit("Four")
    assert told(repo) == {"evidence/a.json": two, odd: three}


def test_a_removed_file_is_not_told_of_and_one_that_came_back_counts_from_then(repo: GitRepo) -> None:
    repo.write("evidence/a.json", "1")
    repo.write("evidence/b.json", "1")
    repo.commit("One")
    repo.git("rm", "-q", "evidence/a.json", "evidence/b.json")
    repo.commit("Two")
    repo.write("evidence/a.json", "1")
    three = repo.commit("Three")
    assert told(repo) == {"evidence/a.json": three}


def test_nothing_is_told_before_the_first_commit_nor_of_no_folder(repo: GitRepo) -> None:
    assert asked(repo).files == {}
    repo.write("entries/x.md", "x")
    repo.commit("One")
    assert asked(repo).files == {}


@pytest.mark.parametrize("seed", range(2))
def test_in_a_history_of_merges_it_is_what_git_tells_file_by_file_also_when_continued(repo: GitRepo, seed: int) -> None:
    random = Random(seed)  # noqa: S311  (a test)
    repo.write("evidence/0.json", "0")
    repo.commit("Begin")
    repo.git("branch", "side")
    before = asked(repo)
    for turn in range(8):
        repo.write(f"evidence/{random.randrange(4)}.json", str(random.randrange(3)))
        repo.commit(f"Turn {turn}")
        if random.random() < 0.6:
            repo.git("merge", "-q", "--no-edit", "-X", random.choice(["ours", "theirs"]), "side")
        if random.random() < 0.5:
            repo.git("checkout", "-q", "side" if repo.git("branch", "--show-current") == "main" else "main")
        before = asked(repo, before)
        assert before == asked(repo)
        assert {path: each.sha for path, each in before.files.items()} == as_git_tells(repo)


def test_an_earlier_answer_is_continued_by_reading_what_came_since_alone(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("evidence/a.json", "1")
    repo.write("evidence/b.json", "1")
    one = repo.commit("One")
    before = asked(repo)
    repo.write("evidence/b.json", "2")
    two = repo.commit("Two")
    calls = asked_of_git(monkeypatch)
    assert {path: each.sha for path, each in asked(repo, before).files.items()} == {
        "evidence/a.json": one,
        "evidence/b.json": two,
    }
    assert [f"^{one}" in call for call in calls if call[0] == "log"] == [True]


def test_after_history_was_rewritten_all_is_read_anew(repo: GitRepo) -> None:
    repo.write("evidence/a.json", "1")
    repo.commit("One")
    before = asked(repo)
    repo.git("commit", "-q", "--amend", "-m", "Other")
    assert asked(repo, before).files["evidence/a.json"].sha == repo.git("rev-parse", "HEAD")
    gone = before._replace(head="1" * 40)
    assert asked(repo, gone) == asked(repo)


def test_what_lies_before_the_end_of_a_shallow_clone_is_not_told(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("evidence/a.json", "1")
    repo.write("evidence/b.json", "1")
    repo.commit("One")
    repo.commit("Two")
    repo.write("evidence/b.json", "2")
    three = repo.commit("Three")
    repo.git("clone", "-q", "--depth=2", f"file://{repo.root}", str(tmp_path / "shallow"))
    shallow = GitRepo(tmp_path / "shallow")
    assert told(shallow) == {"evidence/b.json": three}
    before = asked(shallow)
    shallow.git("fetch", "-q", "--unshallow")
    assert {path: each.sha for path, each in asked(shallow, before).files.items()} == as_git_tells(repo)
