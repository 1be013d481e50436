"""Stamps of files and of the programme itself: by them it is known, without reading, that nothing was touched."""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from journal import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Stamp = list[int]
"""Size, times of the last change of content and inode in nanoseconds, and inode number; empty for no file."""

SETTLED_NS = 2_000_000_000
"""How long a file must have been left alone before it was looked at, so that its stamp is believed.

A file that changes twice within one tick of a file system's clock can have the same stamp both times. The coarsest
clock in use is that of FAT, with two seconds. This also covers what changes between the look and the stamp.
"""

_PACKAGES = ("site-packages", "dist-packages")


def stamp(path: str, folder: int | None = None) -> Stamp:
    """A file or folder as it is now; empty if there is none, or it may not be looked at.

    Args:
        path: The file.
        folder: The open folder that a relative path starts at.
    """
    try:
        found = os.stat(path, dir_fd=folder)
    except (OSError, ValueError):
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def settled(path: str, since: int) -> Stamp | None:
    """The stamp of a file if it has not changed for a while before a moment, or there was none; else None.

    Args:
        path: The file or folder, absolute.
        since: When looking began, in nanoseconds since 1970.
    """
    found = stamp(path)
    _, modified, changed, _ = found or stamp(_existing(path)) or [0, since, since, 0]
    return found if max(modified, changed) < since - SETTLED_NS else None


def _existing(path: str) -> str:
    """The nearest folder above a path that is there: what was made or removed below it shows in its stamp."""
    above = os.path.dirname(path)  # noqa: PTH120
    while above != os.path.dirname(above) and not stamp(above):  # noqa: PTH120
        above = os.path.dirname(above)  # noqa: PTH120
    return above


@cache
def programme() -> list[Any]:
    """What computes, as it was when this was first asked for: the journal, Python, and all that is installed.

    Whoever works on the journal does not raise its version with every edit, so its files count too.
    """
    installed = [[path, stamp(path)] for path in sys.path if path.endswith(_PACKAGES)]
    return [__version__, sys.version, list(_code()), installed]


def surroundings(variables: Iterable[str]) -> dict[str, str | None]:
    """The values of environment variables, as sums: they may be secrets."""
    return {name: None if (value := os.environ.get(name)) is None else summed(value) for name in variables}


def summed(text: str) -> str:
    """A short sum of any text, in hex."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _code() -> tuple[int, int]:
    """How many modules the journal has, and when one was last changed."""
    import journal

    times = [time for folder in journal.__path__ for time in _times(folder)]
    return len(times), max(times, default=0)


def _times(folder: str) -> Iterator[int]:
    """When each module in a folder and below was last changed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.stat().st_mtime_ns
            elif not entry.name.startswith("_") and entry.is_dir():
                yield from _times(entry.path)
