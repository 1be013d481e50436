"""The generated folder as it lies on disk, and what each page of it was made of the last time."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.document import disk, store
from journal.errors import JournalError, NotWritable
from journal.index import stamps
from journal.site import kept
from journal.site.sheet import summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.site.sheet import Sheet

FILE = "site-pages.json"
PATIENCE = 300.0
"""Seconds that a build waits for another one."""

_held: set[Path] = set()
"""Folders that this process holds."""

_CONTENT = 2  # size and time of its content; a copied or restored folder has other inodes


def folder_of(config: Config) -> Path:
    """The generated folder. It belongs to the journal: what else lies there is removed."""
    return config.derived / "docs"


def make_folder(config: Config) -> Path:
    """Make the generated folder where it is missing; a link in its place goes, and is not followed.

    Raises:
        NotWritable: The disk refuses.
    """
    config.make_derived()
    folder = folder_of(config)
    try:
        if folder.is_symlink():
            folder.unlink()
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise NotWritable(f"cannot be made: {error.strerror}", path=folder) from error
    return folder


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """While this runs, no other process makes pages or a site of this journal; others wait for it.

    Raises:
        NotWritable: Another one has been at it for long, or the disk refuses.
    """
    folder = make_folder(config)
    if folder in _held:
        yield
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise NotWritable(f"cannot be opened: {error.strerror}", path=folder) from error
    try:
        if not disk.lock(opened, PATIENCE):
            hint = "wait until it is done, then build again"
            raise NotWritable("another build of this journal is running", hint=hint, path=folder)
        _held.add(folder)
        yield
    finally:
        _held.discard(folder)
        os.close(opened)


class Laid:
    """The generated folder, and what is known of its files.

    Args:
        config: The journal.
        before: For each file what it was made of, and its stamp when it had been written.
        moved: Fills while pages are made, when one turns out to be made of something else than its sheet says. What is
            made from then on is made again the next time: others may share what was read.
    """

    def __init__(self, config: Config, before: Mapping[str, list[Any]], moved: Sequence[str] = ()) -> None:
        self._config = config
        self._moved = moved
        self._folder = folder_of(config)
        self._before = before
        self._now: dict[str, list[Any]] = {}

    @classmethod
    def of(cls, config: Config, moved: Sequence[str] = ()) -> Laid:
        """The generated folder of a journal; nothing is known of it where another programme made it."""
        return cls(config, kept.load(config, FILE, kept.made_by(config)) or {}, moved)

    def lay(
        self,
        files: Mapping[str, bytes | Path],
        sheets: Iterable[Sheet],
        targets: Callable[[str], Iterable[str]],
        problems: list[JournalError],
    ) -> tuple[list[str], tuple[str, ...]]:
        """Bring the folder up to date.

        Args:
            files: Files by their place: their bytes, or the file that they are a copy of.
            sheets: Pages that are made where they must be.
            targets: Gives what the text of a page links to, as its author wrote it.
            problems: Takes why a page could not be made.

        Returns:
            What was written, and what was removed.

        Raises:
            NotWritable: The disk refuses.
        """
        make_folder(self._config)
        wanted = list(sheets)
        removed = self._remove_others({*files, *(sheet.path for sheet in wanted)})  # one may stand in a folder's place
        written = [path for path, source in files.items() if self._copy(path, source)]
        written += [sheet.path for sheet in wanted if self._make(sheet, problems)]
        self._renew(self._now.keys() ^ self._before.keys(), set(written), targets)
        kept.keep(self._config, FILE, kept.made_by(self._config), self._now)
        return written, tuple(sorted(removed))

    def _copy(self, path: str, source: bytes | Path) -> bool:
        if isinstance(source, Path):
            made_of = str(stamps.stamp(str(source)))
            return self._unless_known(path, made_of, lambda: store.read(source).raw)
        return self._unless_known(path, summed(source), lambda: source)

    def _make(self, sheet: Sheet, problems: list[JournalError]) -> bool:
        try:
            return self._unless_known(sheet.path, sheet.key, sheet.make)
        except NotWritable:
            raise
        except JournalError as error:  # what it is made of went while the others were made
            problems.append(error)
            (self._folder / sheet.path).unlink(missing_ok=True)
            return False

    def _unless_known(self, path: str, made_of: str, make: Callable[[], bytes]) -> bool:
        """Write a file, unless it lies there as it was last made of the same; returns whether it was written."""
        known = self._before.get(path)
        if known is not None and known == [made_of, self._stamp(path)]:
            self._now[path] = known
            return False
        written = _write(self._folder / path, make())
        self._now[path] = ["" if self._moved else made_of, self._stamp(path)]
        if not written and known is None:
            self._touch(path)  # the programme or the builder's settings changed: what is built of it may be another
        return written

    def _stamp(self, path: str) -> list[int]:
        return stamps.stamp(f"{self._folder}/{path}")[:_CONTENT]

    def _renew(self, names: set[str], written: set[str], targets: Callable[[str], Iterable[str]]) -> None:
        """Give a new time to the pages whose author names a page or file which came or went: their links change.

        The journal's own links do not: a page that has others is made of others.
        """
        wanted = {name.rpartition("/")[2] for name in names}
        if not wanted or not self._before:
            return
        rivals = {rival for name in names for rival in _rivals(name)}
        for path in self._now.keys() - written - names:
            if path in rivals or any(target.rpartition("/")[2] in wanted for target in targets(path)):
                self._touch(path)

    def _touch(self, path: str) -> None:
        place = self._folder / path
        try:
            os.utime(place)
        except OSError as error:
            raise NotWritable(f"cannot be written: {error.strerror}", path=place) from error
        self._now[path] = [self._now[path][0], self._stamp(path)]

    def _remove_others(self, wanted: set[str]) -> list[str]:
        """Empty the folder of everything else; links are removed, never followed."""
        try:
            return list(_emptied(str(self._folder), wanted, len(str(self._folder)) + 1))
        except OSError as error:
            raise NotWritable(f"cannot be removed: {error.strerror}", path=error.filename) from error


def _emptied(place: str, wanted: set[str], above: int) -> Iterator[str]:
    """Empty a folder of all that is not wanted, and give what was removed; `above` signs of a path lead there."""
    with os.scandir(place) as found:
        inside = list(found)
    for each in inside:
        path = each.path[above:].replace(os.sep, "/")
        if each.is_dir(follow_symlinks=False):
            yield from _emptied(each.path, wanted, above)
            with suppress(OSError):  # not empty
                Path(each.path).rmdir()
        elif path not in wanted or each.is_symlink():
            Path(each.path).unlink()
            yield path


def _rivals(name: str) -> Iterator[str]:
    """Pages and other files of which the builder makes the same file as of one, however it names what it makes."""
    for finished in _finished(name):
        stem = finished.removesuffix(".html")
        yield from (finished, f"{stem}.md")
        if stem == "index" or stem.endswith("/index"):
            folder = stem.removesuffix("index")
            yield from (f"{folder}README.md", f"{folder.removesuffix('/')}.md")


def _finished(name: str) -> tuple[str, ...]:
    """What the builder makes of a page, with folders for addresses or without; another file stays what it is."""
    stem = name.removesuffix(".md")
    if stem == name:
        return (name,)
    folder, slash, last = stem.rpartition("/")
    if last in {"index", "README"}:
        return (f"{folder}{slash}index.html",)
    return f"{stem}.html", f"{stem}/index.html"


def _write(place: Path, raw: bytes) -> bool:
    """Write a file whole or not at all, unless it holds these bytes; returns whether it was written.

    Nothing is lost with these files, and there are many of them: they do without the locks of `store.save`. That none
    of them is a link, and so leads elsewhere, is known by now.
    """
    temporary = place.with_name(f".{place.name[:100]}.new")
    try:
        if place.is_file() and place.read_bytes() == raw:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(raw)
        temporary.replace(place)
    except OSError as error:
        raise NotWritable(f"cannot be written: {error.strerror}", path=place) from error
    return True
