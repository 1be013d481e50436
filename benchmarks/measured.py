"""One reading, measured in a process of its own; with the standard library alone, so that every environment can use it.

A worker imports what it reads with, calls `report` once, and ends. Its one line of JSON says how long the imports and
the reading took, how much memory the process held before and at most, and what was found, in short.
"""

import json
import resource
import sys
import time
from array import array
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

Found = Mapping[str, Any]
"""Of each metric: values in any one-dimensional buffer of float64."""

STARTED = time.perf_counter()


def report(read: Callable[[], Any], found: Callable[[Any], Found], held: Callable[[Any], int] | None = None) -> None:
    """Measure a reading and print what is to be told of it.

    Args:
        read: What is measured.
        found: The values of each metric in what was read.
        held: Bytes of the columns in it.
    """
    imports = time.perf_counter() - STARTED
    baseline = memory("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    result = read()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = memory("VmHWM")
    columns = {name: digest(values) for name, values in found(result).items()}
    told = {"seconds": wall, "cpu": cpu, "imports": imports, "baseline": baseline, "peak": peak}
    print(json.dumps(told | {"held": held(result) if held else None, "found": columns}))


def digest(values: Any) -> list[int]:
    """How many values there are, and the sum of their bit patterns, modulo 2^64: the same whatever held them."""
    bits = memoryview(values).cast("B").cast("Q")
    return [len(bits), sum(bits) % (1 << 64)]


def as_floats(points: list[tuple[int, float]]) -> "array[float]":
    """The values of a list of (step, value)."""
    return array("d", (value for _, value in points))


def memory(field: str) -> int:
    """Bytes that this process holds (VmRSS) or held at most (VmHWM).

    Not `ru_maxrss` where there is /proc: on Linux that begins with what the parent held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        words = chain.from_iterable(line.split() for line in status.read_text().splitlines() if line.startswith(field))
        return int(list(words)[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
