"""What git knows about a commit."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

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


class FileVersion(Frozen):
    """A file as one commit left it."""

    sha: str
    """Full object name of the commit."""
    path: str
    """The file's path in the repository at that commit."""
    committed: datetime
    """Committer date: when the commit got its present form, by a rebase or an amendment too."""
    authored: datetime
    """Author date."""
    raw: bytes | None = Field(repr=False)
    """The file's bytes; None where the commit has no such file, or one too large to be read."""
    parents: tuple[tuple[str, str], ...] = ()
    """Sha and path of the versions right before this one: none for the first, several where branches met."""
    cut: bool = False
    """Whether the history ends here only because the clone is shallow: the version may be older than its commit."""

    @property
    def key(self) -> tuple[str, str]:
        """Sha and path, which tell a version from all others of the file."""
        return self.sha, self.path
