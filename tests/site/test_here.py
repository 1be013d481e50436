from pathlib import Path

from paper import contents_of
from recorded_runs import write_run
from site_journal import SiteJournal

from journal.site.here import Here, row, rows, when


def test_a_page_leads_to_others_from_where_it_is_built() -> None:
    here = Here("boards/pending.md", contents_of())
    assert here.link("a < b", "entries/a b.md", anchor="block.x") == (
        '<a href="../../entries/a%20b/#block.x">a &#60; b</a>'
    )


def test_a_run_is_a_link_where_its_digest_is_there_and_a_commit_where_it_is_a_sha(tmp_path: Path) -> None:
    lab, sha = SiteJournal(tmp_path), "c" * 40
    write_run(lab, "r1", commit=sha)
    here = Here("metrics/loss.md", lab.contents)
    assert here.run("r1", "<b>1</b>") == '<a href="../../runs/r1/"><b>1</b></a>'
    assert (here.run("r2", "<b>2</b>"), here.run(None, "none")) == ("<b>2</b>", "none")
    assert here.commit("CCCC") == f'<a href="../../commits/{sha}/" title="{sha}"><code>ccccccc</code></a>'
    assert (here.commit("a < b"), here.commit(None)) == ("<code>a &#60; b</code>", "—")


def test_a_time_is_told_to_people_by_its_day_and_to_programs_in_full() -> None:
    told = "2026-02-21 19:01 +08:00"
    assert when(told, age=True) == f'<time datetime="2026-02-21T19:01+08:00" title="{told}" data-age>2026-02-21</time>'
    assert when(told, short=False) == f'<time datetime="2026-02-21T19:01+08:00">{told}</time>'


def test_a_row_leaves_out_what_is_not_known() -> None:
    assert "journal-row__more" not in row("lead", "main", "", "")
    assert row("lead", "main", "a", "", "b").endswith('<div class="journal-row__more">a · b</div></div></li>')
    assert rows([]) == ""
