"""Which way of thinning a curve keeps its spikes; a W&B run for each way and seed.

Run it with `python benchmarks/idea_curves.py`; the runs go to build/benchmarks/ideas/wandb.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from logged_runs import PROJECT
from tsdownsample import LTTBDownsampler, M4Downsampler, MinMaxDownsampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

GROUP = "thinning of curves"
FOLDER = Path(__file__).parent.parent / "build" / "benchmarks" / "ideas"
ROWS, POINTS, SPIKES, SERIES = 200_000, 200, 20, 20
SEEDS = (1, 2, 3)


def series(random: np.random.Generator) -> tuple[Floats, Indices]:
    """A loss that falls, with noise and a few spikes of very unlike heights; its values, and where the spikes are."""
    falling = 3 * np.exp(-np.arange(ROWS) / 40_000) + 0.1 * random.standard_normal(ROWS)
    at = random.choice(ROWS, SPIKES, replace=False)
    falling[at] += random.lognormal(3, 1, SPIKES)
    return falling, at


def every_nth(values: Floats, points: int) -> Indices:
    """The indices of rows at equal distances."""
    return np.arange(0, values.size, values.size // points)


def library(downsampler: type) -> Callable[[Floats, int], Indices]:
    """A way of the library, as a function of values and points."""

    def thin(values: Floats, points: int) -> Indices:
        return np.asarray(downsampler().downsample(values, n_out=points))

    return thin


WAYS: dict[str, Callable[[Floats, int], Indices]] = {
    "m4": library(M4Downsampler),  # first, last, smallest and largest of each stretch
    "lttb": library(LTTBDownsampler),  # of each stretch the row that makes the largest triangle
    "minmax": library(MinMaxDownsampler),  # smallest and largest of each stretch
    "nth": every_nth,
}


def measure(way: Callable[[Floats, int], Indices], values: Floats, spikes: Indices) -> dict[str, float]:
    """What one thinning of one series keeps, and how long it takes."""
    begun = time.perf_counter()
    kept = way(values, POINTS)
    seconds = time.perf_counter() - begun
    return {
        "curve/spikes_kept": float(np.isin(spikes, kept).mean()),
        "curve/height_kept": float(values[kept].max() / values.max()),
        "curve/milliseconds": 1000 * seconds,
        "curve/points": float(kept.size),
    }


def write_run(name: str, seed: int) -> None:
    """Thin every series of a seed in one way, a row each."""
    import wandb

    quiet = wandb.Settings(silent=True, console="off", x_disable_stats=True)
    config = {"way": name, "seed": seed, "rows": ROWS, "points": POINTS, "spikes": SPIKES}
    random = np.random.default_rng(seed)
    FOLDER.mkdir(parents=True, exist_ok=True)
    start = partial(wandb.init, project=PROJECT, group=GROUP, dir=FOLDER, mode="offline", settings=quiet)
    with start(id=f"thin-{name}-{seed}", name=f"{name}, seed {seed}", config=config) as run:
        for _ in range(SERIES):
            run.log(measure(WAYS[name], *series(random)))


def main() -> None:
    """One run for each way and seed."""
    for seed in SEEDS:
        for name in WAYS:
            write_run(name, seed)


if __name__ == "__main__":
    main()
