"""What verbs work on: the journal around the working folder, its repository, its entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import NotARepository, RevisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.config import Config, Reach
    from journal.index.journal import Journal
    from journal.revisions import Repository


def open_journal(*, read_only: bool = False, reach: Reach | None = None) -> Journal:
    """The journal that the working folder lies in.

    Args:
        read_only: Whether nothing that is derived is kept.
        reach: What the command was told about the network; None leaves it to the settings.
    """
    from journal.config import AS_SET
    from journal.index.journal import Journal

    return Journal.open(Path.cwd(), read_only=read_only, reach=reach or AS_SET)


def settings_here(reach: Reach | None = None) -> Config:
    """The configuration of the journal that the working folder lies in, or that of no journal."""
    from journal.config import AS_SET
    from journal.sources.registry import config_here

    return config_here(reach=reach or AS_SET)


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


def state_at(root: Path) -> str | None:
    """The state of the repository around a folder: see `state_of`."""
    try:
        return state_of(repository_at(root))
    except RevisionError:
        return None


def state_of(repository: Repository | None) -> str | None:
    """A sum of all by which a repository finds commits; a dash where there is none, None where git cannot tell."""
    try:
        return "-" if repository is None else repository.fingerprint()
    except RevisionError:
        return None


def commits_at(root: Path, shas: Iterable[str]) -> dict[str, str | None] | None:
    """What git says of shas around a folder; None where it cannot tell."""
    try:
        return commits_said(repository_at(root), shas)
    except RevisionError:
        return None


def commits_said(repository: Repository | None, shas: Iterable[str]) -> dict[str, str | None]:
    """What git says of each sha; it is asked for all of them at once.

    The full sha, or None, and whether it is on no branch any more; a dash where there is no repository.
    """
    asked = list(shas)
    if repository is None:
        return dict.fromkeys(asked, "-")
    repository.look_up(asked)
    return {sha: _said(repository, repository.full(sha)) for sha in asked}


def _said(repository: Repository, full: str | None) -> str | None:
    return full if full is None or repository.ancestry.is_reachable(full) else f"{full} aside"


def chosen(journal: Journal, references: Sequence[str]) -> list[str]:
    """Paths of the entries meant, each once; all of them when none is named."""
    if not references:
        return list(journal.paths)
    return list(dict.fromkeys(journal.find(reference) for reference in references))
