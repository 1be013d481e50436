"""A value that was corrected in one entry and still stands in another is told of on the site, as by `journal check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from paper import rows
from site_journal import SiteJournal

from journal.checks.check import check
from journal.checks.interface import Scene
from journal.document import store
from journal.index import stamps
from journal.site import pages
from journal.site.boards import needs
from journal.site.generate import generate
from journal.site.quoted import RULE, quoted
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from journal.document.store import Stored

A, B, C = "2026-02-20-a", "2026-02-21-b", "2026-02-22-c"
PAGE = f"entries/{B}.md"
CORRECTION = {"was": "4127.8", "now": "689", "reason": "another run"}
FOLLOWS: Mapping[str, object] = {"title": "After", "follows": [A]}


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    lab = SiteJournal(tmp_path)
    lab.entry(A, "It was ~~4127.8~~ 689.\n", title="Before", corrections=[CORRECTION])
    lab.entry(B, "Before, it was 4,127.80 and again 4127.8.\n", **FOLLOWS)  # type: ignore[arg-type]
    lab.entry(C, "By chance 4127.8.\n")
    return lab


def told_by_check(lab: SiteJournal) -> set[str]:
    journal = lab.journal
    scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), None)
    return {finding.path for finding in check(scene) if finding.code == RULE}


def test_what_the_check_finds_is_found_once_for_each_entry_that_quotes(lab: SiteJournal) -> None:
    (found,) = quoted(lab.contents)
    assert (found.was, found.now, found.text) == ("4127.8", "689", "4,127.80")
    assert (found.source_title, found.title, found.page) == ("Before", "After", PAGE)
    assert told_by_check(lab) == {found.path}


def test_an_entry_that_names_the_corrected_one_in_its_words_alone_is_found_too(lab: SiteJournal) -> None:
    lab.entry(C, f"As in {A}, 4127.8.\n")
    assert {each.path for each in quoted(lab.contents)} == told_by_check(lab) == {f"entries/{B}.md", f"entries/{C}.md"}


def test_one_of_the_same_run_is_found_too(lab: SiteJournal) -> None:
    lab.entry(A, "689\n", runs=["lab/toy/r1"], corrections=[CORRECTION])
    lab.entry(C, "Here 4127.8.\n", runs=["r1"])
    assert {each.path for each in quoted(lab.contents)} == told_by_check(lab) == {f"entries/{B}.md", f"entries/{C}.md"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("It was 4127.8.\n", {"ignore": {RULE: "told as history"}}),
        ("<!-- journal:ignore LIF004: told as history -->\nIt was 4127.8.\n", {}),
        ("It was ~~4127.8~~ 689.\n", {}),
        ("It was 4127.8.\n", {"corrections": [{"was": "4,127.8"}]}),
    ],
)
def test_who_has_dealt_with_it_or_says_why_it_stands_there_is_left_out(
    lab: SiteJournal, body: str, fields: Mapping[str, object]
) -> None:
    lab.entry(B, body, **{**FOLLOWS, **fields})  # type: ignore[arg-type]
    assert quoted(lab.contents) == ()
    assert told_by_check(lab) == set()


def test_the_page_that_quotes_says_so_above_its_text_and_leads_to_the_correction(lab: SiteJournal) -> None:
    text = pages.render(lab.contents)[PAGE].decode()
    said = '<del>4,127.80</del> → <strong>689</strong>, as corrected in <a href="../2026-02-20-a/">Before</a>'
    assert f"A value here was corrected elsewhere</p>\n<ul>\n<li>{said}</li>" in text
    assert "corrected elsewhere" not in pages.render(lab.contents)[f"entries/{C}.md"].decode()


def test_a_value_of_which_the_right_one_is_not_known_is_told_as_wrong(lab: SiteJournal) -> None:
    lab.entry(A, "It was.\n", title="Before", corrections=[{"was": "4127.8"}, {"was": "again"}])
    text = pages.render(lab.contents)[PAGE].decode()
    assert "Values here were corrected elsewhere</p>" in text
    assert "<del>again</del> is wrong, as corrected in <a" in text
    board = pages.render(lab.contents)["boards/attention.md"].decode()
    assert '<code>again</code> was corrected as wrong in <a href="../../entries/2026-02-20-a/">Before</a>' in board


def test_the_board_of_corrections_tells_where_each_is_still_quoted(lab: SiteJournal) -> None:
    lab.entry(A, title="Before", corrections=[CORRECTION, {"was": "12.25", "now": "12.5"}])
    first, second = rows(pages.render(lab.contents)["boards/corrections.md"].decode())
    assert '<b>still quoted in</b> <a href="../../entries/2026-02-21-b/">After</a></div>' in first
    assert "still quoted" not in second


def test_the_corrected_page_tells_who_still_quotes_and_no_longer_when_nobody_does(lab: SiteJournal) -> None:
    said = '<b>still quoted in</b> <a href="../2026-02-21-b/">After</a></li>'
    made, page = generate(lab.journal), f"entries/{A}.md"
    assert said in (made.folder / page).read_text()
    lab.entry(B, "Before, it was 689.\n", **FOLLOWS)  # type: ignore[arg-type]
    assert page in generate(lab.journal).written
    assert "still quoted" not in (made.folder / page).read_text()


def test_it_needs_attention_on_the_board_and_at_home(lab: SiteJournal) -> None:
    (need,) = needs.of(lab.contents)
    assert (need.word, need.title, need.page) == (needs.CORRECTED, "After", PAGE)
    shown = pages.render(lab.contents)
    for page in ("boards/attention.md", "index.md"):
        (row,) = (row for row in rows(shown[page].decode()) if "corrected elsewhere</span>" in row)
        assert '<code>4,127.80</code> was corrected to 689 in <a href="' in row
        assert 'entries/2026-02-20-a/">Before</a>' in row
        assert "entries/2026-02-21-b/" in row
    assert (
        "## Quotes a value that was corrected elsewhere (1 value in 1 entry)" in shown["boards/attention.md"].decode()
    )


def test_the_page_is_made_again_when_a_correction_elsewhere_comes_or_goes(lab: SiteJournal) -> None:
    lab.entry(A, "It was 4127.8.\n", title="Before")
    generate(lab.journal)
    lab.entry(A, "It was 4127.8.\n", title="Before", corrections=[CORRECTION])
    made = generate(lab.journal)
    assert PAGE in made.written
    assert "corrected elsewhere" in (made.folder / PAGE).read_text()
    lab.entry(A, "It was 4127.8.\n", title="Before")
    assert PAGE in generate(lab.journal).written
    assert "corrected elsewhere" not in (made.folder / PAGE).read_text()


def test_no_more_is_read_than_the_entries_related_to_a_corrected_one(
    lab: SiteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NS", -(10**15))
    generate(lab.journal)
    asked: list[str] = []
    read = store.read

    def watched(path: Path) -> Stored:
        asked.append(path.name)
        return read(path)

    monkeypatch.setattr(store, "read", watched)
    assert generate(lab.journal).written == ()
    assert {name for name in asked if name.startswith("2026")} == {f"{B}.md"}
    lab.entry(A, "It was 4127.8.\n", title="Before")
    generate(lab.journal)
    asked.clear()
    generate(lab.journal)
    assert [name for name in asked if name.startswith("2026")] == []
