"""The `align` block: extreme steps of one metric, and what other metrics did there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from desk import cells
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

SPIKES = [(0, 1.0), (1, 9.0), (2, 3.0), (3, 9.0), (4, math.nan), (5, math.inf), (6, 0.5)]


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    desk = Toys.begin(tmp_path)
    desk.run("a", {"loss": SPIKES, "lr": line(range(0, 7, 2), 0.5), "odd name (x)": line(range(7), 2.0)})
    return desk


def align(toys: Toys, spec: str, *handles: str) -> list[list[str]]:
    toys.ask(block(spec, "align"), *(handles or ("a",)))
    toys.fill()
    return cells(toys.text) if "|" in toys.text else []


def test_the_highest_rows_stand_with_other_metrics_at_the_same_steps(toys: Toys) -> None:
    table = align(toys, 'metric: loss\nwith: [lr, {other: "odd name (x)"}]\nk: 3')
    assert table == [
        ["step", "loss", "lr", "other"],
        ["1", "9", "—", "2"],
        ["3", "9", "—", "6"],
        ["2", "3", "1", "4"],
    ]
    assert toys.caption == "the 3 highest rows of loss over all steps of run a; non-finite rows left out: 2"


def test_the_lowest_rows_are_picked_as_well(toys: Toys) -> None:
    assert align(toys, "metric: loss\npick: lowest\nk: 2")[1:] == [["6", "0.500"], ["0", "1"]]
    assert toys.caption == "the 2 lowest rows of loss over all steps of run a; non-finite rows left out: 2"


def test_the_first_row_that_is_not_finite_is_shown_as_it_is(toys: Toys) -> None:
    assert align(toys, "metric: loss\npick: nonfinite\nwith: [lr]")[1:] == [["4", "NaN", "2"]]
    assert toys.caption == "the first non-finite row of loss over all steps of run a"


def test_rows_before_an_extreme_one_are_shown_in_ascending_order(toys: Toys) -> None:
    assert [row[0] for row in align(toys, "metric: loss\npick: nonfinite\nbefore: 2")[1:]] == ["2", "3", "4"]
    assert toys.caption.endswith("of run a, with the 2 rows before it; picked: step 4")


def test_there_may_be_no_such_row(toys: Toys) -> None:
    assert align(toys, "metric: lr\npick: nonfinite") == [["step", "lr"]]
    assert toys.caption == "no non-finite row of lr over all steps of run a"
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize(
    ("window", "steps"),
    [
        ("2..3", ["3", "2"]),
        ("3..", ["3", "6"]),
        ("..1", ["1", "0"]),
        ("last 5 steps", ["3", "2", "6"]),
        ("first 1 step", ["0"]),
        ("first 3 rows", ["1", "2", "0"]),
        ("last 3 rows", ["6"]),
        ("matched", ["1", "3", "2", "0", "6"]),
        ("100..", []),
    ],
)
def test_it_looks_within_its_window(toys: Toys, window: str, steps: list[str]) -> None:
    assert [row[0] for row in align(toys, f"metric: loss\nwindow: {window}")[1:]] == steps


def test_rows_before_several_extreme_ones_are_told_of_each(toys: Toys) -> None:
    assert [row[0] for row in align(toys, "metric: loss\nk: 2\nbefore: 1")[1:]] == ["0", "1", "2", "3"]
    assert toys.caption == (
        "the 2 highest rows of loss over all steps of run a, with the row before each; picked: steps 1, 3; "
        "non-finite rows left out: 2"
    )


def test_one_row_is_told_of_in_the_singular(toys: Toys) -> None:
    align(toys, "metric: lr\nk: 1\nbefore: 1")
    assert toys.caption == "the highest row of lr over all steps of run a, with the row before it; picked: step 6"


def test_a_handle_that_is_renamed_is_still_the_same_run(toys: Toys) -> None:
    align(toys, "metric: loss\nk: 1")
    toys.take_away()
    toys.rewrite("as: a", "as: other")
    toys.fill()
    assert "| 1 | 9 |" in toys.text
    assert toys.caption == "the highest row of loss over all steps of run other; non-finite rows left out: 2"


def test_steps_of_another_metric_are_not_taken_for_its_own(toys: Toys) -> None:
    align(toys, "metric: loss\nk: 2\nwith: [lr]")
    toys.take_away()
    toys.rewrite("metric: loss\nk: 2\nwith: [lr]", "metric: lr\nk: 2")
    before = toys.text
    toys.fill()
    assert toys.text == before


def test_with_fewer_rows_than_asked_for_the_caption_counts_what_is_there(toys: Toys) -> None:
    assert len(align(toys, "metric: lr\nk: 50")) == 1 + 4
    assert toys.caption == "the 4 highest rows of lr over all steps of run a"


def test_every_cell_is_an_expression_that_can_be_evaluated(toys: Toys) -> None:
    align(toys, 'metric: loss\nwith: ["odd name (x)"]\nk: 1\nwindow: ..3')
    found = toys.found["blocks"]["align"]
    assert [(cell["expression"], cell["row"], cell["column"], cell["value"]) for cell in found["cells"]] == [
        ("at(loss, 1)@a", "1", "loss", 9.0),
        ('at("odd name (x)", 1)@a', "1", "odd name (x)", 2.0),
    ]
    assert found["kind"] == "align"
    assert found["spec"]["run"] == "a"
    align(toys, "metric: loss\nk: 1\nwindow: 1..4")
    (_, left_out) = toys.found["blocks"]["align"]["cells"]
    assert (left_out["expression"], left_out["value"]) == ("nonfinite(loss)[1..4]@a", 1)


UNSTEADY = [5.0, math.nan, 5.0, math.inf, 1.0, 5.0, -math.inf]


@pytest.mark.parametrize(
    ("spec", "caption"),
    [
        ("k: 2", "the 2 highest rows of s over all steps of run u; non-finite rows left out: 3"),
        ("k: 2\nwindow: 3..5", "the 2 highest rows of s over steps 3..5 of run u; non-finite rows left out: 1"),
        ("k: 2\nwindow: 4..5", "the 2 highest rows of s over steps 4..5 of run u"),
        ("window: 3..3", "no finite row of s over steps 3..3 of run u; non-finite rows left out: 1"),
        (
            "window: last 3 rows",
            "the 2 highest rows of s over the last 3 logged rows of run u; non-finite rows left out: 1",
        ),
        (
            "window: ..4\nbefore: 1",
            "the 3 highest rows of s over steps ..4 of run u, with the row before each; {picked} 0, 2, 4; {left}: 2",
        ),
        (
            "k: 1\npick: lowest\nbefore: 2",
            "the lowest row of s over all steps of run u, with the 2 rows before it; picked: step 4; {left}: 3",
        ),
        (
            "pick: nonfinite\nbefore: 5",
            "the first non-finite row of s over all steps of run u, with the 5 rows before it; picked: step 1",
        ),
    ],
)
def test_rows_that_are_not_finite_are_told_of_and_which_rows_are_the_picked_ones(
    toys: Toys, spec: str, caption: str
) -> None:
    toys.run("u", {"s": list(enumerate(UNSTEADY))})
    align(toys, f"metric: s\n{spec}", "u")
    assert toys.caption == caption.format(left="non-finite rows left out", picked="picked: steps")
    before = toys.files()
    toys.take_away("*-u")
    assert toys.standing() == ("unverifiable", "run u is out of reach")
    toys.fill()
    assert toys.files() == before


def test_rows_that_are_left_out_later_are_drift(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(3))}, code=None)
    align(toys, "metric: loss\nk: 1", "b")
    toys.run("b", {"loss": [*line(range(3)), (3, math.nan)]}, code=None)
    state, message = toys.standing()
    assert state == "drifted"
    assert message.startswith("left out, loss: 1.0 is new")
    toys.fill()
    assert toys.caption.endswith("of run b; non-finite rows left out: 1")
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize(("window", "told"), [("all", True), ("first 9 rows", True), ("last 9 rows", False)])
def test_where_a_run_begins_is_told_if_only_its_later_part_is_at_hand(toys: Toys, window: str, told: bool) -> None:
    toys.run("later", {"loss": line(range(500, 600))})
    align(toys, f"metric: loss\nk: 1\nwindow: {window}", "later")
    assert toys.caption.endswith("of run later; run later begins at step 500") == told


@pytest.mark.parametrize(
    "spec",
    [
        "metric: loss\nk: 3\nwith: [lr]",
        "metric: loss\npick: nonfinite\nbefore: 2\nwith: [lr]",
        "metric: lr\npick: nonfinite",
        "metric: loss\nwindow: last 3 steps",
        "metric: loss\nwith: [loss]",
    ],
)
def test_a_run_out_of_reach_is_recalled_with_its_steps(toys: Toys, capsys: Capsys, spec: str) -> None:
    align(toys, spec)
    before = toys.files()
    toys.take_away()
    assert toys.standing() == ("unverifiable", "run a is out of reach")
    assert toys.call(capsys, "fill-results").code == 3
    assert toys.files() == before
    toys.bring_back()
    assert toys.standing() == ("fresh", "")


def test_another_spec_is_not_answered_with_remembered_steps(toys: Toys) -> None:
    align(toys, "metric: loss\nk: 3")
    toys.take_away()
    for old, new in (("k: 3", "k: 5"), ("k: 5", "pick: lowest"), ("pick: lowest", "window: ..2")):
        toys.rewrite(old, new)
        before = toys.text
        state, message = toys.standing()
        toys.fill()
        assert (state, toys.text) == ("stale", before), new
        assert message == "its spec changed since it was filled, and run a is out of reach"


def test_more_digits_are_remembered(toys: Toys) -> None:
    align(toys, "metric: loss\nk: 1\nwith: [lr]\npick: lowest")
    toys.take_away()
    toys.rewrite("pick: lowest", "pick: lowest\ndigits: 5")
    toys.fill()
    assert cells(toys.text)[1] == ["6", "0.50000", "3"]


def test_a_run_or_a_metric_that_is_not_there_yet_is_pending(toys: Toys) -> None:
    align(toys, "metric: loss\nrun: later", "a", "later")
    assert toys.standing() == ("pending", "run later is not there yet")
    align(toys, "metric: lost\nrun: a", "a")
    state, message = toys.standing()
    assert state == "pending"
    assert message.startswith("run a has no metric 'lost' (did you mean")


def test_a_spike_that_comes_later_is_drift(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(5))}, code=None)
    align(toys, "metric: loss\nk: 2", "b")
    toys.run("b", {"loss": [*line(range(5)), (5, 100.0)]}, code=None)
    state, message = toys.standing()
    assert state == "drifted"
    assert message == ("3, loss: 3.0 is gone; 5, loss: 100.0 is new (the log of run b grew from 5 to 6 rows)")
    toys.fill()
    assert [row[0] for row in cells(toys.text)[1:]] == ["5", "4"]
    assert toys.standing() == ("fresh", "")


def test_a_log_that_could_not_be_read_whole_is_told_of(toys: Toys) -> None:
    log = next(toys.root.glob("wandb/*-a/*.wandb"))
    log.write_bytes(log.read_bytes()[:-20])
    align(toys, "metric: loss\nk: 1")
    assert toys.caption.endswith("; problems in reading: a 1")


def test_with_several_runs_one_must_be_named(toys: Toys, capsys: Capsys) -> None:
    toys.run("b", {"loss": SPIKES})
    toys.ask(block("metric: loss", "align"), "a", "b=c")
    said = toys.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.startswith(f"error: entries/{ENTRY}.md:7:1: name the run whose steps are wanted: `run: handle`")
    assert "runs in the front matter: a, c" in said.err


def test_a_run_that_the_entry_does_not_know_is_an_error(toys: Toys, capsys: Capsys) -> None:
    toys.ask(block("metric: loss\nrun: b", "align"), "a")
    assert "no run 'b' in this entry" in toys.call(capsys, "fill-results").err
