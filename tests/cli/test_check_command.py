from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

E1 = "2026-02-21-one"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, matter="tagz: [x]\nfollows: [nobody]\n")
    desk.entry("2026-02-22-two", runs="tomorrow")
    return desk


def test_people_get_a_line_for_each_finding_that_an_editor_can_jump_to(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check")
    assert said.code == 1
    first, second, third = said.out.splitlines()
    assert first == f"entries/{E1}.md:4:1: DOC002 warning: unknown field 'tagz' (did you mean 'tags'?)"
    assert second == f"entries/{E1}.md:5:11: REF005 error: follows: no entry 'nobody' (`journal list` shows the ids)"
    assert third.startswith("entries/2026-02-22-two.md:4:8: REF002 warning: no run 'tomorrow' (")
    assert said.err == "2 entries: 1 error, 2 warnings\n"


def test_json_has_the_whole_shape(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", E1, "--json")
    assert said.code == 1
    assert said.json == {
        "schema_version": 1,
        "findings": [
            {
                "code": "DOC002",
                "severity": "warning",
                "path": f"entries/{E1}.md",
                "line": 4,
                "column": 1,
                "message": "unknown field 'tagz'",
                "hint": "did you mean 'tags'?",
                "fix": None,
            },
            {
                "code": "REF005",
                "severity": "error",
                "path": f"entries/{E1}.md",
                "line": 5,
                "column": 11,
                "message": "follows: no entry 'nobody'",
                "hint": "`journal list` shows the ids",
                "fix": None,
            },
        ],
        "summary": {"errors": 1, "warnings": 1, "notes": 0, "fixable": 0, "ignored": 0, "baseline": 0},
    }


def test_warnings_fail_only_a_strict_check(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "check", "2026-02-22-two").code == 0
    assert desk.call(capsys, "check", "2026-02-22-two", "--strict").code == 1


def test_a_clean_journal_is_silent_on_stdout(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1)
    desk.entry("2026-02-22-two")
    said = desk.call(capsys, "check", "--strict")
    assert said == (0, "", "2 entries: 0 errors, 0 warnings\n")


def test_a_broken_entry_is_a_finding_and_the_others_are_checked(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/2026-02-20-bad.md", "---\ntitle: x\n")
    said = desk.call(capsys, "check", "--json")
    assert [finding["code"] for finding in said.json["findings"]] == ["DOC001", "DOC002", "REF005", "REF002"]


def test_an_entry_that_is_not_there_is_an_error(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "check", "nobody", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "entry-not-found"
    assert "findings" not in said.json
