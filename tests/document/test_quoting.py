from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document.plain_yaml import Source, read
from journal.document.quoting import Value, flow, holdable, like, quoted

UNHOLDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
YAML_SIGNS = list(":#-?,[]{}&*!|>'\"%@`\\/~=<1a \n\r\t\x85\u2028")
HOSTILE = st.text() | st.lists(st.sampled_from([*YAML_SIGNS, ": ", " #", "- ", "---", "null", "true"])).map("".join)


def read_back(text: str) -> object:
    return read(Source(text, 1, "x")).plain()


@pytest.mark.untraced
@settings(max_examples=500)
@given(HOSTILE)
def test_a_quoted_text_reads_back_as_itself_wherever_it_stands(text: str) -> None:
    scalar, shown = quoted(text), UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    assert len(scalar.splitlines()) <= 1
    assert read_back(f"a: {scalar}\nb: 1\n") == {"a": shown, "b": "1"}
    assert read_back(f"a: [{scalar}, x]\n") == {"a": [shown, "x"]}
    assert read_back(f"a: {{b: {scalar}, c: x}}\n") == {"a": {"b": shown, "c": "x"}}


@given(st.text(st.characters(codec=None)))
def test_half_a_surrogate_pair_is_replaced(text: str) -> None:
    assert quoted(text).encode().decode() == quoted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Clamp the logits",
        "train/loss",
        "v1.2",
        "中文",
        "Ada Lovelace",
        "721e94a",
        "no",
        "1e5",
        "-8123.4",
        "2026-02-21T19:01:15+08:00",
    ],
)
def test_words_stay_unquoted(text: str) -> None:
    assert quoted(text) == text


@pytest.mark.parametrize("text", ["a:", "a: b", ":a", "- a", "--a", "-", " a", "a ", "", "a #b", "http://a"])
def test_what_could_be_read_otherwise_is_quoted(text: str) -> None:
    assert quoted(text) == f'"{text}"'


VALUES = st.recursive(
    HOSTILE.filter(lambda text: not UNHOLDABLE.search(text)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b: c"]), inner),
    max_leaves=6,
)


@given(VALUES)
def test_a_value_on_one_line_reads_back_as_itself(value: Value) -> None:
    assert len(flow(value).splitlines()) == 1
    assert read_back(f"a: {flow(value)}\n") == {"a": value}
    assert read_back(f"a: [{flow(value)}]\n") == {"a": [value]}


@given(HOSTILE, st.sampled_from(["plain", "'", '"', "|"]))
def test_a_text_in_the_style_of_another_reads_back_as_itself(text: str, style: str) -> None:
    shown = UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    assert holdable(text) == (shown == text)
    assert read_back(f"a: {like(text, style, inside_flow=False)}  # b\n") == {"a": shown}
    assert read_back(f"a:\n- {like(text, style, inside_flow=False)}  # b\n") == {"a": [shown]}
    assert read_back(f"a: [{like(text, style, inside_flow=True)}]\n") == {"a": [shown]}


def test_the_style_stays_where_it_can() -> None:
    assert [like("it's", style, inside_flow=False) for style in ("plain", "'", '"')] == ["it's", "'it''s'", '"it\'s"']
    assert [like("a, b", "plain", inside_flow=inside) for inside in (False, True)] == ["a, b", '"a, b"']
    assert like("a\nb", "'", inside_flow=False) == '"a\\nb"'
