"""A curve in one line of block characters."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite, nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

BLOCKS = "▁▂▃▄▅▆▇█"
BLANK = "\N{BRAILLE PATTERN BLANK}"
"""Stands where there is no number: a blank that is not a space, so that it keeps its place in a line."""


def sparkline(values: Sequence[float]) -> str:
    """One character a value, from the lowest to the highest; a blank where a value is NaN or infinite.

    Examples:
        >>> sparkline([0.0, 0.5, float("nan"), 1.0])
        '▁▅⠀█'
    """
    finite = [value for value in values if isfinite(value)]
    if not finite:
        return BLANK * len(values)
    low, high = min(finite), max(finite)
    span = high / 2 - low / 2  # halves: the whole may be beyond floats
    heights = [(value / 2 - low / 2) / span if span else 0.5 + 0 * value for value in values]
    return "".join(map(_block, heights))


def thinned(values: pl.Series, width: int) -> list[float]:
    """At most `width` values that show the course of many: the mean of the finite ones in each stretch of rows.

    Args:
        values: Float64 series in step order, no nulls.
        width: How many values are wanted, at least one.

    Returns:
        NaN for a stretch without a finite value; the values themselves where there are no more than `width`.
    """
    length = values.len()
    if length <= width:
        return values.to_list()
    ends = [length * number // width for number in range(width + 1)]
    return [_mean(values.slice(start, end - start)) for start, end in pairwise(ends)]


def _mean(values: pl.Series) -> float:
    finite = values.filter(values.is_finite())
    if not finite.len():
        return nan
    mean = float((finite / finite.len()).sum())  # divided first: the sum may be beyond floats
    return mean if isfinite(mean) else float(finite[0])


def _block(height: float) -> str:
    return BLOCKS[min(int(height * len(BLOCKS)), len(BLOCKS) - 1)] if isfinite(height) else BLANK
