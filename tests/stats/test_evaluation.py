from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import ExpressionError, NoRows, SourceError
from journal.model.evidence import Estimate
from journal.model.expression import Call, Constant, Expression, Function, Operation, Statistic, calls
from journal.model.run import Column, Problem
from journal.model.window import Window
from journal.stats.evaluation import combine, estimate_call, estimate_on, no_rows
from journal.stats.expression import parse, parse_template

CONFIG = {
    "lr": 0.00025,
    "layers": 4,
    "seed": 2**53 + 1,
    "huge": 10**400,
    "floor": nan,
    "ceiling": -inf,
    "model": {"name": "ipa", "dropout": {"attn": 0.125}},
    "model.name": "kept whole",
    "a.b": {"c": 7},
    "a": {"b": {"d": 8}},
    "warm": True,
    "cold": False,
    "resume": None,
    "betas": [0.9, 0.999],
    "empty": {},
    "note": "注意 floor\nis 1e-3",
}


@dataclass
class Columns:
    """A run of a few columns, of ten steps a row from step 100 on."""

    id: str = "fej59g91"
    held: dict[str, list[float]] = field(default_factory=lambda: {"train/loss": [4.0, nan, 2.0, inf, 1.0], "acc": []})
    config: dict[str, Any] = field(default_factory=lambda: CONFIG)
    summary: dict[str, Any] = field(default_factory=lambda: {"acc": {"max": 0.75}, "_step": 140})
    first_step: int | None = 100
    last_step: int | None = 140

    @property
    def problems(self) -> tuple[Problem, ...]:
        return ()

    @property
    def metric_names(self) -> tuple[str, ...]:
        return tuple(sorted(self.held))

    def column(self, metric: str) -> Column | None:
        if metric not in self.held:
            return None
        values = pl.Series(self.held[metric], dtype=pl.Float64)
        steps = pl.Series(range(100, 100 + 10 * len(values), 10), dtype=pl.Int64)
        return Column(metric, steps, values, pl.repeat(None, len(values), dtype=pl.Float64, eager=True))


def on(text: str, run: Columns | None = None) -> Estimate:
    return estimate_on(run or Columns(), parse(text))


def said(text: str, run: Columns | None = None) -> str:
    """What is said of an expression without a value."""
    found = on(text, run)
    assert (found.value, found.text) == (None, None)
    error = no_rows(run or Columns(), parse(text), found)
    assert type(error) is NoRows
    return str(error)


def test_an_expression_gives_an_estimate_that_knows_its_window() -> None:
    found = on("mean(train/loss)[105..200]")
    assert found == Estimate(value=1.5, n=2, nonfinite=2, first_step=120, last_step=140)
    assert found.window == (120, 140)


@pytest.mark.parametrize(
    ("window", "value", "n", "nonfinite"),
    [
        ("all", 7, 3, 2),
        ("first 11 steps", 4, 1, 1),
        ("last 21 steps", 3, 2, 1),
        ("first 2 rows", 4, 1, 1),
        ("last 3 rows", 3, 2, 1),
        ("first 9999 steps", 7, 3, 2),
    ],
)
def test_steps_are_counted_from_the_ends_of_the_run_and_rows_from_those_of_the_metric(
    window: str, value: float, n: int, nonfinite: int
) -> None:
    found = on(f"sum(train/loss)[{window}]")
    assert (found.value, found.n, found.nonfinite) == (value, n, nonfinite)


def test_the_ends_are_those_of_the_run_also_for_a_sparse_metric() -> None:
    run = Columns(last_step=1000)
    assert on("n(train/loss)[last 100 steps]", run).value is None
    assert on("n(train/loss)[last 100 rows]", run).value == 3


def test_a_call_is_estimated_in_the_window_that_is_given() -> None:
    call = Call(statistic=Statistic(name="last"), metric="train/loss", window=Window(first=140), handle="ipa")
    assert estimate_call(Columns(), call, Window(last=120)).value == 2.0
    with pytest.raises(ExpressionError, match=r"no metric is named in mean\(x\) \(put its name in place of x\)"):
        estimate_on(Columns(), parse_template("mean"))


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("config(lr)", 0.00025, None),
        ("config(layers)", 4, None),
        ("config(seed)", None, "9007199254740993"),
        ("config(huge)", None, "1" + "0" * 400),
        ("config(floor)", None, "NaN"),
        ("config(ceiling)", None, "-∞"),
        ("config(model.name)", None, "kept whole"),
        ("config(model.dropout.attn)", 0.125, None),
        ("config(model.dropout)", None, '{"attn":0.125}'),
        ("config(a.b.c)", 7, None),
        ("config(a.b.d)", 8, None),
        ("config(warm)", None, "true"),
        ("config(cold)", None, "false"),
        ("config(resume)", None, "null"),
        ("config(betas)", None, "[0.9,0.999]"),
        ("config(empty)", None, "{}"),
        ("config(note)", None, "注意 floor\nis 1e-3"),
        ("summary(acc.max)", 0.75, None),
        ("summary(_step)", 140, None),
    ],
)
def test_what_the_tracker_stored_is_a_number_or_text(text: str, value: float | None, shown: str | None) -> None:
    assert on(text) == Estimate(value=value, text=shown, n=0, nonfinite=0)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("config(lrr)", "the config of run fej59g91 has no key 'lrr'", "did you mean lr?"),
        ("config(dropout)", "the config of run fej59g91 has no key 'dropout'", "did you mean model.dropout.attn?"),
        ("config(lr.x)", "the config of run fej59g91 has no key 'lr.x'", "did you mean lr?"),
        ("config(zzzz)", "the config of run fej59g91 has no key 'zzzz'", "it has a.b.c, a.b.d, betas and 14 more"),
        ("config(.)", "the config of run fej59g91 has no key '.'", "did you mean a.b.c or a.b.d or"),
        ("summary(zzzz)", "the summary of run fej59g91 has no key 'zzzz'", "it has _step, acc.max"),
    ],
)
def test_a_key_that_is_not_there_is_answered_with_close_ones(text: str, message: str, hint: str) -> None:
    with pytest.raises(SourceError) as caught:
        on(text)
    assert caught.value.message == message
    assert hint in str(caught.value.hint)


def test_nothing_stored_is_told_as_such() -> None:
    with pytest.raises(SourceError) as caught:
        on("config(lr)", Columns(config={}))
    assert caught.value.hint == "it has none"


def test_arithmetic_counts_the_rows_of_its_parts_once_each() -> None:
    asked: list[str] = []
    parts = {
        "mean(a)": Estimate(value=3, n=5, nonfinite=1, first_step=10, last_step=50),
        "mean(b)": Estimate(value=2, n=7, nonfinite=2, first_step=0, last_step=40),
        "config(lr)": Estimate(value=0.5, n=0, nonfinite=0),
    }

    def of(call: Call) -> Estimate:
        asked.append(str(call))
        return parts[str(call)]

    found = combine(parse("(mean(a) + mean(b)) / mean(b) * config(lr) - abs(-mean(a))"), of)
    assert found == Estimate(value=2.5 * 0.5 - 3, n=12, nonfinite=3, first_step=0, last_step=50)
    assert asked == ["mean(a)", "mean(b)", "config(lr)"]
    assert combine(parse("1 / 4"), of) == Estimate(value=0.25, n=0, nonfinite=0)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1e308, -1e308])
LETTERS = st.sampled_from("abc").map(lambda name: Call(statistic=Statistic(name="last"), metric=name))
TREES: st.SearchStrategy[Expression] = st.recursive(
    LETTERS | st.floats(0, 1e308).map(lambda number: Constant(value=number)),
    lambda parts: st.one_of(
        st.builds(Function, name=st.sampled_from(["-", "abs"]), of=parts),
        st.builds(Operation, sign=st.sampled_from("+-*/"), left=parts, right=parts),
    ),
    max_leaves=10,
)


@given(TREES, st.fixed_dictionaries({name: st.none() | NUMBERS for name in "abc"}))
def test_arithmetic_is_that_of_python_or_no_data(expression: Expression, held: dict[str, float | None]) -> None:
    found = combine(expression, lambda call: Estimate(value=held[str(call.metric)], n=1, nonfinite=0))
    names = {str(call.metric) for call in calls(expression)}
    if any(held[name] is None for name in names):
        assert found.value is None
    else:
        text = str(expression).replace("last(", "(")
        try:
            expected = eval(text, {}, dict(held))  # noqa: S307  (an expression is written as Python writes it)
        except ZeroDivisionError:
            assert found.value is None
        else:
            # An infinity on the way is no data, even where it would vanish again.
            assert found.value is None or found.value == expected
    if not isinstance(expression, Call):
        assert found.n == len(names)


@pytest.mark.parametrize(
    "text", ["mean(train/loss) / config(zero)", "1e308 * 10", "1e308 + 1e308 - 1e308 * 2", "0 / 0"]
)
def test_what_no_float_holds_is_no_data(text: str) -> None:
    assert on(text, Columns(config={"zero": 0})).value is None


@pytest.mark.parametrize("text", ["config(model.name) * 2", "1 + config(warm)", "-config(seed)", "abs(config(betas))"])
def test_text_cannot_be_calculated_with(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"config\([a-z.]+\) is '.+', and only numbers can be calculated with"):
        on(text)


def test_a_run_that_is_given_is_not_named_again() -> None:
    with pytest.raises(ExpressionError, match=r"may not name one: @ipa \(leave it out: mean\(loss\)\[1\.\.2\]\)"):
        on("1 - mean(loss)[1..2]@ipa")


def test_matched_needs_several_runs() -> None:
    with pytest.raises(ExpressionError, match=r"mean\(train/loss\)\[matched\] needs a table of several runs"):
        on("last(train/loss) / mean(train/loss)[matched]")


OVER = {"train/loss": [4.0, nan, 2.0], "big": [1e308, 1e308], "gone": [nan], "zero": [0.0], "acc": []}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "last(train/loss)[110..110]",
            (
                "train/loss of fej59g91 has no finite row in steps 110..110, 1 left out as NaN or infinite"
                " (it has rows from step 100 to 120)"
            ),
        ),
        ("last(acc)", "acc of fej59g91 has no finite row in the run"),
        ("nonfinite(acc)", "acc of fej59g91 has no row in the run"),
        (
            "n(gone)[first 1 rows]",
            (
                "gone of fej59g91 has no finite row in its first row, 1 left out as NaN or infinite"
                " (it has rows from step 100 to 100)"
            ),
        ),
        (
            "mean(gone)[last 5 steps]",
            "gone of fej59g91 has no finite row in the last 5 steps of the run (it has rows from step 100 to 100)",
        ),
        (
            "at(train/loss, 105)",
            "train/loss of fej59g91 has no row at step 105 in the run (it has rows from step 100 to 120)",
        ),
        (
            "at(train/loss, 100)[110..]",
            "train/loss of fej59g91 has no row at step 100 in steps 110.. (it has rows from step 100 to 120)",
        ),
        ("first_nonfinite(zero)", "every row of zero of fej59g91 in the run is finite"),
        ("std(zero)", "std needs two finite rows, zero of fej59g91 has one in the run"),
        (
            "var(train/loss)[..110]",
            "var needs two finite rows, train/loss of fej59g91 has one in steps ..110, 1 left out as NaN or infinite",
        ),
        ("slope(zero)", "slope needs rows at two steps, zero of fej59g91 has them at one in the run"),
        ("sum(big)", "sum(big) of fej59g91 comes to more than a 64-bit float holds"),
        ("1 - sum(big)", "sum(big) of fej59g91 comes to more than a 64-bit float holds"),
        ("last(big) * 10", "last(big) * 10 of fej59g91 comes to more than a 64-bit float holds"),
        ("last(zero) + last(acc)", "acc of fej59g91 has no finite row in the run"),
        ("at(train/loss, 110) / 2", "at(train/loss, 110) of fej59g91 is NaN"),
        (
            "1 / (last(big) - max(big))",
            "1 / (last(big) - max(big)) divides by zero: last(big) - max(big) of fej59g91 is 0",
        ),
        ("abs(2 / -last(zero)) + 1", "abs(2 / -last(zero)) + 1 divides by zero: -last(zero) of fej59g91 is 0"),
        ("1 / (1 / last(zero))", "1 / (1 / last(zero)) divides by zero: last(zero) of fej59g91 is 0"),
    ],
)
def test_what_has_no_value_says_why(text: str, expected: str) -> None:
    assert said(text, Columns(held=OVER)) == f"no data: {expected}"


@pytest.mark.parametrize(
    ("metric", "names", "hint"),
    [
        ("loss", ["train/loss", "acc"], "did you mean train/loss?"),
        ("LOSS", ["train/loss", "val/Loss"], "did you mean train/loss or val/Loss?"),
        ("train/lsos", ["train/loss", "acc"], "did you mean train/loss?"),
        ("zzz", ["a", "b"], "it has a, b"),
        ("zzz", list("abcdef"), "it has a, b, c and 3 more"),
        ("", ["a"], "it has a"),
        ("zzz", [], "it has none"),
    ],
)
def test_a_metric_that_is_not_there_is_answered_with_close_ones(metric: str, names: list[str], hint: str) -> None:
    run = Columns(held={name: [1.0] for name in names})
    with pytest.raises(SourceError) as caught:
        on(f'last("{metric}")', run)
    assert caught.value.message == f"run fej59g91 has no metric {metric!r}"
    assert caught.value.hint == hint
