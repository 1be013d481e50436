from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked import Checked
from desk import Desk
from journal.model.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1771671675  # 2026-02-21 19:01:15 +0800
DAY = 86_400


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    at(monkeypatch, 0)
    return Checked.begin(tmp_path)


def at(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Let it be so many days after the present."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW + days * DAY)))


# --- the future -------------------------------------------------------------------------------------------------------


def test_a_time_that_is_still_to_come_is_an_error_at_its_line(shelf: Checked) -> None:
    shelf.entry(
        "2026-02-21-a",
        matter="updates:\n  - {at: 2027-02-21T10:00:00+08:00}\n"
        "reviews:\n  - {by: Ana, at: 2026-03-21, verdict: verified}\n"
        "corrections:\n  - {was: '1', at: 2026-02-21T09:00:00+08:00}\n  - {was: '2', at: 2026-12-21}\n",
        created="2026-02-23T19:01:15+08:00",
    )
    found = shelf.found("DAT001")
    assert [(each.line, each.message) for each in found] == [
        (3, "created 2026-02-23 19:01:15+08:00, which is still to come"),
        (5, "updated 2027-02-21 10:00:00+08:00, which is still to come"),
        (7, "reviewed 2026-03-21, which is still to come"),
        (10, "corrected 2026-12-21, which is still to come"),
    ]
    assert {each.severity for each in found} == {Severity.ERROR}


@pytest.mark.parametrize("created", ["2026-02-22T18:50:00+08:00", "2026-02-21T12:00:00+00:00", "2026-02-22"])
def test_a_clock_that_is_a_little_ahead_and_a_day_that_began_elsewhere_are_fine(shelf: Checked, created: str) -> None:
    matter = f"updates: [{{at: {created}}}]\n"
    shelf.entry("2026-02-21-a", matter=matter, created=created if "T" in created else "2026-02-21T10:00:00+08:00")
    assert shelf.found("DAT001") == []


def test_the_heading_of_an_update_may_not_name_a_day_to_come(shelf: Checked) -> None:
    body = (
        "## Update 2027-02-21\n\n## Completion update (2026-12-01)\n\n## Deadline 2027-03-01\n\n## 更新：2027-01-01\n"
    )
    shelf.entry("2026-02-21-a", body)
    shelf.imported("2026-02-21-b", "## Update 2027-02-21\n")
    assert shelf.lines("DAT001") == [
        ("2026-02-21-a", 5),
        ("2026-02-21-a", 7),
        ("2026-02-21-a", 11),
        ("2026-02-21-b", 6),
    ]
    assert "journal correct" in str(shelf.found("DAT001")[-1].hint)


def test_what_was_to_come_is_looked_at_again_when_it_is_past(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settled: None,  # noqa: ARG001
) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry("2026-02-21-a", matter="updates: [{at: 2026-03-01T10:00:00+08:00}]\n")
    desk.entry("2026-02-22-b")
    desk.commit("Write")

    def codes() -> list[str]:
        return [each["code"] for each in desk.call(capsys, "check", "--json").json["findings"]]

    be(monkeypatch, NOW)
    assert codes() == codes() == ["DAT001"]
    be(monkeypatch, NOW + 30 * DAY)
    assert codes() == codes() == []


def be(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Let the clock say so; nothing is remembered where another environment variable says it."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr("time.time", lambda: float(seconds))


# --- a year off -------------------------------------------------------------------------------------------------------


def test_a_year_that_differs_from_the_files_name_alone_is_an_error(shelf: Checked) -> None:
    shelf.entry("2026-01-05-a", created="2025-01-05T10:00:00+08:00")
    shelf.entry("2025-01-05-b", created="2026-01-06T10:00:00+08:00")
    found = shelf.found("DAT002")
    assert [each.message for each in found] == [
        "created 2026-01-06 10:00:00+08:00, and its file is named for 2025-01-05: a year apart",
        "created 2025-01-05 10:00:00+08:00, and its file is named for 2026-01-05: a year apart",
    ]
    assert {each.severity for each in found} == {Severity.ERROR}
    assert shelf.found("DAT003") == []


def test_an_entry_of_january_that_was_committed_a_year_later_is_a_year_off(shelf: Checked) -> None:
    shelf.entry("2025-01-28-a", created="2025-01-28T10:00:00+08:00")
    shelf.commit("Write", date="2026-01-30T10:00:00+08:00")
    assert shelf.said("DAT002") == [
        "created 2025-01-28 10:00:00+08:00, but it was first committed on 2026-01-30: a year later"
    ]
    assert shelf.found("DAT002", git=False) == []


def test_what_came_in_with_many_others_or_was_imported_or_updated_may_well_be_old(shelf: Checked) -> None:
    for name in "abcd":
        shelf.entry(f"2025-01-28-{name}", created="2025-01-28T10:00:00+08:00")
    shelf.commit("Take over", date="2026-01-30T10:00:00+08:00")
    shelf.entry("2025-01-28-e", matter="updates: [{at: 2025-06-01}]\n", created="2025-01-28T10:00:00+08:00")
    shelf.imported("2025-01-28-f", "x")
    shelf.entry("2025-06-28-g", created="2025-06-28T10:00:00+08:00")
    shelf.commit("Write", date="2026-01-30T10:00:00+08:00")
    assert shelf.found("DAT002") == []


def test_a_shallow_clone_does_not_tell_when_an_entry_came_in(
    shelf: Checked, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf.entry("2025-01-28-a", created="2025-01-28T10:00:00+08:00")
    shelf.commit("Write", date="2025-01-28T10:00:00+08:00")
    shelf.entry("2026-01-30-b", created="2026-01-30T10:00:00+08:00")
    shelf.commit("Write more", date="2026-01-30T10:00:00+08:00")
    there = tmp_path_factory.mktemp("clone") / "it"
    shelf.git("clone", "--quiet", "--depth=1", f"file://{shelf.root}", str(there))
    assert Checked(there).found("DAT002") == []


def test_runs_that_all_started_a_year_later_tell_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk.begin(tmp_path)
    started = _started(desk, capsys)
    year = int(started[:4]) - 1
    head = f"---\ntitle: a\ncreated: {year}{started[4:]}\nruns: [plain031]\n---\n"
    desk.write(f"entries/{year}{started[4:10]}-a.md", head)
    desk.write(f"entries/{year}{started[4:10]}-b.md", head.replace("[plain031]", "[{id: plain031, role: baseline}]"))
    said = [each for each in desk.call(capsys, "check", "--json").json["findings"] if each["code"] == "DAT002"]
    assert [each["path"][-4:-3] for each in said] == ["a"]
    assert f"its runs started from {started[:10]} on: a year later" in said[0]["message"]


def _started(desk: Desk, capsys: pytest.CaptureFixture[str]) -> str:
    runs = desk.call(capsys, "runs", "--json").json["runs"]
    return str(next(run["started"] for run in runs if run["id"] == "plain031"))


# --- against one another ----------------------------------------------------------------------------------------------


def test_a_file_named_for_another_month_is_found_and_one_written_up_later_is_not(shelf: Checked) -> None:
    shelf.entry("2026-01-12-a")
    shelf.entry("2026-02-12-b")
    shelf.entry("notes-c")
    (found,) = shelf.found("DAT003")
    assert found.message == "created 2026-02-21 19:01:15+08:00, but its file is named for 2026-01-12"
    assert "journal rename 2026-01-12-a 2026-02-21-a" in str(found.hint)


def test_an_entry_cannot_be_committed_before_it_is_created(shelf: Checked) -> None:
    shelf.entry("2026-02-21-a")
    shelf.entry("2026-02-21-b", created="2026-02-21T10:00:00+08:00")
    shelf.imported("2026-02-21-c", "x")
    shelf.commit("Write", date="2026-02-18T10:00:00+08:00")
    shelf.entry("2026-02-21-d")
    assert shelf.lines("DAT004") == [("2026-02-21-a", 3), ("2026-02-21-b", 3)]
    assert "committed already on 2026-02-18" in shelf.said("DAT004")[0]


def test_entries_of_a_journal_in_a_folder_of_the_repository_are_found_in_its_history(tmp_path: Path) -> None:
    top = Checked.begin(tmp_path / "repository")
    lab = Checked(top.root / "lab [1]")
    lab.write("journal.toml", "sections = []\n")
    lab.entry("2026-02-21-a")
    top.commit("Write", date="2026-02-10T10:00:00+08:00")
    assert lab.lines("DAT004") == [("2026-02-21-a", 3)]


def test_an_update_is_not_older_than_its_entry(shelf: Checked) -> None:
    shelf.entry("2026-02-21-a", "## Update 2025-02-21\n\n## Update (2026-02-20)\n", "updates: [{at: 2026-02-19}]\n")
    shelf.imported("2026-02-21-b", "## Update 2025-02-21\n")
    assert [(each.line, each.message) for each in shelf.found("DAT005")] == [
        (4, "updated 2026-02-19, before it was created, 2026-02-21 19:01:15+08:00"),
        (6, "the heading 'Update 2025-02-21' names a day before the entry was created, 2026-02-21 19:01:15+08:00"),
    ]
