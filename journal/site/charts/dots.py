"""Values over time as an inline picture whose dots are links: what a metric came to, entry by entry."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import Role
from journal.model.wording import counted
from journal.site.charts import axes, swarm
from journal.site.charts.moments import moments
from journal.site.charts.tones import DASHES
from journal.site.markup import literal
from journal.site.svg_text import apart, extent, in_page, shortened
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.site.charts.axes import Axis, Tick
    from journal.site.charts.moments import Moments

MOST = 500
NAMED = 8
"""Up to so many dots have their names beside them."""

VOID = "hollow: the entry is superseded or invalid"
JOINED = "A line joins entries that share a run and of which one follows the other or holds its results."
MOVED = "Dots of one date, or nearly so, are moved apart sideways, as far as there is room."

_WIDTH, _HEIGHT = 720, 290
_TOP, _RIGHT, _BOTTOM = 40, 16, 258
_SIZES = ((60, 4.5), (150, 3.6), (MOST, 3.0))
_DECADES = 3
_BETWEEN = 18.0  # pixels between entries at least, where there is room
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
        window: Steps that the value is over.
        void: Whether nobody should rely on it any more; no line goes through it.
        name: What stands beside it where dots are few, raw text.
        entry: The entry that it is from.
        after: Entries that one goes on from: a line joins their values, where each has but one of a role and window.
    """

    moment: float
    value: float
    label: str
    address: str
    role: str | None = None
    window: str = ""
    void: bool = False
    name: str = ""
    entry: str = ""
    after: tuple[str, ...] = ()

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
    ends = (left + 12, _WIDTH - _RIGHT - 12)
    columns = _columns([dot.moment for dot in drawn], *ends)
    size = next(radius for most, radius in _SIZES if len(drawn) <= most)
    placed = _placed(drawn, columns, up, size, (left + size + 2, _WIDTH - _RIGHT))
    when = moments(dot.moment for dot in drawn)
    joined = list(_lines(placed))
    notes = [*([JOINED] if joined else []), *([MOVED] if _is_moved(placed, ends, size) else [])]
    named = f'role="group" aria-label="{literal(_told(drawn, title, when))}"'
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    lines = [
        '<div class="journal-dots">',
        f'<svg class="journal-dots-picture" xmlns="http://www.w3.org/2000/svg" {frame} {named}>',
        f'<text x="12" y="18" class="journal-dots-title">{in_page(_heading(points, drawn, title, when))}</text>',
        *_frame(up, columns, left, when),
        *joined,
        *(_dot(each, size, when) for each in placed),
        *(_names(placed, size) if len(placed) <= NAMED else ()),
        "</svg>",
        "</div>",
        _legend(drawn, notes),
    ]
    return "\n".join(lines)


def _heading(points: Sequence[Dot], drawn: Sequence[Dot], title: str, when: Moments) -> str:
    more = [f"the newest {len(drawn):,} of {len(points):,}"] if len(points) > len(drawn) else []
    log = ["log scale"] if _is_wide([dot.value for dot in drawn]) else []
    said = ", ".join([*more, *log, *([when.note] if when.note else [])])
    short = shortened(title, _TITLE - len(said))
    return f"{short} ({said})" if said else short


def _told(drawn: Sequence[Dot], title: str, when: Moments) -> str:
    """The picture in words."""
    smallest, largest = min(dot.value for dot in drawn), max(dot.value for dot in drawn)
    spans = dict.fromkeys(when.whole(each.moment) for each in (drawn[0], drawn[-1]))
    of = f"from {shown(smallest, 4)} to {shown(largest, 4)}" if smallest < largest else f"at {shown(smallest, 4)}"
    return f"{title}: {counted(len(drawn), 'value')} {of}, {' to '.join(spans)}"


# --- places ------------------------------------------------------------------------------------------------------- #


def _is_wide(values: Sequence[float]) -> bool:
    """Whether only a log scale shows the values: all above 0, and over more than three decades."""
    low, high = min(values), max(values)
    return low > 0 and high / 10**_DECADES > low


def _upward(values: Sequence[float]) -> Axis:
    make = axes.log if _is_wide(values) else axes.linear
    return make(min(values), max(values), 5)


def _columns(moments: Sequence[float], low: float, high: float) -> Mapping[float, float]:
    """Where each moment lies: by time, those close to each other moved apart."""
    wanted = _by_time(moments, low, high)
    return dict(zip(wanted, apart(list(wanted.values()), low, high, _BETWEEN), strict=True))


def _by_time(moments: Sequence[float], low: float, high: float) -> Mapping[float, float]:
    """Where each moment belongs; a lone one in the middle."""
    found = list(dict.fromkeys(moments))
    whole = found[-1] - found[0]
    return {each: low + (each - found[0]) / whole * (high - low) if whole else (low + high) / 2 for each in found}


def _is_moved(placed: Sequence[_Placed], ends: tuple[float, float], size: float) -> bool:
    """Whether a dot lies so far beside its moment that it can be seen."""
    wanted = _by_time([each.dot.moment for each in placed], *ends)
    return any(abs(each.x - wanted[each.dot.moment]) > size for each in placed)


def _placed(
    drawn: Sequence[Dot], columns: Mapping[float, float], up: Axis, size: float, bounds: tuple[float, float]
) -> list[_Placed]:
    """The dots, none on another where there is room."""
    gap = min((after - before for before, after in pairwise(columns.values())), default=bounds[1] - bounds[0])
    wanted = [(columns[dot.moment], _BOTTOM - (up.place(dot.value) or 0.0) * (_BOTTOM - _TOP)) for dot in drawn]
    apart_ = 2 * size + 0.5
    places = swarm.spread(wanted, apart_, max(2 * apart_, gap / 2), bounds)
    return [_Placed(dot, x, y) for dot, (x, y) in zip(drawn, places, strict=True)]


# --- what is drawn ------------------------------------------------------------------------------------------------ #


def _frame(up: Axis, columns: Mapping[float, float], left: float, when: Moments) -> Iterator[str]:
    for tick in up.ticks:
        yield from _rule(tick, left)
    yield f'<path class="journal-dots-axis" d="M{left:.0f} {_BOTTOM}H{_WIDTH - _RIGHT}"/>'
    for x, mark in when.marks(columns):
        at = min(max(x, left + 34), _WIDTH - _RIGHT - 34)
        yield f'<path class="journal-dots-axis" d="M{x:.1f} {_BOTTOM}v4"/>'
        yield f'<text x="{at:.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{mark}</text>'


def _rule(tick: Tick, left: float) -> Iterator[str]:
    y = _BOTTOM - tick.place * (_BOTTOM - _TOP)
    yield f'<path class="journal-dots-grid" d="M{left:.0f} {y:.1f}H{_WIDTH - _RIGHT}"/>'
    yield f'<text x="{left - 7:.0f}" y="{y + 4:.1f}" text-anchor="end">{tick.label}</text>'


def _lines(placed: Sequence[_Placed]) -> Iterator[str]:
    """For each role and common window the lines from the values of entries to those of the entries that go on."""
    dashes = dict(zip(_windows([each.dot for each in placed]), DASHES, strict=False))
    series: dict[tuple[str, str], list[_Placed]] = {}
    for each in placed:
        if not each.dot.void and each.dot.window in dashes:
            series.setdefault((each.dot.kind, each.dot.window), []).append(each)
    for (kind, window), held in series.items():
        way = "".join(f"M{one.x:.1f} {one.y:.1f}L{other.x:.1f} {other.y:.1f}" for one, other in _joined(held))
        if way:
            yield f'<path class="journal-dots-line journal-dots-{kind}" d="{way}"{_dashed(dashes[window])}/>'


def _joined(held: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """The values of one role and window that a line joins: the only one of an entry, and that of one that goes on."""
    counts = Counter(each.dot.entry for each in held)
    alone = {each.dot.entry: each for each in held if counts[each.dot.entry] == 1}
    for each in alone.values():
        before = [alone[name] for name in each.dot.after if name in alone]
        yield from ((other, each) for other in before if other.dot.moment != each.dot.moment)


def _windows(drawn: Sequence[Dot]) -> list[str]:
    """The windows of the dots, the commonest first."""
    return [window for window, _ in Counter(dot.window for dot in drawn).most_common()]


def _dashed(dash: Sequence[float]) -> str:
    return f' stroke-dasharray="{" ".join(f"{each:g}" for each in dash)}"' if dash else ""


def _dot(each: _Placed, size: float, when: Moments) -> str:
    """A dot, its link, and what it says when it is pointed at or reached by the keyboard."""
    words = f"{shown(each.dot.value, 6)}, {each.dot.label}, {when.whole(each.dot.moment)}"
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


def _legend(drawn: Sequence[Dot], notes: Sequence[str]) -> str:
    """What the shapes are, in words, and what else there is to say."""
    kinds = [kind for kind in (*_KINDS.values(), _OTHER) if any(dot.kind == kind for dot in drawn)]
    parts = [_key(kind, _word(kind, drawn), void=False) for kind in kinds]
    if any(dot.void for dot in drawn):
        parts.append(_key(next(dot.kind for dot in drawn if dot.void), VOID, void=True))
    windows = _windows(drawn) if JOINED in notes else []  # only lines tell them apart
    if len(windows) > 1:
        parts += [_line_key(dash, window) for window, dash in zip(windows, DASHES, strict=False)]
    parts += [f"<span>{note}</span>" for note in notes]
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
