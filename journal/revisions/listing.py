"""What git's listings say: dates, the files of a commit, commits and what they changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.model.revision import FileChange

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = ("--parents", "--date=raw", "--format=%cd%x00%ad")
"""What makes `git rev-list` list commits as `steps` reads them."""

RAW = ("-r", "-z", "--raw", "--no-abbrev", "--always", "--format=%H", "--ignore-submodules=none")
"""What makes `git diff-tree` list changes as `differences` reads them."""

_NO_FILE = frozenset({"000000", "160000"})  # deleted, or another repository

Contents = Mapping[str, str | None]
"""The object name of each file's new contents by its path; None where the file is gone."""


class Step(NamedTuple):
    """A commit that changed files, with the commits that did so right before it; dates in git's raw form."""

    sha: str
    parents: tuple[str, ...]
    committed: str
    authored: str


class Difference(NamedTuple):
    """One file that differs between two commits.

    Attributes:
        path: Its path in the later one.
        former: Its path in the earlier one.
        blob: Object name of its contents in the later one; None where it is not there.
        added: Whether it is only in the later one.
    """

    path: str
    former: str
    blob: str | None
    added: bool


def steps(listing: str) -> tuple[Step, ...]:
    """Commits of a listing of `STEPS`: `commit SHA PARENT…`, and below it committer date and author date."""
    rows = listing.splitlines()
    return tuple(_step(header, dates) for header, dates in zip(rows[::2], rows[1::2], strict=True))


def _step(header: str, dates: str) -> Step:
    _, sha, *parents = header.split(" ")
    committed, _, authored = dates.partition("\0")
    return Step(sha, tuple(parents), committed, authored)


def differences(listing: bytes) -> Iterator[tuple[str, list[Difference]]]:
    """Commits of a listing of `RAW`, in its order, and the files that each changed."""
    fields = iter(os.fsdecode(listing).split("\0")[:-1])
    sha, found = None, list[Difference]()
    for field in fields:
        told = field.lstrip("\n")
        if told.startswith(":"):
            _, mode, _, blob, status = told.split(" ")
            former = next(fields)
            path = next(fields) if status[0] in "RC" else former
            found.append(Difference(path, former, None if mode in _NO_FILE else blob, status == "A"))
            continue
        if sha is not None:
            yield sha, found
        sha, found = told, []
    if sha is not None:
        yield sha, found


def moment(date: str, sha: str, whose: str = "an author") -> datetime:
    """A date in git's raw form: seconds since 1970, and an offset such as +0800."""
    try:
        seconds, offset = date.split()
        east = timedelta(hours=int(offset[:3]), minutes=int(offset[0] + offset[3:]))
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))).astimezone(timezone(east))
    except (ValueError, OverflowError) as error:
        raise RevisionError(f"commit {sha[:7]} has {whose} date that is no date: {date!r}") from error


def file_changes(listing: str) -> Iterator[FileChange]:
    """Files of `--numstat -z`: counts and path, or for a rename counts, nothing, old path and new path."""
    fields = iter(listing.lstrip("\0\n").split("\0")[:-1])
    for field in fields:
        added, removed, path = field.split("\t", 2)
        old_path = None if path else next(fields)
        yield FileChange(path=path or next(fields), old_path=old_path, added=_count(added), removed=_count(removed))


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)
