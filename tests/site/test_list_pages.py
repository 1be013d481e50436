from pathlib import Path

from site_journal import TABLE, SiteJournal

from journal.site import list_pages
from journal.site.list_pages import MOST, NEWEST


def test_the_home_page_of_an_empty_journal_says_how_to_begin(tmp_path: Path) -> None:
    assert "`journal new`" in list_pages.home(SiteJournal(tmp_path).contents).decode()


def test_home_counts_entries_by_status(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", status="running")
    lab.entry("2026-02-21-b", status="running")
    lab.entry("2026-02-22-c")
    text = list_pages.home(lab.contents).decode()
    assert '<b>2</b><span class="journal-badge journal-badge--running">running</span>' in text
    assert '<b>1</b><span class="journal-badge journal-badge--none">no status</span>' in text


def test_home_shows_the_newest_entries_first_and_links_to_all(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    for day in range(1, NEWEST + 3):
        lab.entry(f"2026-01-{day:02}-e", title=f"Entry {day}", created=f"2026-01-{day:02}T00:00:00+00:00")
    text = list_pages.home(lab.contents).decode()
    shown = [line for line in text.splitlines() if ".journal-title" in line]
    assert len(shown) == NEWEST
    assert f"[Entry {NEWEST + 2}](entries/" in shown[0]
    assert f"[All {NEWEST + 2} entries](entries/index.md)" in text


def test_home_lists_what_needs_attention(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", TABLE, title="Waiting", runs=[{"id": "r1", "as": "base"}])
    lab.write("entries/2026-02-22-broken.md", "---\ntitle: [x\n---\n")
    text = list_pages.home(lab.contents).decode()
    assert "[Waiting](entries/2026-02-21-a.md#block.losses)" in text
    assert "not filled yet" in text
    assert "<code>entries/2026-02-22-broken.md&#58;" in text or "<code>entries/2026-02-22-broken.md:" in text


def test_home_lists_runs_that_the_commits_contradict(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", title="Clamp", runs=[{"id": "r1", "as": "base"}, "r2"])
    lab.judge("2026-02-21-a", {"r1": ("contradicted", "it is older", "more"), "r2": ("unknown", "no commit")})
    (row,) = (line for line in list_pages.home(lab.contents).decode().splitlines() if "contradicted" in line)
    assert "[Clamp](entries/2026-02-21-a.md) | <code>base</code> it is older |" in row


def test_home_says_nothing_of_attention_when_none_is_needed(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    assert "attention" not in list_pages.home(lab.contents).decode()


def test_home_does_not_list_hundreds_of_pending_blocks(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    blocks = "".join(f"<!-- journal:runs n{number} -->\n<!-- /journal:runs -->\n\n" for number in range(MOST + 2))
    lab.entry("2026-02-21-a", blocks, runs=[{"id": "r1", "as": "base"}])
    text = list_pages.home(lab.contents).decode()
    assert text.count("#block.n") == MOST
    assert "and 2 more" in text


def test_the_list_of_entries_goes_by_year(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2025-12-31-a", created="2025-12-31T23:00:00+00:00")
    lab.entry("2026-02-21-b", tags=["x"], runs=[{"id": "r1"}, {"id": "r2"}], status="concluded", outcome="positive")
    text = list_pages.entries(lab.contents).decode()
    assert text.index("## 2026") < text.index("2026-02-21-b.md") < text.index("## 2025") < text.index("2025-12-31-a.md")
    row = next(line for line in text.splitlines() if "2026-02-21-b.md" in line)
    assert row.startswith("| <time>2026-02-21</time> | [Clamp the logits](2026-02-21-b.md) | <span")
    assert row.endswith("| [x](../tags/x.md){ .journal-tag } | 2 |")


def test_a_tag_s_page_lists_its_entries_and_no_others(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", tags=["x"])
    lab.entry("2026-02-21-b", tags=["y"])
    text = list_pages.tag("x", lab.contents).decode()
    assert "(../entries/2026-02-20-a.md)" in text
    assert "2026-02-21-b" not in text
    assert "- [x](x.md){ .journal-tag } 1\n- [y](y.md){ .journal-tag } 1" in list_pages.tags(lab.contents).decode()


def test_lists_mark_an_entry_that_another_one_replaces_whatever_its_own_status_says(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-old", status="concluded", tags=["x"])
    lab.entry("2026-02-21-new", supersedes=["2026-02-20-old"])
    contents = lab.contents
    for text in (list_pages.home(contents), list_pages.entries(contents), list_pages.tag("x", contents)):
        row = next(line for line in text.decode().splitlines() if "2026-02-20-old.md" in line)
        assert ">concluded</span>" in row
        assert ">superseded</span>" in row


def test_lists_take_entries_of_which_only_the_day_is_known(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    origin = {"from": "old.md", "sha256": "ab" * 32}
    lab.entry("2026-02-20-day", created="2026-02-20", imported=origin)
    lab.entry("2026-02-20-clock", created="2026-02-20T10:00", imported=origin)
    lab.entry("2026-02-20-zone", created="2026-02-20T10:00+02:00")
    for text in (list_pages.home(lab.contents).decode(), list_pages.entries(lab.contents).decode()):
        assert text.count("<time>2026-02-20</time>") == 3
        assert text.index("20-clock.md") < text.index("20-zone.md") < text.index("20-day.md")
