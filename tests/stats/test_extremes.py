from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.run import Column
from journal.model.table import Pick
from journal.model.window import Edge, Unit, Window
from journal.stats.extremes import extreme_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL = Window()
VALUES = st.floats(width=16) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0])


def column(values: Sequence[float], steps: Sequence[int] | None = None) -> Column:
    """A metric, logged at these steps, or at 0, 1, 2 and so on."""
    series = pl.Series(values, dtype=pl.Float64)
    return Column("loss", pl.Series(steps or range(len(values)), dtype=pl.Int64), series, series)


@pytest.mark.parametrize(
    ("pick", "k", "steps"),
    [
        (Pick.HIGHEST, 1, [3]),
        (Pick.HIGHEST, 3, [3, 0, 4]),
        (Pick.LOWEST, 2, [2, 1]),
        (Pick.HIGHEST, 99, [3, 0, 4, 1, 2]),
        (Pick.NONFINITE, 99, []),
    ],
)
def test_the_most_extreme_comes_first(pick: Pick, k: int, steps: list[int]) -> None:
    assert extreme_steps(column([5.0, 2.0, 1.0, 9.0, 4.0]), ALL, pick, k) == steps


@pytest.mark.parametrize("pick", [Pick.HIGHEST, Pick.LOWEST])
def test_of_equal_values_the_earlier_is_the_more_extreme(pick: Pick) -> None:
    assert extreme_steps(column([1.0] * 6), ALL, pick, 3) == [0, 1, 2]


def test_what_is_not_finite_is_neither_highest_nor_lowest() -> None:
    values = [math.inf, 1.0, math.nan, 2.0, -math.inf]
    assert extreme_steps(column(values), ALL, Pick.HIGHEST, 9) == [3, 1]
    assert extreme_steps(column(values), ALL, Pick.LOWEST, 9) == [1, 3]


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_of_what_is_not_finite_only_the_first_is_picked(odd: float) -> None:
    assert extreme_steps(column([1.0, odd, 2.0, math.nan, odd]), ALL, Pick.NONFINITE, 5) == [1]


def test_rows_before_an_extreme_one_are_the_metrics_own_in_ascending_order_and_each_once() -> None:
    steps = [0, 10, 25, 70, 71, 90]
    spikes = column([1.0, 8.0, math.nan, 9.0, 1.0, 7.0], steps)
    assert extreme_steps(spikes, ALL, Pick.HIGHEST, 1, before=2) == [10, 25, 70]
    assert extreme_steps(spikes, ALL, Pick.HIGHEST, 2, before=1) == [0, 10, 25, 70]
    assert extreme_steps(spikes, ALL, Pick.HIGHEST, 2, before=9) == [0, 10, 25, 70]
    assert extreme_steps(spikes, ALL, Pick.NONFINITE, 1, before=1) == [10, 25]


@pytest.mark.parametrize(
    ("window", "steps"),
    [
        (Window(first=25), [70, 90, 71]),
        (Window(last=24), [10, 0]),
        (Window(first=26, last=70), [70]),
        (Window(first=26, last=69), []),
        (Window(first=500), []),
        (Window(first=10, last=10), [10]),
    ],
)
def test_only_steps_within_the_window_are_picked(window: Window, steps: list[int]) -> None:
    spikes = column([1.0, 8.0, math.nan, 9.0, 1.0, 7.0], [0, 10, 25, 70, 71, 90])
    assert extreme_steps(spikes, window, Pick.HIGHEST, 9) == steps


def rows(edge: Edge, count: int) -> Window:
    return Window(edge=edge, count=count, unit=Unit.ROWS)


def test_so_many_rows_are_the_metrics_own_whether_finite_or_not() -> None:
    spikes = column([1.0, 8.0, math.nan, 9.0, 1.0, 7.0], [0, 10, 25, 70, 71, 90])
    assert extreme_steps(spikes, rows(Edge.FIRST, 3), Pick.HIGHEST, 9) == [10, 0]
    assert extreme_steps(spikes, rows(Edge.LAST, 2), Pick.HIGHEST, 9) == [90, 71]
    assert extreme_steps(spikes, rows(Edge.LAST, 2), Pick.HIGHEST, 1, before=5) == [71, 90]
    assert extreme_steps(spikes, rows(Edge.FIRST, 2), Pick.NONFINITE, 1) == []
    assert extreme_steps(spikes, rows(Edge.LAST, 99), Pick.LOWEST, 1) == [0]


def test_rows_before_an_extreme_one_stay_within_the_window() -> None:
    spikes = column([1.0, 8.0, 2.0, 9.0])
    assert extreme_steps(spikes, Window(first=2), Pick.HIGHEST, 1, before=3) == [2, 3]


@given(st.lists(VALUES), st.sampled_from(Pick), st.integers(1, 9))
def test_what_is_picked_is_what_sorting_would_pick(values: list[float], pick: Pick, k: int) -> None:
    finite = [step for step, value in enumerate(values) if math.isfinite(value)]
    if pick is Pick.NONFINITE:
        wanted = [step for step in range(len(values)) if step not in finite][:1]
    else:
        sign = -1 if pick is Pick.HIGHEST else 1
        wanted = sorted(finite, key=lambda step: (sign * values[step], step))[:k]
    assert extreme_steps(column(values), ALL, pick, k) == wanted


@given(st.lists(VALUES, min_size=1), st.sampled_from(Pick), st.integers(1, 9), st.integers(1, 5), st.data())
def test_with_rows_before_them_steps_ascend_and_hold_every_pick(
    values: list[float], pick: Pick, k: int, before: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(values) - 1))
    window = Window(first=first)
    picked = extreme_steps(column(values), window, pick, k)
    shown = extreme_steps(column(values), window, pick, k, before)
    assert shown == sorted(set(shown))
    wanted = {step for each in picked for step in range(max(first, each - before), each + 1)}
    assert set(shown) == wanted
