from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.model.table import Window
from journal.stats.expression import spell

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
