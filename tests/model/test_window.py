from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journal.model.window import WINDOW_FORMS, Edge, Unit, Window

LARGEST = 2**63 - 1


def refused(text: str) -> str:
    with pytest.raises(ValidationError) as error:
        Window.model_validate(text)
    return str(error.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    ("text", "first", "last", "spelled"),
    [
        ("3500..4000", 3500, 4000, "3500..4000"),
        ("0..0", 0, 0, "0..0"),
        ("7..", 7, None, "7.."),
        ("..7", None, 7, "..7"),
        ("all", None, None, "all"),
        (" 007 .. 09 ", 7, 9, "7..9"),
        (f"{LARGEST}..", LARGEST, None, f"{LARGEST}.."),
    ],
)
def test_a_range_is_read_and_spelled(text: str, first: int | None, last: int | None, spelled: str) -> None:
    window = Window.model_validate(text)
    assert (window.first, window.last, str(window)) == (first, last, spelled)
    assert (window.edge, window.count, window.unit, window.matched) == (None, None, None, False)


@pytest.mark.parametrize(
    ("text", "edge", "count", "unit", "spelled"),
    [
        ("first 5 steps", Edge.FIRST, 5, Unit.STEPS, "first 5 steps"),
        ("last 100 rows", Edge.LAST, 100, Unit.ROWS, "last 100 rows"),
        (" last  1\trow ", Edge.LAST, 1, Unit.ROWS, "last 1 rows"),
        ("first 007 step", Edge.FIRST, 7, Unit.STEPS, "first 7 steps"),
    ],
)
def test_so_many_steps_or_rows_are_read_and_spelled(
    text: str, edge: Edge, count: int, unit: Unit, spelled: str
) -> None:
    window = Window.model_validate(text)
    assert (window.edge, window.count, window.unit, str(window)) == (edge, count, unit, spelled)


def test_matched_is_what_every_run_has_reached() -> None:
    assert Window.model_validate("matched") == Window(matched=True)
    assert str(Window(matched=True)) == "matched"


WINDOWS = st.one_of(
    st.just(Window()),
    st.just(Window(matched=True)),
    st.integers(0, LARGEST).map(lambda step: Window(first=step)),
    st.integers(0, LARGEST).map(lambda step: Window(last=step)),
    st.tuples(st.integers(0, LARGEST), st.integers(0, LARGEST)).map(
        lambda ends: Window(first=min(ends), last=max(ends))
    ),
    st.builds(Window, edge=st.sampled_from(Edge), count=st.integers(1, LARGEST), unit=st.sampled_from(Unit)),
)


@given(WINDOWS)
def test_a_window_comes_back_from_its_spelling_and_from_json(window: Window) -> None:
    assert Window.model_validate(str(window)) == window
    assert json.loads(window.model_dump_json()) == str(window)
    assert Window.model_validate_json(window.model_dump_json()) == window


@pytest.mark.parametrize(
    "text",
    [
        *("", "..", "5", "1-2", "1...2", "-1..2", "1.5..2", "a..b", "1..2..3", "All", "\u0661..\u0662", "1e3..2e3"),
        *("first", "first 5", "first rows", "5 rows", "first 5 rowss", "middle 5 rows", "first5rows", "last -5 rows"),
    ],
)
def test_other_texts_are_no_windows(text: str) -> None:
    assert refused(text) == f"Value error, window {text.strip()!r} is not one of {WINDOW_FORMS}"


def test_a_window_does_not_end_before_it_begins() -> None:
    assert refused("5..4") == "Value error, window 5..4 ends before it begins"


@pytest.mark.parametrize(
    "text", [f"{LARGEST + 1}..", f"..{LARGEST + 1}", f"0..{'9' * 300}", f"last {LARGEST + 1} rows"]
)
def test_a_step_and_a_count_fit_into_sixty_four_bits(text: str) -> None:
    assert refused(text) == "Input should be less than 9223372036854775808"


def test_a_window_of_no_rows_is_none() -> None:
    assert refused("first 0 rows") == "Input should be greater than or equal to 1"


@pytest.mark.parametrize(
    "fields",
    [
        {"first": 1, "matched": True},
        {"edge": "first", "count": 5, "unit": "rows", "last": 9},
        {"edge": "first", "count": 5, "unit": "rows", "matched": True},
        {"edge": "first", "count": 5},
        {"count": 5, "unit": "rows"},
        {"unit": "steps"},
    ],
)
def test_a_window_is_of_one_form(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="a window is one of"):
        Window.model_validate(fields)
