"""What time does to a finding: what git knows of an entry's file, and how long what was found holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from journal.errors import RevisionError
from journal.revisions.first_commits import Beginnings, first_commits, renames

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from journal.config import Config
    from journal.revisions import Repository


@dataclass
class Grounds:
    """What else a finding rests on, so that it is not remembered for longer than it holds.

    Attributes:
        files: Files and folders outside the journal's own, which were looked at or looked for.
        until: The moment from which on it may be otherwise by itself; None for never.
    """

    files: dict[Path, None] = field(default_factory=dict)
    until: datetime | None = None


class Past:
    """What git knows of the entries' files; it is asked once, when somebody first wants to know.

    Args:
        repository: The repository, if there is one.
        config: The journal.
    """

    def __init__(self, repository: Repository | None, config: Config) -> None:
        self._repository, self._folder = repository, config.settings.entries
        self._above = _above(repository, config)

    @cached_property
    def beginnings(self) -> Beginnings:
        """When the entries were first committed, by path in the journal; of none where git cannot tell."""
        above = self._above
        if self._repository is not None and above is not None:
            with suppress(RevisionError):  # other rules speak of a repository that cannot be read
                found = first_commits(self._repository, above + self._folder)
                added = {path.removeprefix(above): at for path, at in found.added.items()}
                return Beginnings(added, frozenset(path.removeprefix(above) for path in found.few), found.whole)
        return Beginnings({}, whole=False)

    @cached_property
    def renamed(self) -> dict[str, str]:
        """What entries are called that commits renamed, by what they were called; paths in the journal."""
        above = self._above
        if self._repository is not None and above is not None:
            with suppress(RevisionError):
                found = renames(self._repository, above + self._folder)
                return {old.removeprefix(above): new.removeprefix(above) for old, new in found.items()}
        return {}


def _above(repository: Repository | None, config: Config) -> str | None:
    """The journal's folder in the repository, with a slash behind it; None where it does not lie there."""
    if repository is None or not config.root.is_relative_to(repository.root):
        return None
    return "" if config.root == repository.root else f"{config.root.relative_to(repository.root).as_posix()}/"
