"""How long each statistic of a column of 200,000 rows takes, against NumPy on the same numbers.

    python benchmarks/statistics_of_columns.py [--rows N] [--rounds N]

Ours are exact and leave rows out that are not finite; NumPy has clean numbers, and rounds its sums at each step.
"""

from __future__ import annotations

import argparse
import os
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from journal.model.expression import Relation, Statistic
from journal.model.run import Column
from journal.model.window import Window
from journal.stats.statistics import estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ROWS, ROUNDS = 200_000, 11

Ways = dict[str, tuple[Statistic, "Callable[[NDArray[np.float64]], object]"]]
WAYS: Ways = {
    "mean": (Statistic(name="mean"), np.mean),
    "sum": (Statistic(name="sum"), np.sum),
    "std": (Statistic(name="std"), partial(np.std, ddof=1)),
    "median": (Statistic(name="median"), np.median),
    "p95": (Statistic(name="p95"), partial(np.percentile, q=95)),
    "max": (Statistic(name="max"), np.max),
    "argmax": (Statistic(name="argmax"), np.argmax),
    "count(x > 1)": (
        Statistic(name="count", relation=Relation.MORE, number=1),
        lambda values: np.count_nonzero(values > 1),
    ),
    "slope": (
        Statistic(name="slope"),
        lambda values: np.polyfit(np.arange(values.size, dtype=np.float64), values, 1)[0],
    ),
}


def column(rows: int) -> Column:
    """A loss that falls, with noise."""
    random = np.random.default_rng(0)
    values = 3 * np.exp(-np.arange(rows) / rows * 5) + 0.1 * random.standard_normal(rows)
    steps = pl.Series(np.arange(rows))
    return Column("loss", steps, pl.Series(values), pl.repeat(None, rows, dtype=pl.Float64, eager=True))


def milliseconds(ask: Callable[[], object], rounds: int) -> float:
    """The median over rounds, after one that does not count."""
    taken = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - begun))
    return median(taken[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    given = column(options.rows)
    values = given.values.to_numpy()
    print(f"{options.rows} rows, {options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    for name, (statistic, peer) in WAYS.items():
        ours = milliseconds(partial(estimate, given, statistic, Window()), options.rounds)
        theirs = milliseconds(partial(peer, values), options.rounds)
        print(f"{name:14} {ours:7.2f} ms   NumPy {theirs:7.2f} ms   {ours / theirs:6.1f} x")


if __name__ == "__main__":
    main()
