"""Sheets: the key tells whether a page must be made again."""

from __future__ import annotations

import pytest

from journal.site.sheet import Sheet, finished, summed


def of(made_of: object) -> str:
    """The key of a sheet made of something."""
    return Sheet("a.md", made_of, bytes).key


def test_what_a_page_is_made_of_is_its_key_and_its_place_is_not() -> None:
    assert of(("a", 1)) == of(("a", 1)) == Sheet("b.md", ("a", 1), lambda: b"other").key


@pytest.mark.parametrize("other", [("a", "1"), ("a", 1.0), ("a", True), ["a", 1], ("a", 1, None), ("A", 1)])
def test_whatever_differs_gives_another_key(other: object) -> None:
    assert of(("a", 1)) != of(other)


def test_a_name_that_is_no_text_has_a_key_too() -> None:
    assert of("a\ud800") != of("a?")


def test_a_finished_file_is_known_by_its_bytes() -> None:
    sheet = finished("a.svg", b"<svg>")
    assert (sheet.path, sheet.make()) == ("a.svg", b"<svg>")
    assert sheet.key == finished("b.svg", b"<svg>").key != finished("a.svg", b"<svg/>").key


def test_a_sum_is_of_one_length() -> None:
    assert {len(summed(raw)) for raw in (b"", b"x" * 10_000)} == {32}
