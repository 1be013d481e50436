"""How long something takes on the processor, for tests that say how time grows; and work that coverage lets alone."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def fastest(work: Callable[[], object], enough: float, most: float = inf) -> float:
    """The shortest of up to five times, since a busy machine only slows; one below `enough` will do.

    Args:
        work: What is done.
        enough: What is asked, in seconds: below that nothing is repeated.
        most: How long all repeating may take, in seconds.
    """
    times: list[float] = []
    while len(times) < 5 and sum(times) < most and min(times, default=enough) >= enough:
        times.append(seconds(work))
    return min(times)
