"""Progress of long work: a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from journal.sources.watch import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress, TaskID

T = TypeVar("T")

_LARGE = 64 << 20  # bytes of a log, that take some tenths of a second

_SEVERAL = 2


def tracked(things: Sequence[T], doing: str) -> Iterator[T]:
    """The things one by one; of several, with a bar on stderr that is gone when the last was dealt with.

    Args:
        things: What to go through.
        doing: What is done with them, as in `reading runs`.
    """
    if len(things) < _SEVERAL or not (sys.stderr.isatty() and _may_draw()):
        yield from things
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    # What is printed meanwhile keeps its own stream.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        yield from bar.track(things, description=doing)


@contextmanager
def reading_shown() -> Iterator[None]:
    """While this lasts, the reading of a large log has a bar on stderr that is gone when it was read."""
    if not (sys.stderr.isatty() and _may_draw()):
        yield
        return
    bar = _ReadingBar()
    with watched(bar.tell):
        try:
            yield
        finally:
            bar.close()


class _ReadingBar:
    """The bar of the log that is being read. Rich is only imported when there is something to show."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def tell(self, name: str, done: int, size: int) -> None:
        """Show how far a log was read; a small one is read before anybody could see it."""
        if size < _LARGE:
            return
        if self._bar is None or self._task is None:
            self._bar, self._task = _opened_bar(name, size)
        self._bar.update(self._task, completed=done)
        if done >= size:
            self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None


def _opened_bar(name: str, size: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    bar = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    bar.start()
    return bar, bar.add_task(f"reading {escape(name)}", total=size)


def _may_draw() -> bool:
    return not os.environ.get("CI") and os.environ.get("TERM", "dumb") != "dumb"
