"""Values over time as an inline picture whose dots are links: what a metric came to, entry by entry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from journal.model.wording import counted
from journal.site.charts import axes
from journal.site.markup import literal
from journal.tables.markdown import plain
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.charts.axes import Axis, Tick

MOST = 500

_WIDTH, _HEIGHT = 680, 240
_TOP, _RIGHT, _BOTTOM = 34, 16, 208
_DECADES = 3
_DAY = 86400.0
_DATES = 5
_GAP = 1e-3


class Dot(NamedTuple):
    """One value.

    Attributes:
        moment: Seconds since 1970.
        value: Finite.
        label: What it is, raw text.
        address: The page that tells of it, relative to the page that shows the picture.
    """

    moment: float
    value: float
    label: str
    address: str


def over_time(points: Sequence[Dot], title: str) -> str:
    """The picture of some values, as SVG inside HTML, in the colours of the page.

    Args:
        points: In any order; of more than `MOST` the newest are drawn, and it is said how many those are.
        title: What they are, raw text.

    Returns:
        SVG; nothing without points.
    """
    if not points:
        return ""
    drawn = sorted(points, key=lambda dot: dot.moment)[-MOST:]
    values = [dot.value for dot in drawn]
    up = _upward(values)
    left = 18 + 6.7 * max((len(tick.label) for tick in up.ticks), default=0)
    across = _Days(drawn[0].moment, drawn[-1].moment, left)
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    named = f'role="group" aria-label="{literal(_told(drawn, title))}"'
    lines = [
        f'<svg class="journal-dots-picture" xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f'<text x="12" y="18" class="journal-dots-title">{plain(_heading(points, drawn, values, title))}</text>',
        *_frame(up, across),
        *(_dot(dot, across.x(dot.moment), _y(up, dot.value)) for dot in drawn),
        "</svg>",
    ]
    return "\n".join(lines)


def _heading(points: Sequence[Dot], drawn: Sequence[Dot], values: Sequence[float], title: str) -> str:
    more = [f"the newest {len(drawn):,} of {len(points):,}"] if len(points) > len(drawn) else []
    log = ["log scale"] if _is_wide(values) else []
    said = ", ".join([*more, *log])
    return f"{title} ({said})" if said else title


def _told(drawn: Sequence[Dot], title: str) -> str:
    """The picture in words."""
    smallest, largest = min(dot.value for dot in drawn), max(dot.value for dot in drawn)
    first, last = _day(drawn[0].moment), _day(drawn[-1].moment)
    of = f"from {shown(smallest, 4)} to {shown(largest, 4)}" if smallest < largest else f"at {shown(smallest, 4)}"
    return f"{title}: {counted(len(drawn), 'value')} {of}, {first} to {last}"


def _is_wide(values: Sequence[float]) -> bool:
    """Whether only a log scale shows the values: all above 0, and over more than three decades."""
    low, high = min(values), max(values)
    return low > 0 and high / 10**_DECADES > low


def _upward(values: Sequence[float]) -> Axis:
    make = axes.log if _is_wide(values) else axes.linear
    return make(min(values), max(values), 5)


def _y(up: Axis, value: float) -> float:
    return _BOTTOM - (up.place(value) or 0.0) * (_BOTTOM - _TOP)


class _Days(NamedTuple):
    """The axis of time."""

    first: float
    last: float
    left: float

    def x(self, moment: float) -> float:
        """Where a moment lies; with room for a dot at both ends, and a lone one in the middle."""
        low, high = self.left + 8, _WIDTH - _RIGHT - 8
        if self.last - self.first < _GAP:
            return (low + high) / 2
        return low + (moment - self.first) / (self.last - self.first) * (high - low)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Days at equal distances, as few as there are."""
        days = round((self.last - self.first) / _DAY)
        number = min(_DATES, days + 1)
        for place in range(number):
            moment = self.first + (self.last - self.first) * place / max(1, number - 1)
            yield self.x(moment), _day(moment)


def _day(moment: float) -> str:
    """A date in UTC."""
    try:
        return datetime.fromtimestamp(moment, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "?"


def _frame(up: Axis, across: _Days) -> Iterator[str]:
    for tick in up.ticks:
        yield from _rule(tick, across.left)
    yield f'<path class="journal-dots-axis" d="M{across.left:.0f} {_BOTTOM}H{_WIDTH - _RIGHT}"/>'
    for x, day in across.ticks():
        anchor = "middle" if across.left + 30 < x < _WIDTH - 46 else "end" if x > across.left + 60 else "start"
        at = _WIDTH - _RIGHT if anchor == "end" else across.left if anchor == "start" else x
        yield f'<text x="{at:.1f}" y="{_BOTTOM + 18}" text-anchor="{anchor}">{day}</text>'


def _rule(tick: Tick, left: float) -> Iterator[str]:
    y = _BOTTOM - tick.place * (_BOTTOM - _TOP)
    yield f'<path class="journal-dots-grid" d="M{left:.0f} {y:.1f}H{_WIDTH - _RIGHT}"/>'
    yield f'<text x="{left - 7:.0f}" y="{y + 4:.1f}" text-anchor="end">{tick.label}</text>'


def _dot(dot: Dot, x: float, y: float) -> str:
    """A dot, its link, and what it says when it is pointed at or reached by the keyboard."""
    words = f"{shown(dot.value, 6)}, {dot.label}, {_day(dot.moment)}"
    return (
        f'<a href="{literal(dot.address)}" aria-label="{literal(words)}"><title>{plain(words)}</title>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/></a>'
    )
