from dataclasses import replace
from pathlib import Path

from recorded_runs import told
from site_journal import SiteJournal

from journal.site.contents import Contents
from journal.site.sheet import Sheet
from journal.site.things.paged_list import PagedList, Row


def contents_of(root: Path) -> Contents:
    return SiteJournal(root).contents


def listed(months: list[tuple[str, int]]) -> PagedList[str]:
    """So many things of each month, ten a page, numbered from the oldest of the month."""
    rows = [
        Row(month, f"{month} {number}", f"{month}/{number}")
        for month, count in months
        for number in range(count, 0, -1)
    ]
    return PagedList("Things", "things", ("thing",), (), rows, lambda of, _: [of], "See also.", "None yet.", most=10)


def pages(of: PagedList[str], contents: Contents) -> dict[str, Sheet]:
    return {sheet.path: sheet for sheet in of.sheets(contents, ())}


def test_a_short_list_is_one_page(tmp_path: Path) -> None:
    found = pages(listed([("2026-03", 4), ("2026-02", 6)]), contents_of(tmp_path))
    assert list(found) == ["things/index.md"]
    text = found["things/index.md"].make().decode()
    assert text.index("## 2026-03") < text.index("<td>2026-03/4</td>") < text.index("## 2026-02")
    assert "See also." in text
    assert "by-month" not in text


def test_a_list_of_nothing_says_what_would_stand_there(tmp_path: Path) -> None:
    found = pages(listed([]), contents_of(tmp_path))
    assert "None yet." in found["things/index.md"].make().decode()


def test_a_long_list_shows_the_newest_and_has_pages_for_its_months(tmp_path: Path) -> None:
    found = pages(listed([("2026-03", 8), ("2026-02", 6), ("", 1)]), contents_of(tmp_path))
    assert set(found) == {
        *("things/index.md", "things/by-month/2026-03.md", "things/by-month/2026-02.md"),
        "things/by-month/undated.md",
    }
    text = found["things/index.md"].make().decode()
    assert text.count("<td>") == 10
    assert '<li><a href="by-month/2026-02/">2026-02</a> 6</li>' in text
    assert "5 older ones stand on the pages of their months" in text


def test_a_full_month_goes_on_and_every_row_stands_on_one_page_of_it(tmp_path: Path) -> None:
    found = pages(listed([("2026-03", 23)]), contents_of(tmp_path))
    texts = {path: sheet.make().decode() for path, sheet in found.items() if "by-month" in path}
    counts = {path: text.count("<td>") for path, text in texts.items()}
    assert counts == {
        "things/by-month/2026-03.md": 3,
        "things/by-month/2026-03-2.md": 10,
        "things/by-month/2026-03-1.md": 10,
    }
    assert "<td>2026-03/23</td>" in texts["things/by-month/2026-03.md"]
    assert "<td>2026-03/1</td>" in texts["things/by-month/2026-03-1.md"]
    assert told(texts["things/by-month/2026-03-2.md"]).count("Newer Older") == 1


def test_a_new_row_leaves_the_full_pages_of_its_month_as_they_are(tmp_path: Path) -> None:
    contents = contents_of(tmp_path)
    before, after = (pages(listed([("2026-03", count)]), contents) for count in (23, 24))
    same = {path for path in before if before[path].key == after[path].key}
    assert same == {"things/by-month/2026-03-2.md", "things/by-month/2026-03-1.md"}
    full, more = (pages(listed([("2026-03", count)]), contents) for count in (30, 31))
    assert len(full) == 4
    same = {path for path in full if full[path].key == more[path].key}
    assert same == {"things/by-month/2026-03-1.md"}, "beside -2 there is another page now"


def test_its_pages_are_made_again_when_what_all_depend_on_changes(tmp_path: Path) -> None:
    contents = contents_of(tmp_path)
    of = listed([("2026-03", 3)])
    (one,), (other,) = of.sheets(contents, "a"), of.sheets(contents, "b")
    assert one.key != other.key
    (more,) = replace(of, rows=of.rows[1:]).sheets(contents, "a")
    assert more.key != one.key
