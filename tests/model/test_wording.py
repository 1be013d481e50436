from __future__ import annotations

import pytest

from journal.model.wording import counted, listed


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "entry", "1 entry"),
        (0, "entry", "0 entries"),
        (2, "day", "2 days"),
        (2, "box", "2 boxes"),
        (1, "run", "1 run"),
        (12_345, "more file", "12,345 more files"),
    ],
)
def test_things_are_counted_in_english(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text


def test_what_is_not_listed_is_counted() -> None:
    assert (listed(["a", "b", "c"], 2), listed(["a", "b"], 2), listed([], 2)) == ("a, b and 1 more", "a, b", "")
    assert listed(["a", "b"], 2, count=1_002) == "a, b and 1,000 more"
