from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import Desk
from journal.document import front_matter
from journal.errors import UsageError
from journal.imports.guide import Guide
from journal.imports.intake import Intake, Wanted, write
from journal.imports.opened import found
from journal.imports.proposal import Fate, Proposal
from journal.index.journal import Journal
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RUNS_USED = ("plain031",)
NOTE = """\
# Warm up for longer

Date: 2026-03-01 10:00 +0100
Author: Ana

## Results

Loss fell.
"""
LOG = """\
# Log of March

## 2026-03-01

Started.

## 2026-03-02 Second try

Better.

### Why

Longer.

## 2026-03-03

Done.
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.with_runs(tmp_path, RUNS_USED)


def look(desk: Desk, *paths: str, wanted: Wanted | None = None, git: bool = False) -> list[Proposal]:
    """What becomes of notes of the repository."""
    journal = Journal.open(desk.root)
    repository = Repository.find(desk.root) if git else None
    intake = Intake(journal, Sources(journal.config), repository, wanted or Wanted(Guide()))
    return intake.take(found([desk.root / path for path in paths], journal.config))


def take_in(desk: Desk, *paths: str, wanted: Wanted | None = None) -> list[Proposal]:
    proposals = look(desk, *paths, wanted=wanted)
    write(proposals, Journal.open(desk.root))
    return proposals


def told(**answers: object) -> Wanted:
    return Wanted(Guide.model_validate(answers))


def body(raw: bytes) -> bytes:
    """What stands below the front matter."""
    return raw[front_matter.read(raw, "note")[1] :]


def fates(proposals: Sequence[Proposal]) -> list[str]:
    return [proposal.fate.value for proposal in proposals]


def test_a_note_becomes_an_entry_with_its_words_below_what_it_states(desk: Desk) -> None:
    desk.write("notes/warm.md", NOTE)
    (proposal,) = take_in(desk, "notes")
    assert proposal.path == "entries/2026-03-01-warm-up-for-longer.md"
    assert (desk.root / proposal.path).read_text("utf-8") == (
        "---\ntitle: Warm up for longer\ncreated: 2026-03-01T10:00+01:00\nauthors: [Ana]\n"
        "imported:\n"
        "  from: notes/warm.md\n"
        f"  sha256: {hashlib.sha256(NOTE.encode()).hexdigest()}\n"
        f"  length: {len(NOTE)}\n"
        '  created: "line `Date:`"\n'
        "---\n" + NOTE
    )


def test_importing_again_changes_nothing(desk: Desk) -> None:
    desk.write("notes/warm.md", NOTE)
    desk.write("notes/log.md", LOG)
    wanted = Wanted(Guide(), split=True)
    assert "present" not in fates(take_in(desk, "notes", wanted=wanted))
    before = desk.files()
    assert set(fates(take_in(desk, "notes", wanted=wanted))) == {"present"}
    assert desk.files() == before


def test_an_entry_is_known_again_after_it_was_renamed_and_its_front_matter_was_edited(desk: Desk) -> None:
    desk.write("notes/warm.md", NOTE)
    (proposal,) = take_in(desk, "notes")
    path = desk.root / str(proposal.path)
    path.rename(desk.root / "entries/2026-03-01-other.md")
    other = desk.root / "entries/2026-03-01-other.md"
    other.write_text(other.read_text("utf-8").replace("title: Warm up for longer", "title: Another"), "utf-8")
    assert fates(look(desk, "notes")) == ["present"]


def test_the_same_words_in_two_files_are_one_entry(desk: Desk) -> None:
    desk.write("notes/a.md", NOTE)
    desk.write("notes/b.md", NOTE)
    assert fates(take_in(desk, "notes")) == ["new", "present"]


def test_a_note_that_was_changed_since_is_told_of_and_left_alone(desk: Desk) -> None:
    desk.write("notes/warm.md", NOTE)
    take_in(desk, "notes")
    desk.write("notes/warm.md", NOTE + "More.\n")
    (proposal,) = look(desk, "notes")
    assert (proposal.fate, proposal.path) == (Fate.CHANGED, "entries/2026-03-01-warm-up-for-longer.md")
    assert "journal update" in str(proposal.hint)


def test_two_notes_of_one_title_and_day_get_ids_of_their_own(desk: Desk) -> None:
    desk.write("notes/a.md", NOTE)
    desk.write("notes/b.md", NOTE + "Other words.\n")
    assert [proposal.id for proposal in take_in(desk, "notes")] == [
        "2026-03-01-warm-up-for-longer",
        "2026-03-01-warm-up-for-longer-2",
    ]


def test_a_note_that_says_no_time_has_the_one_of_gits_first_commit(desk: Desk) -> None:
    desk.write("notes/x.md", "# No time\n")
    desk.commit("Note", date="2026-01-05T09:00:00+02:00")
    desk.write("notes/x.md", "# No time\n\nMore.\n")
    desk.commit("More", date="2026-01-06T09:00:00+02:00")
    (proposal,) = look(desk, "notes", git=True)
    assert proposal.note is not None
    assert proposal.note.created is not None
    assert (str(proposal.note.created.value), proposal.note.created.source) == (
        "2026-01-05 09:00:00+02:00",
        "git's first commit",
    )


def test_a_note_without_any_time_is_refused_until_the_author_says_it(desk: Desk) -> None:
    desk.write("notes/x.md", "# No time\n")
    assert [(each.fate, each.message) for each in look(desk, "notes")] == [(Fate.REFUSED, "says no time")]
    assert look(desk, "notes", wanted=told(created="2026-01-05"))[0].id == "2026-01-05-no-time"
    by_note = told(notes={"notes/x.md": {"created": "2026-01-06", "title": "Said"}})
    assert look(desk, "notes", wanted=by_note)[0].id == "2026-01-06-said"


def test_the_zone_that_the_author_tells_goes_to_times_that_name_none_and_to_no_others(desk: Desk) -> None:
    desk.write("notes/local.md", "# A\n\nDate: 2026-03-01 10:00\n")
    desk.write("notes/sure.md", "# B\n\nDate: 2026-03-01 10:00 +0100\n")
    desk.write("notes/day.md", "# C\n\nDate: 2026-03-01\n")

    def times(wanted: Wanted) -> list[str]:
        return [
            str(each.note and each.note.created and each.note.created.value)
            for each in look(desk, "notes", wanted=wanted)
        ]

    assert times(Wanted(Guide())) == ["2026-03-01", "2026-03-01 10:00", "2026-03-01 10:00+01:00"]
    assert times(told(zone="Asia/Shanghai")) == ["2026-03-01", "2026-03-01 10:00+08:00", "2026-03-01 10:00+01:00"]
    assert [each.adrift for each in look(desk, "notes")] == [False, True, False]


def test_a_log_splits_at_its_dated_headings_and_the_parts_are_the_log(desk: Desk) -> None:
    desk.write("notes/log.md", LOG)
    found = take_in(desk, "notes", wanted=Wanted(Guide(), split=True))
    assert [proposal.id for proposal in found] == [
        *("2026-03-01-log-of-march", "2026-03-02-second-try", "2026-03-03-log")
    ]
    assert b"".join(body(proposal.raw) for proposal in found) == LOG.encode()


def test_words_added_to_a_log_become_the_only_new_parts(desk: Desk) -> None:
    wanted = Wanted(Guide(), split=True)
    desk.write("notes/log.md", LOG)
    take_in(desk, "notes", wanted=wanted)
    desk.write("notes/log.md", LOG + "\n## 2026-03-04 Third try\n\nWorse.\n")
    assert fates(look(desk, "notes", wanted=wanted)) == ["present"] * 3 + ["new"]
    desk.write("notes/log.md", LOG.replace("Better.", "Much better."))
    assert fates(look(desk, "notes", wanted=wanted)) == ["present", "changed", "present"]


def test_a_note_that_was_imported_whole_is_not_split_behind_its_entry(desk: Desk) -> None:
    wanted = Wanted(Guide(), split=True)
    desk.write("notes/log.md", LOG)
    take_in(desk, "notes", wanted=told(created="2026-02-28"))
    assert [(each.fate, each.message) for each in look(desk, "notes", wanted=wanted)] == [
        (Fate.CHANGED, "was imported whole")
    ]


def test_what_notes_say_of_one_another_becomes_relations(desk: Desk) -> None:
    desk.write("notes/a.md", NOTE)
    desk.write("notes/b.md", "# Next\n\nDate: 2026-03-02\n\nSee [the first](a.md).\n")
    _, second = take_in(desk, "notes")
    matter, _ = front_matter.read(second.raw, "b")
    assert matter.related == ("2026-03-01-warm-up-for-longer",)


def test_an_entry_is_no_note(desk: Desk) -> None:
    desk.write("notes/a.md", "---\ntitle: A\ncreated: 2026-03-01T10:00:00Z\n---\n\nText\n")
    (proposal,) = look(desk, "notes")
    assert (proposal.fate, proposal.message) == (Fate.REFUSED, "is an entry of a journal already")


def test_what_the_journal_keeps_is_not_imported_with_the_folder_around_it(desk: Desk) -> None:
    desk.entry("2026-03-01-own")
    desk.write("templates/experiment.md", "# T\n")
    desk.write(".hidden/x.md", "# H\n")
    desk.write("notes/a.md", NOTE)
    desk.write("notes/b.txt", NOTE)
    journal = Journal.open(desk.root)
    assert found([desk.root], journal.config) == [desk.root / "notes/a.md"]
    with pytest.raises(UsageError, match="no such file or folder"):
        found([desk.root / "gone.md"], journal.config)


def test_a_note_whose_words_would_open_a_block_is_refused_with_the_reason(desk: Desk) -> None:
    desk.write("notes/a.md", NOTE + "<!-- journal:table x\n-->\n\nno end\n")
    (proposal,) = look(desk, "notes")
    assert proposal.fate is Fate.REFUSED
    assert proposal.message
    assert take_in(desk, "notes")[0].raw == b""


def test_a_note_from_elsewhere_is_named_without_the_folders_of_the_machine(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "a.md").write_text(NOTE, "utf-8")
    journal = Journal.open(desk.root)
    intake = Intake(journal, Sources(journal.config), None, Wanted(Guide()))
    assert [proposal.source for proposal in intake.take([folder / "a.md"])] == ["a.md"]


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "shift_jis", "cp1252", "latin-1")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.builds(
            lambda text, eol, encoding: text.replace("\n", eol).encode(encoding, "replace"),
            st.text(st.sampled_from("#- abc\n\n数字é`~>|*\t1.é:"), max_size=300),
            st.sampled_from(["\n", "\r\n", "\r"]),
            st.sampled_from(ENCODINGS),
        ),
    ),
    st.booleans(),
)
def test_the_body_of_an_import_is_the_note_byte_for_byte(desk: Desk, raw: bytes, split: bool) -> None:
    path = desk.write("note.md", raw)
    journal = Journal.open(desk.root)
    guide = Guide.model_validate({"created": "2026-02-28"})
    intake = Intake(journal, Sources(journal.config), None, Wanted(guide, split=split))
    proposals = intake.take([path])
    assert all(proposal.fate in {Fate.NEW, Fate.REFUSED} for proposal in proposals)
    if all(proposal.fate is Fate.NEW for proposal in proposals):
        assert b"".join(body(proposal.raw) for proposal in proposals) == raw
    else:
        assert all(proposal.message for proposal in proposals if proposal.fate is Fate.REFUSED)


def test_a_log_with_the_newest_on_top_may_grow_there(desk: Desk) -> None:
    wanted = Wanted(Guide(), split=True)
    days = ["## 2026-03-02 Second\n\nBetter.\n", "## 2026-03-01 First\n\nStarted.\n"]
    desk.write("notes/log.md", "# Log\n\n" + "\n".join(days))
    take_in(desk, "notes", wanted=wanted)
    desk.write("notes/log.md", "# Log\n\n" + "\n".join(["## 2026-03-03 Third\n\nWorse.\n", *days]))
    found = take_in(desk, "notes", wanted=wanted)
    assert fates(found) == ["new", "present", "present"]
    assert found[0].id == "2026-03-03-third"
    assert set(fates(look(desk, "notes", wanted=wanted))) == {"present"}


def test_a_log_without_a_newline_at_its_end_may_grow_there(desk: Desk) -> None:
    wanted = Wanted(Guide(), split=True)
    desk.write("notes/log.md", LOG.rstrip())
    take_in(desk, "notes", wanted=wanted)
    desk.write("notes/log.md", LOG.rstrip() + "\n\n## 2026-03-04 Fourth\n\nGood.")
    assert fates(look(desk, "notes", wanted=wanted)) == ["present", "present", "present", "new"]


def test_two_notes_of_one_name_outside_the_journal_are_two_notes(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for text in (NOTE, NOTE.replace("longer", "less long")):
        path = tmp_path_factory.mktemp("elsewhere") / "notes.md"
        path.write_text(text, "utf-8")
        journal = Journal.open(desk.root)
        proposals = Intake(journal, Sources(journal.config), None, Wanted(Guide())).take([path])
        write(proposals, journal)
        assert fates(proposals) == ["new"]


def test_a_note_is_not_taken_in_again_because_its_encoding_is_repaired_now(desk: Desk) -> None:
    broken = "# Größe\n\nDate: 2026-03-01\n\nschön für größere Schritte ✅\n".encode().decode("mac_roman")
    desk.write("notes/a.md", broken)
    take_in(desk, "notes")
    (said,) = look(desk, "notes", wanted=Wanted(Guide(), repair=True))
    assert (said.fate, said.message) == (Fate.CHANGED, "was imported without its repair")
    assert fates(look(desk, "notes")) == ["present"]


def test_a_note_in_another_encoding_is_offered_to_be_made_utf8(desk: Desk) -> None:
    text = "# 训练记录\n\n日期：2026-03-01\n\n学习率太大，训练在第四十步出现了数值爆炸，我们降低了学习率。\n"
    desk.write("notes/a.md", text.encode("gb18030"))
    (offered,) = look(desk, "notes")
    assert offered.repair is not None
    assert (offered.repair.encoding, offered.repair.mends, body(offered.raw)) == ("gb18030", 0, text.encode("gb18030"))
    (repaired,) = look(desk, "notes", wanted=Wanted(Guide(), repair=True))
    assert body(repaired.raw) == text.encode()


def test_the_second_of_two_equal_files_says_of_which_it_is_the_same(desk: Desk) -> None:
    desk.write("notes/a.md", NOTE)
    desk.write("notes/b.md", NOTE)
    assert [each.message for each in look(desk, "notes")] == ["", "the same words as notes/a.md"]


def test_a_file_that_is_no_markdown_is_refused_by_name(desk: Desk) -> None:
    path = desk.write("table.csv", "a,b\n")
    with pytest.raises(UsageError, match="no Markdown"):
        found([path], Journal.open(desk.root).config)
