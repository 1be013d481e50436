"""The entries of a journal as a commit has them beside those of the work tree, where the two differ."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from journal.config import is_entry
from journal.document import store
from journal.errors import EntryNotFound, JournalError
from journal.revisions.raw_files import is_blob
from journal.tables import record
from journal.tables.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.config import Config
    from journal.revisions import Repository

LARGEST = 64 << 20
"""Bytes of the largest file of a commit that is read."""


class _Files(NamedTuple):
    """The files of an entry and of its evidence in one tree: paths in the journal, or object names in a commit."""

    entry: str | None = None
    evidence: str | None = None


class TwoTrees(NamedTuple):
    """What differs between a commit and the work tree, by the path of the entry.

    Attributes:
        before: What the commit has.
        after: What the work tree has.
    """

    before: dict[str, Version]
    after: dict[str, Version]


def read(config: Config, repository: Repository, sha: str, paths: Iterable[str]) -> TwoTrees:
    """The files of entries of which some differ between a commit and the work tree.

    The commit is read as the configuration of now has it: folders that were called otherwise hold no entries.

    Args:
        config: The journal.
        repository: The repository that it lies in.
        sha: Full sha of the commit.
        paths: Every entry of the work tree, relative to the journal.

    Raises:
        RevisionError: The commit is there, but its files are not.
    """
    then, now = _committed(config, repository, sha), _here(config, paths)
    differ = {path for path in then.keys() | now.keys() if not _is_same(config, then.get(path), now.get(path))}
    names = {name for path in differ for name in then.get(path, ()) if name is not None}
    blobs = repository.blobs(names, LARGEST)
    before = {path: _version_then(path, then[path], blobs) for path in differ & then.keys()}
    return TwoTrees(before, {path: _version_now(config, path, now[path]) for path in differ & now.keys()})


def _committed(config: Config, repository: Repository, sha: str) -> dict[str, _Files]:
    """The object names of entries and of their evidence in a commit."""
    top = PurePosixPath(config.root.relative_to(repository.root).as_posix())
    evidence_folder, entries_folder = (top / name for name in (config.settings.evidence, config.settings.entries))
    entries = {
        PurePosixPath(path).relative_to(top).as_posix(): blob
        for path, blob in repository.files_at(sha, entries_folder.as_posix()).items()
        if is_entry(PurePosixPath(path).relative_to(entries_folder).as_posix())
    }
    evidence = {
        path: blob
        for name, blob in repository.files_at(sha, evidence_folder.as_posix()).items()
        if (path := _entry_of(config, PurePosixPath(name).relative_to(top).as_posix())) is not None
    }
    return {path: _Files(entries.get(path), evidence.get(path)) for path in entries.keys() | evidence.keys()}


def _entry_of(config: Config, file: str) -> str | None:
    """The path of the entry that a file would be the evidence of; None for what is of runs, and for all else there."""
    inside = Path(file).relative_to(config.settings.evidence)
    of_runs = inside.parts == (record.UNCITED,) or (len(inside.parts) > 1 and inside.parts[0] == record.RUNS)
    return None if of_runs or inside.suffix != ".json" else record.entry_at(config.root / file, config)


def _here(config: Config, paths: Iterable[str]) -> dict[str, _Files]:
    """The files of entries and of their evidence in the work tree."""
    entries = {path: path for path in paths}
    evidence = {path: file for file in _evidence_files(config) if (path := _entry_of(config, file)) is not None}
    return {path: _Files(entries.get(path), evidence.get(path)) for path in entries.keys() | evidence.keys()}


def _evidence_files(config: Config) -> Iterator[str]:
    for folder, below, names in os.walk(config.evidence):
        below.sort()
        yield from (config.relative(Path(folder, name)) for name in sorted(names) if not name.startswith("."))


def _is_same(config: Config, then: _Files | None, now: _Files | None) -> bool:
    """Whether both files hold the bytes that the commit has of them."""
    if then is None or now is None:
        return False
    pairs = zip(then, now, strict=True)
    return all(
        blob is None if file is None else blob is not None and bool(is_blob(config.root / file, blob))
        for blob, file in pairs
    )


def _version_then(path: str, files: _Files, blobs: Mapping[str, bytes | None]) -> Version:
    raw, evidence = (None if name is None else blobs[name] for name in files)
    absent = [name for name in files if name is not None and blobs[name] is None]
    said = tuple(f"{path}: the commit's file {name[:7]} is not in this clone, or too large" for name in absent)
    return Version(path, raw, evidence, said)


def _version_now(config: Config, path: str, files: _Files) -> Version:
    found: list[bytes | None] = []
    said: list[str] = []
    for file in files:
        try:
            found.append(None if file is None else store.read(config.root / file).raw)
        except EntryNotFound:
            found.append(None)  # it went a moment ago
        except JournalError as error:
            found.append(None)
            said.append(str(error.placed(str(file), anew=True)))
    raw, evidence = found
    return Version(path, raw, evidence, tuple(said))
