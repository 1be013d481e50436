from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Desk
from journal.authoring.change import Change
from journal.authoring.update import Said, _heading, dated
from journal.document.document import parse
from journal.document.store import Stored
from journal.errors import EntryError

if TYPE_CHECKING:
    from journal.model.entry import Entry

Capsys = pytest.CaptureFixture[str]
ONE = "2026-02-20-one"
DATE = "Update 2026-02-21 11:01 +00:00"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    desk = Desk(tmp_path / "lab")
    desk.init()
    desk.write("journal.toml", "sections = []\n")
    desk.entry(ONE, "# Head\n\nWords  \nstay.", matter="status: running # so far\n")
    return desk


def entry(desk: Desk, stem: str = ONE) -> Entry:
    path = f"entries/{stem}.md"
    return parse((desk.root / path).read_bytes(), path).entry


def refused(desk: Desk, capsys: Capsys, *args: str, code: int = 2) -> str:
    before = desk.files()
    said = desk.call(capsys, "update", *args)
    assert (said.code, said.out, desk.files()) == (code, "", before)
    return said.err


def test_an_update_is_a_dated_section_a_record_and_a_status(desk: Desk, capsys: Capsys) -> None:
    before = desk.read(ONE)
    args = ("It holds.", "--status", "concluded", "--outcome", "positive", "--by", "Ana", "--title", "four seeds")
    said = desk.call(capsys, "update", ONE, *args)
    assert (said.code, said.out, said.err) == (0, f"entries/{ONE}.md\n", "status: concluded\n")
    found = entry(desk)
    matter, heading = found.front_matter, f"{DATE}: four seeds"
    assert (matter.status, matter.outcome) == ("concluded", "positive")
    (update,) = matter.updates
    assert update.model_dump(mode="json") == {
        "at": "2026-02-21T11:01:15+00:00",
        "by": "Ana",
        "status": "concluded",
        "outcome": "positive",
        "section": heading,
    }
    assert [(section.heading, section.text) for section in found.sections] == [(heading, "\nIt holds.\n")]
    assert desk.read(ONE).endswith(before[before.index("# Head") :] + f"\n\n## {heading}\n\nIt holds.\n")
    assert "status: concluded # so far\n" in desk.read(ONE)


def test_two_updates_of_one_minute_have_headings_of_their_own(desk: Desk, capsys: Capsys) -> None:
    for text in ("One.", "Two.", "Three."):
        assert desk.call(capsys, "update", ONE, text).code == 0
    found = entry(desk)
    assert [section.heading for section in found.sections] == [DATE, f"{DATE} (2)", f"{DATE} (3)"]
    assert [update.section for update in found.front_matter.updates] == [DATE, f"{DATE} (2)", f"{DATE} (3)"]
    assert found.front_matter.status == "running"


def test_the_offset_of_the_clock_stands_in_the_heading() -> None:
    at = datetime(2026, 2, 22, 10, 30, 59, tzinfo=timezone(timedelta(hours=8)))
    assert _heading(at, "  a\nb ", set()) == "Update 2026-02-22 10:30 +08:00: a b"
    west = at.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert _heading(west, None, set()) == "Update 2026-02-22 10:30 -03:30"


def test_who_says_so_is_gits_user_by_default(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "update", ONE, "x")
    desk.git("config", "user.name", "Ada Lovelace")
    desk.call(capsys, "update", ONE, "y")
    assert [update.by for update in entry(desk).front_matter.updates] == [None, "Ada Lovelace"]


def test_a_status_alone_needs_no_section(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "update", ONE, "--status", "blocked", "--json")
    found = entry(desk)
    assert found.sections == ()
    assert said.json["entry"]["status"] == found.front_matter.status == "blocked"
    assert said.json["update"]["section"] is None
    assert said.json["update"]["status"] == "blocked"


def test_the_text_can_come_from_a_file_or_from_standard_input(desk: Desk, capsys: Capsys) -> None:
    desk.write("note.md", "\ufeffFrom\r\na file.\r\n".encode())
    assert desk.call(capsys, "update", ONE, "--file", "note.md").code == 0
    assert entry(desk).sections[0].text == "\nFrom\na file.\n"
    missing = desk.call(capsys, "update", ONE, "--file", "nowhere.md")
    assert (missing.code, "nowhere.md: cannot be read" in missing.err) == (2, True)
    assert "is not UTF-8" in desk.call(capsys, "update", ONE, "--file", str(desk.write("b.md", b"\xff"))).err
    assert "given twice" in refused(desk, capsys, ONE, "text", "--file", "note.md")


def test_the_editor_opens_what_is_to_be_written(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nsed -i "s/^What is new.*/Edited./" "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    assert desk.call(capsys, "update", ONE, "--edit").code == 0
    assert entry(desk).sections[0].text == "\nEdited.\n"
    monkeypatch.setenv("EDITOR", "")
    assert "$EDITOR" in refused(desk, capsys, ONE, "--edit")


@pytest.mark.parametrize("args", [(), ("",), ("  \n",), ("--by", "Ana"), ("--title", " ")])
def test_an_update_that_says_nothing_is_refused(desk: Desk, capsys: Capsys, args: tuple[str, ...]) -> None:
    assert "an update needs something to say" in refused(desk, capsys, ONE, *args)


def test_an_entry_that_was_replaced_takes_words_but_keeps_its_status(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-21-new", matter=f"supersedes: [{ONE}]\n")
    desk.entry(ONE, matter="status: superseded\n")
    said = desk.call(capsys, "update", ONE, "For the record.")
    assert (said.code, said.err) == (0, f"note: {ONE} is superseded, see 2026-02-21-new\n")
    assert entry(desk).front_matter.status == "superseded"
    assert "its status stays" in refused(desk, capsys, ONE, "x", "--status", "concluded")


def test_what_supersedes_an_entry_is_said_by_supersede(desk: Desk, capsys: Capsys) -> None:
    assert f"`journal supersede {ONE} NEW`" in refused(desk, capsys, ONE, "x", "--status", "superseded")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("## A section", "the text holds sections of its own"),
        ("```\nopen", "is not closed"),
        ("<!-- journal:runs -->\n<!-- /journal:runs -->", "the text would add or change a block"),
    ],
)
def test_a_text_that_would_be_more_than_a_section_is_refused(desk: Desk, capsys: Capsys, text: str, why: str) -> None:
    assert why in refused(desk, capsys, ONE, text, code=1)


def test_the_words_of_an_imported_note_stay_byte_for_byte(desk: Desk, capsys: Capsys) -> None:
    words = "Größe\r\n\r\n# x\r\ntail  ".encode()
    head = f"---\ntitle: a\ncreated: 2026-02-20\nimported: {{from: a.md, sha256: {'0' * 64}}}\n---\n".encode()
    desk.write("entries/taken.md", head + words)
    assert desk.call(capsys, "update", "taken", "More.", "--status", "concluded").code == 0
    raw = (desk.root / "entries/taken.md").read_bytes()
    assert raw.count(words) == 1
    assert raw.endswith(words + f"\r\n\r\n## {DATE}\r\n\r\nMore.\r\n".encode())


@settings(max_examples=30)
@given(st.text(st.sampled_from("ab #\n`~-<>*|[]().:0注\r\t"), max_size=40))
def test_whatever_is_added_no_earlier_byte_changes(text: str) -> None:
    words = b"\n## One\n\ntext"
    raw = b"---\ntitle: a\ncreated: 2026-02-20T10:00:00Z\n---\n" + words
    change = Change("entries/a.md", Stored(Path("a.md"), raw, ""), raw)
    try:
        after = dated(change, datetime(2026, 2, 22, tzinfo=UTC), Said(text, "t"))
    except EntryError:
        return
    assert b"---\n" + words + b"\n\n## Update" in after.raw
    assert [section.heading for section in after.entry.sections] == ["One", "Update 2026-02-22 00:00 +00:00: t"]
