"""When each file of a folder was first committed, and what it was called before: for all files at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from journal.revisions import command
from journal.revisions.listing import RAW, STEPS, differences, moment, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from journal.revisions.repository import Repository

_HISTORY = ("rev-list", *STEPS)
_DIFFERENCES = ("diff-tree", "--stdin", "--root", "--diff-merges=first-parent", "--no-ext-diff", "--no-textconv")
_ADDED = (
    *("-r", "-z", "--name-only", "--no-renames", "--diff-filter=A", "--ignore-submodules=none"),
    "--format=%x01%H",
)
_RENAMED = (*RAW, "-M", "-l1000", "--diff-filter=R")
_SHALLOW = ("rev-parse", "--is-shallow-repository")
_FEW = 3

MOST_COMMITS = 3_000
"""Commits of the folder, the newest, that are looked through: of a large folder each takes milliseconds."""


class Beginnings(NamedTuple):
    """How the files of a folder began.

    Attributes:
        added: When a commit first brought in each file under this name: its author date, which a rebase keeps. Paths
            from the root of the repository.
        few: The files that came in with few others, as somebody commits what they just wrote.
        whole: Whether all of the history is here and was looked through; else a file may be older.
    """

    added: dict[str, datetime]
    few: frozenset[str] = frozenset()
    whole: bool = True


def first_commits(repository: Repository, folder: str) -> Beginnings:
    """When the files of a folder were first committed; two git processes answer for all of them.

    Args:
        repository: The repository.
        folder: The folder, from its root.

    Raises:
        RevisionError: Git cannot answer.
    """
    found: dict[str, datetime] = {}
    many: set[str] = set()
    dates = _commits(repository, folder)
    for sha, paths in _added(_differences(repository, dates, folder, _ADDED)):
        at = moment(dates[sha], sha)
        for path in paths:
            if path not in found or at < found[path]:
                found[path] = at
        if len(paths) > _FEW:
            many.update(paths)
    whole = len(dates) < MOST_COMMITS and command.said(repository.root, *_SHALLOW) == "false"
    return Beginnings(found, frozenset(found.keys() - many), whole)


def _added(listing: bytes) -> Iterator[tuple[str, list[str]]]:
    """Each commit of a listing with the files that it brought in."""
    for commit in os.fsdecode(listing).split("\x01")[1:]:
        sha, *paths = commit.split("\0")
        yield sha.strip("\n"), [path.lstrip("\n") for path in paths if path.strip("\n")]


def renames(repository: Repository, folder: str) -> dict[str, str]:
    """What the files of a folder are called that commits renamed, by what they were called; the newest commit counts.

    Args:
        repository: The repository.
        folder: The folder, from its root.

    Raises:
        RevisionError: Git cannot answer.
    """
    found: dict[str, str] = {}
    dates = _commits(repository, folder)
    for _, files in differences(_differences(repository, dates, folder, _RENAMED)):
        for each in files:
            found.setdefault(each.former, each.path)
    return found


def _commits(repository: Repository, folder: str) -> dict[str, str]:
    """The author dates of the commits that changed a folder, the newest commit first."""
    head = repository.head()
    if head is None:
        return {}
    # Here and below, a path is given as it is: no sign of it means more than itself.
    answer = command.run(repository.root, *_HISTORY, f"--max-count={MOST_COMMITS}", head, "--", f":(literal){folder}")
    command.checked(answer, repository.root, f"the history of {folder} cannot be read")
    return {step.sha: step.authored for step in steps(answer.text)}


def _differences(repository: Repository, dates: dict[str, str], folder: str, which: tuple[str, ...]) -> bytes:
    """What git lists of some commits, in this order."""
    if not dates:
        return b""
    answer = command.fed(repository.root, dates, *_DIFFERENCES, *which, "--", f":(literal){folder}")
    return command.checked(answer, repository.root, f"the history of {folder} cannot be read").raw
