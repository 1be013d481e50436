"""Rules about commits: what moved, what contradicts, what was undone, and what nobody here can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk
from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

STEM = "2026-02-21-floor"
LATER = "2026-02-22T09:00:00+08:00"

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path / "journal")
    desk.write("model.py", "scale = 1\n")
    desk.commit("Begin")
    desk.write("model.py", "scale = 1\nfloor = 0.1\n")
    desk.commit("Add a floor")
    return desk


def found(desk: Desk, capsys: Capsys, *args: str) -> list[dict[str, Any]]:
    """What the rules about commits find."""
    said = desk.call(capsys, "check", "--json", *args)
    return [
        each for each in said.json["findings"] if each["code"] in {"REF001", "COM001", "COM002", "COM003", "COM004"}
    ]


def rewrite(desk: Desk) -> tuple[str, str]:
    """Reword the last commit; its old and its new sha."""
    old = desk.git("rev-parse", "HEAD")
    desk.git("commit", "-q", "--amend", "-m", "Add a floor of 0.1", date=LATER)
    return old, desk.git("rev-parse", "HEAD")


@pytest.mark.usefixtures("settled")
def test_a_rewrite_is_noticed_though_nobody_touched_the_entry_and_the_fix_keeps_both_shas(
    desk: Desk, capsys: Capsys
) -> None:
    desk.entry(STEM, matter=f"commits: [{{sha: {desk.git('rev-parse', 'HEAD')[:9]}, note: a floor}}]\n")
    assert found(desk, capsys) == []
    old, new = rewrite(desk)
    (moved,) = found(desk, capsys)
    assert moved["code"] == "COM001"
    assert moved["message"].endswith(f"it became {new[:7]}: it makes the same changes")
    desk.call(capsys, "check", "--fix")
    assert f"commits: [{{sha: {old[:9]}, note: a floor, became: {new}}}]" in desk.read(STEM)
    assert found(desk, capsys) == []


def test_a_sha_that_stands_alone_becomes_an_item_of_two(desk: Desk, capsys: Capsys) -> None:
    desk.entry(STEM, matter=f"commits: [{desk.git('rev-parse', 'HEAD')[:9]}]\n")
    old, new = rewrite(desk)
    desk.call(capsys, "check", "--fix")
    assert found(desk, capsys) == []
    assert old[:9] in desk.read(STEM)
    assert new in desk.read(STEM)


def test_a_clone_that_never_had_the_commit_finds_it_by_the_evidence(desk: Desk, tmp_path: Path, capsys: Capsys) -> None:
    sha = desk.git("rev-parse", "HEAD")
    desk.entry(STEM, matter=f"commits: [{sha}]\n", runs="{id: plain031, role: baseline}")
    desk.call(capsys, "fill-results")
    _, new = rewrite(desk)
    desk.commit("Journal")
    clone = Desk(tmp_path / "clone")
    desk.git("clone", "-q", f"file://{desk.root}", str(clone.root))
    assert [(each["code"], each["message"].partition(";")[0]) for each in found(clone, capsys)] == [
        ("COM001", f"commit {sha[:7]} is on no branch any more"),
        ("REF001", f"commit {sha} is not in this repository"),
    ]
    clone.call(capsys, "check", "--fix")
    assert f"became: {new}" in clone.read(STEM)
    assert [each["code"] for each in found(clone, capsys)] == []


def test_a_commit_that_nothing_took_the_place_of_is_told_without_a_fix(desk: Desk, capsys: Capsys) -> None:
    desk.git("checkout", "-q", "--detach")
    desk.write("other.py", "other\n")
    desk.entry(STEM, matter=f"commits: [{desk.commit('Try something')}]\n")
    desk.git("checkout", "-q", "main")
    (told,) = found(desk, capsys)
    assert (told["code"], told["fix"], "others may not have it" in told["message"]) == ("COM001", None, True)


def test_a_commit_that_a_tag_leads_to_is_where_it_was(desk: Desk, capsys: Capsys) -> None:
    desk.git("tag", "paper", "HEAD")
    desk.entry(STEM, matter=f"commits: [{desk.git('rev-parse', 'HEAD')}]\n")
    rewrite(desk)
    assert found(desk, capsys) == []


def test_in_a_shallow_clone_a_commit_that_is_missing_is_no_error(desk: Desk, tmp_path: Path, capsys: Capsys) -> None:
    desk.entry(STEM, matter=f"commits: [{desk.git('rev-parse', 'HEAD~1')}]\n")
    desk.commit("Journal")
    clone = Desk(tmp_path / "clone")
    desk.git("clone", "-q", "--depth=1", f"file://{desk.root}", str(clone.root))
    (told,) = found(clone, capsys)
    assert (told["code"], told["severity"], told["hint"]) == ("REF001", "note", "run `git fetch --unshallow`")
    assert desk.call(capsys, "check").code == 0


def test_a_commit_of_another_repository_is_looked_for_there_alone(desk: Desk, tmp_path: Path, capsys: Capsys) -> None:
    other = Desk(tmp_path / "model").init()
    other.write("model.py", "one\n")
    sha = other.commit("Make the model")
    matter = "commits: [{sha: SHA, origin: 'https://git.example/lab/model'}]\n"
    desk.entry(STEM, matter=matter.replace("SHA", sha))
    assert found(desk, capsys) == []
    desk.write("journal.toml", 'sections = []\n[repositories]\n"git.example/lab/model" = "../model"\n')
    assert found(desk, capsys, "--anew") == []
    desk.entry(STEM, matter=matter.replace("SHA", "0badc0de"))
    (told,) = found(desk, capsys, "--anew")
    assert told["message"] == "commit 0badc0de is not in the clone of https://git.example/lab/model"


def test_a_commit_that_was_undone_is_told_of_until_an_entry_speaks_of_it(desk: Desk, capsys: Capsys) -> None:
    sha = desk.git("rev-parse", "HEAD")
    desk.git("revert", "--no-edit", sha)
    undo = desk.git("rev-parse", "HEAD")
    desk.entry(STEM, matter=f"status: running\ncommits: [{sha}]\n")
    (told,) = found(desk, capsys)
    assert (told["code"], undo[:7] in told["message"]) == ("COM004", True)
    desk.entry("2026-02-22-undo", matter=f"commits: [{undo}]\n")
    assert found(desk, capsys) == []


def test_a_contradicted_run_is_told_with_its_reasons_and_may_be_ignored_with_one(
    tmp_path: Path, capsys: Capsys
) -> None:
    toys = Toys.begin(tmp_path / "journal")
    before, sha = toys.commit("Begin"), toys.commit("Add a floor")
    toys.run("early", {"loss": [(1, 1.0)]}, commit=before, started=1_771_700_000)
    matter = f"commits: [{sha}]\n"
    toys.entry(STEM, matter=matter, runs="{id: early}")
    (told,) = found(toys, capsys)
    assert told["code"] == "COM002"
    assert f"its commit {before[:7]} lacks {sha[:7]}, which was made on top of it" in told["message"]
    toys.entry(STEM, matter=f"{matter}ignore: {{COM002: that machine had another clone}}\n", runs="{id: early}")
    assert found(toys, capsys) == []


def test_a_verdict_that_is_another_one_now_is_told_until_it_is_recorded(tmp_path: Path, capsys: Capsys) -> None:
    toys = Toys.begin(tmp_path / "journal")
    before, sha = toys.commit("Begin"), toys.commit("Add a floor")
    toys.run("early", {"loss": [(1, 1.0)]}, commit=before, started=1_771_700_000)
    toys.entry(STEM, matter=f"commits: [{before}]\n", runs="{id: early}")
    toys.call(capsys, "fill-results")
    toys.entry(STEM, matter=f"commits: [{sha}]\n", runs="{id: early}")
    assert [each["code"] for each in found(toys, capsys)] == ["COM002", "COM003"]
    toys.call(capsys, "fill-results")
    assert [each["code"] for each in found(toys, capsys)] == ["COM002"]
