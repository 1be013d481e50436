import re
from pathlib import Path

import pytest
from site_journal import SiteJournal

from journal.site.facts import facts

ORIGIN = {"from": "notes/a.md", "sha256": "ab" * 32}


def lines_of(tmp_path: Path, term: str, **fields: object) -> list[str]:
    """What stands under a term, without markup."""
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", **fields)  # type: ignore[arg-type]
    contents = lab.contents
    text = facts(contents.views[0], contents, {0: "update.1"})
    part = text.partition(f"\n{term}\n")[2].partition("\n\n")[0]
    return [re.sub("<[^>]*>", "", line).removeprefix(":").strip() for line in part.splitlines()]


def test_an_entry_of_which_nothing_more_is_known_has_no_facts(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    assert facts(lab.contents.views[0], lab.contents, {}) == ""


def test_updates_tell_when_what_changed_and_by_whom(tmp_path: Path) -> None:
    updates = [
        {"at": "2026-02-22T10:30+08:00", "by": "Ada", "status": "running", "section": "Update 2026-02-22 10:30 +08:00"},
        {
            "at": "2026-02-23T09:00+08:00",
            "status": "concluded",
            "outcome": "mixed",
            "section": "Update 2026-02-23 09:00 +08:00: the peak is gone",
        },
        {"at": "2026-02-24T09:00", "section": "Later"},
    ]
    assert lines_of(tmp_path, "Updates", updates=updates) == [
        "2026-02-22 10:30 +08:00 running Ada",
        "2026-02-23 09:00 +08:00 concluded mixed the peak is gone",
        "2026-02-24 09:00, zone unknown Later",
    ]


def test_an_update_is_a_link_where_its_words_stand(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", updates=[{"at": "2026-02-22"}, {"at": "2026-02-23"}])
    text = facts(lab.contents.views[0], lab.contents, {1: "update.2"})
    assert re.findall(r'href="([^"]*)"[^>]*><time>([^<]*)', text) == [("#update.2", "2026-02-23")]


@pytest.mark.parametrize(
    ("review", "line", "tone"),
    [
        ({"kind": "human", "verdict": "verified"}, "verified Ada (human)", "verified"),
        ({"kind": "agent", "verdict": "verified"}, "verified, does not count Ada (agent)", "none"),
        ({"verdict": "verified"}, "verified, does not count Ada (kind unknown)", "none"),
        ({"kind": "agent", "verdict": "disputed"}, "disputed Ada (agent)", "disputed"),
        (
            {"kind": "human", "verdict": "verified", "evidence": "0123abcd"},
            "verified evidence changed since Ada (human)",
            "none",
        ),
        (
            {"kind": "human", "verdict": "corrected", "at": "2026-02-23", "method": "by hand"},
            "corrected Ada (human) 2026-02-23 by hand",
            "corrected",
        ),
    ],
)
def test_a_review_tells_what_was_found_by_whom_and_whether_it_counts(
    tmp_path: Path, review: dict[str, str], line: str, tone: str
) -> None:
    lab = SiteJournal(tmp_path)
    assert lines_of(tmp_path, "Reviews", reviews=[{"by": "Ada", **review}]) == [line]
    text = facts(lab.contents.views[0], lab.contents, {})
    assert re.findall("journal-badge--([a-z-]+)", text)[0] == tone


def test_files_that_were_touched_are_named_once(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "Files", files=["a.py", "b c.py", "a.py"]) == ["a.py b c.py"]


def test_an_imported_note_tells_where_it_and_its_time_came_from(tmp_path: Path) -> None:
    imported = {**ORIGIN, "bytes": "10..99", "repaired": "cp1252", "created": "the file's name"}
    assert lines_of(tmp_path, "Imported from", imported=imported) == [
        "notes/a.md, bytes 10..99 of it, its encoding repaired (cp1252)"
    ]
    assert lines_of(tmp_path, "Time from", imported=imported) == ["the file's name"]
    assert lines_of(tmp_path, "Imported from", imported=ORIGIN) == ["notes/a.md"]
