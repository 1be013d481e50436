"""One file's safe load and save: the old bytes or the new ones, never else, and nobody's text lost.

A write goes to a temporary file in the same folder, is flushed and read back, and then changes places with the
file in one step (`renameat2` with RENAME_EXCHANGE). What came off is compared with what was read: when somebody else
saved in between, their file goes back, and when even that is overtaken, it is kept beside the entry as a conflict
copy (`<name>.conflict-<random>`). No file is removed unless its bytes are the ones that were read or written here.

Between the two exchanges a reader sees our version for an instant; who writes on from that loses the other save, as
if it had been read a moment too early. An editor that has the file open for writing is seen by a lease and left alone.

All that needs Linux and a local file system. Elsewhere (macOS, some network file systems) the file is compared once
more and then renamed over: still old or new, but a save by another programme between the two calls can be lost.

The folder is locked meanwhile with `flock`: the lock outlives the exchange of the file and leaves nothing behind.

A file is removed in the same way: it is given a temporary name first, and goes only if it is what was read.

This module holds the promises and the order of the steps; `swap` has the temporary files, `disk` the system calls.
Those two raise OSErrors, which become the journal's errors here.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from journal.document import disk, swap
from journal.errors import ChangedOnDisk, EntryError, EntryNotFound, NotWritable

LOCK_SECONDS = 5.0
"""How long to wait for another programme that holds the folder."""
WRITER_SECONDS = 0.5
"""How long to wait for another programme that has the file open for writing."""
LEFTOVER_SECONDS = 60.0
"""Age from which a temporary file belongs to nobody."""

_HINTS = {
    errno.ENOSPC: "free some space on the disk, then run the command again",
    errno.EDQUOT: "your quota is used up: free some space, then run the command again",
    errno.EACCES: "check the permissions of the file and its folder",
    errno.EPERM: "check the permissions of the file and its folder",
    errno.EROFS: "the file system is mounted read-only",
}


@dataclass(frozen=True)
class Stored:
    """A file as it was read.

    Attributes:
        path: The path it was asked for by; a symbolic link stays one.
        raw: Its bytes.
        sha256: Their sum, in hexadecimal.
    """

    path: Path
    raw: bytes = field(repr=False)
    sha256: str


def read(path: Path) -> Stored:
    """The bytes of a regular file.

    Raises:
        EntryNotFound: There is no file of that name.
        EntryError: It is a folder or a device, or may not be read.
    """
    try:
        with disk.opened(path) as fd:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise EntryError(f"{_kind(os.fstat(fd).st_mode)}, not a file", path=path)
            raw = disk.contents(fd)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EntryNotFound("no such file", path=path, hint="check the spelling of the path") from error
    except (OSError, ValueError) as error:
        raise EntryError(f"cannot be read: {_reason(error)}", path=path, hint=_hint(error)) from error
    return Stored(path, raw, disk.sha256(raw))


def replace(stored: Stored, new: bytes, *, inside: Path) -> bool:
    """Write `new` where `stored` was read, unless somebody else wrote there meanwhile.

    Args:
        stored: What was read.
        new: The bytes that shall stand there.
        inside: The folder that the real file must lie in: the journal's root.

    Returns:
        Whether anything was written; equal bytes leave the file alone.

    Raises:
        ChangedOnDisk: The file is not what was read; the other save stands, or lies beside it as a conflict copy.
        NotWritable: The file, its folder or its disk refuses; the old bytes stand, or the new ones where nothing can
            be exchanged and only the last flush failed.
    """
    if new == stored.raw:
        return False
    with _writing(stored.path):
        real = _real(stored.path, inside)
        try:
            with _locked(real.parent) as folder:
                _refuse_unsafe(folder, real.name, stored.path)
                _swap_in(folder, real.name, new, stored)
        except FileNotFoundError as error:
            raise ChangedOnDisk("was removed or renamed since it was read", path=stored.path) from error
    return True


def create(path: Path, raw: bytes, *, inside: Path) -> None:
    """Make a new file, whole or not at all, with the folders above it.

    Args:
        path: Where; it must not exist.
        raw: What shall stand in it.
        inside: The folder that it must lie in: the journal's root.

    Raises:
        NotWritable: It exists already, or the folder or disk refuses; nothing was made.
    """
    with _writing(path):
        real = _real(path, inside)
        if os.path.lexists(path):
            raise _exists(path)
        with disk.made(real.parent, durable=True), _locked(real.parent) as folder:
            try:
                swap.put_new(folder, real.name, raw)
            except FileExistsError as error:
                raise _exists(path) from error


def save(path: Path, raw: bytes, *, inside: Path, durable: bool = True) -> bool:
    """Write a file that belongs to the tool alone, whole or not at all, with the folders above it.

    Args:
        path: Where.
        raw: What shall stand there.
        inside: The folder that the real file must lie in.
        durable: Flush to the disk; without, a power cut (but no kill) may leave the file old, empty or missing.

    Returns:
        Whether anything was written; equal bytes leave the file alone.

    Raises:
        NotWritable: The file, its folder or its disk refuses; the old bytes stand, or the new ones where only the
            last flush failed.
    """
    with _writing(path):
        real = _real(path, inside)
        if disk.holds(real, raw):
            return False
        with disk.made(real.parent, durable=durable), _locked(real.parent) as folder:
            like = real.name if _refuse_unsafe(folder, real.name, path) else None
            swap.put_over(folder, real.name, raw, like=like, durable=durable)
    return True


def remove(stored: Stored, *, inside: Path) -> None:
    """Take away the file that was read, unless somebody else wrote there meanwhile.

    Args:
        stored: What was read.
        inside: The folder that the real file must lie in: the journal's root.

    Raises:
        ChangedOnDisk: The file is not what was read; the other save stands, or lies beside it as a conflict copy.
        NotWritable: The file, its folder or its disk refuses; it still stands.
    """
    with _writing(stored.path):
        real = _real(stored.path, inside)
        try:
            with _locked(real.parent) as folder:
                _refuse_unsafe(folder, real.name, stored.path)
                _refuse_changed(folder, real.name, stored)
                done, copy = swap.take_away(folder, real.name, stored.sha256, WRITER_SECONDS)
        except FileNotFoundError as error:
            raise ChangedOnDisk("was removed or renamed since it was read", path=stored.path) from error
        if not done:
            raise _changed(stored.path, copy)


# --- the steps --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The folder, open and locked; every name is then looked up in it, so that nothing can lead elsewhere."""
    with disk.opened(folder, flags=os.O_DIRECTORY) as fd:
        if not disk.lock(fd, LOCK_SECONDS):
            raise NotWritable("another programme is writing here", path=folder, hint="try again in a moment")
        swap.sweep(fd, LEFTOVER_SECONDS, WRITER_SECONDS)
        yield fd


def _swap_in(folder: int, name: str, new: bytes, stored: Stored) -> None:
    """Put `new` in place of what was read; if anything else stands there, it stays, or becomes a conflict copy."""
    temporary = swap.name_temporary(name, stored.sha256, disk.sha256(new))
    swap.write(folder, temporary, new, like=name)
    with swap.removed_on_failure(folder, temporary):
        _refuse_changed(folder, name, stored)
    copy, done = None, False
    try:
        done = swap.exchange(folder, temporary, name, stored.sha256)
    finally:
        if not done:
            copy = swap.discard(folder, temporary, WRITER_SECONDS)
    if not done:
        raise _changed(stored.path, copy)


# --- what is refused --------------------------------------------------------------------------------------------------


def _real(path: Path, inside: Path) -> Path:
    """The file that a path leads to, which must lie in a folder, and not in what git keeps for itself."""
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(inside))
    parts = real.relative_to(root).parts if real.is_relative_to(root) else ()
    if not parts or path.name == "..":
        raise NotWritable("does not lie in the journal", path=path, hint=f"it must lie in {inside}")
    if ".git" in (part.lower() for part in parts):
        raise NotWritable("lies in git's own folder", path=path, hint="the journal never writes there")
    return real


def _refuse_unsafe(folder: int, name: str, path: Path) -> bool:
    """Whether the file exists; refuses one that cannot be replaced without harm.

    Modes are looked at as well as access, since the superuser has access to everything.
    """
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found.st_mode):
        raise NotWritable(f"{_kind(found.st_mode)}, not a file", path=path)
    if found.st_nlink > 1:
        hint = "writing would part them: remove the other links, or make this one a copy of its own"
        raise NotWritable(f"has {found.st_nlink} hard links", path=path, hint=hint)
    if not found.st_mode & 0o222 or not os.access(name, os.W_OK, dir_fd=folder):
        raise NotWritable("is read-only", path=path, hint="chmod u+w makes it writable")
    return True


def _refuse_changed(folder: int, name: str, stored: Stored) -> None:
    digest = disk.digest(folder, name, WRITER_SECONDS)
    if digest is None:
        raise NotWritable("another programme has it open for writing", path=stored.path, hint="close it there first")
    if digest != stored.sha256:
        raise _changed(stored.path)


# --- errors -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turns what the system says into one plain sentence about the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise NotWritable(f"cannot be written: {_reason(error)}", path=path, hint=_hint(error)) from error


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"no file can have that name: {error}"


def _hint(error: OSError | ValueError) -> str | None:
    return _HINTS.get(error.errno or 0) if isinstance(error, OSError) else None


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "is a folder"), (stat.S_ISLNK, "is a symbolic link"), (stat.S_ISFIFO, "is a pipe"))
    return next((words for test, words in kinds if test(mode)), "is a device or socket")


def _exists(path: Path) -> NotWritable:
    return NotWritable("exists already; nothing was written", path=path, hint="choose another name")


def _changed(path: Path, copy: str | None = None) -> ChangedOnDisk:
    if copy is None:
        message = "was changed by somebody else since it was read; nothing was overwritten"
        return ChangedOnDisk(message, path=path, hint="run the command again")
    message = f"was saved by somebody else while it was written; one version is kept as {copy}"
    return ChangedOnDisk(message, path=path, hint="compare the two, delete the copy, and run the command again")
