"""Values over time as an inline picture whose dots are links: what a metric came to, entry by entry."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import Role
from journal.model.wording import counted
from journal.site.charts import axes, swarm
from journal.site.charts.tones import DASHES
from journal.site.markup import literal
from journal.site.svg_text import apart, extent, in_page, shortened
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.site.charts.axes import Axis, Tick

MOST = 500
NAMED = 8
"""Up to so many dots have their names beside them."""

VOID = "hollow: the entry is superseded or invalid"

_WIDTH, _HEIGHT = 720, 290
_TOP, _RIGHT, _BOTTOM = 40, 16, 258
_SIZES = ((60, 4.5), (150, 3.6), (MOST, 3.0))
_DECADES = 3
_BETWEEN, _DATES = 18.0, 105.0  # pixels between entries at least, where there is room; between dates
_TITLE = 84
_NAME = 20
_KINDS = {Role.BASELINE.value: "baseline", Role.CANDIDATE.value: "candidate"}
_OTHER = "other"


class Dot(NamedTuple):
    """One value.

    Attributes:
        moment: Seconds since 1970.
        value: Finite.
        label: What it is, raw text.
        address: The page that tells of it, relative to the page that shows the picture.
        role: The run's part in the comparison, if it has one.
        window: Steps that the value is over; values of one role over one window are joined by a line.
        void: Whether nobody should rely on it any more; no line goes through it.
        name: What stands beside it where dots are few, raw text.
    """

    moment: float
    value: float
    label: str
    address: str
    role: str | None = None
    window: str = ""
    void: bool = False
    name: str = ""

    @property
    def kind(self) -> str:
        """How it is drawn: `baseline`, `candidate` or `other`."""
        return _KINDS.get(self.role or "", _OTHER)


class _Placed(NamedTuple):
    """A dot in the picture."""

    dot: Dot
    x: float
    y: float


def over_time(points: Sequence[Dot], title: str) -> str:
    """The picture of some values with its legend, as SVG inside HTML, in the colours of the page.

    Args:
        points: In any order; of more than `MOST` the newest are drawn, and it is said how many those are.
        title: What they are, raw text.

    Returns:
        HTML; nothing without points.
    """
    if not points:
        return ""
    drawn = sorted(points, key=lambda dot: dot.moment)[-MOST:]
    up = _upward([dot.value for dot in drawn])
    left = 18 + 6.7 * max((len(tick.label) for tick in up.ticks), default=0)
    columns = _columns([dot.moment for dot in drawn], left + 12, _WIDTH - _RIGHT - 12)
    size = next(radius for most, radius in _SIZES if len(drawn) <= most)
    placed = _placed(drawn, columns, up, size)
    named = f'role="group" aria-label="{literal(_told(drawn, title))}"'
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    lines = [
        '<div class="journal-dots">',
        f'<svg class="journal-dots-picture" xmlns="http://www.w3.org/2000/svg" {frame} {named}>',
        f'<text x="12" y="18" class="journal-dots-title">{in_page(_heading(points, drawn, title))}</text>',
        *_frame(up, columns, left),
        *_lines(placed),
        *(_dot(each, size) for each in placed),
        *(_names(placed, size) if len(placed) <= NAMED else ()),
        "</svg>",
        "</div>",
        _legend(drawn),
    ]
    return "\n".join(lines)


def _heading(points: Sequence[Dot], drawn: Sequence[Dot], title: str) -> str:
    more = [f"the newest {len(drawn):,} of {len(points):,}"] if len(points) > len(drawn) else []
    log = ["log scale"] if _is_wide([dot.value for dot in drawn]) else []
    said = ", ".join([*more, *log])
    short = shortened(title, _TITLE - len(said))
    return f"{short} ({said})" if said else short


def _told(drawn: Sequence[Dot], title: str) -> str:
    """The picture in words."""
    smallest, largest = min(dot.value for dot in drawn), max(dot.value for dot in drawn)
    first, last = _day(drawn[0].moment), _day(drawn[-1].moment)
    of = f"from {shown(smallest, 4)} to {shown(largest, 4)}" if smallest < largest else f"at {shown(smallest, 4)}"
    return f"{title}: {counted(len(drawn), 'value')} {of}, {first} to {last}"


# --- places ------------------------------------------------------------------------------------------------------- #


def _is_wide(values: Sequence[float]) -> bool:
    """Whether only a log scale shows the values: all above 0, and over more than three decades."""
    low, high = min(values), max(values)
    return low > 0 and high / 10**_DECADES > low


def _upward(values: Sequence[float]) -> Axis:
    make = axes.log if _is_wide(values) else axes.linear
    return make(min(values), max(values), 5)


def _columns(moments: Sequence[float], low: float, high: float) -> Mapping[float, float]:
    """Where each moment lies: by time, those close to each other moved apart; a lone one in the middle."""
    found = list(dict.fromkeys(moments))
    if len(found) == 1:
        return {found[0]: (low + high) / 2}
    whole = found[-1] - found[0]
    wanted = [low + (moment - found[0]) / whole * (high - low) for moment in found]
    return dict(zip(found, apart(wanted, low, high, _BETWEEN), strict=True))


def _placed(drawn: Sequence[Dot], columns: Mapping[float, float], up: Axis, size: float) -> list[_Placed]:
    """The dots, none on another where there is room."""
    gap = min((after - before for before, after in pairwise(columns.values())), default=120.0)
    wanted = [(columns[dot.moment], _BOTTOM - (up.place(dot.value) or 0.0) * (_BOTTOM - _TOP)) for dot in drawn]
    apart_ = 2 * size + 0.5
    places = swarm.spread(wanted, apart_, max(2 * apart_, min(60.0, gap / 2)))
    return [_Placed(dot, x, y) for dot, (x, y) in zip(drawn, places, strict=True)]


def _day(moment: float) -> str:
    """A date in UTC."""
    try:
        return datetime.fromtimestamp(moment, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "?"


# --- what is drawn ------------------------------------------------------------------------------------------------ #


def _frame(up: Axis, columns: Mapping[float, float], left: float) -> Iterator[str]:
    for tick in up.ticks:
        yield from _rule(tick, left)
    yield f'<path class="journal-dots-axis" d="M{left:.0f} {_BOTTOM}H{_WIDTH - _RIGHT}"/>'
    for x, day in _dates(columns):
        at = min(max(x, left + 34), _WIDTH - _RIGHT - 34)
        yield f'<path class="journal-dots-axis" d="M{x:.1f} {_BOTTOM}v4"/>'
        yield f'<text x="{at:.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{day}</text>'


def _dates(columns: Mapping[float, float]) -> list[tuple[float, str]]:
    """The dates that there is room for, each once, and the last one always."""
    days = list({_day(moment): x for moment, x in reversed(list(columns.items()))}.items())
    found: list[tuple[float, str]] = []
    for day, x in days:
        if not found or found[-1][0] - x >= _DATES:
            found.append((x, day))
    return found[::-1]


def _rule(tick: Tick, left: float) -> Iterator[str]:
    y = _BOTTOM - tick.place * (_BOTTOM - _TOP)
    yield f'<path class="journal-dots-grid" d="M{left:.0f} {y:.1f}H{_WIDTH - _RIGHT}"/>'
    yield f'<text x="{left - 7:.0f}" y="{y + 4:.1f}" text-anchor="end">{tick.label}</text>'


def _lines(placed: Sequence[_Placed]) -> Iterator[str]:
    """For each role and common window a line from entry to entry, through the middle value of each."""
    dashes = dict(zip(_windows([each.dot for each in placed]), DASHES, strict=False))
    series: dict[tuple[str, str], list[_Placed]] = {}
    for each in placed:
        if not each.dot.void and each.dot.window in dashes:
            series.setdefault((each.dot.kind, each.dot.window), []).append(each)
    for (kind, window), held in series.items():
        middles = [_middle(list(group)) for _, group in groupby(held, key=lambda each: each.dot.moment)]
        if len(middles) > 1:
            way = "L".join(f"{each.x:.1f} {each.y:.1f}" for each in middles)
            yield f'<path class="journal-dots-line journal-dots-{kind}" d="M{way}"{_dashed(dashes[window])}/>'


def _windows(drawn: Sequence[Dot]) -> list[str]:
    """The windows of the dots, the commonest first."""
    return [window for window, _ in Counter(dot.window for dot in drawn).most_common()]


def _dashed(dash: Sequence[float]) -> str:
    return f' stroke-dasharray="{" ".join(f"{each:g}" for each in dash)}"' if dash else ""


def _middle(held: list[_Placed]) -> _Placed:
    return sorted(held, key=lambda each: each.dot.value)[(len(held) - 1) // 2]


def _dot(each: _Placed, size: float) -> str:
    """A dot, its link, and what it says when it is pointed at or reached by the keyboard."""
    words = f"{shown(each.dot.value, 6)}, {each.dot.label}, {_day(each.dot.moment)}"
    return (
        f'<a href="{literal(each.dot.address)}" aria-label="{literal(words)}"><title>{in_page(words)}</title>'
        f"{_shape(each.dot.kind, each.x, each.y, size, void=each.dot.void)}</a>"
    )


def _shape(kind: str, x: float, y: float, size: float, *, void: bool) -> str:
    """A circle for a candidate, a square for a baseline, a diamond for all others: of about one area."""
    style = f'class="journal-dots-{kind}{" journal-dots-void" if void else ""}"'
    if kind == _KINDS[Role.CANDIDATE]:
        return f'<circle {style} cx="{x:.1f}" cy="{y:.1f}" r="{size:g}"/>'
    if kind == _KINDS[Role.BASELINE]:
        half = size * 0.89
        return f'<path {style} d="M{x - half:.1f} {y - half:.1f}h{2 * half:.1f}v{2 * half:.1f}h{-2 * half:.1f}z"/>'
    half = size * 1.25
    way = f"l{half:.1f} {half:.1f} {-half:.1f} {half:.1f} {-half:.1f} {-half:.1f}z"
    return f'<path {style} d="M{x:.1f} {y - half:.1f}{way}"/>'


def _names(placed: Sequence[_Placed], size: float) -> Iterator[str]:
    """The names of a few dots, each beside its own where it covers nothing."""
    taken = [swarm.Box(each.x - size, each.y - size, each.x + size, each.y + size) for each in placed]
    for each in placed:
        name = shortened(each.dot.name, _NAME)
        if not name:
            continue
        box = swarm.beside((each.x, each.y), size + 4, extent(name) + 2, taken, _WIDTH - _RIGHT)
        taken.append(box)
        yield f'<text class="journal-dots-name" x="{box.left:.1f}" y="{box.bottom - 4:.1f}">{in_page(name)}</text>'


def _legend(drawn: Sequence[Dot]) -> str:
    """What the shapes are, in words."""
    kinds = [kind for kind in (*_KINDS.values(), _OTHER) if any(dot.kind == kind for dot in drawn)]
    parts = [_key(kind, _word(kind, drawn), void=False) for kind in kinds]
    if any(dot.void for dot in drawn):
        parts.append(_key(next(dot.kind for dot in drawn if dot.void), VOID, void=True))
    windows = _windows(drawn)
    if len(windows) > 1:
        parts += [_line_key(dash, window) for window, dash in zip(windows, DASHES, strict=False)]
    return f'<p class="journal-dots-legend">{" ".join(parts)}</p>'


def _line_key(dash: Sequence[float], window: str) -> str:
    box = 'class="journal-dots-wide" viewBox="0 0 28 14" aria-hidden="true"'
    way = f'<path class="journal-dots-axis" d="M0 7h28"{_dashed(dash)}/>'
    return f"<span><svg {box}>{way}</svg> over {in_page(window)}</span>"


def _key(kind: str, words: str, *, void: bool) -> str:
    picture = f'<svg viewBox="-7 -7 14 14" aria-hidden="true">{_shape(kind, 0, 0, 4.5, void=void)}</svg>'
    return f"<span>{picture} {words}</span>"


def _word(kind: str, drawn: Sequence[Dot]) -> str:
    """What a shape stands for; of runs that are neither baseline nor candidate, their role if it is one."""
    if kind != _OTHER:
        return kind
    roles = {dot.role for dot in drawn if dot.kind == _OTHER}
    return {frozenset({Role.REFERENCE.value}): "reference", frozenset({None}): "run without a role"}.get(
        frozenset(roles), "other run"
    )
