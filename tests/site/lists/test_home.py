from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from paper import contents_of, entry, keys, pages, rows

from journal.errors import EntryError
from journal.site.abstract import Attention, CitedRun, Claim, Event
from journal.site.lists import home
from journal.site.lists.home import MOST, NEWEST

if TYPE_CHECKING:
    from pathlib import Path

STALE = Attention("stale", "block.losses", "losses", "table", "not filled yet")


def test_the_home_page_of_an_empty_journal_says_how_to_begin() -> None:
    assert "`journal new`" in pages(home, contents_of())["index.md"]


def test_home_says_what_the_journal_is_in_a_line() -> None:
    text = pages(home, contents_of(entry("2026-01-03-a"), entry("2026-02-21-b")))["index.md"]
    assert "2 entries from 2026-01-03 to 2026-02-21." in text
    assert "1 entry of 2026-01-03." in pages(home, contents_of(entry("2026-01-03-a")))["index.md"]


def test_home_counts_entries_by_status_and_links_to_where_they_are_listed() -> None:
    stated = (entry(f"2026-02-{day}-e", status="running") for day in (20, 21))
    text = pages(home, contents_of(*stated, entry("2026-02-22-c")))["index.md"]
    link = '<a class="journal-count" href="entries/#status=running"><b>2</b><span class="journal-badge'
    assert f"{link} journal-badge--running" in text
    assert '<a class="journal-count" href="entries/"><b>1</b><span class="journal-badge journal-badge--none">' in text


def test_home_shows_what_is_new_and_what_was_updated_last_first() -> None:
    many = [entry(f"2026-01-{day:02}-e{day:02}") for day in range(2, NEWEST + 4)]
    update = Event("2026-03-01 09:00 +08:00", many[-1].moment + 9e6, "update.1", by="Ana")
    old = entry("2026-01-01-old", title="An old one", updates=(update,))
    text = pages(home, contents_of(*many, old))["index.md"]
    cards = [line for line in text.splitlines() if "journal-news__one" in line]
    assert len(cards) == NEWEST
    assert ">An old one</a>" in cards[0]
    assert 'href="entries/2026-01-01-old/#update.1"><time datetime="2026-03-01T09:00+08:00"' in cards[0]
    assert f">e{NEWEST + 3:02}</a>" in cards[1]
    assert f'<a href="entries/">All {len(many) + 1} entries</a>' in text


def test_a_card_tells_badges_first_words_tags_and_runs() -> None:
    runs = (CitedRun("r1", "base"), CitedRun("r2", "it"))
    shown = entry(
        "2026-01-01-a", status="concluded", outcome="positive", summary="It works & holds.", tags=("x",), runs=runs
    )
    text = pages(home, contents_of(shown, entry("2026-01-02-b", supersedes=(shown.id,))))["index.md"]
    (card,) = (line for line in text.splitlines() if "journal-news__one" in line and "01-01-a" in line)
    for word in ("concluded", "superseded", "positive"):
        assert f'journal-badge--{word}">{word}</span>' in card
    assert '<p class="journal-news__words">It works &#38; holds.</p>' in card
    assert '<a class="journal-tag" href="tags/x/">x</a> <span>2 runs</span>' in card


def test_home_tells_first_of_files_that_are_no_entries() -> None:
    problem = EntryError("not YAML", hint="put it in quotes", path="entries/b.md", line=2)
    text = pages(home, contents_of(entry("2026-01-01-a", attention=(STALE,)), problems=[problem]))["index.md"]
    first, second = rows(text)
    assert "broken" in first
    assert "entries/b.md:2" in first
    assert "not YAML; put it in quotes" in first
    assert 'href="entries/2026-01-01-a/#block.losses">a</a>' in second


def test_home_of_files_alone_that_are_no_entries_tells_of_them() -> None:
    text = pages(home, contents_of(problems=[EntryError("not YAML", path="entries/b.md")]))["index.md"]
    assert "No entry can be read yet" in text
    assert "entries/b.md" in text


def test_home_tells_each_cause_once_with_its_first_entries_and_leads_to_the_rest() -> None:
    many = [entry(f"2026-01-{day:02}-e", attention=(STALE, STALE)) for day in range(1, MOST + 3)]
    contents = contents_of(*many, entry("2025-01-01-x", runs=(CitedRun("r", "base", verdict="contradicted"),)))
    text = pages(home, contents)["index.md"]
    contradicted, unfilled = rows(text)
    assert "contradicted</span>" in contradicted
    assert f">{2 * (MOST + 2)} blocks in {MOST + 2} entries</span>" in unfilled
    assert unfilled.count("<li>") == 1 + MOST + 1
    assert '<a href="boards/attention/">2 more entries</a>' in unfilled
    assert "not filled yet</span>" in unfilled
    assert '<a href="boards/attention/">All that needs attention</a>' in text


def test_home_names_further_files_files_and_leads_to_the_page_of_each_broken_entry(tmp_path: Path) -> None:
    problems = []
    for number in range(MOST + 1):
        place = tmp_path / f"entries/b{number}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text("")
        problems.append(EntryError("not YAML", path=f"entries/b{number}.md", line=3, hint="write `a: b`"))
    (row,) = rows(pages(home, contents_of(problems=problems, root=tmp_path))["index.md"])
    assert '<a href="entries/b0/"><code>entries/b0.md:3</code></a>' in row
    assert "not YAML; write <code>a: b</code>" in row
    assert '<a href="boards/attention/">1 more file</a>' in row


def test_home_promises_of_filled_numbers_alone_that_they_lead_to_their_run() -> None:
    text = pages(home, contents_of(entry("2026-02-21-a")))["index.md"]
    assert "Every filled number leads to the run that it was taken from." in text


def test_the_browser_calls_home_by_the_name_of_the_site_alone() -> None:
    for contents in (contents_of(), contents_of(entry("2026-02-21-a"))):
        text = pages(home, contents)["index.md"]
        assert "\ntitle:" not in text
        assert "\n# Attention\n" in text


@pytest.mark.parametrize(("number", "said"), [(1, "withdrawn with its entry"), (2, "withdrawn with their entry")])
def test_home_tells_of_predictions_whose_entry_no_longer_holds(number: int, said: str) -> None:
    claims = (Claim("a", "x < 1", "confirmed"),) * number
    text = pages(home, contents_of(entry("2026-02-21-a", predictions=claims, status="invalid")))["index.md"]
    assert f'<b>{number}</b> <span class="journal-badge journal-badge--withdrawn">{said}</span>' in text


def test_home_says_nothing_of_attention_when_none_is_needed() -> None:
    assert "attention" not in pages(home, contents_of(entry("2026-02-21-a")))["index.md"]


def test_home_tells_how_predictions_came_out() -> None:
    claims = (Claim("a", "x < 1", "confirmed"), Claim("b", "x < 2", "confirmed"), Claim("c", "x < 3"))
    text = pages(home, contents_of(entry("2026-02-21-a", predictions=claims)))["index.md"]
    assert '<b>2</b> <span class="journal-badge journal-badge--confirmed">' in text
    assert '<b>1</b> <span class="journal-badge journal-badge--open">' in text
    assert "refuted" not in text
    assert "## Predictions" not in pages(home, contents_of(entry("2026-02-21-a")))["index.md"]


@pytest.mark.parametrize("folder", ["entries", "runs", "metrics", "boards", "lineage", "chronicle", "tags", "authors"])
def test_home_leads_everywhere(folder: str) -> None:
    assert f'<li><a href="{folder}/">' in pages(home, contents_of(entry("2026-02-21-a")))["index.md"]


def test_home_leads_to_the_feed() -> None:
    assert '<a href="feed.xml">Feed</a>' in pages(home, contents_of(entry("2026-02-21-a")))["index.md"]


def test_home_is_not_made_again_for_what_it_does_not_show() -> None:
    many = [entry(f"2026-01-{day:02}-e{day:02}", status="running") for day in range(2, NEWEST + 4)]

    def key(**fields: str) -> str:
        return keys(home, contents_of(*many, entry("2026-01-01-old", **fields)))["index.md"]

    assert key(status="running", title="Old", sum="1") == key(status="running", title="Older", sum="2")
    assert key(status="running") != key(status="blocked")


def test_lists_take_entries_of_which_only_the_day_is_known() -> None:
    days = (
        entry("2026-02-20-day", created="2026-02-20"),
        entry("2026-02-20-clock", created="2026-02-20 10:00, zone unknown"),
    )
    text = pages(home, contents_of(*days))["index.md"]
    assert '<time datetime="2026-02-20">2026-02-20</time>' in text
    assert '<time datetime="2026-02-20T10:00" title="2026-02-20 10:00, zone unknown">2026-02-20</time>' in text
