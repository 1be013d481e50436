"""The statistics: one number out of the finite values of a column.

Conventions, everywhere in the journal: rows whose value is NaN or infinite are left out, counted and reported;
a statistic over no rows is no data, never zero. The mean is the correctly rounded sum divided by the count, so it
does not depend on the order of summation nor on the machine.
"""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from math import fsum, isinf
from typing import TYPE_CHECKING

from journal.errors import ExpressionError
from journal.model.evidence import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from journal.model.run import Column
    from journal.model.table import Window


def mean(values: pl.Series) -> float:
    """Arithmetic mean of at least one finite value, to within one rounding of the sum and one of the division."""
    numbers = values.to_list()
    try:
        return fsum(numbers) / len(numbers)
    except OverflowError:  # the sum, or a part of it, is beyond floats: exact, slow, and hardly ever needed
        return float(sum(map(Fraction, numbers)) / len(numbers))


def median(values: pl.Series) -> float:
    """Middle of at least one finite value; halfway between the two middle ones when their number is even."""
    ordered = values.sort()
    middle, odd = divmod(ordered.len(), 2)
    if odd:
        return float(ordered[middle])
    low, high = ordered[middle - 1], ordered[middle]
    return float((low + high) / 2 if not isinf(low + high) else low / 2 + high / 2)


def _first(values: pl.Series) -> float:
    return float(values[0])


def _last(values: pl.Series) -> float:
    return float(values[-1])


def _minimum(values: pl.Series) -> float:
    return float(values.sort()[0])


def _maximum(values: pl.Series) -> float:
    return float(values.sort()[-1])


_STATISTICS: dict[str, Callable[[pl.Series], float]] = {
    "first": _first,
    "last": _last,
    "min": _minimum,
    "max": _maximum,
    "mean": mean,
    "median": median,
}

NAMES = tuple(_STATISTICS)


def named(name: str) -> Callable[[pl.Series], float]:
    """The statistic of that name, as a function of a non-empty series of finite values in step order.

    Raises:
        ExpressionError: There is none.
    """
    if name not in _STATISTICS:
        close = get_close_matches(name, NAMES, n=1)
        hint = f"did you mean {close[0]!r}?" if close else None
        raise ExpressionError(f"no statistic {name!r}; known: {', '.join(NAMES)}", hint=hint)
    return _STATISTICS[name]


def estimate(column: Column, statistic: str, window: Window) -> Estimate:
    """One statistic of a column over a window of steps, both ends included.

    Raises:
        ExpressionError: No such statistic.
    """
    function = named(statistic)
    steps, values = _within(column, window)
    finite = values.is_finite()
    used = values.filter(finite)
    if not used.len():
        return Estimate(value=None, n=0, nonfinite=values.len())
    at = steps.filter(finite)
    return Estimate(
        value=function(used),
        n=used.len(),
        nonfinite=values.len() - used.len(),
        first_step=at[0],
        last_step=at[-1],
    )


def _within(column: Column, window: Window) -> tuple[pl.Series, pl.Series]:
    steps, values = column.steps, column.values
    start = 0 if window.first is None else steps.search_sorted(window.first, side="left")
    end = steps.len() if window.last is None else steps.search_sorted(window.last, side="right")
    return steps.slice(start, max(0, end - start)), values.slice(start, max(0, end - start))
