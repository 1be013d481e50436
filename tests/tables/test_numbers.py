from __future__ import annotations

import re
from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal.model.evidence import Estimate, GroupEvidence, SignificanceEvidence
from journal.model.expression import Call, Statistic
from journal.model.table import Measure
from journal.stats.evaluation import combine
from journal.stats.expression import parse
from journal.tables.numbers import compared, counted, shown, significance, significant, spread

FINITE = st.floats(allow_nan=False, allow_infinity=False)
DIGITS = st.integers(1, 17)


def last_place(text: str) -> Decimal:
    """The value of one unit in the last digit shown."""
    return Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))


@given(FINITE, DIGITS)
def test_a_printed_number_is_within_half_a_unit_of_its_last_digit(value: float, digits: int) -> None:
    text = significant(value, digits)
    assert abs(Decimal(text) - Decimal(value)) <= last_place(text) / 2


@given(FINITE.filter(bool), DIGITS)
def test_a_printed_number_has_as_many_significant_digits_as_asked_for_or_its_whole_part(
    value: float, digits: int
) -> None:
    text = significant(value, digits)
    shown_digits = len(re.sub(r"e.*|[.-]", "", text).lstrip("0"))
    whole = len(str(abs(round(Decimal(text))))) if "e" not in text else 1
    assert shown_digits == max(digits, whole if abs(Decimal(text)) >= 1 else 1)


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.floats(-0.49, 0.49), DIGITS)
def test_no_digit_before_the_point_is_rounded_away(whole: int, fraction: float, digits: int) -> None:
    value = whole + fraction
    assert abs(Decimal(significant(value, digits)) - Decimal(value)) <= Decimal("0.5")


@given(FINITE, DIGITS)
def test_the_sign_goes_to_the_number_and_never_to_zero(value: float, digits: int) -> None:
    text = significant(value, digits)
    assert text.startswith("-") == (value < 0)
    assert Decimal(text) != 0 or value == 0


@given(FINITE)
def test_seventeen_digits_read_back_as_the_same_double(value: float) -> None:
    assert float(significant(value, 17)) == value


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (9.996, 3, "10.0"),
        (9.994, 3, "9.99"),
        (99.96, 3, "100"),
        (0.09996, 3, "0.100"),
        (0.77449, 3, "0.774"),
        (2797.5, 3, "2798"),
        (2796.5, 3, "2796"),
        (0.5, 1, "0.5"),
        (9.5, 1, "10"),
        (-1.005, 3, "-1.00"),
        (123456789.4, 3, "123456789"),
        (999999999.6, 3, "1000000000"),
        (950000000.5, 1, "950000000"),
        (1e9, 3, "1.00e+09"),
        (0.0001, 3, "0.000100"),
        (0.00009999, 3, "0.000100"),
        (0.00001234, 3, "1.23e-05"),
        (5e-324, 2, "4.9e-324"),
        (1.7976931348623157e308, 3, "1.80e+308"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (inf, 3, "∞"),
        (-inf, 3, "-∞"),
        (nan, 3, "NaN"),
    ],
)
def test_known_numbers_print_as_a_reader_expects(value: float, digits: int, text: str) -> None:
    assert significant(value, digits) == text


@pytest.mark.parametrize(
    ("value", "measure", "text"),
    [
        (119.0, None, "119"),
        (1634304.0, None, "1634304"),
        (-7.0, None, "-7"),
        (-0.0, None, "0"),
        (2.140625, None, "2.14"),
        (1e15, None, "1.00e+15"),
        (1.278, Measure.RATIO, "1.28×"),
        (2.0, Measure.RATIO, "2.00×"),
        (-0.216, Measure.DELTA, "-0.216"),
        (0.216, Measure.DELTA, "+0.216"),
        (0.0, Measure.DELTA, "+0"),
        (28.04, Measure.PERCENT, "+28.0%"),
        (-3.0, Measure.PERCENT, "-3.00%"),
        (1.9, Measure.TREND, "1.90× decrease"),
        (0.5, Measure.TREND, "2.00× increase"),
        (1.0, Measure.TREND, "unchanged"),
        (0.0, Measure.TREND, "0×"),
        (-2.0, Measure.TREND, "-2.00×"),
    ],
)
def test_a_cell_shows_its_measure(value: float, measure: Measure | None, text: str) -> None:
    assert shown(value, 3, measure) == text


@given(st.integers(-(10**15) + 1, 10**15 - 1), DIGITS)
def test_a_whole_number_shows_every_digit_and_no_decimals(value: int, digits: int) -> None:
    assert shown(float(value), digits, None) == str(value)


OF, TO = (Call(statistic=Statistic(name="last"), metric=metric) for metric in ("of", "to"))
COMPARED = [Measure.RATIO, Measure.DELTA, Measure.PERCENT, Measure.TREND]


def compare(of: float, to: float, measure: Measure) -> float | None:
    """What a comparison's expression comes to."""
    sides = {OF: of, TO: to}
    expression = compared(OF, TO, measure)
    assert parse(str(expression)) == expression
    return combine(expression, lambda call: Estimate(value=sides[call], n=1, nonfinite=0)).value


def test_a_comparison_is_ratio_difference_or_change_in_percent() -> None:
    assert compare(3.0, 4.0, Measure.RATIO) == 0.75
    assert compare(3.0, 4.0, Measure.TREND) == 0.75
    assert compare(3.0, 4.0, Measure.DELTA) == -1.0
    assert compare(3.0, 4.0, Measure.TEST) == -1.0
    assert compare(3.0, 4.0, Measure.PERCENT) == -25.0
    assert compare(-2.0, -4.0, Measure.PERCENT) == 50.0  # less negative is more


def test_a_comparison_is_arithmetic_that_anybody_can_evaluate() -> None:
    assert str(compared(OF, TO, Measure.RATIO)) == "last(of) / last(to)"
    assert str(compared(OF, TO, Measure.PERCENT)) == "(last(of) - last(to)) / abs(last(to)) * 100"
    both = compared(OF, TO, Measure.DELTA)
    assert str(compared(both, both, Measure.DELTA)) == "last(of) - last(to) - (last(of) - last(to))"


@pytest.mark.parametrize("measure", [Measure.RATIO, Measure.TREND, Measure.PERCENT])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_dividing_by_zero_is_no_number(measure: Measure, zero: float) -> None:
    assert compare(1.0, zero, measure) is None
    assert compare(0.0, zero, measure) is None


def test_a_difference_to_zero_is_a_number() -> None:
    assert compare(1.5, 0.0, Measure.DELTA) == 1.5


@pytest.mark.parametrize(("of", "to", "measure"), [(1e300, 1e-300, Measure.RATIO), (-1e308, 1e308, Measure.DELTA)])
def test_a_comparison_that_no_double_can_hold_is_no_number(of: float, to: float, measure: Measure) -> None:
    assert compare(of, to, measure) is None


@given(FINITE, FINITE, st.sampled_from(COMPARED))
@example(-1.166509231593856e-306, -210.0, Measure.TREND)
def test_a_comparison_never_fails_and_never_gives_an_infinity(of: float, to: float, measure: Measure) -> None:
    value = compare(of, to, measure)
    assert value is None or shown(value, 3, measure).lstrip("+-u")[0] in "0123456789n"


@given(st.floats(min_value=1e-300, max_value=1e300), DIGITS)
def test_a_trend_says_the_same_of_a_factor_and_of_its_inverse(factor: float, digits: int) -> None:
    there, back = shown(factor, digits, Measure.TREND), shown(1 / factor, digits, Measure.TREND)
    assert ("crease" in there) == (factor != 1)
    assert not there.endswith("decrease") or back.endswith(("increase", "unchanged"))


@given(st.integers(0, 10**6), st.integers(1, 10**6), DIGITS)
def test_a_count_and_a_share_never_stand_without_their_denominator(count: int, more: int, digits: int) -> None:
    n = count + more
    text = significant(count / n * 100, digits)
    percent = f"{text}%" if float(text) < 100 else counted(count / n, n, digits, share=True).partition(" ")[0]
    assert counted(count / n, n, digits, share=True) == f"{percent} of {n}"
    assert counted(float(count), n, digits, share=False) == (f"{count} of {n} ({percent})" if count else f"0 of {n}")


@given(st.integers(0, 10**9), st.integers(1, 10**9), DIGITS)
def test_a_share_is_none_or_all_only_if_it_is(count: int, n: int, digits: int) -> None:
    count = min(count, n)
    percentage = counted(count / n, n, digits, share=True).partition("%")[0]
    assert (float(percentage) == 0) == (count == 0)
    assert (float(percentage) == 100) == (count == n)
    assert abs(float(percentage) - count / n * 100) <= 0.5


@pytest.mark.parametrize(
    ("count", "n", "digits", "text"),
    [
        (9999, 10000, 3, "9999 of 10000 (99.99%)"),
        (10000, 10000, 3, "10000 of 10000 (100%)"),
        (1, 100000, 3, "1 of 100000 (0.00100%)"),
        (0, 100000, 3, "0 of 100000"),
        (996, 1000, 1, "996 of 1000 (99.6%)"),
        (999999, 1000000, 2, "999999 of 1000000 (99.9999%)"),
    ],
)
def test_a_share_is_not_rounded_to_all_of_them(count: int, n: int, digits: int, text: str) -> None:
    assert counted(float(count), n, digits, share=False) == text


def test_a_group_shows_mean_scatter_interval_and_how_many_runs_it_has() -> None:
    alone = GroupEvidence(n=1)
    some = GroupEvidence(n=3, std=0.0123)
    bounded = GroupEvidence(n=3, std=0.0123, low=0.7432, high=0.8049, interval="95% t interval")
    assert spread(0.774, alone, 3) == "0.774 (n = 1)"
    assert spread(0.774, some, 3) == "0.774 ± 0.012 (n = 3)"
    assert spread(0.774, bounded, 3) == "0.774 ± 0.012 [0.743, 0.805] (n = 3)"
    assert spread(0.774, some, 1) == "0.8 ± 0.01 (n = 3)"
    assert spread(0.774, GroupEvidence(n=1, missing=1), 3) == "0.774 (n = 1 of 2)"
    assert spread(0.774, some.model_copy(update={"missing": 2}), 3) == "0.774 ± 0.012 (n = 3 of 5)"


def test_a_tested_difference_has_its_sign_and_its_p_value() -> None:
    test = SignificanceEvidence(name="paired t-test", p=0.01234, n=3, paired=True)
    assert significance(-0.1151, test, 3) == "-0.115 (p = 0.012)"
    assert significance(0.1151, test.model_copy(update={"p": None}), 3) == "+0.115 (p unknown)"
