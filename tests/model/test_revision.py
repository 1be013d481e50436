"""What a message says it undoes."""

from pathlib import Path

import pytest

from gitrepo import GitRepo
from journal.model.revision import reverted
from journal.revisions import Repository

SHA, OTHER = "1a2b3c4d" * 5, "e5f60718" * 5


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"This reverts commit {SHA}.\n", (SHA,)),
        (f"Too early.\n\nThis reverts commit {SHA}, reversing\nchanges made to {OTHER}.", (SHA,)),
        ("This reverts commit 1a2b3c4 (Clamp the logits, 2026-02-21).", ("1a2b3c4",)),
        (f"This reverts commit {SHA}.\n\nThis reverts commit {OTHER}.\nThis reverts commit {SHA}.", (SHA, OTHER)),
        (f"It grew.\n\nThis reverts commit {OTHER[:8].upper()}; see there", (OTHER[:8],)),
        (f"It grew. This reverts commit {OTHER}, I thought", ()),
        (f"This reverts commit\n{SHA}.", (SHA,)),
        (f"This reverts commit {'ab' * 32}.", ("ab" * 32,)),
        (f"> This reverts commit {SHA}.\n  > This reverts commit {OTHER}.", ()),
        (f"This partly reverts commit {SHA}.", ()),
        (f"This reverts commits {SHA}..{OTHER}.", ()),
        ("This reverts commit added yesterday, which defaced the plot, and 1a2b3c4.", ()),
        (f"This reverts commit x{SHA}.", ()),
        (f"This reverts commit {SHA * 2}.", ()),
        (f"Unlike this, {SHA} stays.", ()),
        ("", ()),
    ],
)
def test_a_message_undoes_what_it_says_in_the_words_of_git(message: str, expected: tuple[str, ...]) -> None:
    assert reverted(message) == expected


def test_what_git_itself_writes_when_it_reverts_is_understood(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("f", "a\n")
    base = repo.commit("base")
    repo.write("f", "b\n")
    change = repo.commit("change")
    repo.git("revert", "--no-edit", change)
    revert = repo.git("rev-parse", "HEAD")
    repo.git("revert", "--no-edit", revert)
    repo.git("switch", "--quiet", "-c", "side", base)
    repo.write("g", "g\n")
    repo.commit("side")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "-m", "merge", "side")
    merge = repo.git("rev-parse", "HEAD")
    repo.git("revert", "--no-edit", "-m", "1", merge)

    undone = [
        commit.reverts for commit in Repository.find(repo.root).commits([change, revert, "HEAD~2", merge, "HEAD"])
    ]

    assert undone == [(), (change,), (revert,), (), (merge,)]
