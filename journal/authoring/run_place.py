"""Which folders can be a run's, and what runs write into theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.config import Settings
from journal.errors import JournalError, NotWritable
from journal.revisions.own_files import journals
from journal.sources.table_file.config import CONFIG_NAMES
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
    if _holds_runs(folder, known_places(top, start)):
        return "holds the folders of runs, and is none itself"
    return None


def _own(journal: Config) -> list[Path]:
    """The folders that hold nothing but what is the journal's own."""
    return [own for own in (journal.entries, journal.evidence, journal.templates) if own != journal.root]


def known_places(top: Path, start: Path) -> set[Path]:
    """The folders that hold run folders, as the journals of a repository say, and as is usual without one."""
    told = {runs.resolve() for each in journals(top, start) for runs in each.runs}
    return told | {base / name for base in (top, start.resolve()) for name in Settings().runs}


def is_of_a_run(file: Path, known: set[Path]) -> bool:
    """Whether a file holds the hyperparameters of a run whose history is a plain file beside it.

    Args:
        file: The file.
        known: The folders that hold run folders.
    """
    if file.name not in CONFIG_NAMES or not any(file.parent.is_relative_to(place) for place in known):
        return False
    try:
        return history_at(file.parent) is not None
    except JournalError:
        return False


def _holds_runs(folder: Path, known: set[Path]) -> bool:
    try:
        if any(_RUN_FOLDER.match(path.name) and path.is_dir() for path in folder.iterdir()):
            return True
        if history_at(folder) is not None or any(folder.glob("*.wandb")):
            return False
    except (OSError, JournalError):  # whose names cannot be listed
        return False
    return folder in known
