"""Metrics of two runs over the same steps."""

from __future__ import annotations

from math import inf, nan

import pytest
from held_runs import opened

from journal.errors import ExpressionError, SourceError
from journal.model.table import DiffSpec
from journal.model.window import Window
from journal.tables.comparison import compare

ONE, OTHER = "1" * 40, "2" * 40


def test_metrics_are_compared_over_the_steps_that_both_have_reached() -> None:
    one = opened("a", {"loss": [(step, float(step)) for step in range(10)], "mine": [(0, 1.0)]})
    other = opened("b", {"loss": [(step, 2.0 * step) for step in range(4, 20)], "yours": [(0, 1.0)]})
    found = compare(one, other, DiffSpec(stats=["mean"]))
    assert found.steps == (Window(first=0, last=9), Window(first=0, last=9))
    (number,) = found.numbers
    assert number.one is not None
    assert number.other is not None
    assert (number.label, number.metric, number.statistic) == ("mean(loss)", "loss", "mean")
    assert (number.one.value, number.one.n, number.other.value, number.other.n) == (4.5, 10, 13.0, 6)
    assert (number.difference, number.ratio) == (8.5, 13 / 4.5)
    metrics = found.difference.metrics
    assert metrics is not None
    assert (metrics.only_one, metrics.only_other, metrics.both) == (("mine",), ("yours",), 1)
    assert found.differs


def test_runs_without_a_step_in_common_have_no_matched_numbers() -> None:
    one, other = opened("a", {"loss": [(0, 1.0), (1, 2.0)]}), opened("b", {"loss": [(5, 1.0)]})
    found = compare(one, other, DiffSpec())
    assert found.steps == (None, None)
    assert [(each.one and each.one.value, each.other and each.other.n) for each in found.numbers] == [(None, 0)] * 2


def test_a_number_without_a_value_has_no_difference() -> None:
    one = opened("a", {"loss": [(0, nan), (1, inf)], "zero": [(0, 0.0)], "only": [(0, 1.0)]})
    other = opened("b", {"loss": [(0, 1.0), (1, 2.0)], "zero": [(0, 1.0)]})
    asked = DiffSpec(stats=["last"], metrics=["loss", "zero", "only"])
    loss, zero, only = compare(one, other, asked).numbers
    assert loss.one is not None
    assert (loss.one.value, loss.one.nonfinite, loss.difference, loss.ratio) == (None, 2, None, None)
    assert (zero.difference, zero.ratio) == (1.0, None)
    assert (only.other, only.difference, only.ratio) == (None, None, None)


def test_arithmetic_and_windows_of_its_own_are_statistics_too() -> None:
    rows = [(step, float(step)) for step in range(10)]
    one, other = opened("a", {"loss": rows}), opened("b", {"loss": [(step, 2 * value) for step, value in rows]})
    asked = DiffSpec(stats=[{"drop": "mean(x)[first 2 rows] - mean(x)[last 2 rows]"}, "at(x, 3)"], window="all")
    drop, at = compare(one, other, asked).numbers
    assert (drop.label, drop.one and drop.one.value, drop.ratio) == ("drop of loss", -8.0, 2.0)
    assert (at.label, at.difference) == ("at(loss, 3)", 3.0)


def test_two_runs_that_are_alike_do_not_differ() -> None:
    one, other = (opened(run_id, {"loss": [(0, 1.0)]}, config={"lr": 1}, commit=ONE) for run_id in "ab")
    assert not compare(one, other, DiffSpec()).differs
    assert compare(one, opened("c", {"loss": [(0, 2.0)]}, config={"lr": 1}, commit=ONE), DiffSpec()).differs
    assert compare(one, opened("c", {"loss": [(0, 1.0)]}, config={"lr": 2}, commit=ONE), DiffSpec()).differs
    assert compare(one, opened("c", {"loss": [(0, 1.0)]}, config={"lr": 1}, commit=OTHER), DiffSpec()).differs
    assert compare(one, opened("c", {}, config={"lr": 1}, commit=ONE), DiffSpec()).differs


def test_a_statistic_may_not_name_a_run_and_a_metric_must_be_of_one_of_them() -> None:
    one, other = opened("a", {"loss": [(0, 1.0)]}), opened("b", {"loss": [(0, 1.0)]})
    with pytest.raises(ExpressionError, match="may not name one: @a"):
        compare(one, other, DiffSpec(stats=["mean(x)@a"]))
    with pytest.raises(ExpressionError, match="no statistic 'nope'"):
        compare(one, other, DiffSpec(stats=["nope"]))
    with pytest.raises(SourceError, match="no metric 'los'"):
        compare(one, other, DiffSpec(metrics=["los"]))
