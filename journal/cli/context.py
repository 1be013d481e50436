"""What verbs work on: the journal around the working folder, its repository, its entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import NotARepository, RevisionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.config import Config
    from journal.index.journal import Journal
    from journal.revisions import Repository


def open_journal() -> Journal:
    """The journal that the working folder lies in."""
    from journal.index.journal import Journal

    return Journal.open(Path.cwd())


def journal_of(config: Config) -> Journal | None:
    """The journal of a configuration, or None where that is the one of no journal."""
    from journal.index.journal import Journal

    return Journal(config) if config.is_journal else None


def repository_of(config: Config) -> Repository | None:
    """The git repository that a journal lies in, or None."""
    return repository_at(config.root)


def repository_at(root: Path) -> Repository | None:
    """The git repository that a folder lies in, or None."""
    from journal.revisions import Repository

    try:
        return Repository.find(root)
    except NotARepository:
        return None


def head_at(root: Path) -> str | None:
    """The commit that is checked out around a folder; a dash where there is none, None where git cannot tell."""
    try:
        return head_of(repository_at(root))
    except RevisionError:
        return None


def head_of(repository: Repository | None) -> str | None:
    """The commit that is checked out; a dash where there is none, None where git cannot tell."""
    try:
        return (repository and repository.head()) or "-"
    except RevisionError:
        return None


def chosen(journal: Journal, references: Sequence[str]) -> list[str]:
    """Paths of the entries meant, each once; all of them when none is named."""
    if not references:
        return list(journal.paths)
    return list(dict.fromkeys(journal.find(reference) for reference in references))
