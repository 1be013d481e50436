"""Temporary files and how they come into place: by exchange and back again, as a new name, or over an old one.

Everything here happens in an open, locked folder. A temporary file's name carries the sums of the bytes it is about,
so that whoever finds it, even after a kill, knows whether it may go or holds what somebody saved.
"""

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterator

from journal.document import disk

_NAME_BYTES = 190  # of the 255 that a name may have
_TEMPORARY = re.compile(
    r"\.(?P<name>.+)\.(?:new|(?P<sums>[0-9a-f]{12}-[0-9a-f]{12}))-[0-9a-f]{8}\.journal-tmp", re.DOTALL
)
_swept: set[tuple[int, int]] = set()  # folders, by device and inode: one look per process is enough


# --- into place -------------------------------------------------------------------------------------------------------


def exchange(folder: int, temporary: str, name: str, expected: str) -> bool:
    """Let the two change places; let go of what came off if it is what was read, else put it back and say False.

    Nothing waits here: the sooner the file is back, the less can be read or saved in its place meanwhile.
    """
    if not disk.rename(folder, temporary, name, disk.EXCHANGE):
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        disk.flush(folder)
        return True
    try:
        if disk.digest(folder, temporary) == expected:
            disk.flush(folder)
            os.unlink(temporary, dir_fd=folder)
            return True
    except OSError:
        _give_back(folder, temporary, name)
        raise
    _give_back(folder, temporary, name)
    return False


def _give_back(folder: int, temporary: str, name: str) -> None:
    """Exchange again; if somebody saved even now, exchange once more, so that the newest save is in place."""
    ours = _sums(temporary)[1]
    with contextlib.suppress(FileNotFoundError):  # removed meanwhile: what is held becomes a conflict copy
        disk.rename(folder, temporary, name, disk.EXCHANGE)
        if not (disk.digest(folder, temporary) or "").startswith(ours):
            disk.rename(folder, temporary, name, disk.EXCHANGE)


def put_new(folder: int, name: str, raw: bytes) -> None:
    """A new file under a name that is free; FileExistsError where it is not."""
    temporary = name_temporary(name)
    write(folder, temporary, raw, like=None)
    with removed_on_failure(folder, temporary):
        if not disk.rename(folder, temporary, name, disk.NOREPLACE):
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        with removed_on_failure(folder, name):
            disk.flush(folder)
            with contextlib.suppress(FileNotFoundError):  # a rename took it along, a link did not
                os.unlink(temporary, dir_fd=folder)


def put_over(folder: int, name: str, raw: bytes, *, like: str | None, durable: bool) -> None:
    """A file under a name, whatever stood there."""
    temporary = name_temporary(name)
    write(folder, temporary, raw, like=like, durable=durable)
    with removed_on_failure(folder, temporary):
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    if durable:
        disk.flush(folder)


def take_away(folder: int, name: str, expected: str, wait: float) -> tuple[bool, str | None]:
    """Remove a file if it is what was read, else put it back; whether it is gone, and the name of a conflict copy."""
    temporary = name_temporary(name, expected, expected)
    os.rename(name, temporary, src_dir_fd=folder, dst_dir_fd=folder)
    try:
        if disk.digest(folder, temporary) == expected:
            disk.flush(folder)
            os.unlink(temporary, dir_fd=folder)
            return True, None
    except OSError:
        _put_back(folder, temporary, name)
        raise
    return False, None if _put_back(folder, temporary, name) else discard(folder, temporary, wait)


def _put_back(folder: int, temporary: str, name: str) -> bool:
    """Give a file its name again, unless somebody saved under it meanwhile."""
    try:
        if not disk.rename(folder, temporary, name, disk.NOREPLACE):
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.unlink(temporary, dir_fd=folder)
    except FileExistsError:
        return False
    return True


# --- temporary files --------------------------------------------------------------------------------------------------


def name_temporary(name: str, old: str = "", new: str = "") -> str:
    """`.<name>.<sums>-<random>.journal-tmp`: the sums say which bytes may be thrown away when it is found later."""
    sums = f"{old[:12]}-{new[:12]}" if old else "new"
    return f".{_cut(name)}.{sums}-{os.urandom(4).hex()}.journal-tmp"


def _cut(name: str) -> str:
    """The start of a name, short enough for an ending."""
    while len(os.fsencode(name)) > _NAME_BYTES:
        name = name[:-1]
    return name


def _sums(temporary: str) -> tuple[str, str]:
    """The first digits of the sums of the old and the new bytes, from the name."""
    match = _TEMPORARY.fullmatch(temporary)
    old, _, new = ((match and match["sums"]) or "-").partition("-")
    return old, new


def write(folder: int, name: str, raw: bytes, *, like: str | None, durable: bool = True) -> None:
    """A complete temporary file with owner, attributes and mode of `like`, read back; or none, and the error.

    Until it is complete its mode is 0 (with `like`), by which a killed write is known later.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(name, flags, 0o666 if like is None else 0, dir_fd=folder)
    with removed_on_failure(folder, name):
        try:
            disk.fill(fd, raw)
            if like is not None:
                with disk.opened(like, folder) as model:
                    disk.dress(fd, model)
            if durable:
                os.fsync(fd)
                if disk.contents(fd) != raw:
                    raise OSError(errno.EIO, "the disk does not give back what was written")
        finally:
            os.close(fd)


@contextlib.contextmanager
def removed_on_failure(folder: int, name: str) -> Iterator[None]:
    """Takes a file away when the work with it fails."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise


# --- clearing away ----------------------------------------------------------------------------------------------------


def discard(folder: int, temporary: str, wait: float) -> str | None:
    """Remove a temporary file, unless it may hold what somebody saved: that becomes a conflict copy (its name).

    A file that another programme still has open for writing after `wait` seconds is one of those.
    """
    match = _TEMPORARY.fullmatch(temporary)
    with contextlib.suppress(OSError):
        if match is None or not _may_go(folder, temporary, wait):
            copy = f"{_cut(match['name'] if match else temporary)}.conflict-{os.urandom(4).hex()}"
            os.rename(temporary, copy, src_dir_fd=folder, dst_dir_fd=folder)
            return copy
        os.unlink(temporary, dir_fd=folder)
    return None


def _may_go(folder: int, temporary: str, wait: float) -> bool:
    """Whether the bytes are known: never in place, or incomplete, or just what was read or written."""
    known = [sum_ for sum_ in _sums(temporary) if sum_]
    mode = os.stat(temporary, dir_fd=folder, follow_symlinks=False).st_mode
    if not known or not stat.S_IMODE(mode):
        return True
    digest = disk.digest(folder, temporary, wait)
    return digest is not None and digest[:12] in known


def sweep(folder: int, age: float, wait: float) -> None:
    """Discard what killed writes left `age` seconds ago or earlier; once for each folder and process.

    The folder is locked, so nothing of ours is under way in it.
    """
    found = os.fstat(folder)
    if (found.st_dev, found.st_ino) in _swept:
        return
    _swept.add((found.st_dev, found.st_ino))
    oldest = time.time() - age
    for name in os.listdir(folder):
        if _TEMPORARY.fullmatch(name):
            with contextlib.suppress(OSError):
                # the time of the last rename, which is not the age of the text that came off
                if os.stat(name, dir_fd=folder, follow_symlinks=False).st_ctime < oldest:
                    discard(folder, name, wait)
