"""Dots and their names in a picture, moved so that none covers another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = 14.0


class Box(NamedTuple):
    """A part of the picture, in pixels; up is less."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two lie on each other."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def spread(
    wanted: Sequence[tuple[float, float]], apart: float, reach: float, bounds: tuple[float, float]
) -> list[tuple[float, float]]:
    """Places as near as there are to those that are wanted, at the same heights.

    Args:
        wanted: Places, in pixels.
        apart: The distance that two need so that none covers the other.
        reach: How far one may be moved to either side; where that is not enough, it stays where it is wanted.
        bounds: The ends to the left and right that none is moved beyond.
    """
    found: list[tuple[float, float]] = []
    low, high = bounds
    steps = int(reach / (apart / 2))
    shifts = [0.0, *(sign * number * apart / 2 for number in range(1, steps + 1) for sign in (1, -1))]
    for x, y in wanted:
        near = [place for place in found if abs(place[1] - y) < apart and abs(place[0] - x) < reach + apart]
        inside = (shift for shift in shifts if not shift or low <= x + shift <= high)
        free = (shift for shift in inside if all(_clear(x + shift, y, place, apart) for place in near))
        found.append((x + next(free, 0.0), y))
    return found


def _clear(x: float, y: float, other: tuple[float, float], apart: float) -> bool:
    return (x - other[0]) ** 2 + (y - other[1]) ** 2 >= apart**2 - 1e-6


def beside(dot: tuple[float, float], away: float, width: float, taken: Sequence[Box], edge: float) -> Box:
    """Where a name goes: right of its dot, left, above or below it, the first that lies on nothing.

    Args:
        dot: The middle of its dot.
        away: From its middle to the name, in pixels.
        width: Of the name.
        taken: Where something is.
        edge: The right end of the picture.
    """
    (x, y), half = dot, _LINE / 2
    places = [
        Box(left, top, left + width, top + _LINE)
        for left, top in (
            (x + away, y - half),
            (x - away - width, y - half),
            (x - width / 2, y - away - _LINE),
            (x - width / 2, y + away),
            (x + away, y - away - _LINE),
            (x - away - width, y - away - _LINE),
        )
    ]
    inside = [place for place in places if place.left >= 0 and place.right <= edge] or places
    return next((place for place in inside if not any(place.meets(other) for other in taken)), inside[0])
