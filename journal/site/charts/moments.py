"""When the values of a picture are: the marks below it, dates or, within one day, times of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ROOM = 105.0  # pixels between two marks at least
_DAY, _CLOCK = 10, 5  # characters


class Moments(NamedTuple):
    """How moments are told, all in UTC.

    Attributes:
        day: The day that all of them share, where times of the day tell them apart; else nothing.
    """

    day: str = ""

    @property
    def note(self) -> str:
        """What is to be said once for all marks."""
        return f"{self.day}, times in UTC" if self.day else ""

    def mark(self, moment: float) -> str:
        """A moment as a mark has it: its time of the day, or else its date."""
        return _clock(moment) if self.day else day(moment)

    def whole(self, moment: float) -> str:
        """A moment in full."""
        return f"{self.day} {_clock(moment)} UTC" if self.day else day(moment)

    def marks(self, columns: Mapping[float, float]) -> list[tuple[float, str]]:
        """The marks that there is room for, each once, and the last one always.

        Args:
            columns: Where each moment lies, in pixels, ascending.
        """
        told = {self.mark(moment): x for moment, x in reversed(list(columns.items()))}
        found: list[tuple[float, str]] = []
        for mark, x in told.items():
            if not found or found[-1][0] - x >= _ROOM:
                found.append((x, mark))
        return found[::-1]


def moments(found: Iterable[float]) -> Moments:
    """How some moments are told, in seconds since 1970."""
    held = set(found)
    days, clocks = {day(each) for each in held}, {_clock(each) for each in held}
    return Moments(days.pop()) if len(days) == 1 < len(clocks) else Moments()


def day(moment: float) -> str:
    """A date in UTC."""
    return _told(moment)[:_DAY]


def _clock(moment: float) -> str:
    return _told(moment)[_DAY + 1 :][:_CLOCK]


def _told(moment: float) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return "?"
