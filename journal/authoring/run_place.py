"""Which folders are no run's, so that no capture is written into them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.config import Settings
from journal.errors import JournalError, NotWritable
from journal.revisions.own_files import journals
from journal.sources.table_file.search import history_at

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config

_RUN_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-.", re.DOTALL)


def check_place(folder: Path, top: Path, start: Path) -> None:
    """Refuse a folder that can be no run's.

    Args:
        folder: The folder.
        top: Top of the repository.
        start: The working folder.

    Raises:
        NotWritable: It is the repository itself, one of the journal's own, or holds run folders.
    """
    said = _said(folder.resolve(), top, start.resolve())
    if said is not None:
        raise NotWritable(said, path=folder, hint="give the folder of one run, as in `journal capture runs/floor-3`")


def _said(folder: Path, top: Path, start: Path) -> str | None:
    """What such a folder is; None for one that may be a run's."""
    if top.is_relative_to(folder):
        return "is the repository, and no run's folder" if folder == top else "holds the repository, so it is no run's"
    if folder.is_relative_to(top / ".git"):
        return "belongs to git, and is no run's folder"
    found = journals(top, start)
    if any(folder.is_relative_to(own) for each in found for own in _own(each)):
        return "belongs to the journal, and is no run's folder"
    if any(each.root.is_relative_to(folder) for each in found):
        return "holds the journal, and is no run's folder"
    if _holds_runs(folder, {runs.resolve() for each in found for runs in each.runs}, top, start):
        return "holds the folders of runs, and is none itself"
    return None


def _own(journal: Config) -> list[Path]:
    """The folders that hold nothing but what is the journal's own."""
    return [own for own in (journal.entries, journal.evidence, journal.templates) if own != journal.root]


def _holds_runs(folder: Path, known: set[Path], top: Path, start: Path) -> bool:
    try:
        if any(_RUN_FOLDER.match(path.name) and path.is_dir() for path in folder.iterdir()):
            return True
        if history_at(folder) is not None or any(folder.glob("*.wandb")):
            return False
    except (OSError, JournalError):  # whose names cannot be listed
        return False
    return folder in known | {base / name for base in (top, start) for name in Settings().runs}
