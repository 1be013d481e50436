"""What git knows about a commit."""

from __future__ import annotations

from datetime import datetime

from journal.model.base import Frozen


class FileChange(Frozen):
    """One file that a commit touches, against its first parent."""

    path: str
    """Path in the repository, after the change."""
    old_path: str | None = None
    """Path before a rename or copy."""
    added: int | None = None
    """Lines added; None for a binary file."""
    removed: int | None = None
    """Lines removed; None for a binary file."""


class Commit(Frozen):
    """A commit, with the files it touches against its first parent (or against nothing)."""

    sha: str
    """Full object name, 40 or 64 hex digits."""
    subject: str
    """First paragraph of the message, on one line."""
    body: str
    """The rest of the message."""
    author: str
    """Author's name."""
    authored: datetime
    """Author date, with the author's offset."""
    parents: tuple[str, ...] = ()
    """Full shas of the parents."""
    files: tuple[FileChange, ...] = ()
    """Files touched, in git's order."""

    @property
    def short(self) -> str:
        """The first seven digits, for people."""
        return self.sha[:7]
