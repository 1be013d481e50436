"""What was captured of the code when a run began: a small file beside the run, by which its commit can be proven."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from journal.model.base import Frozen, Natural

FILE = "journal-capture.json"
"""What the file is called; it lies in the run's folder."""

PATCH = "journal-capture.patch"
"""What the file with the patch is called, where one was asked for."""

TIMELY = timedelta(minutes=10)
"""What was captured within this time of a run's start is what it ran; later, it proves nothing."""

PATIENCE = 20.0
"""Seconds that git may take to look at a repository."""

MAX_PATCH = 16 << 20
"""A patch above this size, in bytes, is neither told nor read."""


class SummedFile(Frozen):
    """A file and the sum of its bytes."""

    path: str
    """Path in the repository."""
    sha256: str | None
    """Sum of its bytes, in hex; None of one that is too large to be summed, that cannot be read, or is no file."""


class Patch(Frozen):
    """What `git diff` told of tracked files that differed from the commit."""

    sha256: str
    """Sum of the patch, in hex."""
    bytes: Natural
    """Size of the patch."""
    file: str | None = None
    """The file beside this one that holds it, if it was kept."""


class Capture(Frozen):
    """The state of a repository when a run began."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    at: datetime
    """When it was looked at."""
    commit: str | None
    """Full sha of the commit that was checked out; None before the first."""
    branch: str | None = None
    """The branch that was checked out; None where HEAD is detached."""
    origin: str | None = None
    """Address of the remote `origin`, without user, password, query or fragment; where it is a path on this machine, no
    reader of the run is told."""
    dirty: bool
    """Whether tracked files differ from the commit, those of submodules included."""
    changed: tuple[str, ...] = ()
    """The tracked files that differ: paths in the repository, sorted."""
    patch: Patch | None = None
    """What differs; None where nothing does, and where it is too much to be told."""
    untracked: tuple[SummedFile, ...] | None = ()
    """Files of code and configuration that git does not know and does not ignore, and links to folders and whole
    repositories, which may hold some; sorted. None where listing them took too long."""
    lock_files: tuple[SummedFile, ...] = ()
    """The files that fix the versions of packages."""
    command: tuple[str, ...] = Field(default=())
    """The command that was run; it stays beside the run and is published nowhere."""
    python: str | None = None
    """Version of the Python that ran it."""
