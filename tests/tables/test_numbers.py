from __future__ import annotations

import re
from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.tables.numbers import compare, shown, significant

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
        (1.278, "ratio", "1.28×"),  # noqa: RUF001
        (2.0, "ratio", "2.00×"),  # noqa: RUF001
        (-0.216, "delta", "-0.216"),
        (0.216, "delta", "+0.216"),
        (0.0, "delta", "+0"),
        (28.04, "percent", "+28.0%"),
        (-3.0, "percent", "-3.00%"),
    ],
)
def test_a_cell_shows_its_measure(value: float, measure: str | None, text: str) -> None:
    assert shown(value, 3, measure) == text


@given(st.integers(-(10**15) + 1, 10**15 - 1), DIGITS)
def test_a_whole_number_shows_every_digit_and_no_decimals(value: int, digits: int) -> None:
    assert shown(float(value), digits, None) == str(value)


def test_a_comparison_is_ratio_difference_or_change_in_percent() -> None:
    assert compare(3.0, 4.0, "ratio") == 0.75
    assert compare(3.0, 4.0, "delta") == -1.0
    assert compare(3.0, 4.0, "percent") == -25.0
    assert compare(-2.0, -4.0, "percent") == 50.0  # less negative is more


@pytest.mark.parametrize("measure", ["ratio", "percent"])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_dividing_by_zero_is_no_number(measure: str, zero: float) -> None:
    assert compare(1.0, zero, measure) is None
    assert compare(0.0, zero, measure) is None


def test_a_difference_to_zero_is_a_number() -> None:
    assert compare(1.5, 0.0, "delta") == 1.5


@pytest.mark.parametrize(("of", "to", "measure"), [(1e300, 1e-300, "ratio"), (-1e308, 1e308, "delta")])
def test_a_comparison_that_no_double_can_hold_is_no_number(of: float, to: float, measure: str) -> None:
    assert compare(of, to, measure) is None


@given(FINITE, FINITE, st.sampled_from(["ratio", "delta", "percent"]))
def test_a_comparison_never_fails_and_never_gives_an_infinity(of: float, to: float, measure: str) -> None:
    value = compare(of, to, measure)
    assert value is None or shown(value, 3, measure).lstrip("+-")[0].isdigit()
