from __future__ import annotations

import math
import sys
import warnings
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from journal.model.table import Interval
from journal.stats.groups import FEWEST, significance, spread

if TYPE_CHECKING:
    from random import Random

    from journal.model.evidence import GroupEvidence, SignificanceEvidence

# Student's sleep data (1908): hours of sleep gained by ten patients with one drug and with another.
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
LARGEST = sys.float_info.max
TINY = 5e-324

FINITE = st.floats(allow_nan=False, allow_infinity=False)
EXTREME = st.sampled_from([LARGEST, -LARGEST, 1e308, TINY, -TINY, 1e-200, 0.0, -0.0, 1.0, 1 + 2**-52])
VALUES = st.one_of(
    st.lists(FINITE, min_size=1, max_size=12),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12),
    st.lists(EXTREME, min_size=1, max_size=6),
    st.tuples(FINITE, st.integers(1, 8)).map(lambda pair: [pair[0]] * pair[1]),
)
# Eighths, so that sums and shifts are exact.
EIGHTHS = st.integers(-8000, 8000).map(lambda number: number / 8)
INTERVALS = st.sampled_from([None, *Interval])


def keyed(values: tuple[float, ...]) -> dict[str, float]:
    return {str(seed): value for seed, value in enumerate(values)}


def numbers(evidence: GroupEvidence | SignificanceEvidence) -> list[float]:
    return [value for value in evidence.model_dump().values() if isinstance(value, float)]


# --- how runs scatter -------------------------------------------------------------------------------------------------


def test_a_t_interval_is_the_one_of_the_textbook() -> None:
    differences = [one - other for one, other in zip(FIRST, SECOND, strict=True)]
    mean, group = spread(differences, Interval.T, 95)
    assert mean == pytest.approx(-1.58, rel=1e-14)
    assert group.std == pytest.approx(1.229995, abs=1e-6)
    assert (group.low, group.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert (group.n, group.interval) == (10, "95% t interval")


@pytest.mark.parametrize("confidence", [50, 90, 99.9])
def test_a_t_interval_is_as_wide_as_its_confidence(confidence: float) -> None:
    _, group = spread(FIRST, Interval.T, confidence)
    wanted = stats.t.interval(confidence / 100, len(FIRST) - 1, loc=np.mean(FIRST), scale=stats.sem(FIRST))
    assert (group.low, group.high) == pytest.approx(wanted, rel=1e-12)
    assert group.interval == f"{confidence}% t interval"


@pytest.mark.parametrize(
    "values", [FIRST, SECOND, FIRST[:FEWEST], (1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.7, 1e9 + 2, 1e9 + 0.9)]
)
def test_a_bootstrap_interval_is_that_of_scipy_with_ties_kept(values: tuple[float, ...]) -> None:
    centre = float(np.mean(values))
    scale = max(abs(value - centre) for value in values)
    wanted = stats.bootstrap(
        (sorted(values),),
        lambda sample, axis: np.round((np.mean(sample, axis=axis) - centre) / scale, 6),
        n_resamples=9999,
        confidence_level=0.9,
        rng=np.random.default_rng(0),
    ).confidence_interval
    _, group = spread(values, Interval.BOOTSTRAP, 90)
    found = [(end - centre) / scale for end in (group.low or 0, group.high or 0)]
    assert found == pytest.approx([wanted.low, wanted.high], abs=2e-6)
    assert (group.low, group.high) == pytest.approx(
        stats.t.interval(0.9, len(values) - 1, np.mean(values), stats.sem(values)), abs=2 * float(np.std(values))
    )
    assert group.interval == "90% BCa bootstrap interval"


def test_no_interval_is_made_unless_it_is_asked_for() -> None:
    mean, group = spread(FIRST, None, 95)
    assert mean == pytest.approx(0.75)
    assert group.std == pytest.approx(np.std(FIRST, ddof=1), rel=1e-14)
    assert (group.low, group.high, group.interval) == (None, None, None)


@pytest.mark.parametrize("interval", Interval)
def test_one_run_has_neither_a_deviation_nor_an_interval(interval: Interval) -> None:
    mean, group = spread([0.25], interval, 95)
    assert (mean, group.n) == (0.25, 1)
    assert (group.std, group.low, group.high, group.interval) == (None, None, None, None)


@pytest.mark.parametrize("interval", Interval)
def test_equal_runs_have_a_deviation_of_zero_and_no_interval(interval: Interval) -> None:
    mean, group = spread([0.1, 0.1, 0.1], interval, 95)
    assert (mean, group.n, group.std) == (0.1, 3, 0)
    assert (group.low, group.high, group.interval) == (None, None, None)


def test_two_runs_have_a_t_interval() -> None:
    _, student = spread([1.0, 2.0], Interval.T, 95)
    assert (student.low, student.high) == pytest.approx((1.5 - 12.7062047 / 2, 1.5 + 12.7062047 / 2), abs=1e-6)


@pytest.mark.parametrize("many", [2, 3, 4])
def test_of_few_runs_there_is_no_bootstrap_and_why_is_told(many: int) -> None:
    values = FIRST[:many]
    _, group = spread(values, Interval.BOOTSTRAP, 90)
    assert (group.low, group.high) == (None, None)
    assert group.interval == "no 90% BCa bootstrap interval of fewer than 5 runs"
    _, enough = spread(FIRST[:5], Interval.BOOTSTRAP, 90)
    assert enough.low is not None
    assert enough.high is not None
    assert min(FIRST[:5]) < enough.low < enough.high < max(FIRST[:5])


def test_runs_that_differ_in_the_last_bit_have_a_bootstrap_interval_too() -> None:
    values = [1.0, 1.0, 1.0, 1 + 2**-52, 1 + 2**-51]
    _, group = spread(values, Interval.BOOTSTRAP, 95)
    assert group.low is not None
    assert group.high is not None
    assert values[0] <= group.low < group.high <= values[-1]


def test_what_scipy_warns_about_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def degenerate(*_: object, **__: object) -> None:
        warnings.warn("degenerate", stats.DegenerateDataWarning, stacklevel=1)

    monkeypatch.setattr(stats, "bootstrap", degenerate)
    _, group = spread(FIRST, Interval.BOOTSTRAP, 95)
    assert (group.n, group.low, group.high, group.interval) == (10, None, None, None)


def test_what_no_float_holds_is_left_out() -> None:
    mean, group = spread([LARGEST, -LARGEST], Interval.T, 95)
    assert (mean, group.n, group.std, group.interval) == (0, 2, None, None)


@settings(max_examples=60, deadline=None)
@given(VALUES, INTERVALS, st.floats(0.001, 99.999), st.randoms(use_true_random=False))
def test_the_order_of_runs_changes_no_digit(
    values: list[float], interval: Interval | None, confidence: float, random: Random
) -> None:
    shuffled = random.sample(values, len(values))
    assert spread(shuffled, interval, confidence) == spread(values, interval, confidence)


@settings(max_examples=60, deadline=None)
@given(st.lists(EIGHTHS, min_size=1, max_size=8), INTERVALS, EIGHTHS)
@example([0.0, 0.125, 0.25], Interval.BOOTSTRAP, 1000.0)
def test_a_shift_of_all_runs_shifts_mean_and_interval_alone(
    values: list[float], interval: Interval | None, shift: float
) -> None:
    mean, group = spread(values, interval, 95)
    shifted_mean, shifted = spread([value + shift for value in values], interval, 95)
    assert shifted_mean == pytest.approx(mean + shift, rel=1e-12, abs=1e-9)
    assert (shifted.n, shifted.std, shifted.interval) == (group.n, group.std, group.interval)
    for before, after in ((group.low, shifted.low), (group.high, shifted.high)):
        assert after == (None if before is None else pytest.approx(before + shift, rel=1e-9, abs=1e-9))


@settings(max_examples=60, deadline=None)
@given(VALUES, INTERVALS, st.floats(0.001, 99.999))
def test_runs_are_counted_and_no_number_is_other_than_finite(
    values: list[float], interval: Interval | None, confidence: float
) -> None:
    mean, group = spread(values, interval, confidence)
    assert group.n == len(values)
    assert mean == float(sum(map(Fraction, values)) / len(values))
    assert all(map(math.isfinite, [mean, *numbers(group)]))
    bootstrapped = interval is Interval.BOOTSTRAP
    few = bool(bootstrapped and group.std and len(values) < FEWEST)
    assert (group.low is None) == (group.high is None) == (group.interval is None or few)
    if group.low is not None and group.high is not None:
        assert group.low <= group.high


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=FEWEST, max_size=12, unique=True), st.sampled_from(Interval))
def test_a_bootstrap_stays_among_the_runs_and_a_t_interval_has_the_mean_in_its_middle(
    values: list[float], interval: Interval
) -> None:
    mean, group = spread(values, interval, 95)
    assert group.low is not None
    assert group.high is not None
    if interval is Interval.BOOTSTRAP:
        assert min(values) <= group.low <= group.high <= max(values)
    else:
        assert (group.low + group.high) / 2 == pytest.approx(mean, rel=1e-9, abs=1e-9 * max(map(abs, values)))


# --- whether two groups differ ----------------------------------------------------------------------------------------


def test_runs_with_the_same_keys_are_tested_in_pairs() -> None:
    difference, test = significance(keyed(FIRST), dict(reversed(keyed(SECOND).items())))
    assert difference == pytest.approx(-1.58, rel=1e-14)
    assert test.p == pytest.approx(0.00283289, abs=1e-8)
    assert test.p == pytest.approx(stats.ttest_rel(FIRST, SECOND).pvalue, rel=1e-12)
    assert (test.name, test.n, test.paired) == ("paired t-test", 10, True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (FIRST, SECOND),
        (keyed(FIRST), SECOND),
        (keyed(FIRST), {f"other {key}": value for key, value in keyed(SECOND).items()}),
    ],
)
def test_runs_that_cannot_be_paired_are_tested_by_welch(
    left: dict[str, float] | tuple[float, ...], right: dict[str, float] | tuple[float, ...]
) -> None:
    difference, test = significance(left, right)
    assert difference == pytest.approx(-1.58, rel=1e-14)
    assert test.p == pytest.approx(0.07939414, abs=1e-8)
    assert (test.name, test.n, test.paired) == ("Welch's t-test", 20, False)


def test_one_key_more_on_one_side_is_no_pairing() -> None:
    difference, test = significance({1: 1.0, 2: 2.0, 3: 4.0}, {1: 1.5, 2: 2.0})
    assert difference == pytest.approx(7 / 3 - 1.75)
    assert test.p == pytest.approx(stats.ttest_ind([1, 2, 4], [1.5, 2], equal_var=False).pvalue, rel=1e-12)
    assert (test.name, test.n, test.paired) == ("Welch's t-test", 5, False)


def test_groups_of_one_run_have_a_difference_and_no_p_value() -> None:
    for left, right in (([2.0], [0.5]), ({"0": 2.0}, {"0": 0.5}), ([2.0], [0.0, 1.0])):
        difference, test = significance(left, right)
        assert difference == 1.5
        assert (test.name, test.p, test.paired) == ("Welch's t-test", None, False)
        assert test.n == len(left) + len(right)


def test_an_empty_group_has_no_difference() -> None:
    assert significance([], [1.0, 2.0])[0] is None
    difference, test = significance({}, {})
    assert (difference, test.n, test.p, test.paired) == (None, 0, None, False)


def test_groups_without_scatter_have_no_p_value() -> None:
    difference, test = significance([1.0, 1.0], [2.0, 2.0])
    assert (difference, test.p, test.n) == (-1, None, 4)
    difference, test = significance([1.0, 1.0], [1.0, 1.0])
    assert (difference, test.p) == (0, None)
    difference, test = significance({"a": 0.5, "b": 7.0}, {"a": 1.5, "b": 8.0})
    assert (difference, test.p, test.n, test.paired) == (-1, None, 2, True)


def test_one_group_without_scatter_is_enough_for_having_no_p_value() -> None:
    difference, test = significance([1.0, 1.0, 1.0], [1.5, 2.0, 2.5])
    assert (difference, test.p, test.n) == (-1, None, 6)
    assert significance([1.0, 1.0, 1.0625], [1.5, 2.0, 2.5])[1].p == pytest.approx(
        stats.ttest_ind([1, 1, 1.0625], [1.5, 2, 2.5], equal_var=False).pvalue, rel=1e-12
    )


def test_a_common_offset_or_unit_does_not_change_the_p_value() -> None:
    one, other = [1.0, 2.0, 4.0], [3.0, 5.0, 6.0]
    welch = stats.ttest_ind(one, other, equal_var=False).pvalue
    paired = stats.ttest_rel(one, other).pvalue
    for scale, offset in ((1, 2**40), (2**900, 0), (2**-900, 0)):
        left, right = ([value * scale + offset for value in values] for values in (one, other))
        assert significance(left, right)[1].p == pytest.approx(welch, rel=1e-12)
        assert significance(dict(enumerate(left)), dict(enumerate(right)))[1].p == pytest.approx(paired, rel=1e-12)


def test_a_difference_that_no_float_holds_is_left_out() -> None:
    assert significance([LARGEST, LARGEST], [-LARGEST, -LARGEST])[0] is None


@settings(deadline=None)
@given(VALUES, VALUES, st.booleans(), st.randoms(use_true_random=False))
def test_a_test_gives_finite_numbers_the_right_count_and_the_same_digits_in_any_order(
    left: list[float], right: list[float], paired: bool, random: Random
) -> None:
    if paired:
        pairs = list(enumerate(zip(left, right, strict=False)))
        one, other = ({key: pair[side] for key, pair in pairs} for side in (0, 1))
        again = significance(dict(random.sample(list(one.items()), len(one))), other)
        difference, test = significance(one, other)
        assert test.n == (len(pairs) if len(pairs) > 1 else 2)
    else:
        again = significance(random.sample(left, len(left)), random.sample(right, len(right)))
        difference, test = significance(left, right)
        assert test.n == len(left) + len(right)
    assert again == (difference, test)
    assert math.isfinite(difference or 0)
    assert test.p is None or 0 <= test.p <= 1


@settings(deadline=None)
@given(*[st.lists(st.integers(-50, 50), min_size=2, max_size=8)] * 2)
def test_swapping_the_groups_turns_the_sign_and_nothing_else(left: list[int], right: list[int]) -> None:
    difference, test = significance(left, right)
    turned, again = significance(right, left)
    assert difference is not None
    assert turned == -difference
    assert again.p == (None if test.p is None else pytest.approx(test.p, rel=1e-9, abs=1e-300))
