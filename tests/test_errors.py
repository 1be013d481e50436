from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import journal
from journal import errors
from journal.errors import ConfigError, JournalError, SourceUnavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def tree(kind: type[JournalError]) -> Iterator[type[JournalError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


CLASSES = [kind for kind in tree(JournalError) if kind.__module__ == errors.__name__]

# Name, indentation, exit code where one is written.
DRAWN = re.compile(r"^    ( *)([A-Z]\w+)(?: +(\d)\b)?", re.MULTILINE)


def drawn() -> dict[str, tuple[str | None, int]]:
    """Parent and exit code of every class in the picture; a code that is not written is the parent's."""
    found: dict[str, tuple[str | None, int]] = {}
    above: list[tuple[int, str]] = []
    for indent, name, code in DRAWN.findall(errors.__doc__ or ""):
        above = [(depth, parent) for depth, parent in above if depth < len(indent)]
        parent = above[-1][1] if above else None
        found[name] = (parent, int(code) if code else found[parent or ""][1])
        above.append((len(indent), name))
    return found


def test_the_tree_that_is_drawn_is_the_tree_there_is() -> None:
    real = {
        kind.__name__: (kind.__bases__[0].__name__ if kind is not JournalError else None, kind.exit_code)
        for kind in CLASSES
    }
    assert drawn() == real


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [kind.__dict__.get("code") for kind in CLASSES]
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code or "") for code in codes)
    assert len({*codes}) == len(CLASSES)


def test_every_class_says_what_it_is_for() -> None:
    assert [
        kind.__name__ for kind in CLASSES if not (kind.__doc__ or "").endswith(".") and kind is not JournalError
    ] == []


def test_exit_codes_tell_usage_from_failure_from_out_of_reach() -> None:
    assert {kind.__name__ for kind in CLASSES if kind.exit_code == 2} == {"ConfigError", "UsageError"}
    assert {kind.__name__ for kind in CLASSES if kind.exit_code == 3} == {"ShallowClone", "SourceUnavailable"}
    assert {kind.exit_code for kind in CLASSES} == {1, 2, 3}


def test_the_base_is_part_of_the_public_face() -> None:
    assert journal.JournalError is JournalError


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "is wrong"),
        ({"hint": "mend it"}, "is wrong (mend it)"),
        ({"path": "a.md"}, "a.md: is wrong"),
        ({"path": Path("b/a.md"), "line": 3}, "b/a.md:3: is wrong"),
        ({"path": "a.md", "line": 3, "column": 7}, "a.md:3:7: is wrong"),
        ({"path": "a.md", "line": 3, "column": 7, "hint": "mend it"}, "a.md:3:7: is wrong (mend it)"),
        ({"line": 3}, "is wrong"),
        ({"column": 7, "hint": "mend it"}, "column 7: is wrong (mend it)"),
    ],
)
def test_text_is_place_message_and_hint(fields: dict[str, object], expected: str) -> None:
    assert str(JournalError("is wrong", **fields)) == expected  # type: ignore[arg-type]


@given(st.text(), st.none() | st.text(), st.none() | st.text())
def test_text_is_one_line_whatever_is_in_it(message: str, hint: str | None, path: str | None) -> None:
    error = JournalError(message, hint=hint, path=path, line=1)
    assert len(str(error).splitlines()) <= 1
    assert error.message == message


def test_text_of_several_lines_is_joined() -> None:
    assert str(UsageError("one\ntwo\r\nthree", hint="four\u2028five")) == "one two three (four five)"


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_the_way_between_processes(kind: type[JournalError]) -> None:
    error = kind("is wrong", hint="mend it", path=Path("a.md"), line=3, column=7)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  (our own bytes)
        assert type(again) is kind
        assert (str(again), again.place, again.exit_code) == (str(error), "a.md:3:7", kind.exit_code)


def test_a_place_can_be_added_later() -> None:
    error = SourceUnavailable("is wrong")
    error.path, error.line = "a.md", 3
    assert (str(error), error.column) == ("a.md:3: is wrong", None)
    assert isinstance(error, JournalError)
    assert not isinstance(error, ConfigError)


def test_an_error_without_a_file_is_placed_and_one_with_a_file_keeps_its_place() -> None:
    error = JournalError("no such metric", hint="look", column=4)
    assert error.placed("entries/a.md", 7, 1) is error
    assert str(error) == "entries/a.md:7:1: no such metric (look)"
    assert str(error.placed("entries/b.md", 9)) == "entries/a.md:7:1: no such metric (look)"
    assert str(error.placed("entries/b.md", 9, anew=True)) == "entries/b.md:9: no such metric (look)"


def test_a_column_of_what_the_user_gave_is_no_column_of_the_file() -> None:
    assert JournalError("no such metric", column=4).placed("entries/a.md").place == "entries/a.md"
