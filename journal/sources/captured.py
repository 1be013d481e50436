"""What the journal captured of the code when a run began, read from beside the run."""

from __future__ import annotations

import os
from hashlib import sha256
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from journal.model.address import public
from journal.model.capture import FILE, MAX_PATCH, PATCH, Capture
from journal.model.revision import Code, is_full
from journal.model.run import Problem
from journal.sources.paths import ABSENT
from journal.sources.small_files import NotRead, parse_small

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from journal.model.capture import SummedFile

_MAX_CAPTURE = 4 << 20
_VERSION = 1


class Captured(NamedTuple):
    """What lies beside a run.

    Attributes:
        capture: What was captured; None where nothing was, or what is there cannot be believed.
        patch: What differed from the commit, where it was kept.
        problems: What could not be read.
    """

    capture: Capture | None = None
    patch: bytes | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def commit(self) -> str | None:
        """The commit that was checked out."""
        return self.capture.commit if self.capture else None

    @property
    def patch_sum(self) -> str | None:
        """Sum of what differed, kept or not, with its kind in front."""
        return f"captured:{self.capture.patch.sha256}" if self.capture and self.capture.patch else None

    def origin_of(self, commit: str | None) -> str | None:
        """The address of the repository, if this is the commit that was checked out in it."""
        return self.capture.origin if self.capture and commit is not None and self.capture.commit == commit else None


def capture_files(folder: Path) -> tuple[Path, ...]:
    """The files that are looked for in a run's folder, whether or not they are there."""
    return folder / FILE, folder / PATCH


def read_captured(folder: Path) -> Captured:
    """What was captured beside a run. What is wrong there is a problem, and counts for nothing."""
    try:
        content = read_regular(folder / FILE, _MAX_CAPTURE)
        capture = None if content is None else _parsed(content)
    except NotRead as error:
        return Captured(problems=(Problem(message=f"{FILE} {error}"),))
    try:
        return Captured(capture, None if capture is None else _kept_patch(folder / PATCH, capture))
    except NotRead as error:
        return Captured(capture, problems=(Problem(message=f"{PATCH} {error}"),))


def code_of(tracked: Code, captured: Captured) -> Code:
    """What is known of the code that a run, or one part of it, ran.

    What was captured counts before what the tracker noted. But where the tracker saved a patch, the tree was not
    clean, whatever was captured.

    Args:
        tracked: What the tracker noted.
        captured: What lies beside the run.
    """
    capture = captured.capture
    if capture is None:
        return tracked
    other = tracked.commit not in (None, capture.commit)
    dirty = capture.dirty or tracked.dirty is True
    return Code(
        commit=capture.commit,
        recorded=tracked.commit if other else None,
        remote=capture.origin or (None if other else tracked.remote),
        started=tracked.started,
        dirty=dirty,
        changed=capture.changed or (tracked.changed if dirty else ()),
        patch=tracked.patch if captured.patch is None and dirty else captured.patch,
        patch_sum=captured.patch_sum or (tracked.patch_sum if dirty else None),
        untracked=None if capture.untracked is None else tuple(file.path for file in capture.untracked),
        untracked_sums=_sums(capture.untracked or ()),
        lock_sums=_sums(capture.lock_files),
        python=capture.python,
        captured=capture.at,
    )


def _sums(files: Iterable[SummedFile]) -> tuple[tuple[str, str], ...]:
    return tuple((file.path, file.sha256) for file in files if file.sha256 is not None)


def read_regular(file: Path, limit: int) -> bytes | None:
    """What a regular file holds, or None if there is none. No link is followed, and no pipe waited for.

    Raises:
        NotRead: It is no regular file, cannot be read, or is larger than `limit` bytes.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in ABSENT:
            return None
        raise NotRead("is a link, or cannot be read") from error
    try:
        if not S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRead("is not a file")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise NotRead(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if len(content) > limit:
        raise NotRead(f"is larger than {limit >> 20} MiB")
    return content


def _parsed(content: bytes) -> Capture:
    """A capture from its bytes, without what must not be told of an address.

    Raises:
        NotRead: It is none, or of a version to come.
    """
    from pydantic import ValidationError

    value = parse_small(FILE, content)
    version = value.get("schema_version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > _VERSION:
        raise NotRead(f"is of version {version}, which only a newer journal can read")
    try:
        capture = Capture.model_validate_json(content)  # which refuses halves of characters
    except ValidationError:
        raise _foreign() from None
    if capture.at.tzinfo is None or not (capture.commit is None or is_full(capture.commit)):
        raise _foreign()
    return capture.model_copy(update={"origin": public(capture.origin)})


def _foreign() -> NotRead:
    return NotRead("does not hold what the journal writes there")


def _kept_patch(file: Path, capture: Capture) -> bytes | None:
    """The patch beside a capture that tells of it.

    Raises:
        NotRead: It is gone, or not the one that was captured.
    """
    if capture.patch is None or capture.patch.file is None:
        return None
    patch = read_regular(file, MAX_PATCH) if capture.patch.file == PATCH else None
    if patch is None:
        raise NotRead("is not there")
    if sha256(patch).hexdigest() != capture.patch.sha256:
        raise NotRead("is not the patch that was captured")
    return patch
