from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows
from toys import Toys, line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def caption(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The line under the one table of an entry, filled from real runs."""
    desk = Desk.begin(tmp_path)

    def fill(spec: str, runs: str) -> str:
        desk.entry("2026-02-21-one", f"<!-- journal:table\n{spec}\n-->\n<!-- /journal:table -->\n", runs=runs)
        assert desk.call(capsys, "fill-results").code == 0
        line, _ = desk.read("2026-02-21-one").strip().splitlines()[-3::2]
        return line

    return fill


def counts(run_id: str, metric: str) -> tuple[int, int]:
    """Finite and non-finite rows."""
    values = [value for _, value in rows(run_id, metric)]
    finite = sum(math.isfinite(value) for value in values)
    return finite, len(values) - finite


def test_it_names_what_is_not_in_the_table_and_the_rows_used_of_each_run(caption: Callable[..., str]) -> None:
    line = caption(
        "metrics: [train/loss]\nstats: [mean]\nwindow: 10..50", "{id: plain031, as: ipa}, {id: large031, as: iga}"
    )
    assert line == "*mean over steps 10..50; rows used: ipa 41, iga 41*"


def test_an_open_window_is_shown_as_it_was_asked_for(caption: Callable[..., str]) -> None:
    assert caption("metrics: [loss]\nwindow: 3..", "{id: faild031, as: r}") == (
        "*last over steps 3..; rows used: r 13*"
    )
    assert caption("metrics: [loss]\nwindow: all", "{id: faild031, as: r}") == "*last over all steps; rows used: r 16*"


def test_axes_that_stand_in_the_table_are_not_repeated(caption: Callable[..., str]) -> None:
    spec = "metrics: [train/loss, epoch]\nstats: [mean, last]\nwindows: [..9, 10..19]"
    assert caption(spec, "{id: plain031, as: r}") == "*run r; rows used: r 10*"
    spec = spec.replace(", epoch", "") + "\nrows: [stats, metrics]\ncolumns: [windows, runs]"
    assert caption(spec, "{id: plain031, as: r}") == "*windows as headed; rows used: r 10*"


def test_metrics_with_different_numbers_of_rows_give_a_range(caption: Callable[..., str]) -> None:
    few, many = counts("plain031", "val loss (ema)")[0], counts("plain031", "train/loss")[0]
    assert few < many
    line = caption('metrics: [train/loss, "val loss (ema)"]', "{id: plain031, as: r}")
    sparse = f"logged more sparsely, on their own rows: val loss (ema) ({few} of {many})"
    assert line == f"*last over all steps; rows used: r {few} to {many}; {sparse}*"


def test_rows_that_are_not_finite_are_counted_and_left_out(caption: Callable[..., str]) -> None:
    used, left = counts("nestd031", "odd")
    assert left > 0
    line = caption("metrics: [odd, train.loss]", "{id: nestd031, as: a}, {id: nestd016, as: b}")
    assert line.endswith(f"; rows used: a {used} to 24, b {used} to 24; non-finite rows left out: a {left}, b {left}*")


def test_a_window_without_rows_says_so(caption: Callable[..., str]) -> None:
    line = caption("metrics: [loss]\nwindow: 900..901", "{id: faild031, as: r}")
    assert line == "*last over steps 900..901; rows used: r 0*"


def test_a_run_that_is_not_there_yet_has_no_rows_to_count(caption: Callable[..., str]) -> None:
    line = caption("metrics: [loss]", "{id: faild031, as: r}, {id: tomorrow}")
    assert line == "*last over all steps; rows used: r 16*"


def test_labels_are_shown_and_harmless(caption: Callable[..., str]) -> None:
    spec = 'metrics: [{"*loss*": loss}]\nstats: [{"<b>": mean}]\nruns: [{"a|b": r}, s]\nwindows: [..5, 6..]'
    line = caption(spec, "{id: faild031, as: r}, {id: faild016, as: s}")
    assert line == "*&#60;b&#62; of &#42;loss&#42;; rows used: a&#124;b 6 to 10, s 6 to 10*"


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """Runs `a` and `c` log steps 0..100, `b` steps 10..60; `rare` is logged every twentieth step."""
    desk = Toys.begin(tmp_path)
    desk.run("a", {"loss": line(range(101)), "rare": line(range(0, 101, 20))}, config={"kind": "long"})
    desk.run("b", {"loss": line(range(10, 61)), "rare": line(range(20, 61, 20))}, config={"kind": "short"})
    desk.run("c", {"loss": line(range(101)), "rare": line(range(0, 101, 2))}, config={"kind": "long"})
    return desk


TWO = "metrics: [loss]\nruns: [a, b]\nstats: [mean]\n"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (TWO, "steps differ: a 0..100, b 10..60"),
        (TWO.replace("mean", "max"), "steps differ: a 0..100, b 10..60"),
        (TWO + "window: ..30", "steps differ: a 0..30, b 10..30"),
        (TWO + "window: 70..80", "steps differ: a 70..80, b none"),
        (TWO + "window: first 10 steps", "steps differ: a 0..9, b 10..19"),
        (TWO + "window: last 10 rows", "steps differ: a 91..100, b 51..60"),
        (TWO + "window: 20..30", None),
        (TWO + "window: matched", None),
        (TWO.replace("mean", "at(x, 50)"), None),
        (TWO.replace("[a, b]", "[a, c]"), None),
        (TWO.replace("[a, b]", "[a, later]"), None),
        (TWO.replace("[a, b]", "[a, later]") + "compare: {ratio: a/later}", None),
        (TWO.replace("[a, b]", "[a]") + "windows: [first 10 steps, last 10 steps]", None),
        (
            TWO.replace("[a, b]", "[a]")
            + "windows: [{first: first 10 steps}, {last: last 10 steps}]\ncompare: {trend: first/last}",
            None,
        ),
        (
            TWO.replace("[a, b]", "[a, c]")
            + "windows: [{first: first 10 steps}, {last: last 10 steps}]\ncompare: {trend: first/last}",
            None,
        ),
        (
            TWO.replace("runs: [a, b]", "groups: {long: [a, c]}")
            + "windows: [{first: first 10 steps}, {last: last 10 steps}]\ncompare: {trend: first/last}",
            None,
        ),
        ("groups: {all: [a, b, c]}\nmetrics: [loss]\nstats: [mean]", "steps differ: a 0..100, b 10..60, c 0..100"),
        ("values: {ratio: 'mean(loss)[..9]@a / mean(loss)[20..29]@c'}", "steps differ: a 0..9, c 20..29"),
        ("values: {ratio: 'mean(loss)[..9]@a / mean(loss)[..9]@c'}", None),
        ("values: {ratio: 'mean(loss)[..9]@a / mean(loss)[20..29]@a'}", None),
        ("values: {ratio: 'mean(loss)[..9]@a / mean(rare)[20..29]@c'}", "steps differ: a 0..9, c 20..29"),
        ("values: {ratio: 'mean(loss)[..9]@a / max(loss)[20..29]@c'}", "steps differ: a 0..9, c 20..29"),
        ("values: {ratio: 'mean(loss)[..9]@a / mean(rare)[..9]@c'}", None),
        ("values: {ratio: 'mean(loss)[..9]@a / at(loss, 50)@c'}", None),
        (
            "values: {a: 'mean(loss)[..9]@a', c: 'max(loss)[20..29]@c'}\ncolumns: [values]\ncompare: {ratio: a/c}",
            "steps differ: a 0..9, c 20..29",
        ),
        ("values: {a: 'mean(loss)[..9]@a', c: 'max(loss)[20..29]@c'}\ncolumns: [values]", None),
        ("runs: [a, b]\nvalues: {kind: config(kind)}", None),
    ],
)
def test_unlike_steps_are_told_where_runs_are_compared_over_them_and_only_then(
    toys: Toys, spec: str, told: str | None
) -> None:
    toys.table(spec, "a", "b", "c", "later")
    said = [part for part in toys.caption.split("; ") if part.startswith("steps differ")]
    assert said == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("metrics: [loss, rare]\nruns: [a]", "rare (6 of 101)"),
        ("metrics: [loss, rare]\nruns: [a, b]\nwindow: 20..40", "rare (2 of 21)"),
        ("metrics: [loss, rare]\nruns: [a]\nwindow: last 5 rows", None),
        ("metrics: [rare]\nruns: [a, c]", None),
        ("metrics: [loss, rare]\nruns: [c]\nwindow: 0..0", None),
        ("metrics: [loss, rare]\nruns: [c]\nwindow: 0..2", None),
        ("metrics: [loss, rare]\nruns: [a]\nstats: [at(x, 20)]", None),
        ("metrics: [loss]\nruns: [a]\nwindows: [..3, 4..]", None),
    ],
)
def test_a_metric_that_is_logged_far_less_often_than_another_beside_it_is_told(
    toys: Toys, spec: str, told: str | None
) -> None:
    toys.table(spec, "a", "b", "c")
    said = [part.partition(": ")[2] for part in toys.caption.split("; ") if part.startswith("logged more sparsely")]
    assert said == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("matched", "mean over matched steps 10..60"),
        ("last 10 steps", "mean over the last 10 steps"),
        ("first 10 rows", "mean over the first 10 logged rows"),
        ("first 1 row", "mean over the first logged row"),
        ("last 1 step", "mean over the last step"),
        ("..9", "mean over steps ..9"),
        ("all", "mean over all steps"),
    ],
)
def test_rows_are_never_called_steps(toys: Toys, window: str, words: str) -> None:
    toys.table(TWO + f"window: {window}", "a", "b")
    assert toys.caption.partition("; ")[0] == words


def test_a_table_of_stored_values_tells_of_no_steps(toys: Toys) -> None:
    toys.table("runs: [a, b]\nvalues: {kind: config(kind)}", "a", "b")
    assert "step" not in toys.caption
    assert "rows" not in toys.caption
    toys.table("runs: [a, b]\nvalues: {kind: config(kind), end: 'at(loss, 50)'}", "a", "b")
    assert toys.caption == "values as headed; rows used: a 1, b 1"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            "columns: [values]\nvalues: {x: 'max(loss)[first 10 steps]', y: 'max(loss)[last 10 steps]'}",
            "windows as labelled",
        ),
        ("runs: [a, c]\ncolumns: [values]\nvalues: {x: 'mean(loss)[..20]', y: mean(loss)}", "windows as labelled"),
        ("runs: [a, c]\ncolumns: [values]\nvalues: {x: max(loss), y: mean(loss)}", "over all steps"),
        (
            "runs: [a, c]\ncolumns: [values]\nvalues: {x: 'max(loss)[..20]', y: 'mean(loss)[..20]'}\nwindow: ..20",
            "over steps ..20",
        ),
        ("runs: [a]\ncolumns: [values]\nrows: [windows]\nwindows: [..9, ..20]\nvalues: {x: max(loss)}", "run a"),
        ("runs: [a, c]\nrows: [runs]\ncolumns: [windows]\nwindows: [..9, ..20]\nvalues: {x: max(loss)}", "x"),
        ("runs: [a, c]\nmetrics: [loss]\nstats: ['mean(x)[..20]']\nwindow: 30..40", "mean(x)[..20]"),
        (
            "runs: [a, c]\nmetrics: [loss, rare]\nstats: ['max(x)[..20]', mean]\nwindow: ..9\nrows: [stats, metrics]",
            "windows as labelled",
        ),
        (
            "runs: [a]\nmetrics: [loss]\nstats: ['mean(x)[..20]', mean]\nwindow: 30..40",
            "loss, windows as labelled",
        ),
        (
            "metrics: [loss]\nstats: ['mean(x)[..20]', mean]\nwindows: [30..40, 40..50]\nrows: [stats, metrics]",
            "windows as labelled",
        ),
        ("runs: [a, c]\nmetrics: [loss]\nstats: [mean]\nwindow: 30..40", "mean over steps 30..40"),
    ],
)
def test_a_window_is_named_only_if_it_is_that_of_every_cell(toys: Toys, spec: str, words: str) -> None:
    toys.table(spec, "a", "c")
    said = html.unescape(toys.caption).replace("\\", "").partition("; ")[0]
    assert said == words


def test_matched_steps_are_told_beside_a_step_of_its_own(toys: Toys) -> None:
    toys.table("runs: [a, b]\nrows: [stats]\nmetrics: [loss]\nstats: [mean, 'at(x, 20)']\nwindow: matched", "a", "b")
    assert toys.caption.partition("; ")[0] == "loss over matched steps 10..60"


@pytest.mark.parametrize(
    ("rows", "window", "told"),
    [
        (line(range(10)), "all", "rows end early: s loss at step 9"),
        (line(range(10)), "last 50 steps", None),  # there are none, and the cell says so
        (line(range(10)), "matched", "rows end early: s loss at step 9"),
        (line(range(10)), "..10", None),
        (line(range(49, 101, 50)), "..90", None),
        (line(range(10)), "..9", None),
        (line(range(80, 101)), "all", "rows begin late: s loss at step 80"),
        (line(range(40, 60)), "all", "rows end early: s loss at step 59; rows begin late: s loss at step 40"),
        ([*line(range(10)), *((step, math.nan) for step in range(10, 101))], "all", "rows end early: s loss at step 9"),
        (line(range(0, 101, 30)), "all", None),
        (line(range(5, 101, 30)), "all", None),
        (line(range(0, 96, 5)), "all", None),
        (line(range(92)), "all", None),
        (line(range(10)), "last 5 rows", None),
    ],
)
def test_a_metric_that_stopped_early_does_not_pass_as_covering_the_window(
    toys: Toys, rows: list[tuple[int, float]], window: str, told: str | None
) -> None:
    toys.run("s", {"loss": rows, "clock": line(range(101))})
    toys.table(TWO.replace("[a, b]", "[a, s]") + f"window: {window}", "a", "s")
    said = [part for part in toys.caption.split("; ") if part.startswith(("rows end", "rows begin"))]
    assert "; ".join(said) == (told or "")
    assert "sparsely" not in toys.caption


def test_runs_that_end_together_are_not_said_to_end_early(toys: Toys) -> None:
    for run_id in ("s", "t"):
        toys.run(run_id, {"loss": line(range(10)), "clock": line(range(101))})
    toys.table(TWO.replace("[a, b]", "[s, t]"), "s", "t")
    assert "early" not in toys.caption


def test_a_metric_that_stopped_is_not_called_sparse(toys: Toys) -> None:
    toys.run("s", {"loss": line(range(101)), "warm": line(range(10)), "rare": line(range(0, 101, 20))})
    toys.table("runs: [s]\nmetrics: [loss, warm, rare]\nstats: [mean]", "s")
    assert toys.caption.endswith(
        "; rows end early: s warm at step 9; logged more sparsely, on their own rows: rare (6 of 101)"
    )


def test_of_several_windows_the_sparsest_is_told(toys: Toys) -> None:
    toys.run("s", {"loss": line(range(101)), "rare": [(0, 1.0), *line(range(50, 101, 2))]})
    spec = "runs: [s]\nmetrics: [loss, rare]\nstats: [mean]\nrows: [metrics]\nwindows: "
    for windows in ("[..49, 50..]", "[50.., ..49]"):
        toys.table(spec + windows, "s")
        assert toys.caption.endswith("logged more sparsely, on their own rows: rare (1 of 50)")


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ("all", True),
        ("..540", True),
        ("400..540", True),
        ("first 10 steps", True),
        ("first 10 rows", True),
        ("500..540", False),
        ("510..", False),
        ("last 10 steps", False),
        ("last 10 rows", False),
        ("matched", False),
    ],
)
def test_where_a_run_begins_is_told_if_its_beginning_was_asked_for(toys: Toys, window: str, told: bool) -> None:
    toys.run("resumed", {"loss": line(range(500, 600))})
    toys.table(f"runs: [{{rest: resumed}}]\nmetrics: [loss]\nstats: [mean]\nwindow: {window}", "resumed")
    assert toys.caption.endswith("; run rest begins at step 500") == told


@pytest.mark.parametrize("steps", [range(100), range(1, 100), range(10, 1000, 10)])
def test_a_run_that_begins_with_its_first_logged_step_is_whole(toys: Toys, steps: range) -> None:
    toys.run("whole", {"loss": line(steps)})
    toys.table("runs: [whole]\nmetrics: [loss]\nstats: [mean]", "whole")
    assert toys.caption == f"mean over all steps; rows used: whole {len(steps)}"


def test_many_runs_with_as_many_rows_are_told_at_once(toys: Toys) -> None:
    for name in ("a", "b", "c", "d"):
        toys.run(name, {"loss": line(range(5))})
    toys.table("metrics: [loss]", "a", "b", "c")
    assert "rows used: a 5, b 5, c 5" in toys.caption
    toys.table("metrics: [loss]", "a", "b", "c", "d")
    assert "rows used: 5 of each of 4 runs" in toys.caption
    toys.run("e", {"loss": line(range(6))})
    toys.table("metrics: [loss]", "a", "b", "c", "e")
    assert "rows used: a 5, b 5, c 5, e 6" in toys.caption
