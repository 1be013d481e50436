"""Work that several processes share: each begins with all that this one has read, and tells what it made of a part."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

MOST = 8
"""Processes at most: each holds what it reads."""

_THREADS = "/proc/self/task"
_work: list[Callable[[int], Any]] = []
"""What a process that was just made has to do; it finds it here, since it begins as a copy."""


def processes() -> int:
    """How many processes can share work here; one where a process cannot be copied safely, as with threads in it."""
    try:
        is_alone = sys.platform == "linux" and len(os.listdir(_THREADS)) == 1  # noqa: PTH208 - names alone
    except OSError:
        is_alone = False
    if not is_alone:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


@contextmanager
def shared(work: Callable[[int], T], parts: int, processes: int) -> Iterator[list[Future[T]]]:
    """The parts of a work, while other processes do them.

    Args:
        work: Does one part, given its number; what it returns can be pickled.
        parts: How many there are.
        processes: How many processes do them.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    _work.append(work)
    gc.freeze()  # what is there already is not looked through in the copies, and so stays shared
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=gc.disable) as pool:
            yield [pool.submit(_done, part) for part in range(parts)]
    finally:
        gc.unfreeze()
        _work.pop()


def _done(part: int) -> Any:
    return _work[-1](part)
