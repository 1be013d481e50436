"""Taking a capture: the state of a repository, looked at and written beside a run, once."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from journal.authoring.run_place import check_place, is_of_a_run, known_places
from journal.errors import JournalError, NotARepository, NotWritable, RevisionError
from journal.model.base import written
from journal.model.capture import FILE, PATCH, PATIENCE, Capture, Patch, SummedFile
from journal.revisions.own_files import own_files
from journal.revisions.repository import Repository
from journal.sources.captured import read_captured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.revisions.work_tree import WorkTree

MAX_CHANGED = 10_000
"""How many changed files are named at most."""
MAX_UNTRACKED = 1000
"""How many files that git does not know are named at most."""

_LOCKS = re.compile(
    r"(?:uv|poetry|pdm|pixi|Pipfile|Cargo|renv|flake)\.lock|pylock(?:\..+)?\.toml|conda-lock\.ya?ml"
    r"|requirements.*\.txt|(?:conda-)?environment.*\.ya?ml|Manifest\.toml"
)
_LARGEST_LOCK = 64 << 20
_MOST_SUMMED = 256 << 20
"""How many bytes of files that git does not know are read at most, all in all."""
_LONGEST_COMMAND = 1 << 16


class Taken(NamedTuple):
    """What a run's folder holds now.

    Attributes:
        capture: What was captured.
        is_new: Whether it was captured now; what was there before stays.
        differs: Whether the code is no longer as it was captured before.
    """

    capture: Capture
    is_new: bool
    differs: bool = False


def take(
    folder: Path,
    starts: Sequence[Path],
    *,
    keep_patch: bool = False,
    command: Sequence[str] = (),
    python: str | None = None,
    patience: float = PATIENCE,
) -> Taken:
    """Look at a repository and write what was found beside a run.

    Args:
        folder: The run's folder.
        starts: Folders that the repository may be around; the first that lies in one counts. The first is also looked
            through for lock files.
        keep_patch: Whether to write what differs from the commit too.
        command: The command that is run.
        python: Version of the Python that runs it.
        patience: How many seconds git may take.

    Raises:
        NotARepository: None of the folders lies in one.
        RevisionError: Git cannot tell, or took too long.
        NotWritable: The run's folder is not there, or may not be written.
        JournalError: It holds a capture that cannot be read, or is no place for a run's.
    """
    if not folder.is_dir():
        raise NotWritable("the run's folder is not there", path=folder)
    before = _before(folder)
    repository = _repository(starts)
    check_place(folder, repository.root, starts[0])
    is_own = own_files(repository.root, starts[0])
    tree = _without(repository.state(patience, is_own), repository.root, folder, starts[0])
    made = _capture(repository.root, tree, starts[0], keep_patch=keep_patch, command=command, python=python)
    if before is not None:
        return Taken(before, is_new=False, differs=_differs(before, made, repository, is_own))
    try:
        if made.patch is not None and made.patch.file is not None:
            _write(folder / PATCH, tree.patch or b"", first_stays=False)
        is_new = _write(folder / FILE, f"{made.model_dump_json(indent=2)}\n".encode(), first_stays=True)
    except OSError as error:
        hint = "let the folder be written, then run `journal capture RUN` within ten minutes of the run's start"
        raise NotWritable(f"the capture cannot be written: {error.strerror}", path=folder, hint=hint) from error
    return Taken(made if is_new else _before(folder) or made, is_new=is_new)


def _before(folder: Path) -> Capture | None:
    """What was captured before.

    Raises:
        JournalError: It is there and cannot be read.
    """
    found = read_captured(folder)
    if found.capture is None and os.path.lexists(folder / FILE):
        raise JournalError(found.problems[0].message, path=folder)
    return found.capture


def _differs(before: Capture, now: Capture, repository: Repository, is_own: Callable[[str], bool]) -> bool:
    """Whether the code is no longer as it was, whatever was committed of the journal's own files."""
    if (before.dirty, before.patch and before.patch.sha256) != (now.dirty, now.patch and now.patch.sha256):
        return True
    if before.commit == now.commit or before.commit is None or now.commit is None:
        return before.commit != now.commit
    try:
        return not all(map(is_own, _touched(repository, before.commit, now.commit)))
    except RevisionError:  # the earlier commit is not here any more
        return True


def _touched(repository: Repository, one: str, other: str) -> Iterator[str]:
    """The files that differ between two commits, by every name that they have in either."""
    for file in repository.compare(one, other).files:
        yield from (file.path, file.old_path or file.path)


def _repository(starts: Sequence[Path]) -> Repository:
    for start in starts[:-1]:
        with suppress(NotARepository):
            return Repository.find(start)
    return Repository.find(starts[-1])


def _without(tree: WorkTree, root: Path, folder: Path, start: Path) -> WorkTree:
    """The state of a work tree without what this run itself writes, and what others wrote in their folders."""
    own, known = folder.resolve(), known_places(root, start)
    code = (
        path
        for path in tree.untracked or ()
        if not ((root / path).is_relative_to(own) or is_of_a_run(root / path, known))
    )
    return tree if tree.untracked is None else tree._replace(untracked=tuple(code))


def _capture(
    root: Path, tree: WorkTree, start: Path, *, keep_patch: bool, command: Sequence[str], python: str | None
) -> Capture:
    return Capture(
        at=datetime.now(UTC),
        commit=tree.commit,
        branch=tree.branch and written(tree.branch),
        origin=tree.origin and written(tree.origin),
        dirty=tree.dirty,
        changed=tree.changed[:MAX_CHANGED],
        patch=_patch(tree, keep=keep_patch),
        untracked=None if tree.untracked is None else tuple(_unknown(root, tree.untracked[:MAX_UNTRACKED])),
        lock_files=tuple(_summed(root, _locks(root, start))),
        command=tuple(_shortened(command)),
        python=python,
    )


def _patch(tree: WorkTree, *, keep: bool) -> Patch | None:
    if not tree.patch:
        return None
    return Patch(sha256=sha256(tree.patch).hexdigest(), bytes=len(tree.patch), file=PATCH if keep else None)


def _locks(root: Path, start: Path) -> list[str]:
    """The lock files at the top of a repository and in the working folder: paths in the repository, sorted."""
    found: set[str] = set()
    for folder in {root, start.resolve()}:
        if folder.is_relative_to(root):
            with suppress(OSError):
                found |= {path.relative_to(root).as_posix() for path in folder.iterdir() if _is_lock(path.name)}
    return sorted(found)


def _is_lock(name: str) -> bool:
    return _LOCKS.fullmatch(name) is not None


def _summed(root: Path, paths: Iterable[str]) -> Iterator[SummedFile]:
    """Lock files with their sums; what is too large for one, no file, or cannot be read is left out."""
    for path in paths:
        total = _sum(root / path, _LARGEST_LOCK)
        if total is not None:
            yield SummedFile(path=written(path), sha256=total)


def _unknown(root: Path, paths: Iterable[str]) -> Iterator[SummedFile]:
    """Files that git does not know, all of them: without a sum where there is none, or too much was summed before."""
    left = _MOST_SUMMED
    for path in paths:
        total = _sum(root / path, left)
        if total is not None:
            with suppress(OSError):
                left -= (root / path).stat().st_size
        yield SummedFile(path=written(path), sha256=total)


def _sum(file: Path, largest: int) -> str | None:
    """Sum of a file's bytes, in hex; None of what is larger, no file, or cannot be read."""
    with suppress(OSError):
        found = file.stat()
        if S_ISREG(found.st_mode) and found.st_size <= largest:
            with file.open("rb") as stream:
                return file_digest(stream, "sha256").hexdigest()
    return None


def _shortened(command: Sequence[str]) -> Iterator[str]:
    """The words of a command, as far as they are not beyond measure."""
    left = _LONGEST_COMMAND
    for word in map(str, command):
        left -= len(word)
        if left < 0:
            yield "…"
            return
        yield written(word)


def _write(file: Path, content: bytes, *, first_stays: bool) -> bool:
    """Write a file whole or not at all; whether it was written.

    Not by `document.store`: that writes in a journal, where a lock and the bytes that were read tell of other writers.
    A run's folder may lie anywhere, on disks without locks too, and of several processes of one run the first counts.

    Args:
        file: Where.
        content: What.
        first_stays: Whether a file that is there meanwhile stays.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        if not first_stays:
            draft.replace(file)
            return True
        return _linked(draft, file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _linked(draft: Path, file: Path) -> bool:
    try:
        os.link(draft, file)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(file):
            return False
        draft.replace(file)
    return True
