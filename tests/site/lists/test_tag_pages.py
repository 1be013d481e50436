from __future__ import annotations

from paper import contents_of, entry, keys, pages, rows

from journal.site.leaves import SIZE
from journal.site.lists import tag_pages


def test_a_tag_s_page_lists_its_entries_and_no_others_newest_first() -> None:
    contents = contents_of(
        entry("2026-02-20-a", tags=("x",)), entry("2026-02-21-b", tags=("y",)), entry("2026-02-22-c", tags=("x",))
    )
    found = pages(tag_pages, contents)
    first, second = rows(found["tags/x.md"])
    assert ">c</a>" in first
    assert 'href="../../entries/2026-02-20-a/">a</a>' in second
    assert "2 entries, newest first" in found["tags/x.md"]
    assert '<li><a class="journal-tag" href="x/">x</a> <span>2</span></li>' in found["tags/index.md"]


def test_a_tag_s_list_marks_an_entry_that_another_one_replaces_whatever_its_own_status_says() -> None:
    old = entry("2026-02-20-old", status="concluded", tags=("x",), review="verified")
    (row,) = rows(pages(tag_pages, contents_of(old, entry("2026-02-21-new", supersedes=(old.id,))))["tags/x.md"])
    assert ">concluded</span>" in row
    assert ">superseded</span>" in row
    assert ">verified</span>" in row


def test_a_long_list_is_cut_and_a_new_entry_leaves_its_older_pages_alone() -> None:
    many = [entry(f"2026-01-01-{number:04}", tags=("x",)) for number in range(2 * SIZE)]
    before, after = (keys(tag_pages, contents_of(*more, *many)) for more in ((), (entry("2026-02-01-n", tags=("y",)),)))
    assert {"tags/x.md", "tags/x_1.md"} <= before.keys()
    assert {path for path, key in after.items() if before.get(path) != key} == {"tags/index.md", "tags/y.md"}


def test_two_entries_of_one_name_in_two_folders_are_two_rows() -> None:
    twice = (entry("2026-01-01-a", page=f"entries/{folder}/2026-01-01-a.md", tags=("x",)) for folder in ("one", "two"))
    found = rows(pages(tag_pages, contents_of(*twice))["tags/x.md"])
    assert ["/one/" in row for row in found] == [True, False]


def test_a_journal_without_tags_says_so() -> None:
    assert "No entry has a tag yet." in pages(tag_pages, contents_of(entry("2026-01-01-a")))["tags/index.md"]
