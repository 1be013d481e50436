"""The commit verdicts of an entry: recorded when it is filled, and kept where nobody can look."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gitrepo import DATE
from toys import ENTRY, Toys, block

if TYPE_CHECKING:
    from pathlib import Path

MADE = datetime.fromisoformat(DATE)
LOSS = {"loss": [(1, 1.0)]}


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """A journal in which `model.py` was committed, and later a floor added to it."""
    toys = Toys.begin(tmp_path / "journal")
    toys.write("model.py", "scale = 1\n")
    toys.commit("Begin", date=(MADE - timedelta(hours=1)).isoformat())
    toys.write("model.py", "scale = 1\nfloor = 0.1\n")
    toys.commit("Add a floor")
    return toys


def begin(toys: Toys, run_id: str, commit: str, *, hours: float = 1, clean: bool | None = None) -> None:
    """A run that began some hours after the floor was committed, of a tree that was saved clean, or dirty."""
    folder = toys.run(run_id, LOSS, commit=commit, started=(MADE + timedelta(hours=hours)).timestamp())
    if clean is not None:
        (folder / "files" / "code").mkdir(exist_ok=True)
    if clean is False:
        patch = (
            "diff --git a/model.py b/model.py\n--- a/model.py\n+++ b/model.py\n@@ -1 +1 @@\n-scale = 1\n+scale = 2\n"
        )
        (folder / "files" / "diff.patch").write_text(patch)


def about(toys: Toys, body: str, *runs: str, sha: str | None = None, role: str = "") -> None:
    """The entry: about a commit, by default the last one, and these runs."""
    sha = sha or toys.git("rev-parse", "HEAD")
    items = ", ".join(f"{{id: {run}{role}}}" for run in runs)
    toys.entry(ENTRY, body, runs=items, matter=f"commits: [{{sha: {sha}}}]\n")


def test_each_run_of_an_entry_with_commits_gets_its_verdict_and_reasons_into_the_evidence(toys: Toys) -> None:
    head = toys.git("rev-parse", "HEAD")
    begin(toys, "clean", head, clean=True)
    begin(toys, "dirty", head, clean=False)
    begin(toys, "older", toys.git("rev-parse", "HEAD~1"))
    about(toys, "", "clean", "dirty", "older")
    toys.fill()
    verdicts = toys.found["verdicts"]
    assert {run: told["verdict"] for run, told in verdicts.items()} == {
        "clean": "proven",
        "dirty": "consistent",
        "older": "contradicted",
    }
    assert "uncommitted changes to model.py (model.py is changed by the commit too)" in verdicts["dirty"]["reasons"][1]
    assert toys.found["commits"][head]["subject"] == "Add a floor"


def test_the_runs_block_shows_the_verdicts_with_their_reasons_below(toys: Toys) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    about(toys, block("", kind="runs"), "clean")
    toys.fill()
    assert "| run | id | role | commit | verdict | state | last step | label |" in toys.text
    assert "| proven |" in toys.text
    assert "clean: it ran" in toys.caption


def test_runs_with_the_same_reasons_share_them_below_the_block(toys: Toys) -> None:
    head = toys.git("rev-parse", "HEAD")
    for run in ("one", "two"):
        begin(toys, run, head)
    about(toys, block("", kind="runs"), "one", "two")
    toys.fill()
    assert toys.caption == f"one, two: it ran {head[:7]}, whether its tree was clean is not known"


def test_an_entry_without_commits_has_no_verdicts(toys: Toys) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    toys.ask(block("", kind="runs"), "clean")
    toys.fill()
    assert "verdict" not in toys.text
    assert "verdicts" not in toys.found


def test_a_fill_that_follows_a_fill_changes_nothing(toys: Toys) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    about(toys, block("", kind="runs"), "clean")
    toys.fill()
    assert toys.plan().changed is False


def test_what_was_recorded_stands_where_there_is_no_repository_and_where_the_run_is_away(toys: Toys) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    about(toys, block("", kind="runs"), "clean")
    toys.fill()
    before = toys.found["verdicts"]
    assert toys.plan(git=False).changed is False
    toys.take_away()
    assert toys.plan().evidence.model_dump(mode="json")["verdicts"] == before


def test_a_baseline_need_not_have_the_change(toys: Toys) -> None:
    begin(toys, "older", toys.git("rev-parse", "HEAD~1"), clean=True)
    about(toys, "", "older", role=", role: baseline")
    toys.fill()
    told = toys.found["verdicts"]["older"]
    assert told["verdict"] == "proven"
    assert "fine for a run to compare with" in told["reasons"][0]


def test_a_commit_of_another_repository_is_looked_up_in_the_clone_that_is_configured(
    toys: Toys, tmp_path: Path
) -> None:
    other = Toys.begin(tmp_path / "model")
    sha = other.commit("Make the model")
    begin(toys, "elsewhere", sha, clean=True)
    matter = f"commits: [{{sha: {sha}, origin: 'https://git.example/lab/model'}}]\n"
    toys.entry(ENTRY, "", runs="{id: elsewhere}", matter=matter)
    toys.fill()
    assert toys.found["verdicts"]["elsewhere"]["verdict"] == "proven", "the very same sha needs no clone"
    begin(toys, "elsewhere", other.commit("Go on"), clean=True)
    toys.fill()
    said = toys.found["verdicts"]["elsewhere"]
    assert (said["verdict"], "no clone is configured" in said["reasons"][0]) == ("unknown", True)
    toys.write("journal.toml", 'sections = []\n[repositories]\n"git@git.example:lab/model.git" = "../model"\n')
    toys.fill()
    assert toys.found["verdicts"]["elsewhere"]["verdict"] == "proven"


def test_a_patch_that_is_just_the_change_committed_afterwards_is_the_change(toys: Toys) -> None:
    base = toys.git("rev-parse", "HEAD~1")
    begin(toys, "before", base, hours=-0.5)
    (files,) = (toys.root / "wandb").glob("*-before/files")
    (files / "diff.patch").write_text(toys.git("diff", base, "HEAD", "--submodule=diff") + "\n")
    about(toys, "", "before")
    toys.fill()
    told = toys.found["verdicts"]["before"]
    assert told["verdict"] == "consistent"
    assert "with just the change of" in told["reasons"][0]


def test_a_run_of_several_parts_is_worth_what_its_weakest_part_is(toys: Toys) -> None:
    head = toys.git("rev-parse", "HEAD")
    begin(toys, "long", toys.git("rev-parse", "HEAD~1"), hours=2, clean=True)
    begin(toys, "long", head, hours=4, clean=True)
    about(toys, "", "long", sha=head)
    toys.fill()
    told = toys.found["verdicts"]["long"]
    assert told["verdict"] == "contradicted"
    assert told["reasons"][0].startswith("part 1 of 2: its commit")


def test_what_was_recorded_of_other_commits_is_no_verdict_on_these(toys: Toys) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    about(toys, "", "clean")
    toys.fill()
    assert toys.found["verdicts"]["clean"]["verdict"] == "proven"
    about(toys, "", "clean", sha=toys.commit("Go on"))
    toys.take_away()
    toys.fill()
    assert "verdicts" not in toys.found


def test_a_shallow_clone_keeps_what_it_cannot_tell(toys: Toys, tmp_path: Path) -> None:
    begin(toys, "clean", toys.git("rev-parse", "HEAD"), clean=True)
    about(toys, "", "clean")
    toys.fill()
    toys.git("add", "--all")
    toys.commit("Journal")
    clone = Toys(tmp_path / "clone")
    toys.git("clone", "-q", "--depth=1", f"file://{toys.root}", str(clone.root))
    begin(clone, "clean", toys.git("rev-parse", "HEAD~1"), clean=True)
    assert clone.plan().evidence.model_dump(mode="json")["verdicts"] == toys.found["verdicts"]


def test_what_was_proven_stays_so_in_a_clone_that_lacks_the_commits_of_before_a_rebase(
    toys: Toys, tmp_path: Path
) -> None:
    old = toys.git("rev-parse", "HEAD")
    begin(toys, "before", toys.commit("Go on"), hours=2, clean=True)
    toys.git("reset", "-q", "--hard", old)
    toys.git("commit", "-q", "--amend", "-m", "Add a floor of 0.1")
    new = toys.git("rev-parse", "HEAD")
    begin(toys, "after", new, hours=3, clean=True)
    item = f"commits: [{{sha: {old}, became: {new}}}]\n"
    toys.entry(ENTRY, "", runs="{id: before}, {id: after}", matter=item)
    toys.fill()
    before = toys.found["verdicts"]
    assert {told["verdict"] for told in before.values()} == {"proven"}
    toys.commit("Journal")
    clone = Toys(tmp_path / "clone")
    toys.git("clone", "-q", f"file://{toys.root}", str(clone.root))
    shutil.copytree(toys.root / "wandb", clone.root / "wandb")
    assert clone.plan().evidence.model_dump(mode="json")["verdicts"] == before
    begin(clone, "before", "f" * 40, hours=2, clean=True)
    assert clone.plan().evidence.verdicts["before"].verdict == "unknown", "that is another run by now"
