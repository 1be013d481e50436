"""Where plain history files lie: found by their names, without a look into them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from journal.errors import SourceUnavailable
from journal.sources.paths import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEMS = ("metrics", "history", "train_log", "training_log", "log", "progress")
"""What history files are called, the most likely first."""

SUFFIXES = (".jsonl", ".csv")
"""How they end: of two with one stem the JSONL file counts, which keeps its types."""

NAMES = tuple(f"{stem}{suffix}" for stem in STEMS for suffix in SUFFIXES)
"""A folder with a file of one of these names is a run; the first of them is its history."""

_WANDB_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-")
_WANDB_LOG = re.compile(r"run-.+\.wandb$", re.DOTALL)


def histories_below(top: Path, unread: list[SourceUnavailable], searched: list[Path] | None = None) -> Iterator[Path]:
    """The histories in a folder and below it, one of each folder, in no order.

    What is said of a folder that may not be read is added to `unread`, and every folder that was looked into to
    `searched`.
    """
    left = [top]
    while left:
        folder = left.pop()
        if searched is not None:
            searched.append(folder)
        try:
            folders, names, is_wandb = _listing(folder)
        except SourceUnavailable as error:
            unread.append(error)
            continue
        if is_wandb:
            continue
        if names:
            yield folder / names[0]
        left += [folder / name for name in folders if not name.startswith(".") and not _WANDB_FOLDER.match(name)]


def _listing(folder: Path) -> tuple[list[str], list[str], bool]:
    """The folders right in a folder; its histories, the first of them its own; and whether a W&B log lies there.

    Links are left out.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    folders: list[str] = []
    files: set[str] = set()
    is_wandb = False
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.name in NAMES and entry.is_file(follow_symlinks=False):
                    files.add(entry.name)
                elif _WANDB_LOG.match(entry.name):
                    is_wandb = True
    except OSError as error:
        if error.errno in ABSENT:
            return [], [], False
        raise SourceUnavailable.of(folder, error) from error
    return folders, [name for name in NAMES if name in files], is_wandb


def history_at(path: Path) -> Path | None:
    """The history that a path names, itself or as its folder; None if there is none."""
    if path.suffix.lower() in SUFFIXES and os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for long names
        return path
    _, names, is_wandb = _listing(path)
    return path / names[0] if names and not is_wandb else None


def is_of_folder(file: Path) -> bool:
    """Whether a file is the history of its folder."""
    return file.name in NAMES and history_at(file.parent) == file


def overlooked(file: Path) -> list[str]:
    """The names of histories that lie beside the one of a folder."""
    _, names, _ = _listing(file.parent)
    return [name for name in names if name != file.name] if is_of_folder(file) else []


def natural(file: Path) -> tuple[list[tuple[str, int]], str]:
    """Sorts by path, numbers in it by size: `version_2` before `version_10`."""
    pieces = re.split(r"(\d+)", file.as_posix())
    return [(text, int(digits)) for text, digits in zip(pieces[::2], [*pieces[1::2], "0"], strict=True)], str(file)
