from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.site.charts import axes

POSITIVE = st.floats(min_value=5e-324, allow_infinity=False, allow_nan=False)


def labels(axis: axes.Axis) -> list[str]:
    return [tick.label for tick in axis.ticks]


def test_round_numbers_have_as_many_decimals_each() -> None:
    assert labels(axes.linear(0.0, 1.0, 6)) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert labels(axes.linear(0, 5e7, 6)) == ["0", "1e7", "2e7", "3e7", "4e7", "5e7"]
    assert labels(axes.linear(1e-5, 3e-5, 3)) == ["1e-5", "2e-5", "3e-5"]


def test_a_log_axis_has_the_range_of_its_values_and_ticks_inside() -> None:
    assert labels(axes.log(0.003, 2000, 6)) == ["0.01", "0.1", "1", "10", "100", "1000"]
    assert labels(axes.log(0.2, 5.5, 6)) == ["0.2", "0.5", "1", "2", "5"]
    assert labels(axes.log(3.1, 3.4, 4)) == ["3.0", "3.2", "3.4"]
    assert axes.log(3.0, 20.0, 6).place(0.0) is None


def test_steps_are_told_in_one_unit() -> None:
    assert labels(axes.steps(0, 20_000, 4)) == ["0", "5k", "10k", "15k", "20k"]
    assert labels(axes.steps(0, 2, 8)) == ["0", "1", "2"]
    assert labels(axes.steps(7, 7, 8)) == ["7"]


@given(st.tuples(POSITIVE, POSITIVE), st.sampled_from([axes.linear, axes.log]))
def test_ends_lie_inside_and_ticks_ascend(ends: tuple[float, float], make: object) -> None:
    axis = make(min(ends), max(ends), 6)  # type: ignore[operator]
    low, high = axis.place(min(ends)), axis.place(max(ends))
    assert 0 <= low <= high <= 1
    places = [tick.place for tick in axis.ticks]
    assert places == sorted(places)
    assert len({tick.label for tick in axis.ticks}) == len(places)


@pytest.mark.parametrize("value", [1e300, -5e-324, 1.0, 0.0, 1.7e308])
def test_dividing_by_a_power_loses_nothing_to_the_ends_of_floats(value: float) -> None:
    by = axes.power([value])
    assert abs(axes.divided(value, by)) < 1e6
    assert axes.divided(axes.divided(value, by), -by) == pytest.approx(value)
