"""What verbs work on: the journal around the working folder, its repository, its entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import ConfigError, NotARepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.index.journal import Journal
    from journal.revisions import Repository


def open_journal() -> Journal:
    """The journal that the working folder lies in."""
    from journal.index.journal import Journal

    return Journal.open(Path.cwd())


def journal_here() -> Journal | None:
    """The journal that the working folder lies in, or None; one that is there but broken is a failure."""
    try:
        return open_journal()
    except ConfigError as error:
        if error.path is not None:
            raise
        return None


def repository_of(journal: Journal) -> Repository | None:
    """The git repository that the journal lies in, or None."""
    from journal.revisions import Repository

    try:
        return Repository.find(journal.config.root)
    except NotARepository:
        return None


def chosen(journal: Journal, references: Sequence[str]) -> list[str]:
    """Paths of the entries meant, each once; all of them when none is named."""
    if not references:
        return list(journal.paths)
    return list(dict.fromkeys(journal.find(reference) for reference in references))
