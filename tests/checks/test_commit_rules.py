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
    assert moved["message"].endswith(f"it became {new[:7]}: its patch id is the same")
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


def test_verdicts_that_went_one_way_are_told_once_for_an_entry(tmp_path: Path, capsys: Capsys) -> None:
    toys = Toys.begin(tmp_path / "journal")
    before, sha = toys.commit("Begin"), toys.commit("Add a floor")
    for name in ("a", "b", "c"):
        toys.run(name, {"loss": [(1, 1.0)]}, commit=before, started=1_771_700_000)
    runs = "{id: a}, {id: b}, {id: c}"
    toys.entry(STEM, matter=f"commits: [{before}]\n", runs=runs)
    toys.call(capsys, "fill-results")
    toys.entry(STEM, matter=f"commits: [{sha}]\n", runs=runs)
    (told,) = [each for each in found(toys, capsys) if each["code"] == "COM003"]
    assert told["message"].startswith(
        "runs a, b and c were consistent by the entry's commits, and are contradicted now: "
    )


def test_a_commit_that_an_entry_names_twice_is_missed_once_and_the_ways_on_are_named(
    desk: Desk, capsys: Capsys
) -> None:
    desk.entry(STEM, matter="commits: [0badc0de, {sha: 0badc0de, note: again}]\n")
    (told,) = found(desk, capsys)
    assert (told["code"], told["line"], told["column"]) == ("REF001", 4, 11)
    assert "`became`" in told["hint"]
    assert "`origin`" in told["hint"]


def test_a_clone_that_is_not_there_is_a_note_and_told_once(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", 'sections = []\n[repositories]\n"git.example/lab/model" = "../nope"\n')
    for stem in (STEM, "2026-02-22-more"):
        desk.entry(stem, matter="commits: [{sha: 0badc0de, origin: 'https://git.example/lab/model'}, deadbeef]\n")
    told = [(each["path"], each["severity"], each["message"]) for each in found(desk, capsys)]
    assert told == [
        (f"entries/{STEM}.md", "error", "commit deadbeef is not in this repository"),
        ("entries/2026-02-22-more.md", "error", "commit deadbeef is not in this repository"),
        (
            "journal.toml",
            "note",
            (
                "setting `repositories`: there is no clone of git.example/lab/model in ../nope, "
                "so its commits were not looked at"
            ),
        ),
    ]


def test_where_git_cannot_read_the_commits_all_else_is_checked_and_that_is_said(desk: Desk, capsys: Capsys) -> None:
    desk.entry(STEM, matter=f"tagz: [x]\ncommits: [{desk.git('rev-parse', 'HEAD')}]\n")
    sha = desk.git("rev-parse", "HEAD~1")
    broken = desk.root / f".git/objects/{sha[:2]}/{sha[2:]}"
    whole = broken.read_bytes()
    broken.chmod(0o644)
    broken.write_bytes(b"broken")
    for form in ("text", "github"):
        said = desk.call(capsys, "check", "--format", form)
        assert (said.code, said.out.count("DOC002"), said.out.count("REF004"), len(said.out.splitlines())) == (
            3,
            1,
            1,
            2,
        )
        assert "the commits could not be looked at: " in said.out
    broken.write_bytes(whole)
    assert (desk.call(capsys, "check").code, found(desk, capsys)) == (0, [])


@pytest.mark.usefixtures("settled")
def test_a_commit_that_is_undone_is_noticed_though_nobody_touched_the_entry(desk: Desk, capsys: Capsys) -> None:
    sha = desk.git("rev-parse", "HEAD")
    desk.entry(STEM, matter=f"status: running\ncommits: [{sha}]\n")
    assert found(desk, capsys) == found(desk, capsys) == []
    desk.git("revert", "--no-edit", sha)
    assert [each["code"] for each in found(desk, capsys)] == ["COM004"]


@pytest.mark.usefixtures("settled")
def test_what_a_shallow_clone_could_not_tell_is_told_once_it_is_whole(tmp_path: Path, capsys: Capsys) -> None:
    toys = Toys.begin(tmp_path / "journal")
    toys.commit("Begin")
    toys.git("checkout", "-q", "-b", "work")
    toys.write("model.py", "floor = 0.1\n")
    work = toys.commit("Add a floor")
    toys.git("checkout", "-q", "main")
    main = toys.commit("Go on")
    toys.entry(STEM, matter=f"commits: [{work}]\n", runs="{id: early}")
    toys.commit("Journal")
    clone = Toys(tmp_path / "clone")
    toys.git("clone", "-q", "--depth=2", "--no-single-branch", f"file://{toys.root}", str(clone.root))
    clone.run("early", {"loss": [(1, 1.0)]}, commit=main, started=1_771_700_000)
    assert found(clone, capsys) == found(clone, capsys) == []
    clone.git("fetch", "-q", "--unshallow")
    assert [each["code"] for each in found(clone, capsys)] == ["COM002"]


def test_what_the_author_noted_that_a_commit_became_is_never_overwritten(desk: Desk, capsys: Capsys) -> None:
    old = desk.git("rev-parse", "HEAD")
    desk.entry(STEM, matter=f"commits: [{{sha: {old}, became: 0badc0de, note: on the release branch}}]\n")
    rewrite(desk)
    desk.call(capsys, "check", "--fix")
    assert "became: 0badc0de" in desk.read(STEM)


def test_a_message_that_merely_names_a_commit_is_not_what_it_became(desk: Desk, capsys: Capsys) -> None:
    old = desk.git("rev-parse", "HEAD")
    desk.entry(STEM, matter=f"commits: [{old}]\n")
    desk.git("reset", "-q", "--hard", "HEAD~1")
    desk.entry(STEM, matter=f"commits: [{old}]\n")
    desk.commit(f"Drop it\n\nWe do not want what {old[:7]} did.\n", date=LATER)
    desk.commit("Squash\n\n* Add a floor\n", date=LATER)
    (told,) = found(desk, capsys)
    assert (told["code"], "perhaps it became" in told["message"], told["fix"]) == ("COM001", True, None)


def test_a_clone_that_is_configured_and_not_there_stops_nothing(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", 'sections = []\n[repositories]\n"git.example/lab/model" = "../model"\n')
    desk.entry(STEM, matter="commits: [{sha: 0badc0de, origin: git.example/lab/model}, {sha: deadbeef}]\n")
    told = found(desk, capsys)
    assert "commit deadbeef is not in this repository" in [each["message"] for each in told]


def test_where_git_cannot_read_the_commits_what_was_recorded_of_runs_still_holds(
    tmp_path: Path, capsys: Capsys
) -> None:
    toys = Toys.begin(tmp_path / "journal")
    before, sha = toys.commit("Begin"), toys.commit("Add a floor")
    toys.run("late", {"loss": [(1, 1.0)]}, commit=sha, started=1_771_700_000)
    toys.entry(STEM, "<!-- journal:runs -->\n<!-- /journal:runs -->\n", matter=f"commits: [{sha}]\n", runs="{id: late}")
    toys.call(capsys, "fill-results")
    assert toys.call(capsys, "check", "--json").json["findings"] == []
    broken = toys.root / f".git/objects/{before[:2]}/{before[2:]}"
    broken.chmod(0o644)
    broken.write_bytes(b"broken")
    said = toys.call(capsys, "check", "--anew", "--json")
    assert (said.code, [each["code"] for each in said.json["findings"]]) == (3, ["REF004"])
