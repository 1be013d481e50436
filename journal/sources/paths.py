"""Paths as sources take them: made absolute, told apart, and known when nothing is there."""

from __future__ import annotations

import os
from errno import ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ABSENT = (ENOENT, ENOTDIR, ENAMETOOLONG)
"""What the system says of a file that is not there."""


def absolute(path: Path) -> Path:
    """The path without `..`, links left as they are: following them could lead out of the journal."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path has no such thing


def distinct(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lead to the same place as an earlier one."""
    seen: dict[str, Path] = {}
    for path in paths:
        seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())
