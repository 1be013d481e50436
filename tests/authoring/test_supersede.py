from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.document import store
from journal.document.document import parse
from journal.errors import NotWritable

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import FrontMatter

Capsys = pytest.CaptureFixture[str]
OLD, NEW = "2026-02-20-old", "2026-02-21-new"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    desk = Desk(tmp_path)
    desk.write("journal.toml", "sections = []\n")
    desk.entry(OLD, "Old words.\n", runs="own1", matter="status: concluded\n")
    desk.entry(NEW, "New words.\n")
    return desk


def matter(desk: Desk, stem: str) -> FrontMatter:
    return parse((desk.root / f"entries/{stem}.md").read_bytes(), f"entries/{stem}.md").entry.front_matter


def refused(desk: Desk, capsys: Capsys, *args: str, code: int = 2) -> str:
    before = desk.files()
    said = desk.call(capsys, "supersede", *args)
    assert (said.code, said.out, desk.files()) == (code, "", before)
    return said.err


@pytest.mark.parametrize(
    ("options", "relation", "status"),
    [((), "supersedes", "superseded"), (("--invalidate",), "invalidates", "invalid")],
)
def test_both_entries_say_so(desk: Desk, capsys: Capsys, options: tuple[str, ...], relation: str, status: str) -> None:
    said = desk.call(capsys, "supersede", OLD, NEW, "--by", "Ana", *options)
    assert (said.code, said.out, said.err) == (0, f"entries/{OLD}.md\nentries/{NEW}.md\n", "")
    assert getattr(matter(desk, NEW), relation) == (OLD,)
    assert matter(desk, OLD).status == status
    (update,) = matter(desk, OLD).updates
    assert (update.by, update.status, update.section) == ("Ana", status, None)
    assert desk.read(OLD).endswith("---\n\nOld words.\n")
    assert desk.read(NEW).endswith("---\n\nNew words.\n")


def test_a_reason_becomes_a_dated_section_of_the_old_entry(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "supersede", OLD, NEW, "--reason", "The clamp hid the cause.")
    heading = f"Update 2026-02-21 11:01 +00:00: Superseded by {NEW}"
    assert desk.read(OLD).endswith(f"Old words.\n\n## {heading}\n\nThe clamp hid the cause.\n")
    assert matter(desk, OLD).updates[0].section == heading


def test_doing_it_again_writes_nothing_and_says_so(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "supersede", OLD, NEW)
    before = desk.files()
    said = desk.call(capsys, "supersede", OLD, NEW)
    assert (said.code, said.err) == (0, "both said so already\n")
    assert desk.files() == before


def test_half_of_it_is_made_whole(desk: Desk, capsys: Capsys) -> None:
    desk.entry(NEW, matter=f"supersedes: {OLD}\n")
    assert desk.call(capsys, "supersede", OLD, NEW, "--json").json["changed"] is True
    assert (matter(desk, NEW).supersedes, matter(desk, OLD).status) == ((OLD,), "superseded")


def test_what_is_invalid_stays_invalid_and_what_is_superseded_can_become_so(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "supersede", OLD, NEW)
    desk.call(capsys, "supersede", OLD, NEW, "--invalidate")
    assert (matter(desk, OLD).status, matter(desk, NEW).invalidates) == ("invalid", (OLD,))
    desk.entry("2026-02-22-newer")
    desk.call(capsys, "supersede", OLD, "2026-02-22-newer")
    assert matter(desk, OLD).status == "invalid"
    assert matter(desk, "2026-02-22-newer").supersedes == (OLD,)


def test_who_took_the_place_is_named_once_however_often_that_was_said(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "supersede", OLD, NEW)
    desk.call(capsys, "supersede", OLD, NEW, "--invalidate")
    assert desk.call(capsys, "update", OLD, "One word more.").err == f"note: {OLD} is invalid, see {NEW}\n"


def test_what_nobody_has_invalidated_yet_is_not_made_less_than_invalid(desk: Desk, capsys: Capsys) -> None:
    desk.entry(OLD, matter="status: invalid\n")
    assert "--invalidate` says so in both" in refused(desk, capsys, OLD, NEW)
    assert desk.call(capsys, "supersede", OLD, NEW, "--invalidate").code == 0
    assert (matter(desk, NEW).invalidates, matter(desk, OLD).updates) == ((OLD,), ())


def test_what_supersede_has_written_check_agrees_with(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "update", OLD, "--status", "concluded")
    for options in ((), ("--invalidate", "--reason", "It was the wrong run.")):
        desk.call(capsys, "supersede", OLD, NEW, *options)
        found = desk.call(capsys, "check", "--json").json["findings"]
        assert {finding["code"] for finding in found} <= {"REF002"}  # the run is not here


def test_an_entry_cannot_take_its_own_place(desk: Desk, capsys: Capsys) -> None:
    assert "cannot take its own place" in refused(desk, capsys, OLD, f"entries/{OLD}.md")


def test_a_circle_is_refused_however_long(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-22-newer")
    desk.call(capsys, "supersede", OLD, NEW)
    desk.call(capsys, "supersede", NEW, "2026-02-22-newer", "--invalidate")
    assert f"{NEW} has taken the place of {OLD} already" in refused(desk, capsys, NEW, OLD)
    assert "has taken the place" in refused(desk, capsys, "2026-02-22-newer", OLD)


@pytest.mark.parametrize("relation", ["follows", "results_of"])
def test_an_entry_cannot_take_the_place_of_one_that_builds_on_it(desk: Desk, capsys: Capsys, relation: str) -> None:
    desk.entry("2026-02-22-newer", matter=f"{relation}: {NEW}\n")
    said = refused(desk, capsys, "2026-02-22-newer", NEW)
    assert f"2026-02-22-newer builds on {NEW}: 2026-02-22-newer {relation} {NEW} (did you mean" in said
    assert desk.call(capsys, "supersede", "2026-02-22-newer", NEW, "--invalidate").code == 0


@pytest.mark.parametrize("args", [(OLD, "nope"), ("nope", NEW)])
def test_an_entry_that_is_not_there_is_an_error(desk: Desk, capsys: Capsys, args: tuple[str, str]) -> None:
    assert "no entry 'nope'" in refused(desk, capsys, *args, code=1)


def test_an_entry_that_cannot_be_edited_leaves_the_other_alone(desk: Desk, capsys: Capsys) -> None:
    desk.entry(OLD, "```\nnever closed\n")
    assert "not closed" in refused(desk, capsys, OLD, NEW, "--reason", "x", code=1)


def test_where_the_second_file_cannot_be_written_the_first_goes_back(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = store.replace, []

    def full(stored: store.Stored, new: bytes, *, inside: Path) -> bool:
        asked.append(stored.path.stem)
        if stored.path.stem == OLD:
            raise NotWritable("the disk is full", path=stored.path)
        return real(stored, new, inside=inside)

    monkeypatch.setattr(store, "replace", full)
    assert "the disk is full" in refused(desk, capsys, OLD, NEW, code=1)
    assert asked == [NEW, OLD, NEW]  # written, refused, put back


def test_what_rests_on_the_old_entry_is_listed(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-22-after", matter=f"follows: [{OLD}]\n")
    desk.entry("2026-02-22-user", runs="{id: own1, role: candidate}")
    said = desk.call(capsys, "supersede", OLD, NEW)
    assert said.out.splitlines()[2:] == [
        "entries/2026-02-22-after.md: follows it",
        "entries/2026-02-22-user.md: cites its run own1 as candidate",
    ]
    assert said.err == f"resting on {OLD}: 2 entries; bring each up to date, or let it name {NEW}\n"
    shape = desk.call(capsys, "supersede", OLD, NEW, "--json").json
    assert (shape["entry"]["id"], shape["superseded"]["status"]) == (NEW, "superseded")
    assert [each["id"] for each in shape["resting"]] == ["2026-02-22-after", "2026-02-22-user"]
