from pathlib import Path

import pytest
from site_journal import SiteJournal

from journal.site import pages
from journal.site.entry import broken
from journal.site.generate import generate

BAD = "entries/2026-02-21-bad.md"


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    return SiteJournal(tmp_path)


def page(lab: SiteJournal, path: str) -> str:
    return (generate(lab.journal).folder / path).read_text()


def test_a_broken_entry_keeps_its_page_which_says_why(lab: SiteJournal) -> None:
    lab.entry("2026-02-21-bad", "Old words.\n")
    assert "Old words." in page(lab, BAD)
    lab.write(BAD, "---\ntitle: [<b>\n---\n")
    shown = page(lab, BAD)
    assert "This entry could not be read" in shown
    assert "<code>entries/2026-02-21-bad.md&#58;2:" in shown
    assert "Old words." not in shown
    assert "<b>" not in shown
    lab.write(BAD, "no front matter\n")
    assert page(lab, BAD) != shown
    lab.entry("2026-02-21-bad", "New words.\n")
    assert "New words." in page(lab, BAD)


def test_a_hint_shows_what_is_to_be_written_as_code(lab: SiteJournal) -> None:
    lab.write(BAD, "no front matter\n")
    shown = page(lab, BAD)
    assert "`" not in shown
    assert "<code>title:</code>" in shown or "<code>title&#58;</code>" in shown


def test_what_is_wrong_with_an_entry_s_evidence_leads_to_the_page_of_the_entry(lab: SiteJournal) -> None:
    lab.entry("2026-02-21-a")
    lab.write("evidence/2026-02-21-a.json", "{")
    lab.write("evidence/runs/x.json", "{")
    lab.write("entries/index.md", "no front matter\n")
    contents = lab.contents
    found = {str(error.path): broken.page_about(error, contents) for error in contents.problems}
    assert found == {
        "evidence/2026-02-21-a.json": "entries/2026-02-21-a.md",
        "evidence/runs/x.json": None,
        "entries/index.md": None,
    }


def test_a_page_stands_for_it_where_the_entries_lie_elsewhere(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path, 'entries = "notes/lab"\n')
    lab.write("notes/lab/2026/bad.md", "no front matter\n")
    assert "could not be read" in page(lab, "entries/2026/bad.md")


def test_only_what_is_an_entry_by_its_name_has_such_a_page(lab: SiteJournal) -> None:
    lab.entry("2026-02-21-a")
    lab.write("evidence/2026-02-21-a.json", "{")
    lab.write("evidence/runs/x.json", "{")
    lab.write("entries/index.md", "no front matter\n")
    shown = pages.render(lab.contents)
    assert not [path for path, raw in shown.items() if b"This entry could not be read" in raw]
    lab.write(BAD, "no front matter\n")
    shown = pages.render(lab.contents)
    assert [path for path, raw in shown.items() if b"This entry could not be read" in raw] == [BAD]
