"""Commits are found again after a rebase, an amendment or a squash; nothing is found by a subject alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from gitrepo import DATE, GitRepo
from journal.revisions import Repository
from journal.revisions.moved import Lost

if TYPE_CHECKING:
    from pathlib import Path

LATER = "2026-02-22T09:00:00+08:00"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("model.py", "".join(f"line {number}\n" for number in range(30)))
    repo.commit("Begin", date="2026-02-20T09:00:00+08:00")
    return repo


def change(repo: GitRepo, line: int, subject: str, date: str = DATE) -> str:
    """Change one line of the model, and commit that."""
    lines = (repo.root / "model.py").read_text().splitlines(keepends=True)
    lines[line] = f"{subject} in line {line}\n"
    repo.write("model.py", "".join(lines))
    return repo.commit(subject, date=date)


def lost(repo: GitRepo, sha: str) -> Lost:
    """All that can be known of a commit before it is lost."""
    repository = Repository(repo.root)
    told = repository.messages([sha])[0]
    return Lost(sha, told.subject, told.authored, repository.patches.ids([sha])[sha])


def again(repo: GitRepo, gone: Lost) -> tuple[str, str] | None:
    """What became of a commit, in a clone that never had it."""
    found = Repository(repo.root).found_again([gone]).get(gone.sha)
    return None if found is None else (found.sha, found.how)


def test_a_rebased_commit_is_found_by_what_it_changes(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "work")
    gone = lost(repo, change(repo, 3, "Add a floor"))
    repo.git("checkout", "-q", "main")
    change(repo, 25, "Go on", LATER)
    repo.git("rebase", "-q", "main", "work", date=LATER)
    assert again(repo, gone) == (repo.git("rev-parse", "work"), "its patch id is the same")


def test_a_commit_that_had_to_be_fitted_is_found_by_subject_and_author_date(repo: GitRepo) -> None:
    gone = lost(repo, change(repo, 3, "Add a floor"))
    repo.write("more.py", "more\n")
    repo.git("add", "more.py")
    repo.git("commit", "-q", "--amend", "--no-edit", date=LATER)
    assert again(repo, gone) == (repo.git("rev-parse", "HEAD"), "its subject and author date are the same")


def test_a_squashed_commit_is_found_in_a_message_that_lists_its_subject(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "work")
    gone = [lost(repo, change(repo, 3, "Add a floor")), lost(repo, change(repo, 9, "Clamp the logits"))]
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "work")
    squashed = repo.commit("Bound attention (#12)\n\n* Add a floor\n\n* Clamp the logits\n", date=LATER)
    repo.git("branch", "-q", "-D", "work")
    assert [again(repo, each) for each in gone] == [(squashed, "its message lists it")] * 2


def test_a_squashed_commit_is_found_in_a_message_that_names_it(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "work")
    gone = [lost(repo, change(repo, 3, "Add a floor")), lost(repo, change(repo, 9, "Clamp the logits"))]
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "work")
    repo.git("commit", "-q", "--no-edit", date=LATER)
    repo.git("branch", "-q", "-D", "work")
    head = repo.git("rev-parse", "HEAD")
    assert [again(repo, each) for each in gone] == [(head, "its message names it")] * 2


def test_a_commit_with_the_same_subject_alone_is_another_one(repo: GitRepo) -> None:
    gone = lost(repo, change(repo, 3, "Fix a bug"))
    repo.git("reset", "-q", "--hard", "HEAD~1")
    change(repo, 20, "Fix a bug", LATER)
    assert again(repo, gone) is None


def test_where_two_commits_answer_neither_is_taken(repo: GitRepo) -> None:
    gone = lost(repo, change(repo, 3, "Add a floor"))
    repo.git("reset", "-q", "--hard", "HEAD~1")
    for branch, more in (("one", "1.py"), ("two", "2.py")):
        repo.git("checkout", "-q", "-b", branch, "main")
        repo.write(more, "x\n")
        change(repo, 3, "Add a floor")
    assert again(repo, gone) is None


def test_what_undoes_a_commit_is_not_what_it_became(repo: GitRepo) -> None:
    sha = change(repo, 3, "Add a floor")
    gone = lost(repo, sha)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.commit(f'Revert "Add a floor"\n\nThis reverts commit {sha}.\n', date=LATER)
    assert again(repo, gone) is None


def test_of_a_commit_of_which_only_the_note_is_left_nothing_but_a_list_of_subjects_tells(repo: GitRepo) -> None:
    squashed = repo.commit("Bound attention\n\n- Add a floor\n", date=LATER)
    assert again(repo, Lost("1234567", "Add a floor")) == (
        squashed,
        "its message lists it",
    )
    assert again(repo, Lost("1234567", "Bound attention")) is None
    assert again(repo, Lost("1234567")) is None


def test_dates_are_moments_whatever_their_offset(repo: GitRepo) -> None:
    sha = change(repo, 3, "Add a floor")
    assert lost(repo, sha).authored == datetime.fromisoformat(DATE)
