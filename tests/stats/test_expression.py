from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.errors import ExpressionError
from journal.model.expression import Expression
from journal.model.table import Window
from journal.stats.expression import parse, spell
from journal.stats.statistics import NAMES

NAME = r'([A-Za-z_][A-Za-z0-9_./-]*|"(?:[^"\\]|\\["\\])*")'
FORM = re.compile(rf"([a-z]+)\({NAME}\)(?:\[([0-9.]+)\])?@{NAME}", re.DOTALL)


def unquoted(name: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", name[1:-1]) if name.startswith('"') else name


@pytest.mark.parametrize(
    ("metric", "window", "handle", "expected"),
    [
        ("train/loss", "3500..4000", "ipa", "mean(train/loss)[3500..4000]@ipa"),
        ("train/loss", "all", "ipa", "mean(train/loss)@ipa"),
        ("a.b-c_1", "7..", "x.y-z", "mean(a.b-c_1)[7..]@x.y-z"),
        ("_step", "..7", "_", "mean(_step)[..7]@_"),
        ("val loss (ema)", "all", "ipa", 'mean("val loss (ema)")@ipa'),
        ("0/loss", "all", "12e4567", 'mean("0/loss")@"12e4567"'),
        ("注意", "all", "lab/proj/id", 'mean("注意")@lab/proj/id'),
        ('a"b\\c', "all", "ipa", 'mean("a\\"b\\\\c")@ipa'),
        ("loss]@x", "all", "ipa", 'mean("loss]@x")@ipa'),
        ("", "all", "ipa", 'mean("")@ipa'),
        ("loss\n", "all", "ipa", 'mean("loss\n")@ipa'),
    ],
)
def test_names_are_quoted_where_they_must_be(metric: str, window: str, handle: str, expected: str) -> None:
    assert spell("mean", metric, Window.model_validate(window), handle) == expected


@settings(max_examples=300)
@given(
    st.text() | st.text('ab"\\()[]@./- 1'),
    st.text() | st.text('ab"\\@1'),
    st.sampled_from(["all", "1..2", "1..", "..2"]),
)
def test_a_spelling_says_all_that_went_into_it(metric: str, handle: str, window: str) -> None:
    match = FORM.fullmatch(spell("last", metric, Window.model_validate(window), handle))
    assert match is not None
    statistic, name, span, of = match.groups(default="all")
    assert (statistic, unquoted(name), span, unquoted(of)) == ("last", metric, window, handle)


EXPRESSIONS = st.builds(
    Expression,
    statistic=st.sampled_from(NAMES),
    metric=st.text() | st.text('ab"\\()[]@./- 1é注'),
    window=st.builds(
        lambda first, length: Window(first=first, last=None if length is None else (first or 0) + length),
        st.none() | st.integers(0, 2**62 - 1),
        st.none() | st.integers(0, 2**62 - 1),
    ),
    handle=st.none() | st.text() | st.text('ab"\\@1'),
)


@settings(max_examples=400)
@given(EXPRESSIONS)
def test_what_is_spelt_is_read_back(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@settings(max_examples=400)
@given(st.text(st.characters(codec=None)) | st.text('mean(lost)[..1]@"\\ ', max_size=30))
def test_any_text_is_an_expression_or_an_error_with_its_column(text: str) -> None:
    try:
        found = parse(text)
    except ExpressionError as error:
        found, column = None, error.column
        assert column is not None
        assert 1 <= column <= len(text) + 1
    if found is not None:
        assert parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("last(train/loss)", "last(train/loss)"),
        (" mean ( train/loss ) [ 3500 .. 4000 ] @ ipa ", "mean(train/loss)[3500..4000]@ipa"),
        ("mean(loss)[all]", "mean(loss)"),
        ('mean("loss")[7..]', "mean(loss)[7..]"),
        ("min(損失/0:é%)", 'min("損失/0:é%")'),
        ("max(😀)", 'max("😀")'),
        ('first("val loss (ema)")[..0]', 'first("val loss (ema)")[..0]'),
        (r'median("a\"b\\")@"my run"', r'median("a\"b\\")@"my run"'),
        ("last(system.gpu.0.temp)@lab/proj/id", "last(system.gpu.0.temp)@lab/proj/id"),
        ("last(0)", 'last("0")'),
    ],
)
def test_there_is_one_way_to_spell_what_can_be_written_in_several(text: str, spelt: str) -> None:
    assert str(parse(text)) == spelt


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "expected a statistic"),
        ("  (x)", 3, "expected a statistic"),
        ("mean", 5, "expected '(', found the end"),
        ("mean loss", 6, "expected '(', found 'l'"),
        (" mode(x)", 2, "no statistic 'mode'; known: first"),
        ("mean(", 6, "expected a metric, found the end"),
        ("mean()", 6, "expected a metric, found ')'"),
        ("mean(val loss)", 10, "expected ')', found 'l'"),
        ("mean(acc@5)", 9, "expected ')', found '@'"),
        ('mean("loss)', 6, "a quotation mark is missing"),
        ('mean("a\\n")', 6, "a quotation mark is missing"),
        ("mean(x)[1..2", 13, "expected ']', found the end"),
        ("mean(x)[5]", 9, "window '5' is not one of"),
        ("mean(x)[]", 9, "window '' is not one of"),
        ("mean(x)[ 7..3]", 10, "window 7..3 ends before it begins"),
        (f"mean(x)[..{2**63}]", 9, f"window '..{2**63}': Input should be less than"),
        ("mean(x)@", 9, "expected a run's handle, found the end"),
        ("mean(x)@a@b", 10, "expected the end, found '@'"),
        ("mean(x)@a[1..2]", 10, "expected the end, found '['"),
        ("mean(x) mean(y)", 9, "expected the end, found 'm'"),
        ("mean(x\udcff)", 7, "expected UTF-8"),
    ],
)
def test_what_is_no_expression_is_pointed_at(text: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.message.startswith(message)
    assert str(caught.value).startswith(f"column {column}: ")


def test_a_misspelt_statistic_and_a_bare_name_with_blanks_are_told_what_to_write() -> None:
    with pytest.raises(ExpressionError, match=r"did you mean 'mean'\?"):
        parse("maen(x)")
    with pytest.raises(ExpressionError, match=r'in quotes, as in last\("val loss'):
        parse("mean(val loss)")
