"""What git's listings say: dates, the files of a commit, commits and what they changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.model.revision import Change, Commit, FileChange

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = ("--parents", "--date=raw", "--format=%cd%x00%ad")
"""What makes `git rev-list` list commits as `steps` reads them."""

RAW = ("-r", "-z", "--raw", "--no-abbrev", "--always", "--format=%H", "--ignore-submodules=none")
"""What makes `git diff-tree` list changes as `differences` reads them."""

FILES = (
    *("-r", "-z", "--raw", "--numstat", "--no-abbrev", "-M", "-l1000"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"),
)
"""What makes `git diff-tree` list changes as `file_changes` reads them."""

DETAILS = (
    *("--stdin", "--root", "--always", "--diff-merges=first-parent", *FILES),
    *("--encoding=UTF-8", "--date=raw", "--format=%H%x00%P%x00%an%x00%ad%x00%cd%x00%s%x00%b%x00"),
)
"""What makes `git diff-tree` list commits, each with its files, as `commits` reads them."""

_HEADER = 8  # fields of the format, and the nothing that ends it
_PLAIN, _EXECUTABLE, _REPOSITORY = "100644", "100755", "160000"
_NO_FILE = frozenset({"000000", _REPOSITORY})  # not there, or another repository
_CHANGES = {
    "A": Change.ADDED,
    "D": Change.DELETED,
    "M": Change.MODIFIED,
    "R": Change.RENAMED,
    "C": Change.COPIED,
    "T": Change.RETYPED,
}

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
        old_blob: Object name of its contents in the earlier one; None where it is not there.
    """

    path: str
    former: str
    blob: str | None
    added: bool
    old_blob: str | None = None


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
            old_mode, mode, old_blob, blob, status = told[1:].split(" ")
            former = next(fields)
            path = next(fields) if status[0] in "RC" else former
            before = None if old_mode in _NO_FILE else old_blob
            found.append(Difference(path, former, None if mode in _NO_FILE else blob, status == "A", before))
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


def commits(listing: bytes) -> Iterator[Commit]:
    """Commits of a listing of `DETAILS`, in its order; what is not UTF-8 is shown with replacement characters."""
    fields = _fields(listing)
    place = 0
    while place < len(fields):
        header = fields[place : place + _HEADER]
        files, place = _files(fields, place + _HEADER)
        yield _commit(header, files)


def file_changes(listing: bytes) -> tuple[FileChange, ...]:
    """Files of a listing of `FILES`, in its order."""
    return _files(_fields(listing), 0)[0]


def _fields(listing: bytes) -> list[str]:
    return os.fsdecode(listing).split("\0")[:-1]


def _commit(header: list[str], files: tuple[FileChange, ...]) -> Commit:
    sha, parents, author, authored, committed, subject, body, _ = header
    return Commit(
        sha=sha,
        subject=_shown(subject),
        body=_shown(body.strip("\n")),
        author=_shown(author),
        authored=moment(authored, sha),
        committed=_moment_if_any(committed, sha),
        parents=tuple(parents.split()),
        files=files,
    )


def _moment_if_any(date: str, sha: str) -> datetime | None:
    try:
        return moment(date, sha)
    except RevisionError:
        return None


def _files(fields: list[str], place: int) -> tuple[tuple[FileChange, ...], int]:
    """The files that are told of from a place on, and the place where something else begins.

    First come all files with their kind of change (`:MODE MODE BLOB BLOB KIND`, then one or two paths), then all
    with their counts (`ADDED TAB REMOVED TAB PATH`; for a rename nothing stands for the path, and two paths follow).
    """
    kinds: dict[tuple[str, ...], str] = {}
    counts: dict[tuple[str, ...], list[str]] = {}
    while place < len(fields):
        told = fields[place].lstrip("\n")
        if told.startswith(":"):
            width = 2 if told.split(" ")[4][0] in "RC" else 1
            kinds[tuple(fields[place + 1 : place + 1 + width])] = told
            place += 1 + width
        elif "\t" in told:
            added, removed, path = told.split("\t", 2)
            width = 0 if path else 2
            counts[(path,) if path else tuple(fields[place + 1 : place + 3])] = [added, removed]
            place += 1 + width
        else:
            break
    return tuple(_file(paths, told, counts.get(paths, ["-", "-"])) for paths, told in kinds.items()), place


def _file(paths: tuple[str, ...], told: str, counts: list[str]) -> FileChange:
    mode_before, mode, blob_before, blob, kind = told.removeprefix(":").split(" ")
    is_repository = mode == _REPOSITORY or (kind == "D" and mode_before == _REPOSITORY)
    lines = [None, None] if _REPOSITORY in {mode, mode_before} else [_count(text) for text in counts]
    return FileChange(
        path=_shown(paths[-1]),
        old_path=_shown(paths[0]) if paths[1:] else None,
        added=lines[0],
        removed=lines[1],
        change=_CHANGES.get(kind[0], Change.MODIFIED),
        blob=None if mode in _NO_FILE else blob,
        old_blob=None if mode_before in _NO_FILE else blob_before,
        submodule=is_repository,
        executable=mode == _EXECUTABLE if {mode, mode_before} == {_PLAIN, _EXECUTABLE} else None,
    )


def _shown(text: str) -> str:
    """The text with replacement characters for what is not UTF-8."""
    return os.fsencode(text).decode("utf-8", "replace")


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)
