from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journal.model.expression import (
    Call,
    Constant,
    Expectation,
    Function,
    Operation,
    Relation,
    Statistic,
    calls,
    quoted,
    spelt,
)
from journal.model.window import Window


def call(name: str, metric: str | None = "loss", window: str | None = None, handle: str | None = None) -> Call:
    asked = None if window is None else Window.model_validate(window)
    return Call(statistic=Statistic(name=name), metric=metric, window=asked, handle=handle)


A, B, C = call("mean"), call("last"), Constant(value=2)


@pytest.mark.parametrize(
    ("metric", "window", "handle", "expected"),
    [
        ("train/loss", "3500..4000", "ipa", "mean(train/loss)[3500..4000]@ipa"),
        ("train/loss", None, "ipa", "mean(train/loss)@ipa"),
        ("train/loss", "all", None, "mean(train/loss)[all]"),
        ("a.b-c_1", "7..", "x.y-z", "mean(a.b-c_1)[7..]@x.y-z"),
        ("_step", "last 5 rows", "_", "mean(_step)[last 5 rows]@_"),
        ("val loss (ema)", None, "ipa", 'mean("val loss (ema)")@ipa'),
        ("0/loss", None, "12e4567", 'mean("0/loss")@12e4567'),
        ("注意", None, "lab/proj/id", 'mean("注意")@"lab/proj/id"'),
        ('a"b\\c', None, None, 'mean("a\\"b\\\\c")'),
        ("loss]@x", None, "-a", 'mean("loss]@x")@"-a"'),
        ("", None, "", 'mean("")@""'),
        ("loss\n", None, None, 'mean("loss\n")'),
        ("x", None, "x", 'mean("x")@"x"'),
        (None, None, None, "mean(x)"),
    ],
)
def test_names_are_quoted_where_they_must_be(
    metric: str | None, window: str | None, handle: str | None, expected: str
) -> None:
    assert str(call("mean", metric, window, handle)) == expected


@pytest.mark.parametrize(
    ("statistic", "bare", "of"),
    [
        (Statistic(name="p99.9"), "p99.9", "p99.9(loss)"),
        (Statistic(name="at", number=7762), "at(x, 7762)", "at(loss, 7762)"),
        (Statistic(name="count", relation=Relation.AT_LEAST, number=5), "count(x >= 5)", "count(loss >= 5)"),
        (Statistic(name="share", relation=Relation.LESS, number=-0.5), "share(x < -0.5)", "share(loss < -0.5)"),
    ],
)
def test_a_statistic_is_spelt_alone_and_of_a_metric(statistic: Statistic, bare: str, of: str) -> None:
    assert (str(statistic), statistic.of("loss")) == (bare, of)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Operation(sign="/", left=A, right=B), "mean(loss) / last(loss)"),
        (
            Operation(sign="*", left=Operation(sign="+", left=A, right=B), right=C),
            "(mean(loss) + last(loss)) * 2",
        ),
        (Operation(sign="-", left=A, right=Operation(sign="-", left=B, right=C)), "mean(loss) - (last(loss) - 2)"),
        (Operation(sign="-", left=Operation(sign="-", left=A, right=B), right=C), "mean(loss) - last(loss) - 2"),
        (Function(name="-", of=Operation(sign="*", left=A, right=C)), "-(mean(loss) * 2)"),
        (Operation(sign="*", left=Function(name="-", of=A), right=C), "-mean(loss) * 2"),
        (Function(name="-", of=Function(name="-", of=C)), "--2"),
        (Function(name="abs", of=Operation(sign="-", left=A, right=B)), "abs(mean(loss) - last(loss))"),
    ],
)
def test_brackets_stand_where_they_are_needed(tree: Operation | Function, expected: str) -> None:
    assert str(tree) == expected


def test_an_expectation_is_two_expressions_with_a_comparison_between() -> None:
    assert str(Expectation(left=A, relation=Relation.AT_MOST, right=C)) == "mean(loss) <= 2"


def test_calls_are_told_from_left_to_right_as_often_as_they_stand() -> None:
    tree = Operation(sign="+", left=Function(name="abs", of=B), right=Operation(sign="*", left=A, right=B))
    assert list(calls(tree)) == [B, A, B]
    assert list(calls(C)) == []


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_from_its_spelling(number: float) -> None:
    assert float(spelt(number)) == number


@pytest.mark.parametrize(
    ("number", "expected"),
    [(5.0, "5"), (-3.0, "-3"), (0.1, "0.1"), (1e16, "1e+16"), (1e15, "1000000000000000"), (5e-324, "5e-324")],
)
def test_whole_numbers_are_spelt_without_a_point(number: float, expected: str) -> None:
    assert spelt(number) == expected
    assert math.isclose(float(expected), number)


@given(st.text())
def test_a_quoted_name_holds_the_name(name: str) -> None:
    text = quoted(name)
    inner = text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if text.startswith('"') else text
    assert inner == name or "\\" in name


def test_a_tree_is_a_value() -> None:
    again = call("mean")
    assert (again, hash(again)) == (A, hash(A))
    with pytest.raises(ValidationError, match="frozen"):
        A.metric = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="not permitted"):
        Constant.model_validate({"value": 1, "unit": "s"})
