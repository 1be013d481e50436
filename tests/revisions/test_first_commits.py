from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo
from journal.revisions import Repository
from journal.revisions.first_commits import first_commits, renames

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [f"2026-02-{day:02}T10:00:00+08:00" for day in range(1, 9)]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "it").init()


def told(repo: GitRepo, folder: str = "entries") -> dict[str, str]:
    found = first_commits(Repository.find(repo.root), folder).added
    return {path: at.isoformat() for path, at in found.items()}


def test_a_file_began_with_the_first_commit_that_brought_it_in_under_its_name(repo: GitRepo) -> None:
    repo.write("entries/a.md", "a\n" * 9)
    repo.write("other/x.md", "x")
    repo.commit("One", date=DAYS[0])
    repo.write("entries/a.md", "b\n" * 9)
    repo.write("entries/deep/é b\\c.md", "c")
    repo.commit("Two", date=DAYS[1])
    repo.git("rm", "-q", "entries/a.md")
    repo.commit("Three", date=DAYS[2])
    repo.write("entries/a.md", "again")
    repo.commit("Four", date=DAYS[3])
    assert told(repo) == {"entries/a.md": DAYS[0], "entries/deep/é b\\c.md": DAYS[1]}


def test_the_authors_date_counts_which_a_rebase_keeps(repo: GitRepo) -> None:
    repo.write("entries/a.md", "a")
    repo.commit("One", date=DAYS[0])
    repo.git("commit", "-q", "--amend", "--no-edit", date=DAYS[5])
    assert told(repo) == {"entries/a.md": DAYS[0]}


def test_a_file_of_a_merged_branch_began_there(repo: GitRepo) -> None:
    repo.commit("Begin", date=DAYS[0])
    repo.git("checkout", "-q", "-b", "side")
    repo.write("entries/a.md", "a")
    repo.commit("Side", date=DAYS[1])
    repo.git("checkout", "-q", "main")
    repo.write("entries/b.md", "b")
    repo.commit("Main", date=DAYS[2])
    repo.git("merge", "-q", "--no-edit", "side", date=DAYS[3])
    assert told(repo) == {"entries/a.md": DAYS[1], "entries/b.md": DAYS[2]}


def test_nothing_is_told_before_the_first_commit_nor_of_a_folder_that_is_not_there(repo: GitRepo) -> None:
    repo.write("entries/a.md", "a")
    assert told(repo) == {}
    repo.commit("One")
    assert told(repo, "entrie") == told(repo, "entries*") == told(repo, "-x") == {}


def test_a_file_that_came_in_with_many_is_told_from_one_that_came_in_with_few(repo: GitRepo) -> None:
    for name in "abcd":
        repo.write(f"entries/{name}.md", name)
    repo.commit("Many")
    repo.write("entries/e.md", "e")
    repo.commit("One")
    found = first_commits(Repository.find(repo.root), "entries")
    assert found.few == {"entries/e.md"}
    assert found.whole


def test_a_shallow_clone_and_a_long_history_are_not_whole(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        repo.write(f"entries/{number}.md", "x")
        repo.commit(str(number), date=DAYS[number])
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "clone"))
    assert not first_commits(Repository.find(tmp_path / "clone"), "entries").whole
    monkeypatch.setattr("journal.revisions.first_commits.MOST_COMMITS", 2)
    found = first_commits(Repository.find(repo.root), "entries")
    assert (sorted(found.added), found.whole) == (["entries/1.md", "entries/2.md"], False)


def test_hostile_settings_of_a_repository_change_nothing_and_run_nothing(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("entries/a.md", "a")
    repo.write(".gitattributes", "*.md diff=evil\n")
    repo.commit("One", date=DAYS[0])
    for name, value in (("diff.external", "touch ran"), ("diff.evil.textconv", "touch ran"), ("log.showRoot", "false")):
        repo.git("config", name, value)
    assert told(repo) == {"entries/a.md": DAYS[0]}
    assert not list(tmp_path.rglob("ran"))


def test_renames_lead_from_former_names_to_the_newest(repo: GitRepo) -> None:
    repo.write("entries/a.md", "word\n" * 20)
    repo.write("entries/k.md", "other\n" * 20)
    repo.commit("One")
    for old, new in (("a", "b"), ("b", "c d")):
        repo.git("mv", f"entries/{old}.md", f"entries/{new}.md")
        repo.commit("Rename")
    repo.git("mv", "entries/k.md", "k.md")
    repo.commit("Move out")
    assert renames(Repository.find(repo.root), "entries") == {
        "entries/a.md": "entries/b.md",
        "entries/b.md": "entries/c d.md",
    }
