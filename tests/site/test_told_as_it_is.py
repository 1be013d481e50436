"""What the site says is so: of curves and numbers from other bytes, removed blocks, replaced entries, hidden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.site.boards.predictions import GONE, tally
from journal.site.charts import asked
from journal.site.generate import generate
from journal.site.pages import render
from journal.tables import digest

if TYPE_CHECKING:
    from pathlib import Path

RUNS = [{"id": "r1", "as": "base"}]


def pages(lab: SiteJournal) -> dict[str, str]:
    return {path: raw.decode() for path, raw in render(lab.contents).items()}


def test_a_curve_from_other_bytes_than_the_numbers_says_so(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 1.0]}))
    lab.fill(lab.entry("2026-02-20-old", TABLE, runs=RUNS))
    assert "Read at another time" not in pages(lab)["entries/2026-02-20-old.md"]
    grown = make_run("r1", {"train/loss": [3.0, 2.0, 1.0, 0.5, 0.4]}, sha256="cd" * 32)
    digest.save(grown, ["train/loss"], lab.journal.config)
    assert "from a log that has changed: base (5 rows)" in pages(lab)["entries/2026-02-20-old.md"]


def test_numbers_of_a_block_that_was_taken_out_are_no_longer_the_entry_s(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [801.0, 800.0]}))
    path = lab.entry("2026-02-20-a", TABLE, runs=RUNS)
    lab.fill(path)
    assert [number.statistic for number in lab.contents.abstracts[0].numbers] == ["first", "mean", "last"]
    lab.entry("2026-02-20-a", "No table.\n", runs=RUNS)
    assert not lab.contents.abstracts[0].numbers


def test_two_entries_of_one_id_are_told_and_each_page_is_of_its_own(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0]}))
    lab.fill(lab.entry("a/2026-02-20-x", TABLE, runs=RUNS))
    lab.entry("b/2026-02-20-x", TABLE.replace("losses", "zz"), runs=RUNS)
    assert [str(problem.path) for problem in lab.contents.problems] == ["entries/b/2026-02-20-x.md"]
    assert "block.zz" not in pages(lab)["entries/a/2026-02-20-x.md"]


def test_windows_of_different_words_are_not_joined_and_one_that_runs_reach_differently_is(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [make_run("r1", {"loss": [float(n) for n in range(300)]}), make_run("r2", {"loss": [1.0] * 195})]
    lab.with_runs(*runs)
    table = TABLE.replace("train/loss", "loss").replace("stats: [first, mean, last]", "windows: [100..200, 108..208]")
    lab.fill(lab.entry("2026-02-20-a", table, runs=[{"id": "r1"}]))
    lab.fill(lab.entry("2026-02-21-b", table.replace(", 108..208", ""), runs=[{"id": "r1"}, {"id": "r2"}]))
    later, first = lab.contents.abstracts
    assert [figure.windows for figure in asked.of_entry(first, lab.contents.runs)] == [((100, 200), (108, 208))]
    assert [figure.windows for figure in asked.of_entry(later, lab.contents.runs)] == [((100, 200),)]


def test_a_prediction_of_an_invalid_entry_no_longer_counts_and_home_counts_the_entry_as_invalid(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"loss": [0.5]}))
    claim = {"claim": "it falls", "expect": "last(loss)@base < 1"}
    lab.fill(lab.entry("2026-02-20-a", runs=RUNS, predictions=[claim], status="concluded", outcome="positive"))
    assert tally(lab.contents)["confirmed"] == 1
    lab.entry("2026-02-21-b", invalidates=["2026-02-20-a"])
    assert {verdict: number for verdict, number in tally(lab.contents).items() if number} == {GONE: 1}
    shown = pages(lab)
    assert "#status=invalid" in shown["index.md"]
    assert "#status=concluded" not in shown["index.md"]
    assert "<title>[invalid] Clamp the logits</title>" in shown["feed.xml"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("fig.png", "![](fig.png)\n"),
        ("code.txt", "```\n[a](code.txt)\n```\n"),
        ("span.txt", "Say `[a](span.txt)`.\n"),
        ("comment.txt", "<!-- [a](comment.txt) -->\n"),
        ("notes.markdown", "[a](notes.markdown)\n"),
    ],
)
def test_what_is_hidden_or_not_really_linked_is_not_published(tmp_path: Path, name: str, body: str) -> None:
    lab = SiteJournal(tmp_path)
    lab.write("entries/.env", "SECRET=1\n")
    if name == "fig.png":
        (tmp_path / "entries" / name).symlink_to(".env")
    else:
        lab.write(f"entries/{name}", "kept to ourselves")
    lab.write("entries/shown.txt", "shown")
    lab.entry("2026-02-20-a", f"{body}\n[b](shown.txt)\n")
    generate(lab.journal)
    docs = tmp_path / ".journal/docs/entries"
    assert (docs / "shown.txt").exists()
    assert not (docs / name).exists()
