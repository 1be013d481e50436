"""Paths as sources take them: which are searched and named, made absolute, told apart, sorted, and known when gone."""

from __future__ import annotations

import os
import re
from errno import ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.config import Config

ABSENT = (ENOENT, ENOTDIR, ENAMETOOLONG)
"""What the system says of a file that is not there."""

Stamp = list[int]
"""Size, times of the last change of content and inode in nanoseconds, and inode number; empty for no file."""


def absolute(path: Path) -> Path:
    """The path without `..`, links left as they are: following them could lead out of the journal."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path has no such thing


def distinct(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lead to the same place as an earlier one."""
    seen: dict[str, Path] = {}
    for path in paths:
        seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())


def searched(config: Config) -> list[Path]:
    """The folders that the configuration names, absolute, each once."""
    return distinct(absolute(folder) for folder in config.runs)


def candidates(config: Config, reference: str) -> Iterator[Path]:
    """The paths that a reference can name, absolute: from the journal on, then from the working folder on.

    None if it is no path at all. Whether something lies there is not looked at.
    """
    if "\0" in reference or "://" in reference:
        return
    given = os.path.expanduser(reference)  # noqa: PTH111 - Path raises for an unknown user
    yield from dict.fromkeys(absolute(base / given) for base in (config.root, Path.cwd()))


def origin_path(config: Config, path: Path) -> str:
    """What the origin of a run calls a file or folder: relative to the journal, or by its last two names outside."""
    return config.relative(path) if path.is_relative_to(config.root) else f"{path.parent.name}/{path.name}"


def natural(path: Path) -> tuple[list[tuple[str, int]], str]:
    """Sorts by path, numbers in it by size: `version_2` before `version_10`."""
    pieces = re.split(r"(\d+)", path.as_posix())
    return [(text, int(digits)) for text, digits in zip(pieces[::2], [*pieces[1::2], "0"], strict=True)], str(path)


def telling_name(name: str, above: Path, says_nothing: re.Pattern[str]) -> str:
    """A run's id, from a name. One that says nothing, as `version_0`, stands behind those of the folders above.

    Args:
        name: What the run's folder or file is called.
        above: The folder it lies in.
        says_nothing: Matches all of a name that tells runs not apart.
    """
    parts = [name]
    while says_nothing.fullmatch(parts[0]) and above.name:
        parts.insert(0, above.name)
        above = above.parent
    return "-".join(parts) or name


def stamp(path: str) -> Stamp:
    """A file as it is now; empty if there is none, or it may not be looked at."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path of many thousands
    except (OSError, ValueError):
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
