from pathlib import Path

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.errors import EntryError, EvidenceError
from journal.model.evidence import BlockState
from journal.site.view import load

BODY = f"Before.\n\n{TABLE}\nBetween.\n\n<!-- journal:runs -->\n<!-- /journal:runs -->\n\nAfter.\n"


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_an_entry_is_cut_at_its_blocks_and_markers_are_gone(tmp_path: Path, eol: str) -> None:
    lab = SiteJournal(tmp_path)
    path = lab.entry("2026-02-21-a", BODY, runs=[{"id": "r1", "as": "base"}])
    raw = (tmp_path / path).read_bytes()
    lab.write(path, b"\xef\xbb\xbf" + raw.replace(b"\n", eol.encode()))
    view = load(lab.journal.config, path)
    assert [text.strip() for text in view.text] == ["Before.", "Between.", "After."]


def test_the_cuts_stay_the_same_after_a_fill(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 1.0]}))
    path = lab.entry("2026-02-21-a", BODY, runs=[{"id": "r1", "as": "base"}])
    before = load(lab.journal.config, path)
    lab.fill(path)
    after = load(lab.journal.config, path)
    assert [text.strip() for text in after.text] == [text.strip() for text in before.text]
    assert "r1" in after.evidence.runs


def test_states_come_from_evidence_alone(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 1.0]}))
    path = lab.entry("2026-02-21-a", BODY, runs=[{"id": "r1", "as": "base"}])
    assert [report.state for report in load(lab.journal.config, path).attention] == [BlockState.STALE] * 2
    lab.fill(path)
    filled = load(lab.journal.config, path)
    assert filled.attention == ()
    assert {report.state for report in filled.reports.values()} == {BlockState.FRESH}
    text = (tmp_path / path).read_text()
    lab.write(path, text.replace("| first | ", "| first | 9"))
    assert [report.state for report in load(lab.journal.config, path).attention] == [BlockState.EDITED]
    lab.write(path, text.replace("stats: [first, mean, last]", "stats: [last]"))
    assert [report.state for report in load(lab.journal.config, path).attention] == [BlockState.STALE]


def test_an_entry_whose_evidence_is_broken_is_shown_with_the_reason(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    path = lab.entry("2026-02-21-a", BODY, runs=[{"id": "r1", "as": "base"}])
    lab.write("evidence/2026-02-21-a.json", "{")
    view = load(lab.journal.config, path)
    assert isinstance(view.problem, EvidenceError)
    assert view.reports == {}
    assert view.problem.path == "evidence/2026-02-21-a.json"


def test_a_block_that_asks_for_the_impossible_leaves_the_evidence_readable(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0]}))
    path = lab.entry("2026-02-21-a", BODY, runs=[{"id": "r1", "as": "base"}])
    lab.fill(path)
    lab.write(path, (tmp_path / path).read_text().replace("stats: [first", "stats: [fjrst"))
    view = load(lab.journal.config, path)
    assert view.problem is not None
    assert "fjrst" in view.problem.message
    assert view.evidence.runs


CITED = 'It was [TBD](run:base "last(train/loss)") and [3](run:r1 "max(train/loss)").\n'


def cited_lab(root: Path) -> tuple[SiteJournal, str]:
    lab = SiteJournal(root)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 1.25]}))
    return lab, lab.entry("2026-02-21-a", CITED + BODY, runs=[{"id": "r1", "as": "base"}])


def test_a_cited_value_without_evidence_is_plain_text_and_says_so(tmp_path: Path) -> None:
    lab, path = cited_lab(tmp_path)
    shown = load(lab.journal.config, path).text[0]
    badge = '<span class="journal-badge journal-badge--pending">not filled yet</span>'
    assert f'It was <span class="journal-value">TBD</span> {badge} and <span class="journal-value">3</span>' in shown
    assert "run:" not in shown


def test_a_cited_value_leads_to_its_evidence(tmp_path: Path) -> None:
    lab, path = cited_lab(tmp_path)
    lab.fill(path)
    shown = load(lab.journal.config, path).text[0]
    assert 'It was <a class="journal-value" href="#value.1">1.25</a> and <a ' in shown


def test_a_cited_value_that_was_changed_by_hand_says_so(tmp_path: Path) -> None:
    lab, path = cited_lab(tmp_path)
    lab.fill(path)
    text = (tmp_path / path).read_text()
    assert "[1.25](" in text
    lab.write(path, text.replace("[1.25](", "[1.35]("))
    shown = load(lab.journal.config, path).text[0]
    assert '>1.35</a> <span class="journal-badge journal-badge--edited">edited</span>' in shown
    assert shown.count("journal-badge--") == 1


def test_pages_stand_below_entries_wherever_the_journal_keeps_them(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path, 'entries = "notes/log"\n')
    lab.write("notes/log/2026/2026-02-21-a.md", "---\ntitle: A\ncreated: 2026-02-21T19:01:15+08:00\n---\n")
    assert load(lab.journal.config, "notes/log/2026/2026-02-21-a.md").page == "entries/2026/2026-02-21-a.md"


def test_a_file_that_is_no_entry_is_an_error(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.write("entries/a.md", "no front matter\n")
    with pytest.raises(EntryError):
        load(lab.journal.config, "entries/a.md")


def test_reviews_are_held_against_the_evidence_as_it_is(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    review = {"by": "Ada", "kind": "human", "verdict": "verified"}
    lab.entry("2026-02-20-then", reviews=[{**review, "evidence": "0123abcd"}])
    lab.entry("2026-02-21-now", reviews=[{**review, "evidence": "none"}])
    lab.entry("2026-02-22-broken", reviews=[{**review, "evidence": "none"}])
    lab.write("evidence/2026-02-22-broken.json", "{")
    reviews = {each.id: lab.contents.view(each.path).reviews for each in lab.contents.abstracts}
    assert [standing.verified for standing in reviews.values()] == [False, True, False]
    assert [len(standing.overtaken) for standing in reviews.values()] == [0, 0, 1]
