"""How long something takes on the processor, for tests that say how time grows; and work that coverage lets alone."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = 0.3
"""Seconds that are measured well enough at once."""


@contextmanager
def untraced() -> Iterator[None]:
    """Let nobody follow line by line what is done inside: coverage takes longer than the work."""
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracing)


def seconds(work: Callable[[], object]) -> float:
    """What some work takes."""
    with untraced():
        start = time.process_time()
        work()
        return time.process_time() - start


def fastest(work: Callable[[], object], enough: float) -> float:
    """The shortest of up to three times; one that is below `enough` will do, and a long one is not repeated."""
    times: list[float] = []
    while len(times) < 3 and sum(times) < LONG and min(times, default=enough) >= enough:
        times.append(seconds(work))
    return min(times)
