"""Arithmetic in tables written by hand: ratios that do not follow from their cells, shares of different totals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import permutations
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.written.ownership import COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.checks.written.reading import Cell, Number, Table

_MOST_COLUMNS = 12
_ENOUGH_ROWS = 100
_DIRECTION = (
    r"(?:decrease|increase|reduction|drop|gain|improvement|worse|better|faster|slower|lower|higher|smaller|larger|less|"
    r"more|down|up|[↑↓▲▼✓✔])"
)
# A cell that says one number, and perhaps which way.
_ONE_NUMBER = re.compile(
    rf"[\s*_~≈(≃]*[-+\u2212]?[\d.,]+(?:[eE][-+]?\d+)?\s?[%x\u00d7]?[\s*_)]*{_DIRECTION}?[\s*_)]*", re.IGNORECASE
)
_COUNTING = re.compile(r"[<>≤≥]|\b(?:counts?|numbers?|steps?|rows?|samples?|share|n)\b|#|\(%\)", re.IGNORECASE)
_SHARE = re.compile(r"[\s*_~≈]*\d[\d,]*\s*(?:(?:/|of|out of)\s*\d[\d,]*\s*)?\([~≈]?\s*[\d.]+\s?%\)[\s*_]*")
_WORD = re.compile(r"[^\W\d]+")


class Interval(NamedTuple):
    """All that a rounded number may have been."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        """Whether some number lies in both."""
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            return Interval(-inf, inf)
        ends = [a / b for a in self for b in other]
        return Interval(min(ends), max(ends))

    def __abs__(self) -> Interval:
        if self.low <= 0 <= self.high:
            return Interval(0.0, max(-self.low, self.high))
        return Interval(*sorted((abs(self.low), abs(self.high))))


def rounded(number: Number) -> Interval:
    """What a number may have been before it was rounded."""
    return Interval(number.low, number.high)


def cut_or_rounded(number: Number) -> Interval:
    """What it may have been, without its sign, before it was rounded or its last digits were cut off."""
    return Interval(abs(number.value) - number.unit_in_last_place / 2, abs(number.value) + number.unit_in_last_place)


def _ratio(a: Interval, b: Interval) -> Interval:
    return abs(a / b)


def _difference(a: Interval, b: Interval) -> Interval:
    return abs(a - b)


def _percent_of(a: Interval, b: Interval) -> Interval:
    return _hundredfold(_ratio(a, b))


def _percent_change(a: Interval, b: Interval) -> Interval:
    # As a ratio less one: both ends of `b` would count twice in the difference over `b`.
    return _hundredfold(abs(a / b - Interval(1, 1)))


def _hundredfold(interval: Interval) -> Interval:
    return Interval(100 * interval.low, 100 * interval.high)


_MEASURES: dict[str, tuple[Callable[[Interval, Interval], Interval], ...]] = {
    "x": (_ratio,),
    "%": (_percent_change, _percent_of, _difference),
    "": (_ratio, _difference, _percent_change, _percent_of),
}


@dataclass(frozen=True)
class Unfounded:
    """A ratio that does not follow from its cells: the number, its column's heading, and the two cells."""

    number: Number
    heading: str
    left: Number
    right: Number
    expected: float
    """The nearest that the cells give."""


class _Way(NamedTuple):
    """How a column follows: which measure of which two columns."""

    measure: Callable[[Interval, Interval], Interval]
    left: int
    right: int


def unfounded(table: Table) -> Iterator[Unfounded]:
    """The cells of comparing columns that do not follow as the others of their column do.

    How a column follows is taken from its own cells: at least half of them must follow in one way from two other
    columns. In a table of one row, or where none does, it must be the two columns just before, and the only ones.
    """
    compared = [bool(COMPARED.search(heading)) for heading in table.headings]
    for column in (place for place, is_compared in enumerate(compared) if is_compared):
        operands = [place for place in range(1, len(table.headings)) if not compared[place]]
        checked = [row for row in table.rows if len(row) > column and _single(row[column]) is not None]
        if checked and 1 < len(operands) <= _MOST_COLUMNS:
            yield from _column(checked, column, operands, table)


def _column(rows: Sequence[Sequence[Cell]], column: int, operands: Sequence[int], table: Table) -> Iterator[Unfounded]:
    way = _way(rows[:_ENOUGH_ROWS], column, operands)
    if way is None:
        return
    failing = [row for row in rows if _fails(row, column, way)]
    if len(rows) > 1 and 2 * len(failing) > len(rows):
        return
    for row in failing[:_ENOUGH_ROWS]:
        number, left, right = _single(row[column]), _single(row[way.left]), _single(row[way.right])
        if (
            number
            and left
            and right
            and not any(_follows(row, column, other) for other in _ways(row, column, operands))
        ):
            given = (way.measure(_exactly(a), _exactly(b)).low for a, b in permutations((left, right)))
            expected = min(given, key=lambda value: abs(value - abs(number.value)))
            yield Unfounded(number, table.headings[column].strip(), left, right, expected)


def _fails(row: Sequence[Cell], column: int, way: _Way) -> bool:
    there = all(_single(row[place]) for place in (way.left, way.right))
    return there and not any(_follows(row, column, each) for each in (way, _Way(way.measure, way.right, way.left)))


def _exactly(number: Number) -> Interval:
    return Interval(number.value, number.value)


def _way(rows: Sequence[Sequence[Cell]], column: int, operands: Sequence[int]) -> _Way | None:
    """The way in which most cells of a column follow."""
    counts: dict[_Way, int] = {}
    for row in rows:
        for way in _ways(row, column, operands):
            counts[way] = counts.get(way, 0) + _follows(row, column, way)
    best = max(counts, key=lambda way: (counts[way], way.right), default=None)
    if best is None:
        return None
    if 2 * counts[best] >= len(rows):
        return best
    alone = len(operands) == 2 and operands[1] + 1 == column  # noqa: PLR2004  (a ratio has two sides)
    return best if len(rows) == 1 and alone else None


def _ways(row: Sequence[Cell], column: int, operands: Iterable[int]) -> Iterator[_Way]:
    number = _single(row[column])
    there = [place for place in operands if place < len(row) and _single(row[place]) is not None]
    if number is not None:
        for left, right in permutations(there, 2):
            yield from (_Way(measure, left, right) for measure in _MEASURES[number.unit])


def _follows(row: Sequence[Cell], column: int, way: _Way) -> bool:
    number, left, right = _single(row[column]), _single(row[way.left]), _single(row[way.right])
    if number is None or left is None or right is None:
        return False
    return way.measure(rounded(left), rounded(right)).meets(cut_or_rounded(number))


def _single(cell: Cell) -> Number | None:
    """The number of a cell that says nothing else."""
    return cell.numbers[0] if len(cell.numbers) == 1 and _ONE_NUMBER.fullmatch(cell.words) else None


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
