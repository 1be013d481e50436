"""Folders as sources search them: each once, no links followed, and no tracker's own hidden corners entered."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import SourceUnavailable
from journal.sources.paths import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
            left += [folder / name for name in reversed(listing.folders) if not name.startswith(".")]


def listed(folder: Path) -> Listing:
    """What lies right in a folder; nothing if it is not there.

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
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError as error:
        if error.errno not in ABSENT:
            raise SourceUnavailable.of(folder, error) from error
    return Listing(folder, sorted(folders), sorted(files))
