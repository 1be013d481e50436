from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journal.document import yaml_events
from journal.document.plain_yaml import Source, read
from journal.errors import EntryError

CASES = sorted((Path(__file__).parent / "cases").glob("*.md"))
TEXTS = [part for path in CASES for part in path.read_bytes().decode("utf-8", "replace").split("---\n")[1:2]]
TEXTS += [
    "a: [x, 'y', \"z\"]\nb: {c: d, e: [f]}",
    "a: |\n  lit\n  more\n\nb: >-\n  fold\n  ed\n\n  x\nc:\n- 1\n- 2\nd:\n  - {id: a, as: b}\n",
    "? a\n: b\n? - c\n: - d",
    "a: &x [1]\nb: *x\nc: &y\nd: *y\n",
    "k: \"a\\n\\x41\\\n  b\"\n'q''r': s # c\n",
]
PIECES = [
    *"abk019 :,-#?!&*|>%@`'\"[]{}\n~=\\/.\t\r\x85\u2028\xa0\u00e9\u65e5\ufeff\u200b",
    *("\n  ", "\n- ", "- ", ": ", "{a: b}", "[c]", "? ", " #x", "--- ", "...\n", "---\n", "%YAML 1.1\n", "''", '""'),
    *("|\n", ">+\n", "|2-\n", "|#", "!!str ", "&a ", "*a", "\\u12", "<<: ", "{a: , b}", "[x: ]", "{?"),
]


def outcome(text: str) -> Any:
    """The nodes with all their places, or all that an error says."""
    try:
        return read(Source(text, 1, "a.md"))
    except EntryError as error:
        return str(error), error.line, error.column, error.hint


def by_both(text: str) -> tuple[Any, Any]:
    """What is made of a text with the help of the C parser, and by the pure one alone."""
    with pytest.MonkeyPatch.context() as patch:
        quick = outcome(text)
        patch.setattr(yaml_events, "quick", lambda _: None)
        return quick, outcome(text)


def spliced(whole: str, cuts: list[tuple[float, int, str]]) -> str:
    """A text with some of its parts taken out, and others put in."""
    for place, length, new in cuts:
        start = int(place * len(whole))
        whole = whole[:start] + new + whole[start + length :]
    return whole


piece = st.sampled_from(PIECES)
cut = st.tuples(st.floats(0, 1), st.integers(0, 6), piece)


@pytest.mark.untraced
@settings(max_examples=400)
@given(st.lists(piece, max_size=14).map("".join))
@example("a: {b: , c}")
@example("a: [b: ]")
@example("a: {b? c}")
@example("a: |#\n  b")
@example("a:\tb")
@example("a\ufeff: b")
@example("a: 'b\n\n")
@example(f"{'k' * 1024}: x")
@example(f"{'k' * 1025}: x")
@example("- " * 30)
def test_no_text_tells_which_parser_read_it(text: str) -> None:
    quick, pure = by_both(text)
    assert quick == pure


@pytest.mark.untraced
@settings(max_examples=400)
@given(st.builds(spliced, st.sampled_from(TEXTS), st.lists(cut, max_size=5)))
def test_no_change_of_a_front_matter_tells_which_parser_read_it(text: str) -> None:
    quick, pure = by_both(text)
    assert quick == pure


def test_the_c_parser_reads_what_people_write() -> None:
    yaml = pytest.importorskip("yaml")
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without its C parser")
    taken = [yaml_events.quick(text) is not None for text in TEXTS]
    assert taken.count(True) >= len(TEXTS) - 1  # one holds a tab


def test_without_the_c_parser_all_is_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [outcome(text) for text in TEXTS]
    monkeypatch.setitem(__import__("sys").modules, "yaml.cyaml", None)
    assert yaml_events.quick("a: b") is None
    assert [outcome(text) for text in TEXTS] == told
