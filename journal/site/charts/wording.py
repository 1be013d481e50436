"""What a figure shows, in words: for those who do not see it, and for what cannot be seen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.wording import counted, listed
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.charts.figure import Figure, Line

_DIGITS = 4
_TOLD = 6


def alternative(figure: Figure) -> str:
    """A picture in words: the metric, the runs, where each begins and ends, and its extremes."""
    asked = figure.asked
    scale = " on a log scale" if asked.scale == "log" else ""
    if figure.is_empty:
        return f"{asked.metric}: no curve is kept."
    told = [_line(line) for line in figure.lines[:_TOLD]]
    rest = len(figure.lines) - _TOLD
    more = [f"{counted(rest, 'more run')}"] if rest > 0 else []
    return f"{asked.metric} by step{scale}. " + "; ".join([*told, *more]) + "."


def _line(line: Line) -> str:
    brief = line.brief
    if brief.min is None or brief.max is None or brief.last is None:
        return f"{line.shown.label}: no finite value"
    if not line.steps:
        return f"{line.shown.label}: no curve is kept, from {_number(brief.min)} to {_number(brief.max)}"
    if brief.n == 1:
        return f"{line.shown.label}: one value, {_number(brief.last)} at step {line.steps[0]}"
    return (
        f"{line.shown.label}: {_number(line.values[0])} at step {line.steps[0]} to {_number(brief.last)} at step "
        f"{line.steps[-1]}, smallest {_number(brief.min)}, largest {_number(brief.max)}"
    )


def _number(value: float) -> str:
    return shown(value, _DIGITS)


def notes(figure: Figure) -> list[str]:
    """What has to be said of a figure, a sentence each."""
    return [*_absent(figure), *_unlike(figure), *_shown(figure)]


def _absent(figure: Figure) -> Iterator[str]:
    """Runs and rows that are not in the picture."""
    if figure.missing:
        names = [run.label for run in figure.missing]
        yield f"No digest holds it for {listed(names, _TOLD)}."
    bare = [line.shown.label for line in figure.lines if not line.steps and line.brief.n]
    if bare:
        yield f"The digest had no room for the curve of {listed(bare, _TOLD)}."
    empty = [line.shown.label for line in figure.lines if not line.brief.n]
    if empty:
        yield f"No finite value in {listed(empty, _TOLD)}."
    if figure.asked.more_runs:
        yield f"{counted(figure.asked.more_runs, 'more run')} not drawn."
    others = [f"{line.shown.label} ({counted(line.brief.n, 'row')})" for line in figure.lines if line.is_other]
    if others:
        told = listed(others, _TOLD)
        yield f"Read at another time than the numbers of this page, from a log that has changed: {told}."
    broken = [_nonfinite(line) for line in figure.lines if line.brief.nonfinite]
    if broken:
        yield f"\N{MULTIPLICATION SIGN} not finite: {listed(broken, _TOLD)}."


def _nonfinite(line: Line) -> str:
    steps = line.brief.nonfinite_steps
    rest = line.brief.nonfinite - len(steps)
    told = ", ".join(map(str, steps)) + (f" and {rest:,} more" if rest > 0 else "")
    return f"{line.shown.label} (step {told})"


def _unlike(figure: Figure) -> Iterator[str]:
    """How the picture is drawn, where that is not the plain way."""
    asked = figure.asked
    if asked.scale == "log":
        below = sum(value <= 0 for line in figure.lines for value in line.values)
        left = f"; {counted(below, 'point')} at or below 0 left out" if below else ""
        yield f"Log scale{left}."
    if asked.smooth > 0:
        yield f"Thick: moving average, weight {asked.smooth:g}; thin: the values themselves."
        if any(0 < len(line.steps) < line.brief.n for line in figure.lines):
            yield "Smoothed from the points drawn, which are not all rows."


def _shown(figure: Figure) -> Iterator[str]:
    """Windows: the steps shown, and those that are shaded."""
    asked = figure.asked
    if asked.crop is not None:
        yield f"Steps {asked.crop[0]} to {asked.crop[1]} only."
    if figure.shaded:
        spans = ", ".join(f"{first}..{last}" if first != last else str(first) for first, last in figure.shaded)
        more = f" and {counted(asked.more_windows, 'more window')}" if asked.more_windows else ""
        yield f"Shaded: steps {spans}{more}, which numbers of this entry use."
