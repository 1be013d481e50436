"""The script that holds the numbers of a page's live charts: one call, small, and harmless whatever names are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.site.charts.asked import LIVE
from journal.site.charts.thinning import thinned
from journal.site.script_text import call
from journal.tables.curves import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.site.charts.figure import Figure, Line

LIMIT = 60_000
"""Bytes of a page's script."""

_POINT_BYTES = 12
_NAME = 80


def script(name: str, figures: Sequence[Figure]) -> bytes:
    """The script of a page's first figures, with as many points as there is room for, shared fairly.

    Args:
        name: What the page calls the script.
        figures: The page's figures, in order.
    """
    live = figures[:LIVE]
    points = _share([len(line.steps) for figure in live for line in figure.lines])
    while True:
        found = call("journal.curves", name, [_figure(figure, points) for figure in live])
        if len(found) <= LIMIT or points <= LEAST:
            return found
        points = max(LEAST, min(points - LEAST, points * LIMIT // len(found)))


def _share(wanted: Sequence[int]) -> int:
    """The most points that each line may have, where those that want fewer leave the rest to the others."""
    room = LIMIT // _POINT_BYTES
    for place, number in enumerate(sorted(wanted)):
        share = room // (len(wanted) - place)
        if number > share:
            return max(LEAST, share)
        room -= number
    return max([LEAST, *wanted])


def _figure(figure: Figure, points: int) -> dict[str, Any]:
    asked = figure.asked
    return {
        "title": asked.title[:_NAME],
        "span": figure.span if figure.lines else (0, 1),
        "log": asked.scale == "log",
        "smooth": asked.smooth,
        "windows": figure.shaded,
        "lines": [_line(line, points) for line in figure.lines],
    }


def _line(line: Line, points: int) -> dict[str, Any]:
    kept = thinned(line.steps, line.values, points)
    before, apart = 0, []
    for step, _ in kept:
        apart.append(step - before)
        before = step
    return {
        "name": line.shown.label[:_NAME],
        "role": line.shown.role,
        "tone": line.shown.tone,
        "dash": line.shown.dash,
        "n": line.brief.n,
        "broken": line.brief.nonfinite_steps,
        "apart": apart,
        "values": [_short(value) for _, value in kept],
    }


def _short(value: float) -> float | int:
    """A whole number without its `.0`, where that is shorter."""
    return int(value) if value.is_integer() and abs(value) < 1e7 else value  # noqa: PLR2004
