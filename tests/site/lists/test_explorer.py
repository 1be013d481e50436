import re
from pathlib import Path

import pytest
from site_journal import SiteJournal

from journal.site.lists import explorer


def page(lab: SiteJournal) -> str:
    """The page as Markdown."""
    (sheet,) = explorer.sheets(lab.contents)
    return sheet.make().decode()


def test_an_empty_journal_is_told_how_to_begin(tmp_path: Path) -> None:
    assert "`journal new`" in page(SiteJournal(tmp_path))


def test_the_list_of_entries_goes_by_year_the_newest_first(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2025-12-31-a", created="2025-12-31T23:00:00+00:00")
    lab.entry("2026-02-21-b", title="A & B", tags=["x"], runs=[{"id": "r1"}, {"id": "r2"}], status="concluded")
    text = page(lab)
    order = ["<h2>2026</h2>", "2026-02-21-b/", "<h2>2025</h2>", "2025-12-31-a/"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    row = next(line for line in text.splitlines() if "2026-02-21-b/" in line)
    assert ">A &amp; B</a>" in row or ">A &#38; B</a>" in row
    assert ">concluded</span>" in row
    assert 'href="../tags/x/"' in row
    assert "2 runs" in row
    assert ">2 entries</p>" in text


def test_files_that_would_be_entries_are_named_above_the_list_and_lead_to_their_pages(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    for number in range(explorer.UNREAD + 1):
        lab.write(f"entries/2026-02-21-bad{number}.md", "---\ntitle: [<b>\n---\n")
    text = page(lab)
    assert text.index("journal-explorer__held") < text.index(">broken</span>")
    assert '<a href="2026-02-21-bad0/"><code>entries/2026-02-21-bad0.md</code></a>' in text.replace("../entries/", "")
    assert ">1 more file</a>" in text
    lab = SiteJournal(tmp_path / "whole")
    lab.entry("2026-02-21-a")
    assert "broken" not in page(lab)


def test_an_entry_that_another_one_replaces_is_marked(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-old", status="concluded")
    lab.entry("2026-02-21-new", supersedes=["2026-02-20-old"])
    row = next(line for line in page(lab).splitlines() if "2026-02-20-old/" in line)
    assert ">superseded</span>" in row


def test_a_long_journal_shows_the_newest_and_leads_to_the_months_of_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "NEWEST", 2)
    lab = SiteJournal(tmp_path)
    for day in ("2025-11-30", "2026-01-01", "2026-01-02", "2026-02-03"):
        lab.entry(f"{day}-e", created=f"{day}T00:00:00+00:00")
    text = page(lab)
    top = next(line for line in text.splitlines() if "journal-explorer__held" in line)
    assert ">Newest 2 of 4; the rest by month: <a" in top
    assert re.findall(r'href="\.\./chronicle/([^"]+)/">(.*?)<', top) == [
        ("2026-01", "Jan 2026"),
        ("2025-11", "Nov 2025"),
    ]
    assert re.findall(r"entries/|(\d{4}-\d\d-\d\d-e)/", text) == ["2026-02-03-e", "2026-01-02-e"]
    below = text[text.index('<h2 id="older">') :]
    assert re.findall(r'href="\.\./chronicle/([^"]+)/"', below) == ["2026-01", "2025-11"]


def test_of_many_months_the_nearest_stand_above_the_list_with_the_way_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "NEWEST", 1)
    monkeypatch.setattr(explorer, "NEAREST", 1)
    lab = SiteJournal(tmp_path)
    for day in ("2025-11-30", "2026-01-01", "2026-02-03"):
        lab.entry(f"{day}-e", created=f"{day}T00:00:00+00:00")
    top = next(line for line in page(lab).splitlines() if "journal-explorer__held" in line)
    assert 'Jan 2026</a>, <a href="#older">older</a></p>' in top
    assert "2025" not in top


def test_the_page_changes_with_what_it_lists_and_not_with_older_entries_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "NEWEST", 1)
    lab = SiteJournal(tmp_path)
    lab.entry("2026-01-01-old", created="2026-01-01T00:00:00+00:00")
    lab.entry("2026-01-02-new", created="2026-01-02T00:00:00+00:00")
    (before,) = explorer.sheets(lab.contents)
    lab.entry("2026-01-01-old", created="2026-01-01T00:00:00+00:00", title="Another")
    assert [sheet.key for sheet in explorer.sheets(lab.contents)] == [before.key]
    lab.entry("2026-01-02-new", created="2026-01-02T00:00:00+00:00", title="Another")
    assert [sheet.key for sheet in explorer.sheets(lab.contents)] != [before.key]


def test_foreign_text_is_harmless(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    hostile = "<img src=x onerror=alert(1)>\"'`*"
    lab.entry("2026-01-01-a", title=hostile, tags=[hostile], authors=[hostile])
    assert "<img" not in page(lab)
