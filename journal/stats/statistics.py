"""The statistics: one number out of the rows of a column.

Conventions, everywhere in the journal: rows whose value is NaN or infinite are left out, counted and reported; a
statistic over no rows is no data, never zero, and so is one that no float can hold. Sums, and what is made of them, are
exact and rounded once, so they do not depend on the order of summation nor on the machine.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from math import isfinite, isnan, log1p
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import ExpressionError
from journal.model.evidence import Estimate
from journal.model.expression import Relation
from journal.model.window import Edge, Unit
from journal.stats import exact

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from journal.model.expression import Statistic
    from journal.model.run import Column
    from journal.model.window import Window

    # A whole number stays one, since not every step is a float; None is no data.
    _Found = int | float | Fraction | None


class Takes(StrEnum):
    """What stands between the brackets of a statistic."""

    METRIC = "metric"
    RELATION = "relation"
    """A metric, a comparison and a number: `count(x >= 5)`."""
    STEP = "step"
    """A metric and a step: `at(x, 7762)`."""
    SPAN = "span"
    """A metric and a number of rows: `ema(x, 100)`."""
    KEY = "key"
    """A key of what the tracker stored: `config(lr)`."""


class _Rows(NamedTuple):
    """Rows of a column: their steps, and as many values."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]

    def chosen(self, which: slice | NDArray[np.bool_]) -> _Rows:
        return _Rows(self.steps[which], self.values[which])


_PERCENTILE = re.compile(r"p(?:100|(?:0|[1-9]\d?)(?:\.\d*[1-9])?)", re.ASCII)
_COMPARED: dict[Relation, Callable[[Any, float], Any]] = {
    Relation.LESS: lt,
    Relation.AT_MOST: le,
    Relation.MORE: gt,
    Relation.AT_LEAST: ge,
    Relation.EQUAL: eq,
    Relation.UNEQUAL: ne,
}

# What the finite rows of a window come to, given that there are some; None where these are not enough of them.
_OF_VALUES: dict[str, Callable[[NDArray[np.float64]], _Found]] = {
    "first": lambda values: float(values[0]),
    "last": lambda values: float(values[-1]),
    "min": lambda values: float(values.min()) + 0.0,  # of the two zeros, always the same
    "max": lambda values: float(values.max()) + 0.0,
    "mean": lambda values: exact.total(values) / values.size,
    "median": lambda values: _percentile(values, Fraction(1, 2)),
    "std": lambda values: exact.root(exact.variance(values)) if values.size > 1 else None,
    "var": lambda values: exact.variance(values) if values.size > 1 else None,
    "sum": exact.total,
    "n": lambda values: values.size,
}
_OF_ROWS: dict[str, Callable[[_Rows], _Found]] = {
    "argmin": lambda rows: int(rows.steps[rows.values.argmin()]),
    "argmax": lambda rows: int(rows.steps[rows.values.argmax()]),
    "slope": lambda rows: exact.slope(rows.steps, rows.values),
}
# The same with a number that stands behind the metric.
_OF_NUMBER: dict[str, Callable[[NDArray[np.float64], Statistic], _Found]] = {
    "ema": lambda values, asked: _moving_average(values, asked.number or 1),
    "count": lambda values, asked: int(_met(values, asked).sum()),
    "share": lambda values, asked: Fraction(int(_met(values, asked).sum()), values.size),
}
# What all rows come to, of which some are finite.
_OF_ALL_ROWS: dict[str, Callable[[_Rows, NDArray[np.bool_]], _Found]] = {
    "at": lambda rows, _: float(rows.values[0]),
    "nonfinite": lambda _, finite: int((~finite).sum()),
    "first_nonfinite": lambda rows, finite: None if finite.all() else int(rows.steps[finite.argmin()]),
}
_TAKES = (
    dict.fromkeys((*_OF_VALUES, *_OF_ROWS), Takes.METRIC)
    | {"ema": Takes.SPAN, "count": Takes.RELATION, "share": Takes.RELATION, "at": Takes.STEP}
    | {"nonfinite": Takes.METRIC, "first_nonfinite": Takes.METRIC, "config": Takes.KEY, "summary": Takes.KEY}
)

NAMES = tuple(_TAKES)
"""Every statistic by its name; percentiles, as in `p95` and `p99.9`, stand beside them."""


def named(name: str) -> Takes:
    """What the statistic of that name takes.

    Raises:
        ExpressionError: There is none.
    """
    if _PERCENTILE.fullmatch(name):
        return Takes.METRIC
    if name not in _TAKES:
        raise ExpressionError(f"no statistic {name!r}; known: {', '.join(NAMES)}, and p0 to p100", hint=_meant(name))
    return _TAKES[name]


def _meant(name: str) -> str | None:
    if re.fullmatch(r"p[\d.]+", name):
        return "percentiles are p0 to p100, written as short as can be: p5, p99.9"
    close = get_close_matches(name.lower(), NAMES, n=1)
    return f"did you mean {close[0]!r}?" if close else None


def estimate(column: Column, statistic: Statistic, window: Window) -> Estimate:
    """One statistic of a column over a window.

    Args:
        column: Every numeric row of a metric.
        statistic: What is made of them.
        window: A range of steps, both ends included, or so many rows at an end, finite or not.

    Returns:
        The estimate. `n` are the finite rows of the window, first and last step those of the rows used: the finite
        ones, or for `at` the one that was asked for, or for `nonfinite` and `first_nonfinite` all of them.

    Raises:
        ExpressionError: No such statistic.
    """
    import numpy as np

    named(statistic.name)
    rows = _within(column, window)
    if statistic.name == "at":
        rows = rows.chosen(_row_at(rows, statistic.number))
    finite = np.isfinite(rows.values)
    n = int(np.count_nonzero(finite))
    nonfinite = rows.values.size - n
    used = rows if not nonfinite or statistic.name in _OF_ALL_ROWS else rows.chosen(finite)
    if not used.values.size:
        return Estimate(value=None, n=0, nonfinite=nonfinite)
    value, text = _kept(_value(statistic, used, finite))
    return Estimate(
        value=value,
        n=n,
        nonfinite=nonfinite,
        first_step=int(used.steps[0]),
        last_step=int(used.steps[-1]),
        text=text,
    )


def _value(statistic: Statistic, rows: _Rows, finite: NDArray[np.bool_]) -> _Found:
    """What at least one row comes to; `finite` says which rows of the window are."""
    name = statistic.name
    if name in _OF_ALL_ROWS:
        return _OF_ALL_ROWS[name](rows, finite)
    if name in _OF_ROWS:
        return _OF_ROWS[name](rows)
    if name in _OF_NUMBER:
        return _OF_NUMBER[name](rows.values, statistic)
    if name in _OF_VALUES:
        return _OF_VALUES[name](rows.values)
    return _percentile(rows.values, Fraction(name.removeprefix("p")) / 100)


def whole(number: int) -> tuple[float | None, str | None]:
    """A whole number as a float, or as text where no float equals it."""
    try:
        value = float(number)
    except OverflowError:
        return None, str(number)
    return (value, None) if value == number else (None, str(number))


def unbounded(number: float) -> str:
    """NaN and the infinities as text."""
    return "NaN" if isnan(number) else "∞" if number > 0 else "-∞"


def _kept(found: _Found) -> tuple[float | None, str | None]:
    """The number, or the text that stands in its place; neither, where it lies beyond all floats."""
    if isinstance(found, int):
        return whole(found)
    try:
        value = None if found is None else float(found)
    except OverflowError:
        return None, None
    return (value, None) if value is None or isfinite(value) else (None, unbounded(value))


def _met(values: NDArray[np.float64], asked: Statistic) -> NDArray[np.bool_]:
    """Which rows meet the comparison."""
    found: NDArray[np.bool_] = _COMPARED[asked.relation or Relation.AT_LEAST](values, asked.number or 0)
    return found


def _percentile(values: NDArray[np.float64], rank: Fraction) -> Fraction:
    """Between the two rows around it, as far as it lies from each; the rank is from 0 to 1."""
    import numpy as np

    place = rank * (values.size - 1)
    below, rest = divmod(place, 1)
    ends = [int(below), int(below) + (1 if rest else 0)]
    low, high = (Fraction(float(end)) for end in np.partition(values, ends)[ends])
    return low + (high - low) * rest


def _moving_average(values: NDArray[np.float64], span: float) -> Fraction:
    """Exponentially weighted average at the last row, the weights of all rows adding up to one."""
    import numpy as np

    if span == 1:
        return Fraction(float(values[-1]))
    ages = np.arange(values.size - 1, -1, -1)
    # A power of two near the largest value, so that no product is too large; what vanishes weighs nothing.
    exponent = int(np.frexp(np.abs(values).max())[1])
    with np.errstate(under="ignore"):
        weights = np.exp(ages * log1p(-2 / (span + 1)))
        weighed = exact.total(np.ldexp(values, -exponent) * weights)
    return weighed / exact.total(weights) * Fraction(2) ** exponent


def _within(column: Column, window: Window) -> _Rows:
    rows = _Rows(column.steps.to_numpy(), column.values.to_numpy())
    if window.unit is Unit.ROWS and window.count is not None:
        start = 0 if window.edge is Edge.FIRST else max(0, rows.steps.size - window.count)
        return rows.chosen(slice(start, start + window.count))
    first = 0 if window.first is None else int(rows.steps.searchsorted(window.first, "left"))
    last = rows.steps.size if window.last is None else int(rows.steps.searchsorted(window.last, "right"))
    return rows.chosen(slice(first, last))


def _row_at(rows: _Rows, step: float | None) -> slice:
    """The row at a step: none, or if there should be several, the last of them."""
    end = 0 if step is None else int(rows.steps.searchsorted(int(step), "right"))
    return slice(end - 1, end) if end and rows.steps[end - 1] == step else slice(0)
