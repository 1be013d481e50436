"""How far a long reading has come, for whoever wants to show it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Unit = Literal["bytes", "rows"]
    Watcher = Callable[[str, int, int, Unit], object]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have a function told of every reading: what is read, how much of it was, how much there is, and the unit.

    Files are read by bytes, runs of a server by rows.

    It may be called from another thread, and one reading is told of in order.
    """
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def teller(name: str, size: int, unit: Unit = "bytes") -> Callable[[int], None]:
    """What to call with the number of bytes or rows whenever some more were read.

    Args:
        name: What is read: a file, or a run by its id.
        size: How many bytes or rows it has.
        unit: Which of the two.
    """
    watcher = _watcher.get()
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if watcher is not None:
            watcher(name, done, size, unit)

    return tell
