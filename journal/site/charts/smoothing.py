"""An exponential moving average that starts at the first value, not at zero, and knows of gaps between steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FINEST = 1000


def smoothed(
    steps: Sequence[int], values: Sequence[float], rows: int, weight: float, since: float = -math.inf
) -> list[float]:
    """The debiased moving average of a curve.

    Where all rows are there, at equal distances, it is the usual one: `weight` is what it keeps from a row to the next.
    Of thinned curves, it is what is kept over that many steps; of more than 1,000 rows, over a thousandth of the run.

    Args:
        steps: Ascending.
        values: As many.
        rows: How many rows the curve stands for.
        weight: 0 to 1; 0 gives the values themselves.
        since: The first step that counts: rows before a window say nothing of those in it, and stay as they are.
    """
    if not steps or weight <= 0:
        return list(values)
    unit = max(1, steps[-1] - steps[0]) / max(1, min(rows, FINEST) - 1)
    mean, total, before, found = 0.0, 0.0, steps[0], []
    for step, value in zip(steps, values, strict=True):
        if step < since:
            found.append(value)
            continue
        total = total * weight ** ((step - before) / unit) + 1
        mean += (value - mean) / total
        before = step
        found.append(mean)
    return found
