from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk, cells, rows
from toys import Toys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

E1 = "2026-02-21-one"
RUNS = "{id: plain031, as: ipa}, {id: nestd031, as: iga}, {id: faild031, as: bad}"
TIMES = "\N{MULTIPLICATION SIGN}"
LATER = "{id: plain031, as: ipa}, {id: tomorrow, as: later}"
Table = list[list[str]]


@pytest.fixture
def filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Table, str]]:
    """The cells of a filled table, and the lines of the block."""
    desk = Desk.begin(tmp_path)

    def fill(spec: str, runs: str = RUNS) -> tuple[Table, str]:
        desk.entry(E1, f"<!-- journal:table\n{spec}\n-->\n<!-- /journal:table -->\n", runs=runs)
        said = desk.call(capsys, "fill-results")
        assert said.code == 0, said.err
        return cells(desk.read(E1)), desk.read(E1)

    return fill


def test_a_table_stands_between_blank_lines_so_that_every_dialect_shows_it(
    filled: Callable[..., tuple[Table, str]],
) -> None:
    _, text = filled("metrics: [train/loss]\nruns: [ipa]")
    assert "-->\n\n| metric | ipa |\n|---|--:|\n| train/loss | 2.14 |\n\n*last over" in text
    assert "120*\n\n<!-- /journal:table " in text


def test_runs_of_the_spec_stand_in_its_order_and_under_its_labels(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled("metrics: [loss, epoch]\nruns: [bad, {IPA | base: ipa}]")
    assert table == [["metric", "bad", "IPA &#124; base"], ["loss", "4.75", "—"], ["epoch", "—", "2"]]


def test_every_run_of_the_entry_is_shown_when_none_is_named(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled("metrics: [loss, epoch]")
    assert table[0] == ["metric", "ipa", "iga", "bad"]


def test_a_metric_may_stand_alone_and_under_another_label(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled('metrics: {"validation": "val loss (ema)"}\nstats: min\nruns: [ipa]')
    assert table == [["metric", "ipa"], ["validation", "1.56"]]


def test_no_rows_are_a_dash_and_a_comparison_with_them_too(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled(
        "metrics: [train/loss, epoch]\nruns: [ipa]\nwindows: [0..9, 900..999]\ncompare: {ratio: 900..999/0..9}"
    )
    assert table[1:] == [["train/loss", "3.86", "—", "—"], ["epoch", "0", "—", "—"]]


def test_dividing_by_zero_is_a_dash_and_the_difference_a_number(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled(
        "metrics: [epoch, train/loss]\nruns: [ipa]\nstats: [max, min]\ncompare: {ratio: max/min, delta: max/min}"
    )
    assert table[1] == ["epoch", "2", "0", "—", "+2.00"]


def test_a_comparison_with_a_pending_cell_is_pending(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled("metrics: [epoch, loss]\nruns: [ipa, later]\ncompare: {percent: later/ipa}", LATER)
    assert table[1:] == [["epoch", "2", "TBD", "TBD"], ["loss", "TBD", "TBD", "TBD"]]


def test_a_metric_that_only_another_run_logged_is_known_to_be_missing(
    filled: Callable[..., tuple[Table, str]],
) -> None:
    table, _ = filled("metrics: [epoch, loss]\nruns: [ipa, bad]\ncompare: {percent: bad/ipa}")
    assert table[1:] == [["epoch", "2", "—", "—"], ["loss", "—", "4.75", "—"]]


def test_a_metric_that_a_run_may_still_log_is_pending(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled("metrics: [train/loss, loss]\nruns: [ipa, open]", RUNS + ", {id: killd031, as: open}")
    assert [line[2] for line in table[1:]] == ["TBD", f"{rows('killd031', 'loss')[-1][1]:.3g}"]


def test_steps_that_a_run_may_still_reach_are_pending(filled: Callable[..., tuple[Table, str]]) -> None:
    spec = "metrics: [loss, acc]\nruns: [open]\nwindows: [0..9, 4000..]"
    table, _ = filled(spec, "{id: killd031, as: open}")
    assert [line[2] for line in table[1:]] == ["TBD", "TBD"]


def test_values_that_are_not_finite_are_left_out_of_every_statistic(filled: Callable[..., tuple[Table, str]]) -> None:
    table, _ = filled("metrics: [odd, best]\nruns: [iga]\nstats: [first, last, min, max, mean, median]")
    finite = [value for _, value in rows("nestd031", "odd") if value == 1.5]
    assert finite
    assert table[1] == ["odd", *["1.50"] * 6]


def test_the_authors_notes_are_kept_at_the_left(filled: Callable[..., tuple[Table, str]]) -> None:
    table, text = filled("metrics: [train/loss, epoch]\nruns: [ipa]\nnotes: {epoch: 'from 0 | <b>'}")
    assert table == [["metric", "ipa", "note"], ["train/loss", "2.14", ""], ["epoch", "2", "from 0 &#124; &#60;b&#62;"]]
    assert "|---|--:|---|" in text


def test_a_note_on_a_row_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk.begin(tmp_path)
    desk.entry(
        E1, "<!-- journal:table\nmetrics: [loss, acc]\nnotes: {los: x}\n-->\n<!-- /journal:table -->\n", runs=RUNS
    )
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.startswith(f"error: entries/{E1}.md:7:1: notes: no row 'los' (rows: loss, acc)")


def test_each_cell_says_what_it_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk.begin(tmp_path)
    spec = 'metrics: [train/loss, "val loss (ema)"]\nstats: [mean]\nwindow: ..9\nruns: [ipa]'
    desk.entry(E1, f"<!-- journal:table\n{spec}\n-->\n<!-- /journal:table -->\n", runs=RUNS)
    desk.call(capsys, "fill-results")
    found = desk.evidence(E1)["blocks"]["table"]["cells"]
    assert [cell["expression"] for cell in found] == ["mean(train/loss)[..9]@ipa", 'mean("val loss (ema)")[..9]@ipa']
    assert [(cell["row"], cell["column"]) for cell in found] == [("train/loss", "ipa"), ("val loss (ema)", "ipa")]
    assert desk.evidence(E1)["blocks"]["table"]["spec"]["runs"] == ["ipa"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((8.0, 2.0), "4.00x decrease"),
        ((2.0, 8.0), "4.00x increase"),
        ((3.0, 3.0), "unchanged"),
        ((-30.0, -12.0), "+18.0"),
        ((-2.0, -4.0), "-2.00"),
        ((0.0, 5.0), "+5.00"),
        ((5.0, 0.0), "-5.00"),
    ],
)
def test_a_trend_is_a_factor_of_positive_numbers_and_a_difference_of_others(
    tmp_path: Path, values: tuple[float, float], told: str
) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"l": list(enumerate(values))})
    spec = "metrics: [l]\nwindows: [{first: first 1 rows}, {last: last 1 rows}]\ncompare: {trend: first/last}"
    assert toys.table(spec, "a")[1][-1] == told.replace("x", TIMES)
    (cell,) = (cell for cell in toys.found["blocks"]["table"]["cells"] if cell["column"] == "trend")
    first, last = values
    assert cell["value"] == (first / last if min(values) > 0 else last - first)


def test_several_trends_of_a_table_are_told_apart_and_one_that_is_asked_twice_is_told_once(tmp_path: Path) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"l": [(0, 8.0), (1, 4.0), (2, 1.0)]})
    spec = (
        "metrics: [l]\nwindows: [{first: 0..0}, {mid: 1..1}, {last: 2..2}]\n"
        "compare: {trend: [first/last, mid/last], ratio: [first/last, first/last]}"
    )
    head, row = toys.table(spec, "a")
    assert head[4:] == ["trend, first to last", "trend, mid to last", "first / last"]
    assert row[4:] == [f"8.00{TIMES} decrease", f"4.00{TIMES} decrease", f"8.00{TIMES}"]
    assert not toys.plan().changed
