from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.errors import ExpressionError
from journal.model.expression import (
    Call,
    Constant,
    Expectation,
    Expression,
    Function,
    Operation,
    Relation,
    Statistic,
)
from journal.model.window import Edge, Unit, Window
from journal.stats.expression import MAX_DEPTH, MAX_SIGNS, parse, parse_expectation, parse_template
from journal.stats.statistics import NAMES, Takes, named

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LARGEST = 2**63 - 1
TEXT = st.text() | st.text('ab"\\()[]@./- 1é注,<>=', max_size=12) | st.sampled_from(["x", "mean", "", "5", "abs"])
FINITE = st.floats(allow_nan=False, allow_infinity=False)
COUNTED = st.integers(1, 2**53 - 1).map(float)


def statistics(names: st.SearchStrategy[str]) -> st.SearchStrategy[Statistic]:
    return names.flatmap(_statistic)


def _statistic(name: str) -> st.SearchStrategy[Statistic]:
    match named(name):
        case Takes.RELATION:
            return st.builds(Statistic, name=st.just(name), relation=st.sampled_from(Relation), number=FINITE)
        case Takes.STEP | Takes.SPAN:
            return st.builds(Statistic, name=st.just(name), number=COUNTED)
    return st.just(Statistic(name=name))


WINDOWS = st.one_of(
    st.just(Window()),
    st.just(Window(matched=True)),
    st.integers(0, LARGEST).map(lambda step: Window(last=step)),
    st.tuples(st.integers(0, LARGEST), st.integers(0, LARGEST)).map(
        lambda ends: Window(first=min(ends), last=max(ends))
    ),
    st.builds(Window, edge=st.sampled_from(Edge), count=st.integers(1, LARGEST), unit=st.sampled_from(Unit)),
)
PERCENTILES = st.sampled_from(["p0", "p5", "p99.9", "p100", "p0.5"])
OF_METRICS = st.sampled_from([name for name in NAMES if named(name) is not Takes.KEY]) | PERCENTILES
CALLS = st.builds(
    Call,
    statistic=statistics(OF_METRICS),
    metric=TEXT,
    window=st.none() | WINDOWS,
    handle=st.none() | TEXT,
)
KEYS = st.builds(
    Call, statistic=statistics(st.sampled_from(["config", "summary"])), metric=TEXT, handle=st.none() | TEXT
)
OPEN = st.builds(
    Call, statistic=statistics(OF_METRICS), metric=st.none() | TEXT, window=st.none() | WINDOWS, handle=st.none() | TEXT
)
CONSTANTS = st.floats(0, allow_infinity=False).map(lambda value: Constant(value=value))


def trees(calls: st.SearchStrategy[Call]) -> st.SearchStrategy[Expression]:
    return st.recursive(
        calls | CONSTANTS,
        lambda parts: st.one_of(
            st.builds(Function, name=st.sampled_from(["-", "abs"]), of=parts),
            st.builds(Operation, sign=st.sampled_from("+-*/"), left=parts, right=parts),
        ),
        max_leaves=12,
    )


TREES = trees(CALLS | KEYS)


@pytest.mark.untraced
@settings(max_examples=600)
@given(TREES)
def test_what_is_spelt_is_read_back(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@pytest.mark.untraced
@settings(max_examples=300)
@given(trees(OPEN))
def test_what_a_table_leaves_open_is_read_back(expression: Expression) -> None:
    assert parse_template(str(expression)) == expression


@given(TREES, st.sampled_from(Relation), TREES)
def test_an_expectation_is_read_back(left: Expression, relation: Relation, right: Expression) -> None:
    expectation = Expectation(left=left, relation=relation, right=right)
    assert parse_expectation(str(expectation)) == expectation


@pytest.mark.untraced
@settings(max_examples=500)
@given(
    st.text(st.characters(codec=None))
    | st.text('mean(lost)[..1]@"\\ +-*/<=5,x', max_size=40)
    | TREES.map(str).flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[:at] + text[at + 1 :]))
)
def test_any_text_is_an_expression_or_an_error_with_its_column(text: str) -> None:
    readers: list[Callable[[str], Expression | Expectation]] = [parse, parse_template, parse_expectation]
    for read in readers:
        found, column = attempt(read, text)
        assert (found is None) == (column is not None)
        assert column is None or 1 <= column <= len(text) + 1
        assert found is None or read(str(found)) == found


def attempt(read: Callable[[str], T], text: str) -> tuple[T | None, int | None]:
    """What a text spells, or the column of what is wrong with it."""
    try:
        return read(text), None
    except ExpressionError as error:
        return None, error.column


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("last(train/loss)", "last(train/loss)"),
        (" mean ( train/loss ) [ 3500 .. 4000 ] @ ipa ", "mean(train/loss)[3500..4000]@ipa"),
        ("mean(loss)[all]", "mean(loss)[all]"),
        ('mean("loss")[7..]', "mean(loss)[7..]"),
        ("min(損失/0:é%)", 'min("損失/0:é%")'),
        ("max(😀)", 'max("😀")'),
        ('first("val loss (ema)")[..0]', 'first("val loss (ema)")[..0]'),
        (r'median("a\"b\\")@"my run"', r'median("a\"b\\")@"my run"'),
        ('last(system.gpu.0.temp)@"lab/proj/id"', 'last(system.gpu.0.temp)@"lab/proj/id"'),
        ("last(0)", 'last("0")'),
        ("last(x)", 'last("x")'),
        ("last(a)@12e4567", "last(a)@12e4567"),
        ("mean(a)[ first  5 row ]", "mean(a)[first 5 rows]"),
        ("mean(a)[matched]@b", "mean(a)[matched]@b"),
        ("count(train/loss>=5.0)", "count(train/loss >= 5)"),
        ("share(a != -1e-5)[last 7 steps]", "share(a != -1e-05)[last 7 steps]"),
        ("count(a<-0)", "count(a < 0)"),
        ("at(a,7762)", "at(a, 7762)"),
        ("ema(a , 1e2)@b", "ema(a, 100)@b"),
        ("config(optimizer.lr)@a", "config(optimizer.lr)@a"),
        ("summary(x)", 'summary("x")'),
        ("p99.9(a)-p5(a)", "p99.9(a) - p5(a)"),
        ("n(a)/2*3", "n(a) / 2 * 3"),
        ("n(a)/(2*3)", "n(a) / (2 * 3)"),
        ("(n(a)-1)-(2-3)", "n(a) - 1 - (2 - 3)"),
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("-n(a)*2", "-n(a) * 2"),
        ("-(n(a)*2)", "-(n(a) * 2)"),
        ("- -1", "--1"),
        ("abs( n(a) - .5 )", "abs(n(a) - 0.5)"),
        ("((((1e16))))", "1e+16"),
        ("last(a)@ipa - last(a)@iga", "last(a)@ipa - last(a)@iga"),
        ("last(a)@ipa/last(a)@iga", "last(a)@ipa / last(a)@iga"),
    ],
)
def test_there_is_one_way_to_spell_what_can_be_written_in_several(text: str, spelt: str) -> None:
    assert str(parse(text)) == spelt
    assert parse(spelt) == parse(text)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("mean", "mean(x)"),
        ("p95 - median", "p95(x) - median(x)"),
        ("count(x > 50)", "count(x > 50)"),
        ("at(x, 7762)", "at(x, 7762)"),
        ("mean[first 5 rows]@a", "mean(x)[first 5 rows]@a"),
        ('mean(x) / mean("x")', 'mean(x) / mean("x")'),
        ("mean(x) / mean(other)", "mean(x) / mean(other)"),
        ('config("x")', 'config("x")'),
        ("config(x)", 'config("x")'),
    ],
)
def test_in_a_table_x_stands_for_the_metric_and_a_bare_statistic_for_itself_of_it(text: str, spelt: str) -> None:
    assert str(parse_template(text)) == spelt


def test_a_bare_statistic_is_only_one_in_a_table() -> None:
    with pytest.raises(ExpressionError, match=r"column 5: expected '\(', found the end"):
        parse("mean")
    for text in ("count", "at", "ema", "config"):
        with pytest.raises(ExpressionError, match=r"expected '\(', found the end"):
            parse_template(text)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("median(sat)@wide<0.70", "median(sat)@wide < 0.7"),
        ("last(a) >= last(b) / 2", "last(a) >= last(b) / 2"),
        ("0 == count(a > 5)", "0 == count(a > 5)"),
    ],
)
def test_an_expectation_has_one_spelling(text: str, spelt: str) -> None:
    assert str(parse_expectation(text)) == spelt


WRONG = [
    ("", 1, "expected a statistic, found the end", "write a statistic of a metric, as in last(train/loss)"),
    ("  (x)", 4, "no statistic 'x'; known: first", None),
    ("mean loss", 6, "expected '(', found 'l'", "write a statistic of a metric"),
    (" mode(x)", 2, "no statistic 'mode'; known: first", None),
    ("maen(x)", 1, "no statistic 'maen'", "did you mean 'mean'?"),
    ("p101(x)", 1, "no statistic 'p101'", "percentiles are p0 to p100"),
    ("p٣.٣(x)", 1, "no statistic 'p'", None),
    ("mean(", 6, "expected a metric, found the end", None),
    ("mean()", 6, "expected a metric, found ')'", None),
    ("mean(val loss)", 10, "expected ')', found 'l'", 'in quotes, as in last("val loss (ema)")'),
    ("mean(acc@5)", 9, "expected ')', found '@'", "in quotes"),
    ('mean("loss)', 6, "a quotation mark is missing", "in quotes, "),
    ('mean("a\\n")', 6, "a quotation mark is missing", "in quotes, "),
    ("mean(x)[1..2", 13, "expected ']', found the end", None),
    ("mean(x)[5]", 9, "window '5' is not one of `a..b`", None),
    ("mean(x)[]", 9, "window '' is not one of", None),
    ("mean(x)[ 7..3]", 10, "window 7..3 ends before it begins", "a window is `a..b`"),
    ("mean(x)[last 0 rows]", 9, "window 'last 0 rows': Input should be greater", "a window is `a..b`"),
    (f"mean(x)[..{2**63}]", 9, f"window '..{2**63}': Input should be less than", "a window is"),
    (f"mean(x)[..{'9' * 5000}]", 9, "window '..99", "a window is"),
    ("config(lr)[1..2]", 11, "what the tracker stored has no window", None),
    ("mean(x)@", 9, "expected a run's handle, found the end", None),
    ("mean(x)@a@b", 10, "expected the end, found '@'", "an expression is statistic(metric)[window]@run"),
    ("mean(x)@a[1..2]", 10, "expected the end, found '['", "an expression is"),
    ("mean(x) mean(y)", 9, "expected the end, found 'm'", "an expression is"),
    ("last(a)@b-last(a)@c", 15, "no bracket belongs behind a handle: @b-last", "needs a blank before it"),
    ("2 mean(y)", 3, "expected the end, found 'm'", "an expression is"),
    ("mean(x\udcff)", 7, "expected UTF-8", None),
    ("mean(x) +", 10, "expected a statistic, found the end", "write a statistic"),
    ("mean(x) / * 2", 11, "expected a statistic, found '*'", "write a statistic"),
    ("(mean(x)", 9, "expected ')', found the end", None),
    ("mean(x))", 8, "expected the end, found ')'", "an expression is"),
    ("abs mean(x)", 5, "expected '(', found 'm'", "as in abs(last(loss))"),
    ("abs(mean(x)", 12, "expected ')', found the end", None),
    ("1e999", 1, "this number is too large", None),
    ("count(x)", 8, "expected a comparison, found ')'", "as in count(loss >= 5)"),
    ("share(x >= y)", 12, "expected a number, found 'y'", None),
    ("count(x > 5", 12, "expected ')', found the end", None),
    ("at(x)", 5, "expected ',', found ')'", "behind the metric of at stands a step, as in at(loss, 100)"),
    ("at(x, -1)", 7, "expected a step: a whole number from 0 on", None),
    ("at(x, 1.5)", 7, "expected a step: a whole number from 0 on", None),
    (f"at(x, {2**53})", 7, "expected a step: a whole number", None),
    ("ema(x)", 6, "expected ',', found ')'", "behind the metric of ema stands a number of rows"),
    ("ema(x, 0)", 8, "expected a number of rows: a whole number from 1 on", None),
    ("mean(x, 5)", 7, "expected ')', found ','", "in quotes"),
]


@pytest.mark.parametrize(("text", "column", "message", "hint"), WRONG, ids=[text[:20] for text, *_ in WRONG])
def test_what_is_no_expression_is_pointed_at(text: str, column: int, message: str, hint: str | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.message.startswith(message)
    assert str(caught.value).startswith(f"column {column}: ")
    assert (hint or "") in (caught.value.hint or "")
    assert hint is not None or caught.value.hint is None


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("last(a)", 8, "expected a comparison, found the end"),
        ("last(a) = 5", 9, "expected a comparison, found '='"),
        ("last(a) <", 10, "expected a statistic, found the end"),
        ("last(a) < 5 < 6", 13, "expected the end, found '<'"),
        ("last(a) + < 6", 11, "expected a statistic, found '<'"),
    ],
)
def test_what_is_no_expectation_is_pointed_at(text: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expectation(text)
    assert (caught.value.column, caught.value.message) == (column, message)


@pytest.mark.parametrize("sign", ["(", "-", "abs("])
def test_nesting_has_an_end(sign: str) -> None:
    deep = sign * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1) * ("(" in sign)
    assert parse(str(parse(deep))) == parse(deep)
    with pytest.raises(ExpressionError) as caught:
        parse(sign * 100_000)
    assert caught.value.message == f"more than {MAX_DEPTH} brackets or signs within each other"
    assert caught.value.column == MAX_DEPTH * len(sign) + 1


def test_arithmetic_has_an_end() -> None:
    long = parse("n(a)" + " + n(a)" * MAX_SIGNS)
    assert parse(str(long)) == long
    assert hash(long) == hash(parse(str(long)))
    with pytest.raises(ExpressionError, match=f"more than {MAX_SIGNS} signs of arithmetic"):
        parse("1" + "*2" * 100_000)
