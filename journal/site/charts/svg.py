"""A figure as a picture: one small SVG file, light or dark as the page around it, that needs no script."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from journal.site.charts import axes
from journal.site.charts.smoothing import smoothed
from journal.site.charts.thinning import thinned
from journal.site.charts.tones import DASHES, FAINT, LIGHT, dark_style
from journal.site.charts.wording import notes
from journal.site.svg_text import apart, extent, filled, in_file, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.charts.axes import Axis
    from journal.site.charts.figure import Figure, Line

_POINTS = 2000
_LEAST_POINTS = 80
_MOST_POINTS = 560
_ROW = 15
_DOTTED = 24  # points up to which each is a dot
_FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif\""
_INK, _SOFT, _GRID, _EDGE, _AXIS = "#1d2733", "#56616d", "#e3e7ec", "#b9c4cf", "#8a949e"
_SHADE = f'class="w" fill="#eef2f6" stroke="{_EDGE}" stroke-width=".6"'


class Shape(NamedTuple):
    """A picture's size, in pixels.

    Attributes:
        width: Of the whole picture.
        height: Of the whole picture.
        small: Whether it is one of many: no labels beside the lines.
    """

    width: int
    height: int
    small: bool


LARGE = Shape(820, 350, small=False)
SMALL = Shape(340, 190, small=True)


class _Box(NamedTuple):
    """Where the lines are drawn."""

    left: float
    top: float
    right: float
    bottom: float

    def x(self, place: float) -> float:
        return self.left + place * (self.right - self.left)

    def y(self, place: float) -> float:
        return self.bottom - place * (self.bottom - self.top)


class _Drawn(NamedTuple):
    """A line with what is drawn of it: points in the picture, thick ones and the raw ones behind."""

    line: Line
    raw: list[tuple[float, float]]
    over: list[tuple[float, float]]

    @property
    def end(self) -> tuple[float, float] | None:
        """Where it ends."""
        points = self.over or self.raw
        return points[-1] if points else None


def picture(figure: Figure, alt: str, shape: Shape = LARGE) -> bytes:
    """The picture of a figure.

    Args:
        figure: The figure with its curves.
        alt: What the picture shows, in words.
        shape: Its size.
    """
    told = [] if shape.small else filled(notes(figure), shape.width - 24)
    width, height = shape.width, height_of(figure, shape)
    size = 12 if shape.small else 14
    title = in_file(shortened(figure.asked.title, width // (size // 2 + 2)))
    lines = [
        _opening(width, height),
        f"<title>{in_file(alt)}</title>",
        dark_style((line.shown.tone for line in figure.lines), faint=figure.asked.smooth > 0),
        f'<rect class="b" width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="i" x="12" y="22" fill="{_INK}" font-size="{size}" font-weight="600">{title}</text>',
        *(_nothing(shape) if figure.is_empty else _curves(figure, shape)),
        *(
            f'<text x="12" y="{shape.height + 6 + _ROW * number}">{in_file(each)}</text>'
            for number, each in enumerate(told)
        ),
        "</svg>",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _opening(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" {_FONT} font-size="12" fill="{_SOFT}">'
    )


def height_of(figure: Figure, shape: Shape = LARGE) -> int:
    """The picture's height, in pixels."""
    told = [] if shape.small else filled(notes(figure), shape.width - 24)
    return shape.height + (_ROW * len(told) + 4 if told else 0)


def _nothing(shape: Shape, words: str = "no curve is kept") -> Iterator[str]:
    yield f'<text x="{shape.width / 2}" y="{shape.height / 2}" text-anchor="middle">{words}</text>'


def _curves(figure: Figure, shape: Shape) -> Iterator[str]:
    first, last = figure.span
    means = [_mean(line, figure.asked.smooth, first) for line in figure.lines]
    values = _values_axis(figure, means, 4 if shape.small else 6)
    if values is None:
        log = figure.asked.scale == "log"
        yield from _nothing(shape, f"no value has a place {'on a log scale' if log else 'in these steps'}")
        return
    left = 20 + max([extent(tick.label) for tick in values.ticks], default=0)
    right = 14 if shape.small else 36 + 1.08 * max(extent(shortened(line.shown.label, 22)) for line in figure.lines)
    box = _Box(left, 36, shape.width - right, shape.height - 44)
    across = axes.steps(first, last, max(2, int((box.right - box.left) / 90)))
    yield from _shades(figure, box, across)
    yield from _frame(box, across, values, shape)
    most = max(_LEAST_POINTS, min(_MOST_POINTS, _POINTS // len(figure.lines)))
    canvas = _Canvas(figure, box, across, values, most)
    drawn = [
        _Drawn(line, canvas.points(line.steps, line.values), canvas.points(line.steps, mean))
        for line, mean in zip(figure.lines, means, strict=True)
    ]
    yield from (stroke for each in drawn for stroke in _strokes(each))
    yield from _marks(figure, box, across)
    if not shape.small:
        yield from _labels(drawn, box)


def _mean(line: Line, weight: float, since: int) -> list[float]:
    """The moving average of a line from the first step shown on; nothing where none is asked for."""
    if weight <= 0:
        return []
    by = axes.power(line.values)
    mean = smoothed(line.steps, [axes.divided(each, by) for each in line.values], line.brief.n, weight, since)
    return [axes.divided(each, -by) for each in mean]


def _values_axis(figure: Figure, means: Sequence[Sequence[float]], most: int) -> Axis | None:
    """The axis of values: of all that is drawn in the steps shown; None where nothing has a place on it."""
    low, high = figure.span
    log = figure.asked.scale == "log"
    drawn = [
        (line.steps, values) for line, mean in zip(figure.lines, means, strict=True) for values in (line.values, mean)
    ]
    found = [
        value
        for steps, values in drawn
        for step, value in zip(steps, values, strict=False)  # there may be no average
        if low <= step <= high and (value > 0 or not log)
    ]
    if not found:
        return None
    make = axes.log if log else axes.linear
    return make(min(found), max(found), most)


def _shades(figure: Figure, box: _Box, across: Axis) -> Iterator[str]:
    """The windows of the entry's numbers, light behind everything."""
    for first, last in figure.shaded:
        start, end = (min(1.0, max(0.0, across.place(step) or 0.0)) for step in (first, last))
        width = max(1.5, box.x(end) - box.x(start))
        x, height = box.x(start), box.bottom - box.top
        yield f'<rect x="{x:.1f}" y="{box.top}" width="{width:.1f}" height="{height}" {_SHADE}/>'


def _frame(box: _Box, across: Axis, values: Axis, shape: Shape) -> Iterator[str]:
    """Grid, ticks and the name of the axis of steps."""
    for tick in values.ticks:
        y = box.y(tick.place)
        yield f'<path d="M{box.left:.0f} {y:.1f}H{box.right:.0f}" class="g" stroke="{_GRID}"/>'
        yield f'<text x="{box.left - 7:.0f}" y="{y + 4:.1f}" text-anchor="end">{tick.label}</text>'
    yield f'<path d="M{box.left:.0f} {box.bottom:.0f}H{box.right:.0f}" class="a" stroke="{_AXIS}"/>'
    for tick in across.ticks:
        x = box.x(tick.place)
        yield f'<path d="M{x:.1f} {box.bottom:.0f}v4" class="a" stroke="{_AXIS}"/>'
        at = min(x, shape.width - 2 - extent(tick.label) / 2)  # a picture cuts off what does not fit
        yield f'<text x="{at:.1f}" y="{box.bottom + 17:.0f}" text-anchor="middle">{tick.label}</text>'
    middle = (box.left + box.right) / 2
    yield f'<text x="{middle:.0f}" y="{shape.height - 12}" text-anchor="middle">step</text>'


class _Canvas(NamedTuple):
    """Where points of a figure go, and how many of a line there may be."""

    figure: Figure
    box: _Box
    across: Axis
    up: Axis
    most: int

    def points(self, steps: Sequence[int], values: Sequence[float]) -> list[tuple[float, float]]:
        """The places of a curve's points that are drawn."""
        low, high = self.figure.span
        log = self.figure.asked.scale == "log"
        shown = [
            (step, value)
            for step, value in zip(steps, values, strict=False)  # there may be no average
            if low <= step <= high and (value > 0 or not log)
        ]
        kept = thinned([step for step, _ in shown], [value for _, value in shown], self.most)
        return [
            (self.box.x(self.across.place(step) or 0.0), self.box.y(self.up.place(value) or 0.0))
            for step, value in kept
        ]


def _strokes(drawn: _Drawn) -> Iterator[str]:
    tone, dash = drawn.line.shown.tone, drawn.line.shown.dash
    if drawn.over:
        yield _stroke(drawn.raw, f'class="r{tone}" stroke="{FAINT[tone]}"', 0.8, ())
    colour, width = f'class="s{tone}" stroke="{LIGHT[tone]}"', 1.8 if drawn.over else 1.4
    yield _stroke(drawn.over or drawn.raw, colour, width, DASHES[dash % len(DASHES)])
    if len(drawn.raw) <= _DOTTED:
        for x, y in drawn.raw:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" class="f{tone}" fill="{LIGHT[tone]}"/>'


def _stroke(points: Sequence[tuple[float, float]], colour: str, width: float, dash: tuple[float, ...]) -> str:
    """A line through points, in tenths of a pixel from each to the next: short, and exact enough."""
    if not points:
        return ""
    x, y = (round(each * 10) for each in points[0])
    parts = [f"M{x} {y}l"]
    for at_x, at_y in points[1:]:
        to_x, to_y = round(at_x * 10), round(at_y * 10)
        if (to_x, to_y) != (x, y):
            parts.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    way = " ".join(parts).replace(" -", "-").replace("l ", "l").removesuffix("l")
    dashes = f' stroke-dasharray="{" ".join(f"{each * 10:g}" for each in dash)}"' if dash else ""
    return (
        f'<path transform="scale(.1)" d="{way}" fill="none" {colour} stroke-width="{width * 10:g}" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _marks(figure: Figure, box: _Box, across: Axis) -> Iterator[str]:
    """A small cross on the axis for each row that is no number."""
    for line in figure.lines:
        for step in line.brief.nonfinite_steps:
            place = across.place(step) or 0.0
            if 0 <= place <= 1:
                x, y, tone = box.x(place) - 3.5, box.bottom - 3.5, line.shown.tone
                colour = f'class="s{tone}" stroke="{LIGHT[tone]}"'
                yield f'<path d="M{x:.1f} {y:.1f}l7 7m0-7l-7 7" {colour} stroke-width="1.8"/>'


def _labels(drawn: Sequence[_Drawn], box: _Box) -> Iterator[str]:
    """The name of each line at its end, moved apart where they would lie on each other."""
    ends = sorted(((each.end, each.line) for each in drawn if each.end is not None), key=lambda pair: pair[0][1])
    for (end, line), y in zip(ends, apart([end[1] for end, _ in ends], box.top + 4, box.bottom - 2), strict=True):
        tone, dash = line.shown.tone, DASHES[line.shown.dash % len(DASHES)]
        pattern = f' stroke-dasharray="{" ".join(f"{each:g}" for each in dash)}"' if dash else ""
        if math.hypot(box.right - end[0], end[1] - y) > 3:  # noqa: PLR2004
            way = f"M{end[0]:.1f} {end[1]:.1f}L{box.right + 3:.0f} {y:.1f}"
            yield f'<path d="{way}" class="e" stroke="{_EDGE}" stroke-dasharray="1.5 3"/>'
        stroke = f'class="s{tone}" stroke="{LIGHT[tone]}" stroke-width="2"{pattern}'
        yield f'<path d="M{box.right + 4:.0f} {y:.1f}h14" {stroke}/>'
        words, colour = in_file(shortened(line.shown.label, 22)), f'class="f{tone}" fill="{LIGHT[tone]}"'
        yield f'<text x="{box.right + 22:.0f}" y="{y + 4:.1f}" {colour} font-weight="600">{words}</text>'
