"""Named arrays and a state of one source file on disk: a cache that is read array by array and grows at the end.

A store is a folder with a manifest, one file of columns, and a lock. A writer puts its bytes behind the known end of
that file, or into a new one, and then replaces the manifest as a whole: killed before that, it leaves the old store and
some bytes that nobody knows, which the next writer overwrites or removes. Readers take no lock. Nothing is flushed to
the disk: what a power cut leaves, or anyone else, is told by the sums.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import time
from typing import TYPE_CHECKING, Any

from journal.sources.column_store import extents, manifest
from journal.sources.column_store.extents import DamagedError
from journal.sources.column_store.manifest import NotKeptError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from journal.sources.column_store.manifest import Manifest, State

MAX_EXTENTS = 32
"""Pieces of an array; instead of one more, everything is written anew in whole pieces."""
KEEP_BYTES = 8 << 30
"""Bytes that all stores of a folder may take together, unless said otherwise."""

MANIFEST, _LOCK = "columns.manifest", "columns.lock"
"""The file of a store that is replaced whenever anything in it changes, and its lock."""
_OWN = re.compile(r"columns\.(manifest|lock)|[0-9a-f]{16}\.(columns|tmp)")
_DAY = 86_400
_NO_LOCKS = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EBADF}


class ColumnStore:
    """Arrays and a state, kept in one folder.

    An object shows one version of the store: its manifest is read once, and kept until this object writes another. So
    the state and the arrays always belong together; an array is None once its bytes have gone.

    What writes says whether all was kept. Nothing is where the disk refuses, where another process is writing, and
    where a state does not read back from JSON as it was (NaN, integers beyond 64 bits, tuples). Then the old store
    stands, or none. Reading raises nothing, whatever lies on the disk.

    Args:
        folder: Where; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: Manifest | None = None

    def __repr__(self) -> str:
        return f"ColumnStore({str(self._folder)!r})"

    def state(self) -> dict[str, Any] | None:
        """The state, not to be changed; None when there is none, or it is of another version, foreign or damaged."""
        held = self._look()
        return None if held is None else held.state

    def array(self, name: str) -> NDArray[Any] | None:
        """One array, whole, verified and read-only; None where anything about it is not as it was written."""
        held = self._look()
        if held is None or name not in held.arrays:
            return None
        try:
            return extents.read(self._folder / held.columns, held.arrays[name])
        except (OSError, MemoryError, DamagedError):
            return None

    def write(self, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Replace everything.

        Args:
            state: What JSON can hold.
            arrays: One-dimensional, of a type among `extents.DTYPES` in either byte order.

        Returns:
            Whether it is kept.

        Raises:
            ValueError: An array has another shape or type.
        """
        plain = {name: extents.plain(array) for name, array in arrays.items()}
        return self._replace(state, lambda new, _: self._rewrite(new, plain.items()))

    def extend(self, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Append to arrays, or add new ones, and replace the state.

        It adds to the version that this object shows: when another process has written since, nothing is kept.

        Args:
            state: What JSON can hold.
            arrays: What follows the values that are there under the same names; of the same types.

        Returns:
            Whether it is kept; never where there is nothing to extend.

        Raises:
            ValueError: An array has another shape or type.
        """
        plain = {name: extents.plain(array) for name, array in arrays.items()}
        held = self._look()
        if held is None:
            return False
        return self._replace(state, lambda new, found: self._append(_same(held, found), new, plain))

    def replace_state(self, state: Mapping[str, Any]) -> bool:
        """Give the arrays of the version that this object shows another state; returns whether it is kept."""
        held = self._look()
        if held is None:
            return False
        return self._replace(
            state, lambda new, found: self._put(held.columns, held.end, _same(held, found).arrays, new)
        )

    def remove(self) -> bool:
        """Take the store away, unless somebody is writing to it; returns whether it is gone."""
        self._held = None
        try:
            with self._locked():
                for name in (MANIFEST, *self._leftovers({MANIFEST, _LOCK}), _LOCK):
                    (self._folder / name).unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # something foreign lies in it
                    self._folder.rmdir()
        except FileNotFoundError:
            return True
        except (OSError, NotKeptError):
            return False
        return True

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _look(self) -> Manifest | None:
        """The version that this object shows; once a day its manifest's time says that it was used."""
        if self._held is None:
            path = self._folder / MANIFEST
            self._held = manifest.load(path)
            with contextlib.suppress(OSError):
                if self._held is not None and path.stat().st_mtime < time.time() - _DAY:
                    os.utime(path)
        return self._held

    def _replace(self, state: Mapping[str, Any], work: Callable[[State, Manifest | None], Manifest]) -> bool:
        """Lock the store; `work` writes its bytes and puts a manifest in place; then remove what is left over."""
        try:
            new = manifest.encode(state)
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._locked():
                self._held = work(new, manifest.load(self._folder / MANIFEST))
                with contextlib.suppress(OSError):
                    for name in self._leftovers({MANIFEST, _LOCK, self._held.columns}):
                        (self._folder / name).unlink(missing_ok=True)
        except (OSError, MemoryError, NotKeptError):
            return False
        except DamagedError:
            self.remove()
            return False
        return True

    def _rewrite(self, state: State, arrays: Iterable[tuple[str, NDArray[Any]]]) -> Manifest:
        """Everything into a new file of columns."""
        path = self._folder / f"{_token()}.columns"
        with extents.created(path) as fd:
            entries, end = {}, 0
            for name, array in arrays:
                entries[name], end = extents.append(fd, end, None, array)
            return self._put(path.name, end, entries, state)

    def _append(self, held: Manifest, state: State, arrays: Mapping[str, NDArray[Any]]) -> Manifest:
        """The new values behind the known end, or everything anew where there are many pieces already."""
        for name in arrays.keys() & held.arrays.keys():
            extents.require_like(held.arrays[name], arrays[name])
        grow = [held.arrays[name] for name in arrays if arrays[name].size and name in held.arrays]
        if any(len(extents.pieces(entry)) >= MAX_EXTENTS for entry in grow):
            return self._rewrite(state, self._joined(held, arrays))
        with extents.grown(self._folder / held.columns, held.end) as fd:
            entries, end = dict(held.arrays), held.end
            for name, array in arrays.items():
                entries[name], end = extents.append(fd, end, entries.get(name), array)
            os.ftruncate(fd, end)
            return self._put(held.columns, end, entries, state)

    def _joined(self, held: Manifest, arrays: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
        """Every array with its new values, one after the other."""
        import numpy as np

        for name in {**held.arrays, **arrays}:
            old = [extents.read(self._folder / held.columns, held.arrays[name])] if name in held.arrays else []
            yield name, np.concatenate([*old, arrays[name]] if name in arrays else old)

    def _put(self, columns: str, end: int, arrays: Mapping[str, Any], state: State) -> Manifest:
        """Replace the manifest as a whole."""
        new, raw = manifest.render(columns, end, arrays, state)
        temporary = self._folder / f"{_token()}.tmp"
        with extents.created(temporary) as fd:
            extents.fill(fd, memoryview(raw), 0)
            temporary.replace(self._folder / MANIFEST)
        return new

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """The store, locked. Where a file system has no locks, the sums alone must do."""
        path = self._folder / _LOCK
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
            if not os.path.samestat(os.fstat(fd), path.lstat()):  # the store was removed meanwhile
                raise NotKeptError
            yield
        finally:
            os.close(fd)

    def _leftovers(self, wanted: set[str]) -> list[str]:
        """The store's own files but for those."""
        return [path.name for path in self._folder.iterdir() if _OWN.fullmatch(path.name) and path.name not in wanted]


def _token() -> str:
    return os.urandom(8).hex()


def _same(held: Manifest, found: Manifest | None) -> Manifest:
    """What lies on the disk, if it is what the object shows."""
    if found is None or found.sum != held.sum:
        raise NotKeptError
    return found


# --- all stores of a folder -------------------------------------------------------------------------------------------


def clear(folder_of_stores: Path, keep_bytes: int = KEEP_BYTES) -> None:
    """Remove the stores that were not used for longest, until the rest takes no more than `keep_bytes`.

    A store is as old as its manifest, which is touched once on every day of use. One that is being written to stays,
    and so does everything that is not a store's.
    """
    stores = sorted(_stores(folder_of_stores), key=lambda store: store[:2])
    excess = sum(size for _, size, _ in stores) - keep_bytes
    for _, size, path in stores:
        if excess <= 0:
            return
        if ColumnStore(path).remove():
            excess -= size


def _stores(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each was last used, its bytes, its folder."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            found = _files(path)
            if found:
                used = found[MANIFEST].st_mtime if MANIFEST in found else 0.0
                yield used, sum(each.st_size for each in found.values()), path


def _files(folder: Path) -> dict[str, os.stat_result]:
    """The files of a store; none where the folder is a link or cannot be read."""
    if folder.is_symlink():
        return {}
    found = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _OWN.fullmatch(entry.name):
                found[entry.name] = entry.stat(follow_symlinks=False)
    return found
