"""Ways of doing one thing, timed in turn against the first of them: the frame of every `idea_*.py`.

    python benchmarks/idea_NAME.py [--rounds N] [--log-to FOLDER]

One round only checks that all ways come to the same. Then each round takes every way once; the ratio is taken within
the round. With `--log-to` each way is logged as a W&B run, offline, one row per round.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from logged_runs import write_run

Measurement = dict[str, Any]
"""`seconds`, `cpu` and `found`; `peak` and `baseline` in bytes where a process of its own was measured."""

ROUNDS = 7


def timed(work: Callable[[], Any]) -> Callable[[], Measurement]:
    """A way that is measured within this process; what it returns is what it found."""

    def measured() -> Measurement:
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "found": found}

    return measured


def contest(idea: str, ways: dict[str, Callable[[], Measurement]], log_bytes: int) -> None:
    """Measure, print, and log if the command line says so.

    Args:
        idea: Its name.
        ways: Each way's name and how it is measured.
        log_bytes: How much one way reads.
    """
    parser = argparse.ArgumentParser(description=f"Ways of {idea}, timed against each other.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--log-to", type=Path)
    options = parser.parse_args()
    found = [way()["found"] for way in ways.values()]
    if any(each != found[0] for each in found):
        sys.exit("the ways disagree")
    taken: dict[str, list[Measurement]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            taken[name].append(way())
    print(f"{idea}: {log_bytes / 1e6:.0f} MB, {options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    first = next(iter(taken.values()))
    for name, each in taken.items():
        line = f"{name:24}{_median(each, 'seconds'):9.4f} s{_median(each, 'cpu'):9.4f} s of CPU"
        line += f"{_speed(first, each, 'seconds'):8.2f} x{_speed(first, each, 'cpu'):8.2f} x of CPU"
        print(line + (f"{_median(each, 'peak') / 1e6:8.0f} MB at most" if "peak" in each[0] else ""))
        if options.log_to:
            write_run(options.log_to, idea, name, each, log_bytes)


def _median(each: list[Measurement], field: str) -> float:
    return float(statistics.median(one[field] for one in each))


def _speed(first: list[Measurement], each: list[Measurement], field: str) -> float:
    """How many times as fast as the first way: the median over rounds."""
    return float(statistics.median(a[field] / b[field] for a, b in zip(first, each, strict=True)))
