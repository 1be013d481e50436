from __future__ import annotations

from paper import contents_of

from journal.site.lists.here import Here, row, rows, when


def test_a_page_leads_to_others_from_where_it_is_built() -> None:
    here = Here("boards/pending.md", contents_of())
    assert here.link("a < b", "entries/a b.md", anchor="block.x") == (
        '<a href="../../entries/a%20b/#block.x">a &#60; b</a>'
    )


def test_a_time_is_told_to_people_by_its_day_and_to_programs_in_full() -> None:
    told = "2026-02-21 19:01 +08:00"
    assert when(told, age=True) == f'<time datetime="2026-02-21T19:01+08:00" title="{told}" data-age>2026-02-21</time>'
    assert when(told, short=False) == f'<time datetime="2026-02-21T19:01+08:00">{told}</time>'


def test_a_row_leaves_out_what_is_not_known() -> None:
    assert "journal-row__more" not in row("lead", "main", "", "")
    assert row("lead", "main", "a", "", "b").endswith('<div class="journal-row__more">a · b</div></div></li>')
    assert rows([]) == ""
