"""Counts and lists in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """So many things.

    Examples:
        >>> counted(1, "entry"), counted(2, "entry"), counted(12_345, "day"), counted(2, "box")
        ('1 entry', '2 entries', '12,345 days', '2 boxes')
    """
    return f"{number:,} {noun if number == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' if noun.endswith('x') else 's'}"


def listed(words: Sequence[str], most: int, count: int | None = None) -> str:
    """The first of some words, and how many more there are.

    Args:
        words: The words, or the first of them.
        most: How many of them are told.
        count: How many there are in all, if not as many as are given.

    Examples:
        >>> listed(["a", "b", "c"], 2), listed(["a", "b"], 2), listed(["a", "b"], 1, count=9)
        ('a, b and 1 more', 'a, b', 'a and 8 more')
    """
    told = words[:most]
    rest = (len(words) if count is None else count) - len(told)
    return ", ".join(told) + (f" and {rest:,} more" if rest > 0 else "")
