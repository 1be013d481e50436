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

    from journal.sources.watch import Unit

T = TypeVar("T")

_LARGE = 64 << 20  # bytes of a log, that take some tenths of a second

_SEVERAL = 2

_MINUTE = 60


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
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.table import Column
    from rich.text import Text

    class Amount(ProgressColumn):
        """How much is done, and how long the rest may take at the speed of the last half minute."""

        def render(self, task: Task) -> Text:
            left = task.time_remaining
            return Text(task.fields["amount"] + ("" if not left else f", about {lasting(left)} left"))

    # Where it is narrow, the bar yields, and not the words.
    doing = TextColumn("{task.description}", table_column=Column(no_wrap=True))
    columns = (doing, BarColumn(), Amount(Column(no_wrap=True)))
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    # What is printed meanwhile keeps its own stream.
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    progress.start()
    return progress


def lasting(seconds: float) -> str:
    """A time in words, as roughly as it is known: `40 s`, `5 min`, `2 h 10 min`."""
    if seconds < _MINUTE:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


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


class Reading:
    """What is known of the readings of a command.

    Attributes:
        is_fetching: Whether rows of a run were fetched from a server.
    """

    def __init__(self) -> None:
        self.is_fetching = False
        self._bar = _ReadingBar() if sys.stderr.isatty() and _may_draw() else None

    def tell(self, name: str, done: int, size: int, unit: Unit) -> None:
        """Note how far a log was read, or a run fetched, and show it where somebody sees it."""
        self.is_fetching |= unit == "rows"
        if self._bar is not None:
            self._bar.tell(name, done, size, unit)

    def close(self) -> None:
        """Show nothing more."""
        if self._bar is not None:
            self._bar.close()


@contextmanager
def reading_shown() -> Iterator[Reading]:
    """While this lasts, reading a large log or fetching a run has a bar on stderr that is gone when it was read."""
    reading = Reading()
    with watched(reading.tell):
        try:
            yield reading
        finally:
            reading.close()


class _ReadingBar:
    """The bar of the log that is being read, or of the run that is being fetched."""

    def __init__(self) -> None:
        self._task: TaskID | None = None
        self._read: tuple[str, int] | None = None

    def tell(self, name: str, done: int, size: int, unit: Unit) -> None:
        """Show how far a log was read, or a run fetched; not if it is there before anybody could see it."""
        is_begun = self._task is not None and self._read == (name, size)
        if not is_begun and (size < _LARGE if unit == "bytes" else not 0 < done < size):
            return
        if not is_begun:
            self.close()  # of a log that could not be read to its end
            doing = "reading" if unit == "bytes" else "fetching run"
            self._task, self._read = _display.begin(f"{doing} {name}", size), (name, size)
        if self._task is not None:
            _display.show(self._task, done, _amount(done, size, unit))
        if done >= size:
            self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            _display.end(self._task)
        self._task = None


def _amount(done: int, size: int, unit: Unit) -> str:
    return f"{done / 1e6:.0f}/{size / 1e6:.0f} MB" if unit == "bytes" else f"{done:,} of {size:,} rows"


def _may_draw() -> bool:
    return not os.environ.get("CI") and os.environ.get("TERM", "dumb") != "dumb"
