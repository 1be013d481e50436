"""Shares written by hand: counts with percentages that cannot be of one total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.checks.written.arithmetic import Interval, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.checks.written.reading import Cell, Number, Table

_COUNTING = re.compile(r"[<>≤≥]|\b(?:counts?|numbers?|steps?|rows?|samples?|share|n)\b|#|\(%\)", re.IGNORECASE)
_SHARE = re.compile(r"[\s*_~≈]*+\d[\d,]*+\s*+(?:(?:/|of|out of)\s*+\d[\d,]*+\s*+)?+\([~≈]?\s*+[\d.]++\s?%\)[\s*_]*+")
_WORD = re.compile(r"[^\W\d]+")


@dataclass(frozen=True)
class Share:
    """A count with its percentage, and the totals that they allow."""

    count: Number
    percent: Number
    total: Interval


@dataclass(frozen=True)
class Contradiction:
    """A share that does not fit: with another of its column, or with the total that stands in it."""

    share: Share
    other: Share | None


def contradictions(table: Table) -> Iterator[Contradiction]:
    """The shares of a table that cannot be of one total, and those that are not of the total that they name."""
    for column, heading in enumerate(table.headings):
        groups: dict[str, list[Share]] = {}
        for row in table.rows:
            if column < len(row) and (share := _share(row[column])):
                if len(row[column].numbers) > 2:  # noqa: PLR2004  (count, total, percentage)
                    if not share.total.meets(rounded(row[column].numbers[1])):
                        yield Contradiction(share, None)
                elif column and (_COUNTING.search(row[0].words) or _COUNTING.search(heading)):
                    word = _WORD.search(row[0].words)
                    groups.setdefault(word[0].casefold() if word else "", []).append(share)
        for shares in groups.values():
            yield from _apart(shares)


def _apart(shares: Sequence[Share]) -> Iterator[Contradiction]:
    """The first share that leaves no total that all so far can be of, and the one it is at odds with."""
    least = most = shares[0]
    for share in shares[1:]:
        other = next((other for other in (least, most) if not other.total.meets(share.total)), None)
        if other is not None:
            yield Contradiction(share, other)
            return
        least = max(least, share, key=lambda each: each.total.low)
        most = min(most, share, key=lambda each: each.total.high)


def _share(cell: Cell) -> Share | None:
    """A cell such as `78 (3.6%)`, `78/2170 (3.6%)` or `78 of 2170 (3.6%)`."""
    if not _SHARE.fullmatch(cell.words) or not 1 < len(cell.numbers) < 4:  # noqa: PLR2004
        return None
    count, percent = cell.numbers[0], cell.numbers[-1]
    low, high = percent.low, percent.high + percent.unit_in_last_place / 2
    if count.unit or percent.unit != "%" or low <= 0 or not count.value.is_integer() or count.value <= 0:
        return None
    return Share(count, percent, Interval(100 * count.value / high, 100 * count.value / low))
