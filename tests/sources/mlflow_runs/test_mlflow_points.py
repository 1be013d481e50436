"""The values of an MLflow run: which of them count, and the sum that every store gives."""

from __future__ import annotations

import math
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.sources.mlflow_runs.points import Point, Points

VALUES = st.sampled_from([-1.0, 0.0, 0.5, 3.0, math.inf, -math.inf, math.nan])
POINTS = st.lists(st.builds(Point, st.sampled_from("ab"), st.integers(-2, 2), st.integers(0, 2), VALUES), max_size=12)


def placed(*points: Point) -> dict[str, list[tuple[int, float]]]:
    columns = Points.of("r", points).placed().columns
    return {name: list(zip(column.steps, column.values, strict=True)) for name, column in columns.items()}


def test_of_several_values_at_a_step_the_latest_counts_and_the_others_are_told_of() -> None:
    points = Points.of("r", [Point("loss", 1, 20, 0.5), Point("loss", 1, 10, 0.9), Point("loss", 0, 5, 1.0)])
    found = points.placed()
    assert found.columns["loss"].values.to_list() == [1.0, 0.5]
    assert found.columns["loss"].times.to_list() == [0.005, 0.02]
    assert (len(points), found.kept, found.last_step) == (3, 2, 1)
    assert [problem.message for problem in found.problems] == ["values that a later one at the same step replaces: 1"]


def test_equal_values_at_a_step_are_no_problem() -> None:
    points = [Point("a", 1, 20, 0.5), Point("a", 1, 10, 0.5), Point("b", 1, 10, math.nan), Point("b", 1, 11, math.nan)]
    found = Points.of("r", points).placed()
    assert (found.kept, found.problems) == (2, ())


def test_of_values_in_one_millisecond_the_greatest_counts_with_nan_as_0() -> None:
    assert placed(Point("a", 1, 5, 4.0), Point("a", 1, 5, math.nan), Point("a", 1, 5, 3.0)) == {"a": [(1, 4.0)]}
    assert repr(placed(Point("a", 1, 5, math.nan), Point("a", 1, 5, -3.0))) == "{'a': [(1, nan)]}"


def test_a_metric_called_like_the_axis_is_left_out() -> None:
    found = Points.of("r", [Point("_step", 1, 5, 4.0), Point("loss", 1, 5, 4.0)]).placed()
    assert list(found.columns) == ["loss"]
    assert [problem.message for problem in found.problems] == ["'_step' is no metric's name; the metric is left out"]


def test_the_text_is_what_the_documentation_says() -> None:
    points = Points.of("r", [Point("b", 1, 5, math.inf), Point('a"', -1, 6, 0.1)])
    text = b'run r\n"a\\""\t-1\t6\t0.1\n"b"\t1\t5\tinf\n'
    assert (points.bytes, points.sha256) == (len(text), sha256(text).hexdigest())


@given(POINTS, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_neither_order_nor_repetition_changes_the_sum_or_the_columns(points: list[Point], chance: object) -> None:
    mixed = points * 2
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = Points.of("r", points), Points.of("r", mixed)
    assert (one.bytes, one.sha256) == (other.bytes, other.sha256)
    assert repr(placed(*points)) == repr(placed(*mixed))


@given(POINTS, st.integers(0, 12))
@settings(max_examples=40)
def test_a_run_that_grew_knows_the_sum_that_it_had(points: list[Point], count: int) -> None:
    whole = Points.of("r", points)
    before = Points.of("r", list(whole)[:count])
    assert whole.sum_of(before.bytes) == before.sha256
    assert whole.sum_of(before.bytes + 1) is None
    assert whole.sum_of(whole.bytes + 100) is None
