from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.checks.check import RULES, check, count, look
from journal.checks.interface import Scene
from journal.index.journal import Journal
from journal.model.finding import Finding, Severity
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def found(desk: Desk, *paths: str, git: bool = True) -> list[Finding]:
    """What every rule finds in some entries, or in all."""
    journal = Journal.open(desk.root)
    repository = Repository.find(desk.root) if git else None
    return check(Scene(journal, frozenset(paths or journal.paths), Sources(journal.config), repository))


def test_every_rule_has_a_code_of_its_own_and_says_what_it_finds() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(rule.summary and rule.summary[0].islower() and not rule.summary.endswith(".") for rule in RULES)


def test_findings_stand_in_the_order_of_file_line_column_and_code(desk: Desk) -> None:
    desk.entry("2026-02-22-b", matter="tagz: x\nfollows: [nobody]\n", runs="gone, {id: gone2, as: gone}")
    desk.entry("2026-02-21-a", "<!-- journal:table\nmetrics: [x]\n-->\n<!-- /journal:table -->\n", matter="tagz: x\n")
    findings = found(desk)
    places = [(finding.path, finding.line or 0, finding.column or 0, finding.code) for finding in findings]
    assert places == sorted(places)
    assert len({finding.path for finding in findings}) == 2


def test_only_the_entries_asked_for_are_checked(desk: Desk) -> None:
    desk.entry("2026-02-21-a", matter="tagz: x\n")
    desk.entry("2026-02-22-b", matter="tagz: x\n")
    desk.write("entries/2026-02-23-c.md", "broken")
    assert {finding.path for finding in found(desk, "entries/2026-02-22-b.md")} == {"entries/2026-02-22-b.md"}


def test_what_is_remembered_of_an_entry_rests_on_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    review = "reviews: [{by: Ana, verdict: verified}]\nstatus: concluded\n"
    desk.entry("2026-02-21-a", "# Status: running\n", matter=f"tagz: x\n{review}", runs="gone")
    desk.entry("2026-02-22-b", "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n", runs="faild031")
    journal = Journal.open(desk.root)
    scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), Repository.find(desk.root))
    together = check(scene)

    def fail(_: Journal) -> object:
        raise AssertionError("other entries are looked at")

    for name in ("entries", "problems", "relations"):
        monkeypatch.setattr(Journal, name, property(fail))
    alone = [finding for path in sorted(journal.paths) for finding in look(scene.of(path))]
    assert {finding.code for finding in alone} == {finding.code for finding in together}
    assert {"DOC002", "REF002", "TAB003", "LIF005"} <= {finding.code for finding in alone}


def test_the_evidence_of_an_entry_is_read_once_and_is_empty_where_it_cannot_be(desk: Desk) -> None:
    desk.entry("2026-02-21-a")
    desk.write("evidence/2026-02-21-a.json", "{")
    journal = Journal.open(desk.root)
    scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), None)
    (entry,) = journal.entries
    first = scene.evidence(entry)
    assert (first.entry, first.commits, first.blocks) == (entry.id, {}, {})
    (desk.root / "evidence/2026-02-21-a.json").unlink()
    assert scene.evidence(entry) is first


def test_a_check_writes_nothing(desk: Desk) -> None:
    desk.entry("2026-02-21-a", "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n", runs="faild031")
    desk.write("entries/2026-02-23-c.md", "broken")
    before = desk.files()
    assert found(desk)
    assert desk.files() == before


def test_a_journal_without_entries_has_no_findings(desk: Desk) -> None:
    assert found(desk) == []


def test_findings_are_counted_by_severity() -> None:
    findings = [
        Finding(code=code, severity=severity, path="x", message="y")
        for code, severity in (("A", Severity.ERROR), ("B", Severity.NOTE), ("C", Severity.ERROR))
    ]
    assert [count(findings, severity) for severity in Severity] == [2, 0, 1]
