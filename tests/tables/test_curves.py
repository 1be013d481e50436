import math

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from journal.model.run import Column
from journal.tables.curves import LEAST, brief, curve, curves_in


def column(values: list[float], stride: int = 1) -> Column:
    series = pl.Series(values, dtype=pl.Float64)
    return Column("loss", pl.Series(range(0, stride * len(values), stride), dtype=pl.Int64), series, series)


def rounded(value: float) -> float:
    return float(f"{value:.7g}")


@given(st.lists(st.floats(), min_size=1, max_size=400), st.integers(LEAST, 100), st.integers(1, 10**6))
def test_a_curve_holds_the_first_last_smallest_and_largest_finite_rows(
    values: list[float], points: int, stride: int
) -> None:
    made = curve(brief(column(values, stride))[1], points)
    finite = [(place * stride, value) for place, value in enumerate(values) if math.isfinite(value)]
    assert len(made.steps) == len(made.values) <= points
    assert list(made.steps) == sorted(set(made.steps))
    held = dict(finite)
    assert all(rounded(held[step]) == value for step, value in zip(made.steps, made.values, strict=True))
    if finite:
        assert (made.steps[0], made.steps[-1]) == (finite[0][0], finite[-1][0])
        smallest, largest = min(held.values()), max(held.values())
        assert (min(made.values), max(made.values)) == (rounded(smallest), rounded(largest))
    if len(finite) <= points:
        assert list(made.steps) == list(held)


def test_no_spike_of_a_long_run_is_lost() -> None:
    noise = np.random.default_rng(4).normal(size=50_000)
    spikes = {step: 100.0 + step for step in range(517, 50_000, 1013)}
    for step, height in spikes.items():
        noise[step] = height
    made = curve(brief(column(noise.tolist()))[1], 1000)
    assert {height for height in spikes.values() if height not in made.values} == set()
    assert 900 < len(made.steps) <= 1000


def test_fewer_points_than_the_smallest_curve_has_make_none() -> None:
    _, rows = brief(column([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert curve(rows, LEAST - 1).steps == ()
    assert curve(rows, LEAST).steps == (0, 4)


def test_rows_that_are_not_finite_are_marked_by_their_first_steps() -> None:
    metric, rows = brief(column([math.nan, 1.0, *[math.inf] * 20], 10))
    assert (metric.n, metric.nonfinite, metric.nonfinite_steps) == (1, 21, (0, 20, 30, 40, 50))
    assert (metric.first_step, metric.last_step, metric.last) == (0, 210, 1.0)
    assert rows.steps.tolist() == [10]


def test_curves_share_the_room_and_short_ones_leave_theirs_to_the_others() -> None:
    long, short = (brief(column([float(number % 97) for number in range(rows)]))[1] for rows in (5000, 20))
    alone = curves_in(8000, {"a": long, "b": long})
    beside = curves_in(8000, {"a": long, "b": short})
    assert len(alone["a"].steps) == len(alone["b"].steps) > 200
    assert len(beside["b"].steps) == 20
    assert len(beside["a"].steps) > 1.5 * len(alone["a"].steps)
    assert sum(len(str(each.steps)) + len(str(each.values)) for each in alone.values()) < 1.3 * 8000
    assert curves_in(200, {"a": long, "b": long}) == {}
    assert len(curves_in(10**6, {"a": long})["a"].steps) <= 1000
