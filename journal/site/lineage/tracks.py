"""Which of several edges in one gap runs beside which: an order in which few of them cross, and a place for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Key = tuple[int, int]
"""An edge, and what tells its parts apart."""
_APART = 4
"""Between tracks in one gap, where there is room."""


class Stretch(NamedTuple):
    """A straight part in a gap or gutter.

    Attributes:
        low: Where it begins along the gap.
        low_back: Whether the edge comes there from the gap's first side: from above, or from the left.
        high: Where it ends.
        high_back: Whether the edge comes there from that side.
    """

    low: int
    low_back: bool
    high: int
    high_back: bool


def tracks(stretches: Mapping[Key, Stretch], begin: int, wide: int, margins: tuple[int, int]) -> dict[Key, int]:
    """A place across a gap for each part that lies in it; those that would lie on each other stand apart."""
    levels: dict[Key, int] = {}
    order = _in_order(stretches)
    for place, key in enumerate(order):
        before = (each for each in order[:place] if _meet(stretches[each], stretches[key]))
        levels[key] = max((levels[each] + 1 for each in before), default=0)
    most, room = max(levels.values()), wide - sum(margins)
    step = min(_APART, room / max(most, 1))
    first = begin + margins[0] + (room - step * most) / 2
    return {key: round(first + step * level) for key, level in levels.items()}


def _in_order(stretches: Mapping[Key, Stretch]) -> list[Key]:
    """The parts in a gap from its first side to the other: each where it crosses fewest, and the short ones first."""
    order: list[Key] = []
    for key in sorted(stretches, key=lambda each: (stretches[each].high - stretches[each].low, each)):
        ahead = [_crossings(stretches[key], stretches[other]) for other in order]
        costs = [sum(ahead)]
        for other, crossings in zip(order, ahead, strict=True):
            costs.append(costs[-1] - crossings + _crossings(stretches[other], stretches[key]))
        order.insert(costs.index(min(costs)), key)
    return order


def _crossings(first: Stretch, second: Stretch) -> int:
    """How often two parts cross, or lie on each other, when the one is nearer to the first side of the gap."""
    if first.high < second.low or second.high < first.low:
        return 0
    return (
        (not first.low_back and second.low <= first.low)
        + (not first.high_back and first.high <= second.high)
        + (second.low_back and first.low <= second.low)
        + (second.high_back and second.high <= first.high)
    )


def _meet(one: Stretch, other: Stretch) -> bool:
    return one.low <= other.high + _APART and other.low <= one.high + _APART
