"""Scripts that hand over values: nothing in a value is anything but a value."""

from __future__ import annotations

import json

import pytest

from journal.site.script_text import assignment, call

PAYLOADS = [
    "</script><script>alert(1)</script>",
    "</SCRIPT >",
    "<!--<script>",
    "]]>",
    "\u2028alert(1)\u2029",
    "a\nb\r\0\x0b\x7f\x85",
    "\\\"'`${alert(1)}",
    "注意 ध्यान é",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_value_comes_out_as_it_went_in_and_ends_nothing(payload: str) -> None:
    value = {payload: [payload, 1, 2.5, None, True]}
    for raw in (call("journal.take", value), assignment("journal.take", value)):
        text = raw.decode().removesuffix(";\n")
        assert not set("<\n\r\0\u2028\u2029") & set(text)
        assert json.loads(text.removeprefix("journal.take").strip("=()")) == value


def test_several_values_are_handed_over_in_order() -> None:
    assert (
        call("journal.take", "a<b", [1], {"é": "\u2028"}) == b'journal.take("a\\u003cb",[1],{"\xc3\xa9":"\\u2028"});\n'
    )


def test_half_a_character_does_not_keep_a_script_from_being_written() -> None:
    assert call("journal.take", "a\ud800b") == b'journal.take("a?b");\n'
