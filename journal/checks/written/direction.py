"""Which way a number went: `2x decrease` beside two numbers that rose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.checks.written import arithmetic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.written.arithmetic import Interval
    from journal.checks.written.reading import Cell, Number, Table

_DOWN = r"decrease[ds]?|reduction|reduced|drop(?:ped)?|lower|smaller|less|fewer|down"
_UP = r"increase[ds]?|rise|rose|higher|larger|greater|more|up"
_WAY = re.compile(rf"(?<![^\W_])(?:(?P<down>{_DOWN})|(?P<up>{_UP}))(?![^\W_])", re.IGNORECASE)
_EARLY = re.compile(r"\b(?:first|initial|start|begin\w*|before|old)\b", re.IGNORECASE)
_LATE = re.compile(r"\b(?:last|final|latest|end|after|new|now)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Turned:
    """A word that says the other way than the two cells beside it do."""

    number: Number
    word: str
    left: Number
    right: Number


def turned(table: Table) -> Iterator[Turned]:
    """The cells that say the other way, from the left number to the right one, than their row goes.

    Two columns of numbers and one that compares them are looked at. That the words tell of the way from left to right
    must show: in the headings, as `First` and `Last` do for a single row that says otherwise, or in twice as many other
    rows. Else they may be of something else.
    """
    comparing = arithmetic.comparing(table.headings)
    operands = [place for place in range(1, len(table.headings)) if place not in comparing]
    if len(operands) != 2:  # noqa: PLR2004  (from one number to another)
        return
    left, right = operands
    is_told = bool(_EARLY.search(table.headings[left]) and _LATE.search(table.headings[right]))
    for column in comparing:
        said = [found for row in table.rows if (found := _said(row, left, right, column))]
        wrong = [found for found, agrees in said if not agrees]
        if len(said) >= 3 * len(wrong) or (is_told and len(wrong) == 1):
            yield from wrong


def _said(row: tuple[Cell, ...], left: int, right: int, column: int) -> tuple[Turned, bool] | None:
    """What a row says, and whether it goes that way; None if it says nothing clear."""
    if len(row) <= max(left, right, column):
        return None
    number, before, after = (arithmetic.single(row[place]) for place in (column, left, right))
    word = _WAY.search(row[column].words)
    if number is None or before is None or after is None or word is None or min(before.low, after.low) < 0:
        return None
    went = _went(arithmetic.rounded(before), arithmetic.rounded(after))
    if went is None or before.unit != after.unit:
        return None
    return Turned(number, word[0], before, after), word.lastgroup == went


def _went(before: Interval, after: Interval) -> str | None:
    if before.meets(after):
        return None
    return "up" if after.low > before.low else "down"
