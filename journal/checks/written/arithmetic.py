"""Arithmetic in tables written by hand: ratios that do not follow from their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import permutations
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from journal.checks.written.ownership import COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.checks.written.reading import Cell, Number, Table

_MOST_COLUMNS = 8
_ENOUGH_ROWS = 20
_DIRECTION = (
    r"(?:decrease|increase|reduction|drop|gain|improvement|worse|better|faster|slower|lower|higher|smaller|larger|less|"
    r"more|down|up|[↑↓▲▼✓✔])"
)
# A cell that says one number, and perhaps which way.
_ONE_NUMBER = re.compile(
    rf"[\s*_~≈(≃]*+[-+\u2212]?[\d.,]++(?:[eE][-+]?\d++)?+\s?[%x\u00d7]?+[\s*_)]*+(?:{_DIRECTION}[\s*_)]*+)?+",
    re.IGNORECASE,
)
# What a column of percentages beside one that compares is headed, and columns that subtract.
_PERCENTAGES = re.compile(r"\W*(?:rel(?:ative)?|change|diff)?\W*(?:%|pct|percent)\W*", re.IGNORECASE)
_SUBTRACTING = re.compile(r"\b(?:delta|diff(?:erence)?)(?!\w)|Δ", re.IGNORECASE)


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


_Measures: TypeAlias = "dict[str, tuple[Callable[[Interval, Interval], Interval], ...]]"
"""The measures that a number may be of two others, by its unit."""

_MEASURES: _Measures = {
    "x": (_ratio,),
    "%": (_percent_change, _percent_of, _difference),
    "": (_ratio, _difference, _percent_change, _percent_of),
}
_SUBTRACTED: _Measures = {**_MEASURES, "%": (_percent_change, _difference), "": (_difference, _percent_change)}


_Row: TypeAlias = "Sequence[Number | None]"
"""The numbers of a row's cells; None for a cell that says anything else."""


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
    of_others = comparing(table.headings)
    operands = [place for place in range(1, len(table.headings)) if place not in of_others]
    if not 0 < len(of_others) <= _MOST_COLUMNS or not 1 < len(operands) <= _MOST_COLUMNS:
        return
    rows = [[single(cell) for cell in row] for row in table.rows]
    for column in of_others:
        checked = [row for row in rows if len(row) > column and row[column] is not None]
        if checked:
            yield from _column(checked, column, operands, table.headings[column].strip())


def comparing(headings: Sequence[str]) -> list[int]:
    """The columns that compare others; one of percentages does if it stands right behind one that does."""
    bare = [_bare(heading) for heading in headings]
    named = [bool(COMPARED.search(heading)) or _divides(bare, place) for place, heading in enumerate(headings)]
    return [
        place
        for place, heading in enumerate(headings)
        if named[place] or (place and named[place - 1] and _PERCENTAGES.fullmatch(heading))
    ]


def _divides(headings: Sequence[str], place: int) -> bool:
    """Whether a column is headed by two others, as `new / base` beside `base` and `new` is."""
    sides = headings[place].split("/")
    others = {*headings[:place], *headings[place + 1 :]}
    return len(sides) == 2 and all(sides) and {side.strip() for side in sides} <= others  # noqa: PLR2004


def _bare(heading: str) -> str:
    """A heading without what sets it off."""
    return re.sub(r"[`*_]", "", heading).strip().casefold()


def _column(rows: Sequence[_Row], column: int, operands: Sequence[int], heading: str) -> Iterator[Unfounded]:
    measures = _measures(rows[:_ENOUGH_ROWS], column, operands, heading)
    way = _way(rows[:_ENOUGH_ROWS], column, operands, measures)
    if way is None:
        return
    failing = [row for row in rows if _fails(row, column, way)]
    if len(rows) > 1 and 2 * len(failing) > len(rows):
        return
    for row in failing[:_ENOUGH_ROWS]:
        number, left, right = row[column], row[way.left], row[way.right]
        others = _ways(row, column, operands, measures)
        if number and left and right and not any(_follows(row, column, other) for other in others):
            yield Unfounded(number, heading, left, right, _expected(way, number, left, right))


def _measures(rows: Sequence[_Row], column: int, operands: Sequence[int], heading: str) -> _Measures:
    """All, but for a column that is headed as a difference and is one somewhere: ratios agree by chance there."""
    if _SUBTRACTING.search(heading):
        for row in rows:
            if any(_follows(row, column, way) for way in _ways(row, column, operands, _SUBTRACTED)):
                return _SUBTRACTED
    return _MEASURES


def _expected(way: _Way, number: Number, left: Number, right: Number) -> float:
    """What the cells give: of the change as the other rows take it, of others the nearer one."""
    pairs = [(left, right)] if way.measure is _percent_change else list(permutations((left, right)))
    given = (way.measure(_exactly(a), _exactly(b)).low for a, b in pairs)
    return min(given, key=lambda value: abs(value - abs(number.value)))


def _fails(row: _Row, column: int, way: _Way) -> bool:
    there = all(row[place] for place in (way.left, way.right))
    return there and not any(_follows(row, column, each) for each in (way, _Way(way.measure, way.right, way.left)))


def _exactly(number: Number) -> Interval:
    return Interval(number.value, number.value)


def _way(rows: Sequence[_Row], column: int, operands: Sequence[int], measures: _Measures) -> _Way | None:
    """The way in which most cells of a column follow."""
    counts: dict[_Way, int] = {}
    for row in rows:
        for way in _ways(row, column, operands, measures):
            counts[way] = counts.get(way, 0) + _follows(row, column, way)
    best = max(counts, key=lambda way: (counts[way], way.right), default=None)
    if best is None:
        return None
    if 2 * counts[best] >= len(rows):
        return best
    alone = len(operands) == 2 and operands[1] + 1 == column  # noqa: PLR2004  (a ratio has two sides)
    return best if len(rows) == 1 and alone else None


def _ways(row: _Row, column: int, operands: Iterable[int], measures: _Measures) -> Iterator[_Way]:
    number = row[column]
    there = [place for place in operands if place < len(row) and row[place] is not None]
    if number is not None:
        for left, right in permutations(there, 2):
            yield from (_Way(measure, left, right) for measure in measures[number.unit])


def _follows(row: _Row, column: int, way: _Way) -> bool:
    number, left, right = row[column], row[way.left], row[way.right]
    if number is None or left is None or right is None:
        return False
    return way.measure(rounded(left), rounded(right)).meets(cut_or_rounded(number))


def single(cell: Cell) -> Number | None:
    """The number of a cell that says nothing else."""
    return cell.numbers[0] if len(cell.numbers) == 1 and _ONE_NUMBER.fullmatch(cell.words) else None
