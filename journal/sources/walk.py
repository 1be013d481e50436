"""Folders as sources search them: each once, no links followed, and no tracker's own hidden corners entered."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import SourceUnavailable
from journal.sources.paths import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HISTORY_STEMS = ("metrics", "history", "train_log", "training_log", "log", "progress")
"""What plain histories are called, the most likely first."""

HISTORY_SUFFIXES = (".jsonl", ".csv")
"""How they end: of two with one stem the JSONL file counts, which keeps its types."""

HISTORIES = tuple(f"{stem}{suffix}" for stem in HISTORY_STEMS for suffix in HISTORY_SUFFIXES)
"""A folder with a file of one of these names is the run of it, and of the first if there are several."""

_WANDB_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-")
_WANDB_LOG = re.compile(r"run-.+\.wandb$", re.DOTALL)


class Listing(NamedTuple):
    """What lies right in a folder; links are left out.

    Attributes:
        folder: The folder.
        folders: Names of the folders in it, sorted.
        files: Names of the regular files in it, sorted.
    """

    folder: Path
    folders: list[str]
    files: list[str]

    @property
    def is_wandb(self) -> bool:
        """Whether it is a run folder of W&B, which holds copies of other trackers' files."""
        return _WANDB_FOLDER.match(self.folder.name) is not None or any(map(_WANDB_LOG.match, self.files))

    @property
    def histories(self) -> list[str]:
        """The names of plain histories in it, the most likely first."""
        return [name for name in HISTORIES if name in self.files]


def folders_below(top: Path, unread: list[SourceUnavailable], searched: list[Path]) -> Iterator[Listing]:
    """A folder and those below it, but for hidden ones and W&B's run folders; nothing if it is not there.

    What is said of a folder that may not be read is added to `unread`, and every folder that was looked into, or for,
    to `searched`. Whoever takes names out of the `folders` of what was given leaves those folders out.
    """
    left = [top]
    while left:
        folder = left.pop()
        searched.append(folder)
        try:
            listing = listed(folder)
        except SourceUnavailable as error:
            unread.append(error)
            continue
        if not listing.is_wandb:
            yield listing
            left += [folder / name for name in reversed(listing.folders) if _is_entered(name)]


def listed(folder: Path) -> Listing:
    """What lies right in a folder; nothing if it is not there.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    folders, files = names_in(folder)
    return Listing(folder, sorted(folders), sorted(files))


def names_in(folder: Path | str, wanted: Callable[[str], bool] | None = None) -> tuple[list[str], list[str]]:
    """The names of the folders and of the regular files right in a folder, in no order; none if it is not there.

    Args:
        folder: The folder; links in it are left out.
        wanted: Whether a file of some name is of interest. All are, without it.

    Raises:
        SourceUnavailable: The folder may not be read.
    """
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif (wanted is None or wanted(entry.name)) and entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError as error:
        if error.errno in ABSENT:
            return [], []
        raise SourceUnavailable.of(folder, error) from error
    return folders, files


def _is_entered(name: str) -> bool:
    """Whether a folder of this name is searched; W&B's are known without a look into them."""
    return not name.startswith(".") and _WANDB_FOLDER.match(name) is None
