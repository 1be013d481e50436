from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitrepo import GitRepo, asked_of_git
from journal import config
from journal.site.filled import FILE, filled

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [f"2026-02-{day:02}T10:00:00+08:00" for day in range(1, 5)]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    found = GitRepo(tmp_path / "it").init()
    found.write("journal.toml", 'title = "It"\n')
    for name in ("a", "deep/b", "runs/k"):
        old = found.write(f"evidence/{name}.json", "1")
        os.utime(old, (1_700_000_000, 1_700_000_000))
    found.commit("One", date=DAYS[0])
    return found


def told(repo: GitRepo) -> dict[str, str]:
    return {path: each.at.isoformat() for path, each in filled(config.find(repo.root)).items()}


def test_evidence_is_of_the_commit_that_last_changed_it_and_digests_are_of_no_entry(repo: GitRepo) -> None:
    repo.write("evidence/deep/b.json", "2")
    sha = repo.commit("Two", date=DAYS[1])
    assert told(repo) == {"entries/a.md": DAYS[0], "entries/deep/b.md": DAYS[1]}
    assert filled(config.find(repo.root))["entries/deep/b.md"].sha == sha


def test_evidence_that_was_changed_since_or_never_committed_is_of_no_commit(repo: GitRepo) -> None:
    told(repo)
    repo.write("evidence/a.json", "2")
    repo.write("evidence/new.json", "1")
    assert told(repo) == {"entries/deep/b.md": DAYS[0]}
    repo.write("evidence/a.json", "1")
    assert told(repo) == {"entries/a.md": DAYS[0], "entries/deep/b.md": DAYS[0]}


def test_a_journal_below_the_top_of_a_repository_is_told_by_its_own_paths(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "it").init()
    repo.write("lab/journal.toml", 'title = "It"\nentries = "notes"\n')
    repo.write("lab/evidence/a-b.json", "1")
    repo.commit("One", date=DAYS[0])
    assert list(filled(config.find(repo.root / "lab"))) == ["notes/a-b.md"]


def test_in_no_repository_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "journal.toml").write_text('title = "It"\n')
    assert filled(config.find(tmp_path)) == {}


def test_the_answer_is_kept_and_the_history_not_read_again(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(repo)
    calls = asked_of_git(monkeypatch)
    assert told(repo) == first
    assert "log" not in {call[0] for call in calls}


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"of": 1, "folder": "evidence"}', b'{"of": 1, "files": 3}'])
def test_what_is_kept_and_cannot_be_read_is_made_anew(repo: GitRepo, raw: bytes) -> None:
    first = told(repo)
    (repo.root / ".journal" / FILE).write_bytes(raw)
    assert told(repo) == first != {}
