from __future__ import annotations

import pytest

from journal.site.charts.smoothing import smoothed


def test_it_is_the_debiased_average_of_even_rows() -> None:
    values = [1.0, 5.0, 2.0, 8.0]
    total = weight = 0.0
    for value, mean in zip(values, smoothed(range(4), values, 4, 0.6), strict=True):
        total, weight = total * 0.6 + value, weight * 0.6 + 1
        assert mean == pytest.approx(total / weight)


def test_it_starts_at_the_first_value_and_leaves_a_constant_alone() -> None:
    assert smoothed([7, 9], [3.0, 3.0], 2, 0.99) == [3.0, 3.0]
    assert smoothed([0, 1], [4.0, 0.0], 2, 0.9)[0] == 4.0


def test_a_gap_lets_old_values_fade_by_as_many_steps() -> None:
    even = smoothed([0, 1, 2, 3, 4], [9.0, 0.0, 0.0, 0.0, 0.0], 5, 0.5)
    gap = smoothed([0, 4], [9.0, 0.0], 5, 0.5)
    assert gap[-1] < even[1]


def test_no_weight_and_no_points_change_nothing() -> None:
    assert smoothed([0, 1], [1.0, 2.0], 2, 0.0) == [1.0, 2.0]
    assert smoothed([], [], 0, 0.5) == []
