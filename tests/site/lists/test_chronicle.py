from __future__ import annotations

from paper import contents_of, entry, keys, pages, rows

from journal.site.abstract import Amendment, Event, Person, Verdict
from journal.site.leaves import SIZE
from journal.site.lists import chronicle


def test_a_month_tells_what_happened_in_order() -> None:
    old = entry("2026-01-31-old", authors=(Person("Ana"), Person("Codex", "agent")))
    told = entry(
        "2026-02-01-told",
        status="concluded",
        updates=(Event("2026-02-05 09:00 +00:00", 1_770_282_000.0, "update.1", "Ana", "running", None, "Second look"),),
        corrections=(Amendment("1", "2", None, "Bo", "2026-02-03"), Amendment("undated")),
        reviews=(Verdict("Cy", "human", "verified", "2026-02-04 08:00, zone unknown"), Verdict("Di", None, "disputed")),
    )
    new = entry("2026-02-02-new", supersedes=(told.id,), invalidates=(old.id,))
    text = pages(chronicle, contents_of(old, told, new))["chronicle/2026-02.md"]
    written, *second, corrected, reviewed, updated = rows(text)
    assert '<a class="journal-title" href="../../entries/2026-02-01-told/">told</a>' in written
    assert len(second) == 3
    assert any("Superseded:" in row and ">told</a>" in row and 'new/">new</a>' in row for row in second)
    assert any("Found invalid:" in row and ">old</a>" in row for row in second)
    assert "Correction in" in corrected
    assert "1 → 2 · Bo" in corrected
    assert "Review of" in reviewed
    assert ">verified</span>" in reviewed
    assert 'Update of <a class="journal-title" href="../../entries/2026-02-01-told/#update.1">' in updated
    assert "Second look · Ana" in updated
    assert "2 entries, 1 update, 1 correction, 1 review, 1 retraction, 1 replacement" in text
    assert "Ana, Codex" in pages(chronicle, contents_of(old, told, new))["chronicle/2026-01.md"]


def test_the_months_lead_to_one_another() -> None:
    found = pages(chronicle, contents_of(*(entry(f"2026-{month:02}-01-e") for month in (1, 3, 4))))
    assert (
        '<a href="../2026-01/">← January 2026</a> <a href="../2026-04/">April 2026 →</a>'
        in found["chronicle/2026-03.md"]
    )


def test_the_list_of_months_goes_by_year_and_has_a_bar_as_long_as_much_happened() -> None:
    entries = (*(entry(f"2026-02-0{day}-e") for day in range(1, 5)), entry("2025-12-01-a"))
    text = pages(chronicle, contents_of(*entries))["chronicle/index.md"]
    assert (
        text.index("## 2026") < text.index('href="2026-02/">February') < text.index("## 2025") < text.index("December")
    )
    assert 'width="100" height="1"></rect></svg><span>4 entries</span>' in text
    assert 'width="25" height="1"></rect></svg><span>1 entry</span>' in text


def test_an_empty_chronicle_says_so() -> None:
    assert pages(chronicle, contents_of()).keys() == {"chronicle/index.md"}
    assert "Nothing has happened yet." in pages(chronicle, contents_of())["chronicle/index.md"]


def test_a_full_month_goes_on_on_a_second_page() -> None:
    found = pages(chronicle, contents_of(*(entry(f"2026-02-01-{number:04}") for number in range(SIZE + 1))))
    assert len(rows(found["chronicle/2026-02_2.md"])) == 1


def test_a_new_entry_makes_only_its_month_and_its_neighbours_again() -> None:
    old = [entry(f"2025-{month:02}-01-e") for month in range(1, 13)]
    before = keys(chronicle, contents_of(*old))
    after = keys(chronicle, contents_of(*old, entry("2026-01-01-new")))
    changed = {path for path, key in after.items() if before.get(path) != key}
    assert changed == {"chronicle/index.md", "chronicle/2026-01.md", "chronicle/2025-12.md"}
