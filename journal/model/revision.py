"""What git knows about a commit, what is known of the code that a run ran, and how the two stand to each other."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from journal.model.base import Frozen

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_REVERTS = re.compile(r"^This reverts commit\s+([0-9a-fA-F]{7,64})\b", re.MULTILINE)


def is_full(sha: str) -> bool:
    """Whether a word can be a full object name: 40 hex digits, or 64 where a repository uses SHA-256."""
    return _FULL.fullmatch(sha) is not None


class Change(StrEnum):
    """What a commit did to a file."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    COPIED = "copied"
    RETYPED = "retyped"
    """A file became a link, or the other way round."""


class FileChange(Frozen):
    """One file that a commit touches, against its first parent, or that differs between two commits."""

    path: str
    """Path in the repository, after the change."""
    old_path: str | None = None
    """Path before a rename or copy."""
    added: int | None = None
    """Lines added; None for a binary file and for a submodule."""
    removed: int | None = None
    """Lines removed; None for a binary file and for a submodule."""
    change: Change = Change.MODIFIED
    """What was done to it."""
    blob: str | None = None
    """Object name of its contents after the change; None where it is gone, and for a submodule."""
    old_blob: str | None = None
    """Object name of its contents before the change; None where it was not there, and for a submodule."""
    submodule: bool = False
    """Whether it is another repository, of which the commit records a commit only."""
    executable: bool | None = None
    """Whether it can be run from now on, or no longer; None where that stayed as it was, or the file came or went."""


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
    committed: datetime | None = None
    """Committer date: when the commit got its present form, by a rebase or an amendment too."""
    parents: tuple[str, ...] = ()
    """Full shas of the parents."""
    files: tuple[FileChange, ...] = ()
    """Files touched, in git's order."""

    @property
    def short(self) -> str:
        """The first seven digits, for people."""
        return self.sha[:7]

    @property
    def reverts(self) -> tuple[str, ...]:
        """The shas of the commits that its message says it undoes, as they are written there."""
        return reverted(self.body)


def reverted(message: str) -> tuple[str, ...]:
    """The shas that a message says it undoes, in its order, in the words that `git revert` writes.

    They may be abbreviated, and nobody has looked whether there are such commits. What the message quotes does not
    count.

    Examples:
        >>> reverted("This reverts commit 1a2b3c4 (Clamp the logits, 2026-02-21).")
        ('1a2b3c4',)
    """
    own = _QUOTED.sub("", message)
    return tuple(dict.fromkeys(sha.lower() for sha in _REVERTS.findall(own)))


class CommitLine(Frozen):
    """A commit in one line."""

    sha: str
    """Full object name."""
    subject: str
    """First paragraph of the message, on one line."""


class Comparison(Frozen):
    """How two commits differ: in the commits that they are made of, and in their files."""

    one: str
    """Full sha of the one."""
    other: str
    """Full sha of the other."""
    only_in_one: tuple[CommitLine, ...] = ()
    """Commits that only the one is made of, the newest first; not all of them where there are hundreds."""
    only_in_other: tuple[CommitLine, ...] = ()
    """Commits that only the other is made of, the newest first; not all of them where there are hundreds."""
    count_in_one: int = 0
    """How many commits only the one is made of."""
    count_in_other: int = 0
    """How many commits only the other is made of."""
    cut: bool = False
    """Whether a shallow clone ends within those commits, so that there may be more or fewer of them."""
    files: tuple[FileChange, ...] = ()
    """The files that differ: what was done from the one to the other."""


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


class CommitVerdict(StrEnum):
    """Whether a run and the commits of an entry belong together."""

    PROVEN = "proven"
    """The run's commit is the entry's or contains it, and its tree is known to have been clean."""
    CONSISTENT = "consistent"
    """Nothing speaks against it, but something is not known: the state of the tree, or the commit itself."""
    CONTRADICTED = "contradicted"
    """The run's commit lacks the change, or the run is older than it."""
    UNKNOWN = "unknown"
    """Nobody can tell."""


class Judgement(Frozen):
    """A verdict with its reasons."""

    verdict: CommitVerdict
    """The verdict."""
    reasons: tuple[str, ...]
    """Why, in words: whole sentences without a full stop, the weightiest first."""
    claim: tuple[str, ...] = ()
    """What it was about: the commits as the entry named them, and `compared` for a run that it only compares with."""
    ran: tuple[str, ...] = ()
    """What each part of the run ran, as it was known: the commit, and `clean`, `dirty` or `unknown` for the tree."""


class Code(Frozen):
    """What is known of the code that a run ran, or that one part of a resumed run did."""

    commit: str | None = None
    """Full sha of the commit that was checked out."""
    recorded: str | None = None
    """The commit that the tracker recorded, where another one was captured."""
    remote: str | None = None
    """Address of the git remote, without user or token."""
    started: datetime | None = None
    """When this part of the run started."""
    dirty: bool | None = None
    """Whether tracked files differed from the commit; None where nobody knows."""
    changed: tuple[str, ...] = ()
    """The tracked files that differed, as far as they are known: paths in the repository."""
    patch: bytes | None = Field(default=None, repr=False, exclude=True)
    """What differed, as `git diff` tells it, where it was kept."""
    patch_sum: str | None = None
    """Sum of what differed, whether or not it was kept, with its kind in front: `captured:…` or `diff.patch:…`, each a
    SHA-256 in hex. The kinds are written in different ways, so only sums of one kind can be compared."""
    untracked: tuple[str, ...] | None = None
    """Files of code and configuration that git did not know; None where nobody looked."""
    untracked_sums: tuple[tuple[str, str], ...] = Field(default=(), repr=False, exclude=True)
    """Path and SHA-256 of those of them that were summed. For comparing only, and published nowhere."""
    lock_sums: tuple[tuple[str, str], ...] = Field(default=(), repr=False, exclude=True)
    """Path and SHA-256 of the lock files, where they were captured. For comparing only."""
    python: str | None = Field(default=None, exclude=True)
    """Version of the Python that ran it, where it was captured."""
    captured: datetime | None = None
    """When all this was captured by the journal; None where it is only what the tracker noted."""
