"""What an expression comes to on the runs of an entry: windows of every form, values of every kind, and waiting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.model.evidence import CallEvidence, CellState
from journal.model.expression import Call, Constant, Statistic
from journal.model.window import Window
from journal.stats.expression import parse, parse_template
from journal.tables.cells import is_ranged, name_of_statistic, place
from toys import Toys, line

if TYPE_CHECKING:
    from pathlib import Path

EVEN = range(0, 101, 2)


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """Two runs: `a` logs steps 0..100, `b` steps 10..60, both every second one, the value being the step."""
    desk = Toys.begin(tmp_path)
    desk.run(
        "a", {"loss": line(EVEN), "rare": line(range(0, 101, 20))}, config={"lr": 0.25, "name": "adam", "on": True}
    )
    desk.run("b", {"loss": line(range(10, 61, 2), 2.0)}, config={"lr": 0.5, "name": "sgd"})
    return desk


def calls(toys: Toys) -> list[tuple[str, object, object, object]]:
    """Of every call in the evidence: its run, steps, rows and value."""
    cells = toys.found["blocks"]["table"]["cells"]
    found = [call for cell in cells for call in (cell.get("parts") or [cell])]
    return [(call["run"], call.get("steps"), call.get("n"), call.get("value")) for call in found]


SPEC = "metrics: [loss]\nruns: [a, b]\nstats: [mean]\nrows: [metrics]\nwindow: "


@pytest.mark.parametrize(
    ("window", "a", "b"),
    [
        ("all", ("0..100", 51, 50.0), ("10..60", 26, 70.0)),
        ("20..30", ("20..30", 6, 25.0), ("20..30", 6, 50.0)),
        ("21..29", ("21..29", 4, 25.0), ("21..29", 4, 50.0)),
        ("..30", ("0..30", 16, 15.0), ("10..30", 11, 40.0)),
        ("50..", ("50..100", 26, 75.0), ("50..60", 6, 110.0)),
        ("first 11 steps", ("0..10", 6, 5.0), ("10..20", 6, 30.0)),
        ("last 11 steps", ("90..100", 6, 95.0), ("50..60", 6, 110.0)),
        ("first 1 step", ("0..0", 1, 0.0), ("10..10", 1, 20.0)),
        ("last 10 steps", ("91..100", 5, 96.0), ("51..60", 5, 112.0)),
        ("first 11 rows", ("0..20", 11, 10.0), ("10..30", 11, 40.0)),
        ("last 11 rows", ("80..100", 11, 90.0), ("40..60", 11, 100.0)),
        ("last 1 row", ("100..100", 1, 100.0), ("60..60", 1, 120.0)),
        ("matched", ("10..60", 26, 35.0), ("10..60", 26, 70.0)),
        ("last 5000 steps", ("0..100", 51, 50.0), ("10..60", 26, 70.0)),
        ("first 5000 rows", ("0..100", 51, 50.0), ("10..60", 26, 70.0)),
    ],
)
def test_every_window_comes_to_the_steps_and_rows_that_it_names(
    toys: Toys, window: str, a: tuple[str, int, float], b: tuple[str, int, float]
) -> None:
    toys.table(SPEC + window, "a", "b")
    assert calls(toys) == [("a", *a), ("b", *b)]


@pytest.mark.parametrize("window", ["all", "first 11 steps", "last 11 rows", "matched", "20..30", "50.."])
def test_a_window_out_of_reach_is_recalled_with_the_same_steps(toys: Toys, window: str) -> None:
    toys.table(SPEC + window, "a", "b")
    before = toys.files()
    for pattern in ("*-a", "*"):
        toys.take_away(pattern)
        state, message = toys.standing()
        assert state == "unverifiable"
        assert message.startswith("run a is out of reach")
        toys.fill()
        assert toys.files() == before
    toys.bring_back()
    assert toys.standing() == ("fresh", "")


def test_a_matched_window_waits_for_every_run_of_its_table(toys: Toys) -> None:
    table = toys.table(SPEC.replace("[a, b]", "[a, b, c]") + "matched", "a", "b", "c")
    assert table[1] == ["loss", "TBD", "TBD", "TBD"]
    assert toys.standing() == ("pending", "the matched window waits for run c")
    toys.run("c", {"loss": line(range(20, 41))})
    assert toys.standing()[0] == "stale"
    toys.fill()
    assert [call[1] for call in calls(toys)] == ["20..40"] * 3
    assert "mean over matched steps 20..40" in toys.caption


def test_runs_without_a_step_in_common_match_nowhere(toys: Toys) -> None:
    toys.run("c", {"loss": line(range(200, 241))})
    table = toys.table(SPEC.replace("[a, b]", "[a, c]") + "matched", "a", "c")
    assert table[1] == ["loss", "TBD", "TBD"]
    assert toys.standing() == ("pending", "the runs have no steps in common yet")


def test_a_matched_window_is_frozen_with_the_rows_that_each_run_had(toys: Toys) -> None:
    toys.table(SPEC + "matched", "a", "b")
    toys.run("c", {"loss": line(range(5))})
    toys.rewrite("{id: b, as: b}]", "{id: b, as: b}, {id: c, as: c}]")
    assert toys.standing() == ("fresh", "")  # another run of the entry is not of this table
    toys.take_away("*-a")
    toys.rewrite("runs: [a, b]\nstats", "runs: [a, c]\nstats")  # now it would come to other steps
    before = toys.text
    state, _ = toys.standing()
    toys.fill()
    assert (state, toys.text) == ("stale", before)


def test_a_matched_window_moves_as_a_run_goes_on(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(10, 61, 2), 2.0)}, code=None)
    toys.table(SPEC + "matched", "a", "b")
    toys.run("b", {"loss": line(range(10, 81, 2), 2.0)}, code=None)
    state, message = toys.standing()
    assert state == "drifted"
    assert message.endswith("(the log of run b grew from 26 to 36 rows)")
    toys.fill()
    assert {call[1] for call in calls(toys)} == {"10..80"}


def test_a_window_at_the_end_of_a_run_slides_as_it_grows(toys: Toys) -> None:
    toys.run("c", {"loss": line(range(30))}, code=None)
    toys.table("metrics: [loss]\nruns: [c]\nstats: [mean]\nwindow: last 10 steps", "c")
    assert calls(toys) == [("c", "20..29", 10, 24.5)]
    toys.run("c", {"loss": line([*range(30), *range(30, 50, 5)])}, code=None)
    state, message = toys.standing()
    assert (state, message.partition(": ")[2]) == (
        "drifted",
        "24.5 is now 42.5 (the log of run c grew from 30 to 34 rows)",
    )
    toys.fill()
    assert calls(toys) == [("c", "36..45", 2, 42.5)]  # fewer rows than before, in other steps


def test_a_window_of_its_own_goes_before_the_window_of_the_table(toys: Toys) -> None:
    toys.table("runs: [a]\nvalues: {end: 'mean(loss)[last 2 rows]', here: mean(loss)}\nwindow: 0..10", "a")
    assert calls(toys) == [("a", "98..100", 2, 99.0), ("a", "0..10", 6, 5.0)]


def test_a_window_in_which_a_run_has_nothing_has_no_steps_and_no_data(toys: Toys) -> None:
    table = toys.table(SPEC + "70..90", "a", "b")
    assert table[1] == ["loss", "80", "—"]
    assert calls(toys) == [("a", "70..90", 11, 80.0), ("b", None, 0, None)]


@pytest.mark.parametrize("window", ["200..", "101..102"])
def test_a_run_that_may_go_on_has_yet_to_reach_a_window(toys: Toys, window: str) -> None:
    toys.run("c", {"loss": line(range(101))}, code=None)
    table = toys.table(SPEC.replace("[a, b]", "[a, c]") + window, "a", "c")
    assert table[1] == ["loss", "—", "TBD"]
    assert toys.standing() == ("pending", f"run c has not reached step {window.partition('..')[0]}")


@pytest.mark.parametrize(
    ("statistic", "code", "text", "state"),
    [
        ("at(x, 70)", None, "TBD", ("pending", "run c has not reached step 70")),
        ("at(x, 70)[50..]", None, "TBD", ("pending", "run c has not reached step 70")),
        ("at(x, 70)[last 5 steps]", None, "TBD", ("pending", "run c has not reached step 70")),
        ("at(x, 70)[..20]", None, "—", ("fresh", "")),
        ("at(x, 70)", 0, "—", ("fresh", "")),
        ("at(x, 48.0)", None, "—", ("fresh", "")),
        ("at(x, 49)", None, "49", ("fresh", "")),
    ],
)
def test_a_run_that_may_go_on_has_yet_to_reach_a_step(
    toys: Toys, statistic: str, code: int | None, text: str, state: tuple[str, str]
) -> None:
    toys.run("c", {"loss": line(range(1, 50, 2))}, code=code)
    assert toys.table(f"runs: [c]\nmetrics: [loss]\nstats: ['{statistic}']", "c")[1][1] == text
    assert toys.standing() == state


@pytest.mark.parametrize(
    ("statistic", "window", "name", "ranged"),
    [
        ("mean", "all", "mean", True),
        ("count(x >= 5)", "..9", "count", True),
        ("ema(x, 100)", "all", "ema", True),
        ("at(x, 5)", "all", "at", False),
        ("config", None, "config", False),
        (None, None, "", False),
    ],
)
def test_a_call_is_about_a_range_of_rows_or_a_step_or_nothing_of_the_kind(
    statistic: str | None, window: str | None, name: str, ranged: bool
) -> None:
    call = CallEvidence(expression="", statistic=statistic, window=window, state=CellState.VALUE)
    assert (name_of_statistic(call), is_ranged(call)) == (name, ranged)


def test_expressions_without_handles_are_of_the_run_of_their_row(toys: Toys) -> None:
    table = toys.table("runs: [a, b]\nvalues: {worst: max(loss), gap: max(loss) - min(loss)}", "a", "b")
    assert sorted(map(sorted, table[1:])) == sorted(map(sorted, [["a", "100", "100"], ["b", "120", "100"]]))
    expressions = {cell["expression"] for cell in toys.found["blocks"]["table"]["cells"]}
    assert expressions == {"max(loss)@a", "max(loss)@b", "max(loss)@a - min(loss)@a", "max(loss)@b - min(loss)@b"}


def test_expressions_that_name_every_run_need_no_axis_of_runs(toys: Toys) -> None:
    table = toys.table("values: {gap: last(loss)@b - last(loss)@a, b: last(loss)@b}", "a", "b")
    assert [line_[0] for line_ in table[1:]] == ["gap", "b"]
    assert [line_[1] for line_ in table[1:]] == ["20", "120"]
    gap, b = toys.found["blocks"]["table"]["cells"]
    assert gap["expression"] == "last(loss)@b - last(loss)@a"
    assert [(part["run"], part["value"]) for part in gap["parts"]] == [("b", 120.0), ("a", 100.0)]
    assert "run" not in gap
    assert (b["run"], b["value"]) == ("b", 120.0)
    assert toys.found["blocks"]["table"]["spec"]["runs"] == ["b", "a"]


def test_a_run_that_an_expression_names_is_of_the_table_too(toys: Toys) -> None:
    table = toys.table("runs: [a]\nvalues: {ratio: max(loss) / max(loss)@b}", "a", "b")
    assert table[1:] == [["a", "0.833"]]
    assert list(toys.found["blocks"]["table"]["runs"]) == ["a", "b"]
    assert "rows used: a 51, b 26" in toys.caption


def test_arithmetic_waits_for_each_of_its_parts(toys: Toys) -> None:
    table = toys.table("values: {gap: last(loss)@a - last(loss)@later}", "a", "later")
    assert table[1:] == [["gap", "TBD"]]
    (cell,) = toys.found["blocks"]["table"]["cells"]
    assert [part["state"] for part in cell["parts"]] == ["value", "pending"]
    assert toys.standing() == ("pending", "run later is not there yet")


def test_arithmetic_with_no_data_is_no_data(toys: Toys) -> None:
    assert toys.table("values: {gap: last(loss)@a - last(rare)@b, zero: 1 / first(loss)@a}", "a", "b")[1:] == [
        ["gap", "—"],
        ["zero", "—"],
    ]


def test_one_call_is_kept_once_however_often_it_stands_in_arithmetic(toys: Toys) -> None:
    toys.table("runs: [a]\nvalues: {twice: last(loss) + last(loss) - last(loss)}", "a")
    (cell,) = toys.found["blocks"]["table"]["cells"]
    assert (len(cell["parts"]), cell["value"]) == (1, 100.0)


def test_config_is_a_number_or_a_text_and_has_no_window_and_no_rows(toys: Toys) -> None:
    table = toys.table(
        "runs: [a, b]\nrows: [runs]\nwindow: 0..10\nvalues: {rate: config(lr), by: config(name), half: config(lr) / 2}",
        "a",
        "b",
    )
    assert table[1:] == [["a", "0.250", "adam", "0.125"], ["b", "0.500", "sgd", "0.250"]]
    assert "rows used" not in toys.caption
    found = toys.found["blocks"]["table"]["cells"]
    assert not any({"window", "steps", "n"} & set(cell) for cell in found)
    assert [(cell["expression"], cell.get("text")) for cell in found[:2]] == [
        ("config(lr)@a", None),
        ("config(name)@a", "adam"),
    ]


def test_config_is_recalled_when_its_run_is_out_of_reach(toys: Toys) -> None:
    toys.table("runs: [a]\nvalues: {by: config(name), rate: config(lr)}", "a")
    before = toys.files()
    toys.take_away()
    assert toys.standing() == ("unverifiable", "run a is out of reach")
    toys.fill()
    assert toys.files() == before


def test_text_in_arithmetic_is_a_one_line_error_at_the_block(toys: Toys, capsys: pytest.CaptureFixture[str]) -> None:
    toys.ask("<!-- journal:table\nruns: [a]\nvalues: {odd: config(name) + 1}\n-->\n<!-- /journal:table -->\n", "a")
    said = toys.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.startswith("error: entries/2026-02-21-one.md:7:1: ")
    assert "config(name)" in said.err


def test_a_key_that_only_another_run_has_is_known_to_be_missing(toys: Toys) -> None:
    table = toys.table("runs: [a, b]\nrows: [runs]\nvalues: {on: config(on), loss: last(loss)}", "a", "b")
    assert table[2][1] == "—"
    assert toys.standing()[0] == "fresh"


def test_a_key_that_no_run_has_is_pending(toys: Toys) -> None:
    assert toys.table("runs: [a]\nvalues: {depth: config(depth)}", "a")[1:] == [["a", "TBD"]]
    state, message = toys.standing()
    assert state == "pending"
    assert message.startswith("run a has no config 'depth'")


def test_what_is_not_finite_at_a_step_is_shown_as_it_is(toys: Toys) -> None:
    toys.run("odd", {"loss": [(0, 1.0), (1, math.nan), (2, math.inf), (3, -math.inf)]})
    spec = "runs: [odd]\nmetrics: [loss]\nstats: [at(x, 0), at(x, 1), at(x, 2), at(x, 3), at(x, 4)]"
    assert [row[1] for row in toys.table(spec, "odd")[1:]] == ["1", "NaN", "∞", "-∞", "—"]
    assert toys.standing() == ("fresh", "")
    toys.take_away()
    assert toys.standing()[0] == "unverifiable"


def test_counts_and_shares_stand_with_their_denominator(toys: Toys) -> None:
    spec = "runs: [a, b]\nmetrics: [loss]\nstats: [count(x >= 60), share(x >= 60)]\nrows: [runs]"
    assert toys.table(spec, "a", "b")[1:] == [
        ["a", "21 of 51 (41.2%)", "41.2% of 51"],
        ["b", "16 of 26 (61.5%)", "61.5% of 26"],
    ]


@pytest.mark.parametrize(
    ("template", "placed"),
    [
        ("mean", "mean(loss)[0..9]@a"),
        ("mean(other)", "mean(other)[0..9]@a"),
        ("mean(x)[all]", "mean(loss)@a"),
        ("mean(x)[5..]", "mean(loss)[5..]@a"),
        ("mean(x)@b", "mean(loss)[0..9]@b"),
        ("config(lr)", "config(lr)@a"),
        ("summary(best)@b", "summary(best)@b"),
        ("-mean / abs(last(other)@b + 1)", "-mean(loss)[0..9]@a / abs(last(other)[0..9]@b + 1)"),
    ],
)
def test_what_an_expression_leaves_open_is_put_in_its_place(template: str, placed: str) -> None:
    window = Window(first=0, last=9)
    assert str(place(parse_template(template), metric="loss", window=window, handle="a")) == placed


def test_the_whole_run_needs_no_window() -> None:
    assert str(place(parse("mean(loss)"), metric=None, window=Window(), handle="a")) == "mean(loss)@a"
    assert place(Constant(value=2), metric="loss", window=Window(first=1), handle="a") == Constant(value=2)


@given(
    st.sampled_from([None, Window(), Window(first=3), Window(matched=True)]),
    st.sampled_from([None, "loss"]),
    st.sampled_from([None, "b"]),
)
def test_what_was_put_in_its_place_stays_there(window: Window | None, metric: str | None, handle: str | None) -> None:
    call = Call(statistic=Statistic(name="mean"), metric=metric, window=window, handle=handle)
    once = place(call, metric="other", window=Window(first=1, last=2), handle="a")
    again = place(once, metric="third", window=Window(), handle="c")
    assert isinstance(once, Call)
    assert again == once
    assert (once.metric, once.handle) == (metric or "other", handle or "a")


@pytest.mark.untraced
@settings(max_examples=25)
@given(data=st.data())
def test_a_number_of_steps_is_never_a_number_of_rows(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the spacing: `last N steps` are those above the last step less N, `last N rows` the last N rows."""
    gaps = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=30))
    count = data.draw(st.integers(1, 60))
    steps = [sum(gaps[:place_]) for place_ in range(len(gaps))]
    toys = Toys.begin(tmp_path_factory.mktemp("toys"))
    toys.run("a", {"loss": line(steps)})
    toys.table(
        f"runs: [a]\nmetrics: [loss]\nstats: [n, first]\nwindows: [last {count} steps, last {count} rows, "
        f"first {count} steps, first {count} rows]\nrows: [windows]",
        "a",
    )
    inside = [
        [step for step in steps if step > steps[-1] - count],
        steps[-count:],
        [step for step in steps if step < steps[0] + count],
        steps[:count],
    ]
    wanted = [value for each in inside for value in (len(each), each[0])]
    assert [cell["value"] for cell in toys.found["blocks"]["table"]["cells"]] == wanted
