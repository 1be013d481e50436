from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journal.errors import ExpressionError
from journal.model.evidence import Estimate
from journal.model.run import Column
from journal.model.table import Window
from journal.stats.statistics import NAMES, estimate, mean, named

if TYPE_CHECKING:
    from random import Random

LARGEST = sys.float_info.max
TINY = 5e-324
STEPS = 2**63 - 1

FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(
    st.lists(st.floats(), max_size=30),
    st.lists(st.floats(-1e6, 1e6), max_size=60),
    st.lists(st.sampled_from([LARGEST, -LARGEST, 1e308, TINY, -TINY, 0.0, -0.0, 1.0, math.inf, -math.inf, math.nan])),
    st.tuples(FINITE, st.integers(1, 30)).map(lambda pair: [pair[0]] * pair[1]),
)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    """Any values at rising steps, which may repeat."""
    values = draw(VALUES)
    gaps = draw(st.lists(st.integers(0, 5), min_size=len(values), max_size=len(values)))
    return column(values, np.cumsum(gaps, dtype=np.int64).tolist())


def column(values: list[float], steps: list[int] | None = None) -> Column:
    at = list(range(len(values))) if steps is None else steps
    times = pl.repeat(None, len(values), dtype=pl.Float64, eager=True)
    return Column("a", pl.Series("step", at, dtype=pl.Int64), pl.Series("a", values, dtype=pl.Float64), times)


def of(statistic: str, values: list[float]) -> Estimate:
    return estimate(column(values), statistic, Window())


def finite(values: list[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def exact_mean(values: list[float]) -> Fraction:
    return sum(map(Fraction, values), Fraction(0)) / len(values)


def close(found: float, exact: Fraction) -> bool:
    """Within two roundings of the exact number; near zero, within the smallest number there is."""
    return abs(Fraction(found) - exact) <= abs(exact) * Fraction(2) ** -52 + Fraction(TINY)


@settings(max_examples=400)
@given(VALUES)
def test_first_last_min_and_max_are_numbers_of_the_column(values: list[float]) -> None:
    used = finite(values)
    expected = [used[0], used[-1], float(np.min(used)), float(np.max(used))] if used else [None] * 4
    assert [of(statistic, values).value for statistic in ("first", "last", "min", "max")] == expected


@settings(max_examples=400)
@given(VALUES)
@example([LARGEST, LARGEST])
@example([LARGEST, 1.0, -LARGEST, -LARGEST, LARGEST, 1e-300])
@example([LARGEST, 9.98e291])
@example([TINY, TINY, TINY, 0.0])
@example([1e16, 1.0, -1e16])
def test_the_mean_is_exact_to_the_last_digit_but_one(values: list[float]) -> None:
    found = of("mean", values).value
    used = finite(values)
    assert (found is None) == (not used)
    assert found is None or close(found, exact_mean(used))


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=100))
def test_the_mean_is_that_of_numpy_where_numpy_loses_nothing(values: list[float]) -> None:
    found = of("mean", values).value
    assert found is not None
    assert math.isclose(found, float(np.mean(values)), rel_tol=1e-12)
    assert found == math.fsum(values) / len(values)


@given(VALUES.filter(finite), st.randoms(use_true_random=False))
def test_the_mean_does_not_depend_on_the_order(values: list[float], random: Random) -> None:
    used = finite(values)
    shuffled = list(used)
    random.shuffle(shuffled)
    assert mean(pl.Series(used, dtype=pl.Float64)) == mean(pl.Series(shuffled, dtype=pl.Float64))


@given(FINITE, st.integers(1, 40))
def test_every_statistic_of_a_constant_is_the_constant(value: float, n: int) -> None:
    for statistic in NAMES:
        found = of(statistic, [value] * n).value
        assert found is not None
        assert close(found, Fraction(value))


@settings(max_examples=400)
@given(VALUES)
@example([LARGEST, LARGEST])
@example([-LARGEST, 1e308, LARGEST, LARGEST])
@example([TINY, 0.0])
def test_the_median_is_that_of_numpy(values: list[float]) -> None:
    found = of("median", values).value
    used = finite(values)
    assert (found is None) == (not used)
    if found is None:
        return
    with np.errstate(over="ignore"):
        expected = float(np.median(used))
    middle = sorted(used)[(len(used) - 1) // 2 : len(used) // 2 + 1]
    assert close(found, exact_mean(middle))
    assert math.isinf(expected) or math.isclose(found, expected, rel_tol=1e-12, abs_tol=TINY)


def reference(given: Column, first: float, last: float) -> Estimate:
    """What the mean over a window should be, row by row."""
    rows = [
        (step, value)
        for step, value in zip(given.steps.to_list(), given.values.to_list(), strict=True)
        if first <= step <= last
    ]
    used = [(step, value) for step, value in rows if math.isfinite(value)]
    return Estimate(
        value=used[-1][1] if used else None,
        n=len(used),
        nonfinite=len(rows) - len(used),
        first_step=used[0][0] if used else None,
        last_step=used[-1][0] if used else None,
    )


BOUND = st.none() | st.integers(0, 80) | st.integers(0, STEPS)


@settings(max_examples=500)
@given(columns(), BOUND, BOUND)
def test_a_window_holds_both_its_ends_and_counts_its_rows(given: Column, first: int | None, last: int | None) -> None:
    if first is not None and last is not None:
        first, last = sorted((first, last))
    found = estimate(given, "last", Window(first=first, last=last))
    assert found == reference(given, -math.inf if first is None else first, math.inf if last is None else last)


@pytest.mark.parametrize(
    ("window", "n", "first", "last"),
    [
        ("all", 6, 0, 20),
        ("5..10", 3, 5, 10),
        ("5..5", 2, 5, 5),
        ("6..9", 0, None, None),
        ("10..", 3, 10, 20),
        ("..5", 3, 0, 5),
        ("20..", 1, 20, 20),
        ("21..", 0, None, None),
        ("..0", 1, 0, 0),
        (f"0..{STEPS}", 6, 0, 20),
        (f"{STEPS}..", 0, None, None),
    ],
)
def test_windows_over_steps_that_repeat_and_skip(window: str, n: int, first: int | None, last: int | None) -> None:
    given = column([1, 2, 3, 4, 5, 6], [0, 5, 5, 10, 11, 20])
    found = estimate(given, "mean", Window.model_validate(window))
    assert (found.n, found.nonfinite, found.first_step, found.last_step) == (n, 0, first, last)
    assert (found.value is None) == (n == 0)


def test_rows_that_are_not_finite_are_left_out_and_counted() -> None:
    values = [math.nan, 2.0, math.inf, 4.0, -math.inf]
    for statistic, value in {"first": 2.0, "last": 4.0, "min": 2.0, "max": 4.0, "mean": 3.0, "median": 3.0}.items():
        assert of(statistic, values) == Estimate(value=value, n=2, nonfinite=3, first_step=1, last_step=3)


@pytest.mark.parametrize("statistic", NAMES)
def test_no_finite_row_is_no_data(statistic: str) -> None:
    assert of(statistic, []) == Estimate(value=None, n=0, nonfinite=0)
    assert of(statistic, [math.nan, math.inf]) == Estimate(value=None, n=0, nonfinite=2)


@pytest.mark.parametrize("statistic", NAMES)
def test_one_row_is_every_statistic(statistic: str) -> None:
    assert of(statistic, [-0.25]) == Estimate(value=-0.25, n=1, nonfinite=0, first_step=0, last_step=0)


@pytest.mark.parametrize("statistic", NAMES)
def test_a_column_is_left_as_it_was(statistic: str) -> None:
    given = column([3.0, math.nan, 1.0, 2.0])
    estimate(given, statistic, Window(first=1))
    assert given.values.equals(pl.Series("a", [3.0, math.nan, 1.0, 2.0]))


def test_a_statistic_that_nobody_knows_is_refused_with_those_there_are() -> None:
    for call in (lambda: named("mena"), lambda: estimate(column([]), "mena", Window())):
        with pytest.raises(ExpressionError) as error:
            call()
        assert error.value.message == "no statistic 'mena'; known: first, last, min, max, mean, median"
        assert error.value.hint == "did you mean 'mean'?"


@pytest.mark.parametrize("name", ["", "MEAN", "zzz", "mean ", "p50"])
def test_what_resembles_nothing_has_no_guess(name: str) -> None:
    with pytest.raises(ExpressionError, match="no statistic"):
        named(name)
