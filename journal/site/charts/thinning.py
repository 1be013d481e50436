"""Fewer points of a curve; the first, last, smallest and largest always stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.tables.curves import Rows, curve

if TYPE_CHECKING:
    from collections.abc import Sequence


def thinned(steps: Sequence[int], values: Sequence[float], most: int) -> list[tuple[int, float]]:
    """The points of a curve that are drawn: all, or those that M4 chooses.

    Args:
        steps: Ascending.
        values: As many, each finite.
        most: Most points; four at least.
    """
    if len(steps) <= most:
        return list(zip(steps, values, strict=True))
    import numpy as np

    rows = Rows(np.asarray(steps, dtype=np.int64), np.asarray(values, dtype=np.float64))
    kept = curve(rows, most)
    return list(zip(kept.steps, kept.values, strict=True))
