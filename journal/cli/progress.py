"""Progress of long work: bars on a terminal, nothing anywhere else."""

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


class _Display:
    """What is drawn at the foot of the terminal: a line for each work that goes on, gone with the last of them.

    There is one for all, since two displays would draw over each other. Rich is only imported when there is something
    to show.
    """

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def begin(self, doing: str, total: int) -> TaskID:
        """Draw another line."""
        from rich.markup import escape

        self._progress = self._progress or _started()
        return self._progress.add_task(escape(doing), total=total, amount="")

    def show(self, task: TaskID, done: int, amount: str) -> None:
        """Say how much of a work is done, and the same in words."""
        if self._progress is not None:
            self._progress.update(task, completed=done, amount=amount)

    def end(self, task: TaskID) -> None:
        """Take a line away; the last one is drawn once more as it ended."""
        if self._progress is not None and len(self._progress.tasks) > 1:
            self._progress.remove_task(task)
        elif self._progress is not None:
            self._progress.stop()
            self._progress = None


def _started() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    # What is printed meanwhile keeps its own stream.
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    progress.start()
    return progress


_display = _Display()


def tracked(things: Sequence[T], doing: str) -> Iterator[T]:
    """The things one by one; of several, with a bar on stderr that is gone when the last was dealt with.

    Args:
        things: What to go through.
        doing: What is done with them, as in `reading runs`.
    """
    if len(things) < _SEVERAL or not (sys.stderr.isatty() and _may_draw()):
        yield from things
        return
    task = _display.begin(doing, len(things))
    try:
        for done, thing in enumerate(things):
            _display.show(task, done, f"{done}/{len(things)}")
            yield thing
        _display.show(task, len(things), f"{len(things)}/{len(things)}")
    finally:
        _display.end(task)


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
    """The bar of the log that is being read."""

    def __init__(self) -> None:
        self._task: TaskID | None = None
        self._read: tuple[str, int] | None = None

    def tell(self, name: str, done: int, size: int) -> None:
        """Show how far a log was read; a small one is read before anybody could see it."""
        if size < _LARGE:
            return
        if self._task is None or self._read != (name, size):
            self.close()  # of a log that could not be read to its end
            self._task, self._read = _display.begin(f"reading {name}", size), (name, size)
        _display.show(self._task, done, f"{done / 1e6:.0f}/{size / 1e6:.0f} MB")
        if done >= size:
            self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            _display.end(self._task)
        self._task = None


def _may_draw() -> bool:
    return not os.environ.get("CI") and os.environ.get("TERM", "dumb") != "dumb"
