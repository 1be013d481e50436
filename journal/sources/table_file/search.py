"""Where plain history files lie: found by their names, without a look into them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.sources.walk import HISTORIES, HISTORY_SUFFIXES, folders_below, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.errors import SourceUnavailable


def histories_below(top: Path, unread: list[SourceUnavailable], searched: list[Path]) -> Iterator[Path]:
    """The histories in a folder and below it, one of each folder.

    What is said of a folder that may not be read is added to `unread`, and every folder that was looked into to
    `searched`.
    """
    for listing in folders_below(top, unread, searched):
        if names := listing.histories:
            yield listing.folder / names[0]


def history_at(path: Path) -> Path | None:
    """The history that a path names, itself or as its folder; None if there is none."""
    if path.suffix.lower() in HISTORY_SUFFIXES and os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for long names
        return path
    return next((path / name for name in _histories(path)), None)


def is_of_folder(file: Path) -> bool:
    """Whether a file is the history of its folder."""
    return file.name in HISTORIES and _histories(file.parent)[:1] == [file.name]


def overlooked(file: Path) -> list[str]:
    """The names of histories that lie beside the one of a folder; none beside a file that is not a folder's."""
    names = _histories(file.parent)
    return names[1:] if names[:1] == [file.name] else []


def _histories(folder: Path) -> list[str]:
    """The names of the histories in a folder, the one that is the folder's first; none in a run folder of W&B."""
    listing = listed(folder)
    return [] if listing.is_wandb else listing.histories
