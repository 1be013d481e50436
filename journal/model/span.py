"""A span of time in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span(time: timedelta) -> str:
    """How long something takes or lies apart, in its two largest units; its sign does not count.

    Examples:
        >>> from datetime import timedelta
        >>> span(timedelta(hours=2, minutes=5, seconds=7))
        '2 h 5 min'
        >>> span(timedelta(days=40, minutes=1))
        '40 d'
        >>> span(timedelta(0))
        '0 s'
    """
    left = int(abs(time.total_seconds()))
    counts: list[tuple[int, str]] = []
    for unit, size in _UNITS:
        counts.append((left // size, unit))
        left %= size
    first = next((place for place, (count, _) in enumerate(counts) if count), len(counts) - 1)
    shown = [f"{count} {unit}" for count, unit in counts[first : first + 2] if count]
    return " ".join(shown) or "0 s"
