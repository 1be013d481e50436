"""How far a long reading has come, for whoever wants to show it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Watcher = Callable[[str, int, int], object]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have a function told of every reading: what is read, how many bytes of it were, and how many there are.

    It may be called from another thread, and one reading is told of in order.
    """
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def teller(name: str, size: int) -> Callable[[int], None]:
    """What to call with the number of bytes whenever some more were read."""
    watcher = _watcher.get()
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if watcher is not None:
            watcher(name, done, size)

    return tell
