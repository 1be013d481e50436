from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desk import BARE, Desk
from four_entries import ALL, BLOCK, E1, E2, E3, E4, begin
from gitrepo import GitRepo
from journal.checks import check as checking
from journal.index import stamps
from journal.unchanged import memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk import Said
    from journal.checks.interface import Scene
    from journal.model.finding import Finding

KEPT = Path(memory.CHECKED)
Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def looked(monkeypatch: Patch) -> list[str]:
    """The entries that a check looked at, in order."""
    found: list[str] = []
    look = checking.look

    def watched(scene: Scene) -> list[Finding]:
        found.extend(Path(path).stem for path in scene.paths)
        return look(scene)

    monkeypatch.setattr(checking, "look", watched)
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Where the journal is made that each test has a copy of."""
    return Desk(tmp_path_factory.mktemp("template") / "journal")


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys, settled: None, template: Desk) -> Desk:  # noqa: ARG001
    """Four entries, filled, committed, checked and remembered."""
    if not template.root.exists():
        begin(template.root, capsys, third=f"follows: [{E2}]\ntagz: x\n")
    desk = template.copied(tmp_path / "journal")
    check(desk, capsys)
    return desk


def check(desk: Desk, capsys: Capsys, *more: str) -> Said:
    return desk.call(capsys, "check", *more)


def codes(desk: Desk, capsys: Capsys) -> list[str]:
    return [finding["code"] for finding in check(desk, capsys, "--json").json["findings"]]


def again(desk: Desk, capsys: Capsys, looked: list[str]) -> list[str]:
    """The entries that another check looks at."""
    looked.clear()
    check(desk, capsys)
    return list(looked)


# --- what is remembered -----------------------------------------------------------------------------------------------


def test_what_nobody_touched_is_not_looked_at_and_told_alike(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    ways: tuple[list[str], ...] = ([], ["--json"], ["--strict"], [E3], [E1, E3])
    told = [check(desk, capsys, *way) for way in ways]
    assert looked == []
    assert [said.code for said in told] == [0, 0, 1, 0, 0]
    assert "DOC002" in told[0].out
    assert told[0].err == "4 entries: 0 errors, 1 warning\n"
    assert [check(desk, capsys, "--anew", *way) for way in ways] == told
    assert looked == [*ALL * 3, E3, E1, E3]


def test_where_nothing_changed_next_to_nothing_is_loaded(desk: Desk, capsys: Capsys, monkeypatch: Patch) -> None:
    told = check(desk, capsys)

    def fail(*_: object, **__: object) -> object:
        raise AssertionError("the journal is opened")

    monkeypatch.setattr("journal.cli.checking.open_journal", fail)
    assert check(desk, capsys) == told


def test_one_entry_that_changed_is_looked_at_alone(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    path = desk.root / f"entries/{E2}.md"
    path.write_bytes(path.read_bytes() + b"More.\n")
    assert again(desk, capsys, looked) == [E2]
    assert again(desk, capsys, looked) == []


def test_what_is_wrong_is_remembered_too_and_noticed_when_it_is_put_right(
    desk: Desk, capsys: Capsys, looked: list[str]
) -> None:
    whole = desk.read(E1)
    desk.write(f"entries/{E1}.md", whole.replace("metrics: [loss]", "metrics: [lr]"))
    desk.entry("2026-03-01-broken", "<!-- journal:table\n")
    first = codes(desk, capsys)
    assert {"TAB003", "DOC001"} <= set(first)
    assert again(desk, capsys, looked) == []
    assert codes(desk, capsys) == first
    desk.write(f"entries/{E1}.md", whole)
    (desk.root / "entries/2026-03-01-broken.md").unlink()
    assert codes(desk, capsys) == ["DOC002"]


# --- what it rests on -------------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    """Change a byte of a file so that size and time of change are what they were."""
    then, raw = path.stat(), bytearray(path.read_bytes())
    raw[-2] ^= 1
    path.write_bytes(raw)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))


def part_of_it(desk: Desk) -> None:
    """Another folder of the same run, with less in it."""
    raw = desk.log("faild031").read_bytes()
    folder = desk.root / "wandb/run-20260101_000000-faild031"
    folder.mkdir()
    (folder / "run-faild031.wandb").write_bytes(raw[: len(raw) // 2])


def digest(desk: Desk) -> Path:
    (found,) = (desk.root / "evidence/runs").glob("faild031-*.json")
    return found


CHANGES: dict[str, Callable[[Desk], object]] = {
    "the entry": lambda desk: flip(desk.root / f"entries/{E1}.md"),
    "the evidence": lambda desk: flip(desk.root / f"evidence/{E1}.json"),
    "no evidence": lambda desk: (desk.root / f"evidence/{E1}.json").unlink(),
    "the digest": lambda desk: flip(digest(desk)),
    "no digest": lambda desk: digest(desk).unlink(),
    "the log": lambda desk: flip(desk.log("faild031")),
    "another folder of the run": part_of_it,
    "no folder": lambda desk: shutil.rmtree(desk.folder("faild031")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_an_entry_rests_on_has_it_looked_at(
    desk: Desk, capsys: Capsys, looked: list[str], change: str
) -> None:
    CHANGES[change](desk)
    told = check(desk, capsys)
    assert E1 in looked
    assert not {E2, E3} & set(looked)
    assert check(desk, capsys, "--anew") == told


def test_settings_environment_and_version_matter_to_all(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    desk.write("journal.toml", BARE.replace("[]", "['Fate']"))
    assert again(desk, capsys, looked) == ALL
    assert codes(desk, capsys).count("DOC004") == 4
    monkeypatch.setenv("WANDB_ENTITY", "another")
    assert again(desk, capsys, looked) == ALL
    assert again(desk, capsys, looked) == []
    monkeypatch.setattr(memory, "programme", lambda: ["another"])
    assert again(desk, capsys, looked) == ALL


def test_a_commit_matters_to_an_entry_with_predictions(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.commit("Something else")
    assert again(desk, capsys, looked) == [E4]
    assert again(desk, capsys, looked) == []


def test_commits_that_come_and_go_are_noticed_by_those_that_name_them(
    desk: Desk, capsys: Capsys, looked: list[str], tmp_path: Path
) -> None:
    other = GitRepo(tmp_path / "other")
    other.init()
    sha = other.commit("Made elsewhere")
    desk.entry(E3, matter=f"commits: [{sha[:9]}]\n")
    assert codes(desk, capsys) == ["REF001"]
    assert again(desk, capsys, looked) == []
    desk.git("fetch", "--quiet", str(other.root), "HEAD:refs/heads/fetched")
    assert codes(desk, capsys) == []
    assert E3 in looked
    looked.clear()
    desk.git("gc", "--quiet")
    assert again(desk, capsys, looked) == []
    desk.git("branch", "-D", "fetched")
    (desk.root / ".git/FETCH_HEAD").unlink()
    desk.git("gc", "--quiet", "--prune=now")
    assert codes(desk, capsys) == ["REF001"]
    (desk.root / ".git").rename(tmp_path / "aside")
    assert "REF001" not in codes(desk, capsys)


def test_what_rests_on_other_entries_is_told_without_a_look_at_it(
    desk: Desk, capsys: Capsys, looked: list[str]
) -> None:
    aside = desk.root / ".git/aside"
    (desk.root / f"entries/{E2}.md").rename(aside)
    assert {"REF005", "TAB007"} <= set(codes(desk, capsys))
    assert looked == []
    aside.rename(desk.root / f"entries/{E2}.md")
    assert codes(desk, capsys) == ["DOC002"]
    assert again(desk, capsys, looked) == []
    desk.write(f"entries/below/{E2}.md", (desk.root / f"entries/{E3}.md").read_bytes())
    assert "DOC006" in codes(desk, capsys)
    assert set(looked) == {E2}


def test_evidence_that_comes_and_goes_is_noticed(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    stray = desk.root / "evidence/below/2026-03-01-stray.json"
    stray.parent.mkdir()
    stray.write_text("{}")
    assert codes(desk, capsys) == ["DOC002", "TAB007"]
    stray.unlink()
    assert codes(desk, capsys) == ["DOC002"]
    stray.with_name("more.json").write_text("{}")
    assert codes(desk, capsys) == ["DOC002", "TAB007"]
    assert looked == []


def test_the_runs_that_may_have_been_meant_are_told_anew(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.entry(E3, runs="nestd0311")
    assert "did you mean nestd031" in check(desk, capsys).out
    assert again(desk, capsys, looked) == []
    shutil.rmtree(desk.folder("nestd031"))
    assert again(desk, capsys, looked) == [E3]
    assert "did you mean nestd031" not in check(desk, capsys).out


# --- when it is not believed ------------------------------------------------------------------------------------------


def test_that_something_could_not_be_looked_at_is_never_remembered(
    desk: Desk, capsys: Capsys, looked: list[str]
) -> None:
    (desk.root / "wandb").rename(desk.root / "elsewhere")
    assert [check(desk, capsys).code for _ in range(3)] == [3, 3, 3]
    assert looked.count(E1) == 3
    (desk.root / "elsewhere").rename(desk.root / "wandb")
    assert check(desk, capsys).code == 0
    assert again(desk, capsys, looked) == []


def test_what_was_touched_a_moment_ago_is_not_believed(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NS", 3_600_000_000_000)
    (desk.root / KEPT).unlink()
    assert again(desk, capsys, looked) == ALL
    assert again(desk, capsys, looked) == ALL


def test_a_damaged_memory_is_none(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    told, raw = check(desk, capsys), (desk.root / KEPT).read_bytes()
    for damaged in (b"", raw[:-100], raw.replace(b'"whole":true', b'"whole":tru3'), b"\xff\n\0\n", raw + b"\n{}"):
        desk.write(str(KEPT), damaged)
        (desk.root / f"entries/{E3}.md").touch()  # so that the second part is wanted too
        looked.clear()
        assert check(desk, capsys) == told
        assert looked == ALL
        assert again(desk, capsys, looked) == []


def test_a_check_and_a_fill_keep_apart_what_they_remember(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    filled = [desk.call(capsys, "fill-results", "--check") for _ in range(2)]
    assert filled[0] == filled[1]
    assert again(desk, capsys, looked) == []
    (desk.root / memory.PLACE).unlink()
    assert again(desk, capsys, looked) == []


# --- all of it --------------------------------------------------------------------------------------------------------

STEPS: tuple[Callable[[Desk], object], ...] = (
    *CHANGES.values(),
    lambda desk: desk.git("checkout", "--quiet", "--", "."),
    lambda desk: shutil.rmtree(desk.root / "wandb/run-20260101_000000-faild031", ignore_errors=True),
    lambda desk: desk.commit("More"),
    lambda desk: desk.entry("2026-03-05-more", BLOCK, runs="killd031", matter=f"supersedes: [{E2}]\n"),
    lambda desk: (desk.root / "entries/2026-03-05-more.md").unlink(missing_ok=True),
    lambda desk: desk.entry(E3, BLOCK, runs="{id: attention-lab/sigma-floor/killd031, as: b}", matter="follows: no\n"),
    lambda desk: desk.write("journal.toml", BARE),
    lambda desk: desk.spawn("fill-results"),
    lambda _: None,
)


@pytest.mark.untraced
def test_with_and_without_memory_the_same_is_said(desk: Desk, capsys: Capsys) -> None:
    chance = random.Random(5)  # noqa: S311
    for _ in range(12):
        step: Any = chance.choice(STEPS)
        try:
            step(desk)
        except (OSError, ValueError, AssertionError):  # what the step wants to change is not there
            continue
        with_it = check(desk, capsys, "--json"), check(desk, capsys)
        kept = (desk.root / KEPT).read_bytes()
        assert (check(desk, capsys, "--anew", "--json"), check(desk, capsys, "--anew")) == with_it
        if chance.random() < 0.7:
            desk.write(str(KEPT), kept)
