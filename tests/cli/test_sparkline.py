from __future__ import annotations

from math import inf, isfinite, nan
from sys import float_info

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.cli.sparkline import BLANK, BLOCKS, sparkline, thinned

LARGEST = float_info.max


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([1, 2, 3, 4, 5, 6, 7, 8], BLOCKS),
        ([8, 1], "█▁"),
        ([3, 3], "▅▅"),
        ([0, nan, 1, inf, -inf], f"▁{BLANK}█{BLANK}{BLANK}"),
        ([nan, inf], BLANK * 2),
        ([nan, 3], f"{BLANK}▅"),
        ([-LARGEST, 0, LARGEST], "▁▅█"),
    ],
)
def test_a_curve_goes_from_the_lowest_to_the_highest_and_leaves_gaps(values: list[float], line: str) -> None:
    assert sparkline(values) == line


@given(st.lists(st.floats(), max_size=50))
def test_a_curve_has_a_sign_for_every_value_and_higher_values_stand_no_lower(values: list[float]) -> None:
    line = sparkline(values)
    assert [sign == BLANK for sign in line] == [not isfinite(value) for value in values]
    finite = sorted((value, BLOCKS.index(sign)) for value, sign in zip(values, line, strict=True) if sign != BLANK)
    assert [height for _, height in finite] == sorted(height for _, height in finite)


def test_a_blank_is_none_to_those_who_strip_blanks() -> None:
    assert BLANK.split() == [BLANK]


@given(st.lists(st.floats(), max_size=200), st.integers(1, 30))
def test_a_thinned_curve_is_no_longer_than_asked_and_stays_among_its_values(values: list[float], width: int) -> None:
    found = thinned(pl.Series(values, dtype=pl.Float64), width)
    assert len(found) == min(len(values), width)
    finite = [value for value in values if isfinite(value)]
    for value in filter(isfinite, found):
        slack = max(map(abs, finite)) * 1e-12
        assert min(finite) - slack <= value <= max(finite) + slack


def test_each_stretch_is_the_mean_of_its_finite_values() -> None:
    found = thinned(pl.Series([1.0, 3.0, nan, 5.0, nan, inf]), 3)
    assert found[:2] == [2.0, 5.0]
    assert not isfinite(found[2])
    assert thinned(pl.Series([LARGEST] * 4), 2) == [LARGEST, LARGEST]
