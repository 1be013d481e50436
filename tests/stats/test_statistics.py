from __future__ import annotations

import math
import operator
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from journal.errors import ExpressionError
from journal.model.evidence import Estimate
from journal.model.expression import Relation, Statistic
from journal.model.run import Column
from journal.model.window import Window
from journal.stats.statistics import NAMES, Takes, estimate, named

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

LARGEST = sys.float_info.max
TINY = 5e-324
STEPS = 2**63 - 1

FINITE = st.floats(allow_nan=False, allow_infinity=False)
EXTREME = [LARGEST, -LARGEST, 1e308, TINY, -TINY, 0.0, -0.0, 1.0, math.inf, -math.inf, math.nan]
WELL_SCALED = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=100)
VALUES = st.one_of(
    st.lists(st.floats(), max_size=30),
    st.lists(st.floats(-1e6, 1e6), max_size=60),
    st.lists(st.sampled_from(EXTREME)),
    st.tuples(FINITE, st.integers(1, 30)).map(lambda pair: [pair[0]] * pair[1]),
    st.tuples(st.floats(1e9, 1e12), st.lists(st.integers(0, 5), max_size=20)).map(
        lambda pair: [pair[0] + math.ulp(pair[0]) * more for more in pair[1]]
    ),
)
# Statistics that only the finite values count for, written without what may stand behind a comma.
PLAIN = ("first", "last", "min", "max", "mean", "median", "std", "var", "sum", "n", "p0", "p37", "p99.9", "p100")
POSITIONAL = ("argmin", "argmax", "slope", "nonfinite", "first_nonfinite")


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


def asked(text: str) -> Statistic:
    """`mean`, `ema 5`, `count >= 3`."""
    name, *rest = text.split()
    relation = Relation(rest[0]) if len(rest) == 2 else None
    return Statistic(name=name, relation=relation, number=float(rest[-1]) if rest else None)


def of(text: str, values: list[float], window: str = "all", steps: list[int] | None = None) -> Estimate:
    return estimate(column(values, steps), asked(text), Window.model_validate(window))


def value(text: str, values: list[float], steps: list[int] | None = None) -> float:
    found = of(text, values, steps=steps).value
    assert found is not None
    return found


def finite(values: list[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def rational(values: list[float]) -> list[Fraction]:
    return [Fraction(value) for value in values]


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def variance(values: list[Fraction]) -> Fraction:
    return sum(((value - mean(values)) ** 2 for value in values), Fraction()) / (len(values) - 1)


def percentile(values: list[Fraction], percent: str) -> Fraction:
    place = Fraction(percent) / 100 * (len(values) - 1)
    below, ordered = math.floor(place), sorted(values)
    above = min(below + 1, len(values) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def nearest(exact: Fraction) -> float | None:
    try:
        return float(exact)
    except OverflowError:
        return None


EXACT: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "min": min,
    "max": max,
    "mean": mean,
    "median": lambda values: percentile(values, "50"),
    "var": variance,
    "sum": lambda values: sum(values, Fraction()),
    "p0": lambda values: percentile(values, "0"),
    "p25": lambda values: percentile(values, "25"),
    "p99.9": lambda values: percentile(values, "99.9"),
    "p100": lambda values: percentile(values, "100"),
}


@pytest.mark.untraced
@settings(max_examples=400, deadline=None)
@given(VALUES)
@example([LARGEST, LARGEST])
@example([LARGEST, 1.0, -LARGEST, -LARGEST, LARGEST, 1e-300])
@example([LARGEST, 9.98e291])
@example([TINY, TINY, TINY, 0.0])
@example([1e16, 1.0, -1e16])
@example([-LARGEST, 1e308, LARGEST, LARGEST])
def test_every_statistic_is_the_float_next_to_the_exact_number(values: list[float]) -> None:
    used = rational(finite(values))
    for name, exact in EXACT.items():
        enough = len(used) > 1 if name == "var" else bool(used)
        assert of(name, values).value == (nearest(exact(used)) if enough else None), name


@given(VALUES)
@example([LARGEST, -LARGEST])
@example([LARGEST, -LARGEST, 5e-324])
@example([1e12, 1e12 + math.ulp(1e12)])
def test_the_standard_deviation_is_the_root_of_the_exact_variance(values: list[float]) -> None:
    used, found = rational(finite(values)), of("std", values).value
    if len(used) < 2:
        assert found is None
    elif found is None:
        assert variance(used) > Fraction(LARGEST) ** 2
    else:
        below, above = (math.nextafter(found, end) for end in (0.0, math.inf))
        assert Fraction(below) ** 2 <= variance(used)
        assert math.isinf(above) or variance(used) <= Fraction(above) ** 2


OF_NUMPY: dict[str, Callable[[np.ndarray[tuple[int], np.dtype[np.float64]]], object]] = {
    "first": operator.itemgetter(0),
    "last": operator.itemgetter(-1),
    "min": np.min,
    "max": np.max,
    "mean": np.mean,
    "median": np.median,
    "std": lambda values: np.std(values, ddof=1),
    "var": lambda values: np.var(values, ddof=1),
    "sum": np.sum,
    "n": np.size,
    "p5": lambda values: np.percentile(values, 5),
    "p99.9": lambda values: np.percentile(values, 99.9),
    "argmin": np.argmin,
    "argmax": np.argmax,
    "count >= 3": lambda values: np.count_nonzero(values >= 3),
    "share >= 3": lambda values: np.mean(values >= 3),
    "slope": lambda values: np.polyfit(np.arange(values.size), values, 1)[0],
}


@pytest.mark.parametrize("text", OF_NUMPY)
@pytest.mark.parametrize("n", [2, 3, 1000, 20_001])
def test_every_statistic_is_that_of_numpy(text: str, n: int) -> None:
    values = np.random.default_rng(n).normal(3, 1, n) + np.linspace(0, 5, n)
    holes = np.insert(values, [1, n // 2, n], [np.nan, np.inf, -np.inf])
    at = np.insert(np.arange(n), [1, n // 2, n], [0, n // 2, n]).tolist()
    found = of(text, holes.tolist(), steps=at)
    assert found.value is not None
    assert math.isclose(found.value, float(str(OF_NUMPY[text](values))), rel_tol=1e-12)
    assert (found.n, found.nonfinite) == (n, 3)


@given(WELL_SCALED.filter(lambda values: len(values) > 1))
def test_random_columns_agree_with_numpy(values: list[float]) -> None:
    for text in ("mean", "median", "sum", "p5", "p99.9", "std", "count >= 3", "share >= 3"):
        # NumPy's own deviation of values that hardly differ is off by a part of the values.
        least = 1e-12 * max(values) if text == "std" else 0
        theirs = float(str(OF_NUMPY[text](np.array(values))))
        assert math.isclose(value(text, values), theirs, rel_tol=1e-9 if text == "std" else 1e-12, abs_tol=least)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(1, 100))
def test_a_moving_average_is_that_of_polars_and_of_fractions(values: list[float], span: int) -> None:
    found = value(f"ema {span}", values)
    theirs = pl.Series(values).ewm_mean(span=span, adjust=True)[-1]
    keep = Fraction(span - 1, span + 1)
    weights = [keep**age for age in range(len(values))]
    exact = sum((w * v for w, v in zip(weights, rational(values[::-1]), strict=True)), Fraction()) / sum(weights)
    size = max(map(abs, values))
    assert math.isclose(found, theirs, rel_tol=1e-12, abs_tol=1e-12 * size)
    assert abs(Fraction(found) - exact) <= Fraction(size) * Fraction(1, 10**14) + Fraction(TINY)


def test_a_moving_average_stays_within_its_rows_at_the_ends_of_the_floats() -> None:
    assert value("ema 3", [LARGEST, LARGEST]) == LARGEST
    assert value("ema 3", [TINY, TINY]) == TINY
    assert value("ema 1", [5.0, math.nan, 2.0]) == 2.0
    assert value("ema 3", [math.inf, 3.0, 0.0]) == 1.0
    long = np.linspace(0, 1, 200_000)
    assert math.isclose(value("ema 100000", long.tolist()), pl.Series(long).ewm_mean(span=100_000)[-1], rel_tol=1e-10)


@pytest.mark.untraced
@given(VALUES.filter(finite), st.randoms(use_true_random=False))
def test_no_statistic_of_values_depends_on_their_order(values: list[float], random: Random) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    for name in PLAIN[2:]:
        assert repr(of(name, values).value) == repr(of(name, shuffled).value)


@given(FINITE, st.integers(2, 40))
def test_a_constant_is_its_own_average_and_does_not_vary(number: float, n: int) -> None:
    for name in ("first", "last", "min", "max", "mean", "median", "p1", "p99.9"):
        assert value(name, [number] * n) == number
    assert math.isclose(value("ema 5", [number] * n), number, rel_tol=1e-15, abs_tol=TINY)
    assert [value(name, [number] * n) for name in ("std", "var", "slope")] == [0, 0, 0]
    assert [value(name, [number] * n) for name in ("argmin", "argmax", "n")] == [0, 0, n]


@given(st.integers(-1000, 1000), st.integers(-10, 10), st.lists(st.integers(0, 10**9), min_size=2, max_size=30))
def test_the_slope_of_a_line_is_its_slope(start: int, rise: int, at: list[int]) -> None:
    steps = sorted(at)
    found = of("slope", [float(start + rise * step) for step in steps], steps=steps)
    assert found.value == (rise if len(set(steps)) > 1 else None)
    assert found.n == len(steps)


def test_extremes_are_the_first_of_their_kind_and_given_by_step() -> None:
    values, steps = [3.0, math.nan, 1.0, 9.0, 1.0, 9.0, -math.inf], [10, 20, 30, 40, 50, 60, 70]
    assert (value("argmin", values, steps), value("argmax", values, steps)) == (30, 40)
    assert value("argmax", [0.0, -0.0, 0.0]) == value("argmin", [-0.0, 0.0]) == 0


def test_a_step_that_no_float_equals_is_text() -> None:
    found = of("argmax", [1.0, 2.0], steps=[0, STEPS])
    assert (found.value, found.text, found.last_step) == (None, str(STEPS), STEPS)


@pytest.mark.untraced
@given(VALUES, st.sampled_from(Relation), st.floats(-10, 10) | st.sampled_from(EXTREME[:8]))
def test_a_share_is_a_count_of_the_finite_rows(values: list[float], relation: Relation, number: float) -> None:
    signs = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}
    sign = signs.get(relation.value, operator.ne)
    used = finite(values)
    met = sum(sign(value, number) for value in used)
    count, share = (
        estimate(column(values), Statistic(name=name, relation=relation, number=number), Window())
        for name in ("count", "share")
    )
    assert (count.value, share.value) == ((met, met / len(used)) if used else (None, None))
    assert count.n == share.n == len(used)


def test_at_is_the_row_at_exactly_that_step() -> None:
    values, steps = [1.0, math.nan, -math.inf, math.inf, 5.0], [0, 10, 20, 30, 40]
    assert of("at 40", values, steps=steps) == Estimate(value=5, n=1, nonfinite=0, first_step=40, last_step=40)
    assert of("at 10", values, steps=steps) == Estimate(
        value=None, n=0, nonfinite=1, first_step=10, last_step=10, text="NaN"
    )
    assert [of(f"at {step}", values, steps=steps).text for step in (20, 30)] == ["-∞", "∞"]
    for step in (5, 41, 2**53 - 1):
        assert of(f"at {step}", values, steps=steps) == Estimate(value=None, n=0, nonfinite=0)
    assert of("at 40", values, "..30", steps).value is None
    assert of("at 10", [1.0, 2.0, 3.0], steps=[10, 10, 20]).value == 2.0


def test_what_is_not_finite_is_counted_and_found() -> None:
    values, steps = [1.0, math.nan, 2.0, math.inf], [0, 10, 20, 30]
    assert of("nonfinite", values, steps=steps) == Estimate(value=2, n=2, nonfinite=2, first_step=0, last_step=30)
    assert of("first_nonfinite", values, steps=steps) == Estimate(
        value=10, n=2, nonfinite=2, first_step=0, last_step=30
    )
    assert of("first_nonfinite", values, "11..", steps).value == 30
    assert of("nonfinite", [1.0]) == Estimate(value=0, n=1, nonfinite=0, first_step=0, last_step=0)
    assert of("first_nonfinite", [1.0]) == Estimate(value=None, n=1, nonfinite=0, first_step=0, last_step=0)
    assert of("nonfinite", [math.nan]) == Estimate(value=1, n=0, nonfinite=1, first_step=0, last_step=0)
    for name in ("nonfinite", "first_nonfinite"):
        assert of(name, []) == Estimate(value=None, n=0, nonfinite=0)


def test_a_number_that_no_float_holds_is_no_data_but_keeps_its_rows() -> None:
    assert of("sum", [LARGEST, LARGEST]) == Estimate(value=None, n=2, nonfinite=0, first_step=0, last_step=1)
    assert of("var", [LARGEST, -LARGEST]).value is None
    assert of("slope", [-LARGEST, LARGEST]).value is None
    assert of("std", [1e308, -1e308]).value == 1e308 * math.sqrt(2)
    assert of("mean", [LARGEST, LARGEST]).value == LARGEST


def reference(given: Column, first: float, last: float) -> Estimate:
    """What the last value over a window should be, row by row."""
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


@pytest.mark.untraced
@settings(max_examples=300)
@given(columns(), BOUND, BOUND)
def test_a_window_holds_both_its_ends_and_counts_its_rows(given: Column, first: int | None, last: int | None) -> None:
    if first is not None and last is not None:
        first, last = sorted((first, last))
    found = estimate(given, asked("last"), Window(first=first, last=last))
    assert found == reference(given, -math.inf if first is None else first, math.inf if last is None else last)


@pytest.mark.untraced
@given(columns(), st.sampled_from(["first", "last"]), st.integers(1, 80) | st.just(STEPS))
def test_a_window_of_rows_counts_logged_points_finite_or_not(given: Column, edge: str, count: int) -> None:
    found = estimate(given, asked("last"), Window.model_validate(f"{edge} {count} rows"))
    rows = slice(count) if edge == "first" else slice(-count, None)
    kept = Column("a", given.steps[rows], given.values[rows], given.times[rows])
    assert found == reference(kept, -math.inf, math.inf)
    assert found.n + found.nonfinite == min(count, given.values.len())


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
        ("first 2 rows", 2, 0, 5),
        ("last 2 rows", 2, 11, 20),
        ("last 7 rows", 6, 0, 20),
    ],
)
def test_windows_over_steps_that_repeat_and_skip(window: str, n: int, first: int | None, last: int | None) -> None:
    found = of("mean", [1, 2, 3, 4, 5, 6], window, [0, 5, 5, 10, 11, 20])
    assert (found.n, found.nonfinite, found.first_step, found.last_step) == (n, 0, first, last)
    assert (found.value is None) == (n == 0)


def test_rows_that_are_not_finite_are_left_out_and_counted() -> None:
    values = [math.nan, 2.0, math.inf, 4.0, -math.inf]
    expected = {"first": 2.0, "last": 4.0, "min": 2.0, "max": 4.0, "mean": 3.0, "median": 3.0, "sum": 6.0, "var": 2.0}
    expected |= {"n": 2.0, "argmin": 1, "argmax": 3, "slope": 1.0, "p50": 3.0, "count > 2": 1.0, "share > 2": 0.5}
    for text, number in expected.items():
        assert of(text, values) == Estimate(value=number, n=2, nonfinite=3, first_step=1, last_step=3)


EVERY = (*PLAIN, "argmin", "argmax", "slope", "ema 5", "count > 2", "share > 2")


def test_the_tests_know_every_statistic() -> None:
    told = {text.split()[0] for text in (*EVERY, *POSITIONAL)} | {"at", "config", "summary"}
    assert {name for name in told if name not in {"p0", "p37", "p99.9", "p100"}} == set(NAMES)


@pytest.mark.parametrize("text", EVERY)
def test_no_finite_row_is_no_data(text: str) -> None:
    assert of(text, []) == Estimate(value=None, n=0, nonfinite=0)
    assert of(text, [math.nan, math.inf]) == Estimate(value=None, n=0, nonfinite=2)
    assert of(text, [1.0], "5..") == Estimate(value=None, n=0, nonfinite=0)
    assert of(text, [math.nan, 1.0], "first 1 rows") == Estimate(value=None, n=0, nonfinite=1)


@pytest.mark.parametrize("text", EVERY)
def test_one_row_is_itself_but_has_neither_spread_nor_slope(text: str) -> None:
    others = {"n": 1, "argmin": 0, "argmax": 0, "count > 2": 0, "share > 2": 0, "std": None, "var": None, "slope": None}
    expected = others.get(text, -0.25)
    assert of(text, [-0.25]) == Estimate(value=expected, n=1, nonfinite=0, first_step=0, last_step=0)


def test_a_slope_needs_two_different_steps() -> None:
    assert of("slope", [1.0, 2.0], steps=[5, 5]) == Estimate(value=None, n=2, nonfinite=0, first_step=5, last_step=5)


@pytest.mark.parametrize("text", [*EVERY, *POSITIONAL, "at 2"])
def test_a_column_is_left_as_it_was(text: str) -> None:
    given = column([3.0, math.nan, 1.0, 2.0])
    estimate(given, asked(text), Window(first=1))
    assert given.values.equals(pl.Series("a", [3.0, math.nan, 1.0, 2.0]))


def test_every_statistic_says_what_it_takes() -> None:
    takes = {name: named(name) for name in NAMES if named(name) is not Takes.METRIC}
    assert takes == {
        "ema": Takes.SPAN,
        "count": Takes.RELATION,
        "share": Takes.RELATION,
        "at": Takes.STEP,
        "config": Takes.KEY,
        "summary": Takes.KEY,
    }


@pytest.mark.parametrize("name", ["p0", "p5", "p50", "p99.9", "p0.001", "p100"])
def test_a_percentile_is_named_by_its_number(name: str) -> None:
    assert named(name) is Takes.METRIC


@pytest.mark.parametrize("name", ["p101", "p05", "p99.90", "p100.5", "p1000", "p5.0", "p00.5", "p1."])
def test_other_percentiles_are_refused_with_how_they_are_written(name: str) -> None:
    with pytest.raises(ExpressionError) as error:
        named(name)
    assert error.value.hint == "percentiles are p0 to p100, written as short as can be: p5, p99.9"


@pytest.mark.parametrize(
    ("name", "meant"), [("mena", "mean"), ("MEDIAN", "median"), ("first_nonfinit", "first_nonfinite")]
)
def test_a_statistic_that_nobody_knows_is_refused_with_those_there_are(name: str, meant: str) -> None:
    for call in (lambda: named(name), lambda: of(name, [])):
        with pytest.raises(ExpressionError) as error:
            call()
        assert error.value.message.startswith(f"no statistic {name!r}; known: first, last, min, max, mean, median, std")
        assert error.value.hint == f"did you mean {meant!r}?"


@pytest.mark.parametrize("name", ["", "zzz", "p", "5"])
def test_what_resembles_nothing_has_no_guess(name: str) -> None:
    with pytest.raises(ExpressionError) as error:
        named(name)
    assert error.value.hint is None


@pytest.mark.untraced
@given(columns())
def test_an_estimate_is_never_a_float_that_is_not_finite(given: Column) -> None:
    assume(given.values.len())
    for text in (*EVERY, *POSITIONAL, "at 0"):
        found = estimate(given, asked(text), Window())
        assert found.value is None or math.isfinite(found.value)
