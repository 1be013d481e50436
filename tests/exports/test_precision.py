from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exports.precision import in_full
from journal.model.evidence import CellEvidence, CellState, GroupEvidence, SignificanceEvidence
from journal.tables.numbers import significant

VALUE = 1.2812345


def cell(
    value: float | None, *, group: GroupEvidence | None = None, test: SignificanceEvidence | None = None
) -> CellEvidence:
    return CellEvidence(row="a", column="b", expression="", state=CellState.VALUE, value=value, group=group, test=test)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.28", "1.2812345"),
        ("1.28×", "1.2812345×"),
        ("+1.28%", "+1.2812345%"),
        ("1.3x decrease", "1.2812345x decrease"),
        ("128%", "1.2812345"),
        ("12 of 500", "1.2812345"),
        ("", "1.2812345"),
    ],
)
def test_the_value_takes_the_place_of_its_rounded_self_or_of_everything(text: str, wanted: str) -> None:
    assert in_full(text, cell(VALUE)) == wanted


def test_a_number_that_has_all_its_digits_stays_as_it_is() -> None:
    assert in_full("12 (2.40%)", cell(12.0)) == "12 (2.40%)"
    assert in_full("0.500", cell(0.5)) == "0.500"


def test_negative_numbers_keep_the_sign_that_they_were_shown_with() -> None:
    assert in_full("-1.28", cell(-VALUE)) == "-1.2812345"
    assert in_full("−1.28", cell(-VALUE)) == "−1.2812345"
    assert in_full("-1.28", cell(VALUE)) == "1.2812345"


def test_what_has_no_number_stays_as_it_is() -> None:
    assert in_full("TBD", cell(None)) == "TBD"
    assert in_full("adam-1.28", cell(None)) == "adam-1.28"
    assert in_full("1.28", None) == "1.28"


def test_a_group_shows_its_deviation_and_interval_in_full_and_its_count_alone() -> None:
    group = GroupEvidence(n=3, std=2.9991, low=-0.12345, high=2.71828, interval="95% t interval")
    assert in_full("1.28 ± 3.00 [-0.123, 2.72] (n = 3)", cell(VALUE, group=group)) == (
        "1.2812345 ± 2.9991 [-0.12345, 2.71828] (n = 3)"
    )
    assert in_full("1.28 (n = 3)", cell(VALUE, group=group)) == "1.2812345 (n = 3)"
    assert in_full("1.28 (n=3)", cell(VALUE, group=group)) == "1.2812345 (n=3)"


def test_a_p_value_is_shown_in_full_but_not_in_place_of_a_bound() -> None:
    test = SignificanceEvidence(name="paired t-test", p=0.0123456, n=3, paired=True)
    assert in_full("+1.28 (p = 0.012)", cell(VALUE, test=test)) == "+1.2812345 (p = 0.0123456)"
    small = test.model_copy(update={"p": 0.00061})
    assert in_full("+1.28 (p < 0.001)", cell(VALUE, test=small)) == "+1.2812345 (p < 0.001)"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_whatever_a_table_shows_of_a_number_it_is_found_again(value: float, digits: int) -> None:
    shown = in_full(f"{significant(value, digits)}×", cell(value))
    number = re.fullmatch(r"(\S+)×", shown)
    assert number is not None
    assert float(number[1]) == value
