"""The system calls below the store: opening, reading, locking, flushing and renaming, with what they lack smoothed out.

A file is named by its open folder and its name in it, so that no link can lead elsewhere meanwhile. What a platform or
file system cannot do is tolerated here; what fails is an OSError, which the store turns into a sentence.
"""

import contextlib
import errno
import fcntl
import functools
import hashlib
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

NOREPLACE, EXCHANGE = 1, 2
"""Flags of `rename`: the new name must be free; the two files change places."""

_PAUSE = 0.002
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_LOCKS = _UNSUPPORTED | {errno.ENOLCK, errno.EBADF}
_NO_ATTRIBUTE = _UNSUPPORTED | {errno.EPERM, errno.EACCES, errno.ENODATA}


# --- files ------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(path: str | Path, folder: int | None = None, flags: int = 0) -> Iterator[int]:
    """A descriptor to read from. Within a folder no link is followed; a pipe does not block."""
    here = 0 if folder is None else os.O_NOFOLLOW
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | here | flags, dir_fd=folder)
    try:
        yield fd
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)


def contents(fd: int) -> bytes:
    """All bytes of an open file, from its start."""
    os.lseek(fd, 0, os.SEEK_SET)
    parts = []
    while part := os.read(fd, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def fill(fd: int, raw: bytes) -> None:
    """Write all of the bytes, in as many goes as the system takes."""
    rest = memoryview(raw)
    while rest:
        rest = rest[os.write(fd, rest) :]


def dress(fd: int, model: int) -> None:
    """Owner and group where permitted, extended attributes (access lists among them), then the mode."""
    found = os.fstat(model)
    with _tolerated(_NO_ATTRIBUTE):
        os.fchown(fd, -1, found.st_gid)
        os.fchown(fd, found.st_uid, -1)
    if sys.platform == "linux":
        with _tolerated(_UNSUPPORTED):
            for name in os.listxattr(model):
                with _tolerated(_NO_ATTRIBUTE):
                    os.setxattr(fd, name, os.getxattr(model, name))
    os.fchmod(fd, stat.S_IMODE(found.st_mode))


def holds(path: Path, raw: bytes) -> bool:
    """Whether a regular file stands there with just these bytes."""
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(raw):
            return False
        with opened(path) as fd:
            return contents(fd) == raw
    except (FileNotFoundError, NotADirectoryError):
        return False


# --- sums -------------------------------------------------------------------------------------------------------------


def sha256(raw: bytes) -> str:
    """The sum of some bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def digest(folder: int, name: str, wait: float = 0) -> str | None:
    """Sum of a file's bytes, or None when another programme has it open for writing for all of `wait` seconds."""
    with opened(name, folder) as fd:
        until = time.monotonic() + wait
        while _being_written(fd):
            if time.monotonic() > until:
                return None
            time.sleep(_PAUSE)
        return sha256(contents(fd))


def _being_written(fd: int) -> bool:
    """Whether somebody has the file open for writing: then Linux grants its owner no read lease."""
    if sys.platform != "linux":
        return False
    try:
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)  # were the lease broken, the default signal would end us
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


# --- folders ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def made(folder: Path, *, durable: bool) -> Iterator[None]:
    """The folder and those above it, made where missing; taken away again when the work in them fails."""
    new: list[Path] = []
    try:
        for each in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            with contextlib.suppress(FileExistsError):
                each.mkdir()
                new.append(each)
                if durable:
                    with opened(each.parent) as parent:
                        flush(parent)
        yield
    except BaseException:
        for each in reversed(new):
            with contextlib.suppress(OSError):
                each.rmdir()
        raise


def lock(folder: int, wait: float) -> bool:
    """Lock an open folder until it is closed; False when another programme holds it for all of `wait` seconds."""
    until = time.monotonic() + wait
    while not _lock_at_once(folder):
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True


def _lock_at_once(folder: int) -> bool:
    try:
        with _tolerated(_NO_LOCKS):  # without locks the comparison alone must do
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def flush(folder: int) -> None:
    """Bring the names in a folder to the disk, where folders can be flushed."""
    with _tolerated(_UNSUPPORTED):
        os.fsync(folder)


def rename(folder: int, source: str, target: str, flag: int) -> bool:
    """Rename within a folder by `renameat2`; False where the platform or the file system does not have it."""
    import ctypes

    call = _renameat2()
    if call is None:
        return False
    if call(folder, os.fsencode(source), folder, os.fsencode(target), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), target)


@functools.cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return call


@contextlib.contextmanager
def _tolerated(numbers: set[int]) -> Iterator[None]:
    """Lets pass what a file system cannot do; a disk that fails is another matter."""
    try:
        yield
    except OSError as error:
        if error.errno not in numbers:
            raise
