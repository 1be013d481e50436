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
"""

import contextlib
import errno
import fcntl
import functools
import hashlib
import os
import re
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from journal.errors import ChangedOnDisk, EntryError, EntryNotFound, NotWritable

LOCK_SECONDS = 5.0
"""How long to wait for another programme that holds the folder."""
WRITER_SECONDS = 0.5
"""How long to wait for another programme that has the file open for writing."""
LEFTOVER_SECONDS = 60.0
"""Age from which a temporary file belongs to nobody."""

_PAUSE = 0.002
_NAME_BYTES = 190  # of the 255 that a name may have
_NOREPLACE, _EXCHANGE = 1, 2
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_LOCKS = _UNSUPPORTED | {errno.ENOLCK, errno.EBADF}
_NO_ATTRIBUTE = _UNSUPPORTED | {errno.EPERM, errno.EACCES, errno.ENODATA}
_TEMPORARY = re.compile(
    r"\.(?P<name>.+)\.(?:new|(?P<sums>[0-9a-f]{12}-[0-9a-f]{12}))-[0-9a-f]{8}\.journal-tmp", re.DOTALL
)
_HINTS = {
    errno.ENOSPC: "free some space on the disk, then run the command again",
    errno.EDQUOT: "your quota is used up: free some space, then run the command again",
    errno.EACCES: "check the permissions of the file and its folder",
    errno.EPERM: "check the permissions of the file and its folder",
    errno.EROFS: "the file system is mounted read-only",
}
_swept: set[tuple[int, int]] = set()  # folders, by device and inode: one look per process is enough


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
        with _opened(path) as fd:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise EntryError(f"{_kind(os.fstat(fd).st_mode)}, not a file", path=path)
            raw = _bytes(fd)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EntryNotFound("no such file", path=path, hint="check the spelling of the path") from error
    except (OSError, ValueError) as error:
        raise EntryError(f"cannot be read: {_reason(error)}", path=path, hint=_hint(error)) from error
    return Stored(path, raw, _sum(raw))


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


def create(path: Path, raw: bytes, *, inside: Path, replace_existing: bool = False) -> None:
    """Make a new file, whole or not at all, with the folders above it.

    Args:
        path: Where; it must not exist.
        raw: What shall stand in it.
        inside: The folder that it must lie in: the journal's root.
        replace_existing: Overwrite what stands there.

    Raises:
        NotWritable: It exists already, or the folder or disk refuses; nothing was made.
    """
    if replace_existing:
        save(path, raw, inside=inside)
        return
    with _writing(path):
        real = _real(path, inside)
        if os.path.lexists(path):
            raise _exists(path)
        with _folders(real.parent, durable=True), _locked(real.parent) as folder:
            try:
                _put_new(folder, real.name, raw)
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
        if _holds(real, raw):
            return False
        with _folders(real.parent, durable=durable), _locked(real.parent) as folder:
            like = real.name if _refuse_unsafe(folder, real.name, path) else None
            temporary = _name_temporary(real.name)
            _write(folder, temporary, raw, like=like, durable=durable)
            with _removed_on_failure(folder, temporary):
                os.replace(temporary, real.name, src_dir_fd=folder, dst_dir_fd=folder)
            if durable:
                _flush(folder)
    return True


# --- the swap ---------------------------------------------------------------------------------------------------------


def _swap_in(folder: int, name: str, new: bytes, stored: Stored) -> None:
    """Put `new` in place of what was read; if anything else stands there, it stays, or becomes a conflict copy."""
    temporary = _name_temporary(name, stored.sha256, _sum(new))
    _write(folder, temporary, new, like=name)
    with _removed_on_failure(folder, temporary):
        _refuse_changed(folder, name, stored)
    copy, done = None, False
    try:
        done = _exchange(folder, temporary, name, stored.sha256)
    finally:
        if not done:
            copy = _discard(folder, temporary)
    if not done:
        raise _changed(stored.path, copy)


def _exchange(folder: int, temporary: str, name: str, expected: str) -> bool:
    """Let the two change places; let go of what came off if it is what was read, else put it back and say False.

    Nothing waits here: the sooner the file is back, the less can be read or saved in its place meanwhile.
    """
    if not _rename(folder, temporary, name, _EXCHANGE):
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        _flush(folder)
        return True
    try:
        if _digest(folder, temporary) == expected:
            _flush(folder)
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
        _rename(folder, temporary, name, _EXCHANGE)
        if not (_digest(folder, temporary) or "").startswith(ours):
            _rename(folder, temporary, name, _EXCHANGE)


def _put_new(folder: int, name: str, raw: bytes) -> None:
    """A new file under a name that is free; FileExistsError where it is not."""
    temporary = _name_temporary(name)
    _write(folder, temporary, raw, like=None)
    with _removed_on_failure(folder, temporary):
        if not _rename(folder, temporary, name, _NOREPLACE):
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        with _removed_on_failure(folder, name):
            _flush(folder)
            with contextlib.suppress(FileNotFoundError):  # a rename took it along, a link did not
                os.unlink(temporary, dir_fd=folder)


def _rename(folder: int, source: str, target: str, flag: int) -> bool:
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


# --- temporary files --------------------------------------------------------------------------------------------------


def _name_temporary(name: str, old: str = "", new: str = "") -> str:
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


@contextlib.contextmanager
def _removed_on_failure(folder: int, name: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise


def _write(folder: int, name: str, raw: bytes, *, like: str | None, durable: bool = True) -> None:
    """A complete temporary file with owner, attributes and mode of `like`, read back; or none, and the error.

    Until it is complete its mode is 0 (with `like`), by which a killed write is known later.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(name, flags, 0o666 if like is None else 0, dir_fd=folder)
    with _removed_on_failure(folder, name):
        try:
            _fill(fd, raw)
            if like is not None:
                with _opened(like, folder) as model:
                    _dress(fd, model)
            if durable:
                os.fsync(fd)
                if _bytes(fd) != raw:
                    raise OSError(errno.EIO, "the disk does not give back what was written")
        finally:
            os.close(fd)


def _fill(fd: int, raw: bytes) -> None:
    rest = memoryview(raw)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _dress(fd: int, model: int) -> None:
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


def _discard(folder: int, temporary: str) -> str | None:
    """Remove a temporary file, unless it may hold what somebody saved: that becomes a conflict copy (its name)."""
    match = _TEMPORARY.fullmatch(temporary)
    with contextlib.suppress(OSError):
        if match is None or not _may_go(folder, temporary):
            copy = f"{_cut(match['name'] if match else temporary)}.conflict-{os.urandom(4).hex()}"
            os.rename(temporary, copy, src_dir_fd=folder, dst_dir_fd=folder)
            return copy
        os.unlink(temporary, dir_fd=folder)
    return None


def _may_go(folder: int, temporary: str) -> bool:
    """Whether the bytes are known: never in place, or incomplete, or just what was read or written."""
    known = [sum_ for sum_ in _sums(temporary) if sum_]
    mode = os.stat(temporary, dir_fd=folder, follow_symlinks=False).st_mode
    if not known or not stat.S_IMODE(mode):
        return True
    digest = _digest(folder, temporary, WRITER_SECONDS)
    return digest is not None and digest[:12] in known


def _sweep(folder: int) -> None:
    """Clear away what killed writes left; the folder is locked, so nothing of ours is under way in it."""
    found = os.fstat(folder)
    if (found.st_dev, found.st_ino) in _swept:
        return
    _swept.add((found.st_dev, found.st_ino))
    oldest = time.time() - LEFTOVER_SECONDS
    for name in os.listdir(folder):
        if _TEMPORARY.fullmatch(name):
            with contextlib.suppress(OSError):
                # the time of the last rename, which is not the age of the text that came off
                if os.stat(name, dir_fd=folder, follow_symlinks=False).st_ctime < oldest:
                    _discard(folder, name)


# --- folders ----------------------------------------------------------------------------------------------------------


def _real(path: Path, inside: Path) -> Path:
    """The file that a path leads to, which must lie in a folder, and not in what git keeps for itself."""
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(inside))
    parts = real.relative_to(root).parts if real.is_relative_to(root) else ()
    if not parts or path.name == "..":
        raise NotWritable("does not lie in the journal", path=path, hint=f"it must lie in {inside}")
    if ".git" in (part.lower() for part in parts):
        raise NotWritable("lies in git's own folder", path=path, hint="the journal never writes there")
    return real


@contextlib.contextmanager
def _folders(folder: Path, *, durable: bool) -> Iterator[None]:
    """The folder and those above it, made where missing; taken away again when the work in them fails."""
    made: list[Path] = []
    try:
        for each in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            with contextlib.suppress(FileExistsError):
                each.mkdir()
                made.append(each)
                if durable:
                    with _opened(each.parent) as parent:
                        _flush(parent)
        yield
    except BaseException:
        for each in reversed(made):
            with contextlib.suppress(OSError):
                each.rmdir()
        raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The folder, open and locked; every name is then looked up in it, so that nothing can lead elsewhere."""
    with _opened(folder, flags=os.O_DIRECTORY) as fd:
        until = time.monotonic() + LOCK_SECONDS
        while not _lock(fd):
            if time.monotonic() > until:
                raise NotWritable("another programme is writing here", path=folder, hint="try again in a moment")
            time.sleep(_PAUSE)
        _sweep(fd)
        yield fd


def _lock(fd: int) -> bool:
    try:
        with _tolerated(_NO_LOCKS):  # without locks the comparison alone must do
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _flush(folder: int) -> None:
    with _tolerated(_UNSUPPORTED):
        os.fsync(folder)


# --- looking ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: str | Path, folder: int | None = None, flags: int = 0) -> Iterator[int]:
    """A descriptor to read from. Within a folder no link is followed; a pipe does not block."""
    here = 0 if folder is None else os.O_NOFOLLOW
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | here | flags, dir_fd=folder)
    try:
        yield fd
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)


def _bytes(fd: int) -> bytes:
    os.lseek(fd, 0, os.SEEK_SET)
    parts = []
    while part := os.read(fd, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _sum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _digest(folder: int, name: str, wait: float = 0) -> str | None:
    """Sum of a file's bytes, or None when another programme has it open for writing for all of `wait` seconds."""
    with _opened(name, folder) as fd:
        until = time.monotonic() + wait
        while _being_written(fd):
            if time.monotonic() > until:
                return None
            time.sleep(_PAUSE)
        return _sum(_bytes(fd))


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


def _holds(path: Path, raw: bytes) -> bool:
    """Whether a regular file stands there with just these bytes."""
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(raw):
            return False
        with _opened(path) as fd:
            return _bytes(fd) == raw
    except (FileNotFoundError, NotADirectoryError):
        return False


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
    digest = _digest(folder, name, WRITER_SECONDS)
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


@contextlib.contextmanager
def _tolerated(numbers: set[int]) -> Iterator[None]:
    """Lets pass what a file system cannot do; a disk that fails is another matter."""
    try:
        yield
    except OSError as error:
        if error.errno not in numbers:
            raise


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
