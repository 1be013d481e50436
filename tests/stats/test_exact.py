from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journal.stats import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = sys.float_info.max
TINY = 5e-324
FINITE = st.floats(allow_nan=False, allow_infinity=False)
EXTREME = st.sampled_from([LARGEST, -LARGEST, TINY, -TINY, 0.0, -0.0, 1.0, 2.0**-200, 2.0**200, -(2.0**-201), 1e16])
NUMBERS = st.lists(FINITE | EXTREME | st.floats(-1e6, 1e6), max_size=40)
STEPS = st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 1000), min_size=40, max_size=40).map(sorted)


def array(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)


def variance(values: Sequence[float]) -> Fraction:
    mean = sum(map(Fraction, values), Fraction()) / len(values)
    return sum(((Fraction(value) - mean) ** 2 for value in values), Fraction()) / (len(values) - 1)


def slope(steps: Sequence[int], values: Sequence[float]) -> Fraction:
    middle, mean = Fraction(sum(steps), len(steps)), sum(map(Fraction, values), Fraction()) / len(values)
    pairs = zip(steps, values, strict=True)
    mixed = sum(((step - middle) * (Fraction(value) - mean) for step, value in pairs), Fraction())
    return mixed / sum(((step - middle) ** 2 for step in steps), Fraction())


@pytest.mark.untraced
@settings(max_examples=500)
@given(NUMBERS)
@example([LARGEST, LARGEST, -LARGEST])
@example([1e16, 1.0, -1e16])
@example([TINY] * 3)
def test_a_sum_and_a_sum_of_squares_are_those_of_fractions(values: list[float]) -> None:
    assert exact.total(array(values)) == sum(map(Fraction, values), Fraction())
    assert exact.squares(array(values)) == sum((Fraction(value) ** 2 for value in values), Fraction())


@pytest.mark.untraced
@settings(max_examples=300)
@given(STEPS, NUMBERS)
def test_a_sum_of_products_with_steps_is_that_of_fractions(steps: list[int], values: list[float]) -> None:
    found = exact.products(np.array(steps[: len(values)], dtype=np.int64), array(values))
    assert found == sum((step * Fraction(value) for step, value in zip(steps, values, strict=False)), Fraction())


@given(NUMBERS.filter(lambda values: len(values) > 1), STEPS)
@example([1e8, 1e8 + 1e-8, 1e8], list(range(40)))
@example([0.1] * 7, list(range(40)))
def test_variance_and_slope_are_those_of_fractions(values: list[float], steps: list[int]) -> None:
    assert exact.variance(array(values)) == variance(values)
    at = steps[: len(values)]
    found = exact.slope(np.array(at, dtype=np.int64), array(values))
    assert found == (slope(at, values) if len(set(at)) > 1 else None)


@pytest.mark.untraced
@pytest.mark.parametrize("n", [8191, 8192, 8193, 20_000])
def test_more_rows_than_a_slice_holds_are_all_counted(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n) * 10.0 ** np.random.default_rng(n).integers(-5, 5, n)
    assert exact.total(values) == sum(map(Fraction, values.tolist()))
    assert exact.squares(values) == sum(Fraction(value) ** 2 for value in values.tolist())
    steps = np.arange(n, dtype=np.int64) * 7
    assert exact.slope(steps, values) == slope(steps.tolist(), values.tolist())


@pytest.mark.untraced
@given(st.fractions(min_value=0), st.integers(-600, 600))
def test_a_root_is_right_to_sixty_bits(number: Fraction, power: int) -> None:
    scaled = number * Fraction(2) ** power
    found = exact.root(scaled)
    assert found**2 <= scaled < (found * (1 + Fraction(1, 2**60))) ** 2 or scaled == found == 0


def test_the_rows_are_left_as_they_were() -> None:
    values, steps = array([1.0, 1e300, -TINY]), np.array([1, 2, 3], dtype=np.int64)
    exact.slope(steps, values)
    exact.variance(values)
    assert (values.tolist(), steps.tolist()) == ([1.0, 1e300, -TINY], [1, 2, 3])
