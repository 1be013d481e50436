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

from journal.errors import JournalError, NotARepository, NotWritable
from journal.model.base import written
from journal.model.capture import FILE, PATCH, PATIENCE, Capture, Patch, SummedFile
from journal.revisions.repository import Repository
from journal.sources.captured import read_captured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.revisions.work_tree import WorkTree

MAX_CHANGED = 10_000
"""How many changed files are named at most."""

_LOCKS = re.compile(
    r"(?:uv|poetry|pdm|pixi|Pipfile|Cargo|renv|flake)\.lock|pylock(?:\..+)?\.toml|conda-lock\.ya?ml"
    r"|requirements.*\.txt|(?:conda-)?environment.*\.ya?ml|Manifest\.toml"
)
_LARGEST_LOCK = 64 << 20
_LARGEST_UNTRACKED = 4 << 20
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
        JournalError: It holds a capture that cannot be read.
    """
    if not folder.is_dir():
        raise NotWritable("the run's folder is not there", path=folder)
    before = _before(folder)
    repository = _repository(starts)
    tree = _without(repository.state(patience), repository.root, folder)
    made = _capture(repository.root, tree, starts[0], keep_patch=keep_patch, command=command, python=python)
    if before is not None:
        return Taken(before, is_new=False, differs=_code(before) != _code(made))
    try:
        if made.patch is not None and made.patch.file is not None:
            _write(folder / PATCH, tree.patch or b"", first_stays=False)
        is_new = _write(folder / FILE, f"{made.model_dump_json(indent=2)}\n".encode(), first_stays=True)
    except OSError as error:
        raise NotWritable(f"the capture cannot be written: {error.strerror}", path=folder) from error
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


def _code(capture: Capture) -> tuple[object, ...]:
    return capture.commit, capture.dirty, capture.patch and capture.patch.sha256


def _repository(starts: Sequence[Path]) -> Repository:
    for start in starts[:-1]:
        with suppress(NotARepository):
            return Repository.find(start)
    return Repository.find(starts[-1])


def _without(tree: WorkTree, root: Path, folder: Path) -> WorkTree:
    """The state of a work tree without what the run itself writes."""
    own = folder.resolve()
    if tree.untracked is None or not own.is_relative_to(root) or own == root:
        return tree
    return tree._replace(untracked=tuple(path for path in tree.untracked if not (root / path).is_relative_to(own)))


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
        untracked=None if tree.untracked is None else tuple(_summed(root, tree.untracked, _LARGEST_UNTRACKED)),
        lock_files=tuple(_summed(root, _locks(root, start), _LARGEST_LOCK)),
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


def _summed(root: Path, paths: Iterable[str], largest: int) -> Iterator[SummedFile]:
    """Files with their sums; what is larger, no file, or cannot be read is left out."""
    for path in paths:
        with suppress(OSError):
            found = (root / path).stat()
            if S_ISREG(found.st_mode) and found.st_size <= largest:
                with (root / path).open("rb") as stream:
                    yield SummedFile(path=written(path), sha256=file_digest(stream, "sha256").hexdigest())


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
