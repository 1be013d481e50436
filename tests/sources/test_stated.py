"""What counts as a number in the words of a tracker."""

from __future__ import annotations

import math
from typing import Any

import pytest

from journal.sources.stated import number, stated_number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (0.5, 0.5),
        (True, None),
        (None, None),
        ("3", None),
        ([3], None),
        (10**400, math.inf),
        (-(10**400), -math.inf),
    ],
)
def test_only_ints_and_floats_are_numbers(value: Any, expected: float | None) -> None:
    assert number(value) == expected


def test_a_server_states_what_json_does_not_know_as_text() -> None:
    values: list[Any] = ["NaN", "Infinity", "-Infinity", 3, 0.5, "nan", "1", True, None, []]
    stated = [stated_number(value) for value in values]
    assert repr(stated) == "[nan, inf, -inf, 3.0, 0.5, None, None, None, None, None]"
