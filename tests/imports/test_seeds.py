"""The five notes that the journal is built for, read in place: all that they state, and nothing else.

Their words are other people's, so that they stand in no test: words are compared with the lines they came from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.document.document import parse
from journal.imports.guide import Guide
from journal.imports.intake import Intake, Wanted, write
from journal.imports.proposal import Fate, Proposal
from journal.index.journal import Journal
from journal.sources.registry import Sources
from seeds import needs_the_notes, seed

if TYPE_CHECKING:
    from pathlib import Path

    from journal.imports.note import Note
    from journal.model.entry import FrontMatter

pytestmark = needs_the_notes

DAY = "2026-02-21"


def line(number: int, at: int) -> str:
    """A line of a note, from 1."""
    return seed(number).read_text("utf-8").split("\n")[at - 1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def proposals(desk: Desk, number: int, wanted: Wanted) -> list[Proposal]:
    journal = Journal.open(desk.root)
    intake = Intake(journal, Sources(journal.config), None, wanted)
    return intake.take([seed(number)])


def taken_in(desk: Desk, number: int, created: str | None = None) -> tuple[Note, FrontMatter]:
    """What one of the notes states, and the front matter of the entry that it becomes."""
    guide = Guide.model_validate({"created": created})
    (proposal,) = proposals(desk, number, Wanted(guide))
    assert proposal.note is not None
    assert proposal.path is not None
    write([proposal], Journal.open(desk.root))
    raw = (desk.root / proposal.path).read_bytes()
    assert raw.endswith(seed(number).read_bytes())
    return proposal.note, parse(raw, proposal.path).entry.front_matter


def runs(matter: FrontMatter) -> list[tuple[str, str | None, str | None]]:
    return [(run.id, run.role, run.label) for run in matter.runs]


def commits(matter: FrontMatter) -> list[tuple[str, str | None]]:
    return [(commit.sha, commit.note) for commit in matter.commits]


def in_parentheses(text: str) -> str:
    """What stands in the outermost parentheses of a line, without code ticks."""
    return text[text.index("(") + 1 : text.rindex(")")].replace("`", "")


def in_ticks(number: int, *lines: int) -> list[str]:
    return [re.findall(r"`([^`]+)`", line(number, at))[0] for at in lines]


def test_the_first_note(desk: Desk) -> None:
    note, matter = taken_in(desk, 0)
    assert matter.title == line(0, 1).removeprefix("# ")
    assert (matter.created.isoformat(), note.created and note.created.line) == (f"{DAY}T18:00:00+08:00", 3)
    assert (matter.authors, matter.status, matter.outcome, matter.tags) == ((), None, None, ())
    assert [(id_, role) for id_, role, _ in runs(matter)] == [("fej59g91", "baseline"), ("pz2e6c0n", None)]
    assert commits(matter) == [("e86c1fd", in_parentheses(line(0, 79))), ("9dd4feb", in_parentheses(line(0, 80)))]
    assert list(matter.files) == in_ticks(0, 17, 18, 19, 20)
    assert (matter.updates, matter.corrections, matter.reviews) == ((), (), ())


def test_the_second_note(desk: Desk) -> None:
    note, matter = taken_in(desk, 1)
    assert matter.title == line(1, 1).removeprefix("# ")
    assert (matter.created.isoformat(), note.created and note.created.line) == (f"{DAY}T19:01:15+08:00", 3)
    assert (matter.authors, matter.status, matter.outcome, matter.tags) == ((), None, None, ())
    assert [run[:2] for run in runs(matter)] == [("fej59g91", "baseline"), ("pz2e6c0n", None), ("ybw5vj1q", None)]
    assert [sha for sha, _ in commits(matter)] == ["721e94a"]
    assert list(matter.files) == in_ticks(1, 20, 21, 22, 23)
    assert (matter.updates, matter.corrections, matter.reviews) == ((), (), ())


def test_the_third_note(desk: Desk) -> None:
    note, matter = taken_in(desk, 2)
    assert matter.title == line(2, 1).split(" — ")[2]
    assert (matter.created.isoformat(), note.created and note.created.line) == (f"{DAY}T23:30:00+08:00", 1)
    assert [(author.name, author.kind) for author in matter.authors] == [("Claude", "agent")]
    names = {at: line(2, at).split("|")[1].strip(" *") for at in (7, 8, 9)}
    assert runs(matter) == [
        ("fej59g91", "baseline", names[7]),
        ("4jfw6c1f", None, names[8]),
        ("glhqu344", None, names[9]),
    ]
    assert [sha for sha, _ in commits(matter)] == ["ce1212e"]
    assert matter.files == ()
    (correction,) = matter.corrections
    assert (correction.was, correction.now, correction.by, correction.at) == ("9084.8", None, "Codex", None)
    assert correction.reason is not None
    assert "4jfw6c1f" in correction.reason
    assert {(review.by, review.kind) for review in matter.reviews} == {("Codex", "agent")}
    assert {review.verdict for review in matter.reviews} >= {"corrected", "could not verify"}
    assert (matter.updates, matter.status, matter.tags) == ((), None, ())


def test_the_fourth_note(desk: Desk) -> None:
    note, matter = taken_in(desk, 3)
    assert matter.title == line(3, 1).split("**")[1]
    assert (matter.created.isoformat(), note.created and note.created.line) == ("2025-10-23", 3)
    assert (matter.authors, matter.status, matter.outcome, matter.tags) == ((), None, None, ())
    assert (matter.runs, matter.commits, matter.corrections, matter.reviews) == ((), (), (), ())
    assert [update.at.isoformat() for update in matter.updates] == [
        f"2025-10-23T{clock}" for clock in ("12:01", "12:10", "12:20", "12:30", "13:00")
    ]
    assert all(update.section in seed(3).read_text("utf-8") for update in matter.updates if update.section)
    listed = [path for at in (360, 371, 377, 382) for path in in_ticks(3, at)]
    assert set(listed) <= set(matter.files)
    assert len(matter.files) <= len(listed) + 2  # two of them are named without their folder as well


def test_the_fifth_note(desk: Desk) -> None:
    (refused,) = proposals(desk, 4, Wanted(Guide()))
    assert (refused.fate, refused.message) == (Fate.REFUSED, "says no time")
    _, matter = taken_in(desk, 4, created="2025-10-24")
    assert matter.title == line(4, 1).removeprefix("# ")
    assert (matter.authors, matter.status, matter.outcome, matter.tags) == ((), None, None, ())
    assert (matter.runs, matter.commits, matter.updates, matter.corrections, matter.reviews) == ((), (), (), (), ())
    assert list(matter.files) == in_ticks(4, 200, 206, 211, 214)


@pytest.mark.parametrize(("number", "encoding"), [(3, "mac_roman"), (4, "cp1252")])
def test_two_are_offered_a_repair_of_the_whole_file(desk: Desk, number: int, encoding: str) -> None:
    guide = Guide.model_validate({"created": "2025-10-24"})
    (offered,) = proposals(desk, number, Wanted(guide))
    assert offered.repair is not None
    assert offered.repair.encoding == encoding
    (repaired,) = proposals(desk, number, Wanted(guide, repair=True))
    matter = parse(repaired.raw, "entries/2025-10-24-x.md").entry.front_matter
    assert matter.imported is not None
    assert matter.imported.repaired == encoding
    assert "\N{WHITE HEAVY CHECK MARK}" in repaired.raw.decode()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_others_are_offered_none(desk: Desk, number: int) -> None:
    (proposal,) = proposals(desk, number, Wanted(Guide()))
    assert proposal.repair is None


def test_the_log_of_five_root_causes_splits_into_its_dated_parts(desk: Desk) -> None:
    found = proposals(desk, 3, Wanted(Guide(), split=True))
    assert [each.fate for each in found] == [Fate.NEW] * 6
    assert [str(each.note and each.note.created and each.note.created.value) for each in found] == [
        "2025-10-23",
        *(f"2025-10-23 {clock}" for clock in ("12:01", "12:10", "12:20", "12:30", "13:00")),
    ]
    write(found, Journal.open(desk.root))
    entries = {entry.path: entry for entry in Journal.open(desk.root).entries}
    spans = [entries[str(each.path)].front_matter.imported for each in found]
    bodies = b"".join(each.raw[each.raw.index(b"\n---\n") + 5 :] for each in found)
    assert bodies == seed(3).read_bytes()
    assert [span.bytes_ for span in spans if span] == [
        f"{first}..{last}" for first, last in _bounds([len(each.raw.split(b"\n---\n", 1)[1]) for each in found])
    ]


def _bounds(lengths: list[int]) -> list[tuple[int, int]]:
    return [(sum(lengths[:number]), sum(lengths[: number + 1])) for number in range(len(lengths))]
