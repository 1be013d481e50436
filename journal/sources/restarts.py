"""Rows of a history whose steps go back: which of them a restart replaces."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

STEP_LIMIT = 1 << 62
"""Steps lie between this and its negative."""


@dataclass
class Replay:
    """Rows read one after another where steps go back.

    Attributes:
        steps: The step of each row.
        tells: For each metric, whether repeating it tells of a restart; an epoch that goes with every row does not.
        rows: For each metric, the rows held, in step order.
        restarts: Rows at which the run went back.
        repeated: For each metric, pairs of rows at one step, the second of which replaced the first.
    """

    steps: Sequence[int]
    tells: Sequence[bool]
    rows: list[list[int]] = field(init=False)
    restarts: list[int] = field(default_factory=list)
    repeated: list[list[tuple[int, int]]] = field(init=False)
    _top: int = -STEP_LIMIT

    def __post_init__(self) -> None:
        self.rows = [[] for _ in self.tells]
        self.repeated = [[] for _ in self.tells]

    def add(self, row: int, metrics: Sequence[int]) -> None:
        """Take in one row that holds numbers of these metrics."""
        step = self.steps[row]
        if step < self._top and any(self.tells[metric] and self._reaches(metric, step) for metric in metrics):
            self._go_back(row, step)
        self._top = max(self._top, step)
        for metric in metrics:
            held = self.rows[metric]
            if self._reaches(metric, step):
                place = bisect_left(held, step, key=self.steps.__getitem__)
                if self.steps[held[place]] == step:
                    self.repeated[metric].append((held.pop(place), row))
                held.insert(place, row)
            else:
                held.append(row)

    def _reaches(self, metric: int, step: int) -> bool:
        held = self.rows[metric]
        return bool(held) and self.steps[held[-1]] >= step

    def _go_back(self, row: int, step: int) -> None:
        self.restarts.append(row)
        self._top = step
        for held in self.rows:
            while held and self.steps[held[-1]] >= step:
                held.pop()


def by_row(rows_of_metrics: Sequence[pl.Series]) -> Iterator[tuple[int, list[int]]]:
    """Each row that holds a number, in order, and the metrics it holds one of."""
    import polars as pl

    parts = [pl.DataFrame({"row": rows, "metric": number}) for number, rows in enumerate(rows_of_metrics)]
    pairs = pl.concat(parts, how="vertical_relaxed").sort("row", maintain_order=True).iter_rows()
    for row, group in groupby(pairs, key=itemgetter(0)):
        yield row, [metric for _, metric in group]
