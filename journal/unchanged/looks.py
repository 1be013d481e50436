"""What the last look at each entry found, believed as long as all that it rests on is as it was, as in git's index.

A look is remembered beside the stamps of every file that it rests on: the entry, its evidence, the digests and the
files of its runs. So is which runs its references name, with the stamps of all that the listing of runs rests on; where
only that changed, the references are looked up again. An entry with predictions rests on the commit that is checked
out as well. Everything rests on the configuration, on environment variables, and on the programme itself.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from journal.document import store
from journal.errors import NotWritable, SourceError
from journal.tables.record import path_of
from journal.unchanged.memory import PLACE, Look, Memory, Row, Shape
from journal.unchanged.stamps import Stamp, settled, summed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.config import Config
    from journal.sources.open_run import OpenRun
    from journal.sources.registry import Sources
    from journal.tables.fill import EntryFill
    from journal.tables.report import BlockReport

_GOOD = ("fresh", "pending")


class Looking:
    """Opens the runs of one entry, and remembers which were asked for.

    Args:
        sources: What opens them.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.opened: dict[str, OpenRun | None] = {}

    def open(self, reference: str) -> OpenRun:
        """The run that a reference names.

        Raises:
            SourceError: As `Sources.open` does.
        """
        self.opened[reference] = None
        self.opened[reference] = opened = self._sources.open(reference)
        return opened


class Unchanged:
    """The memory of a journal.

    Args:
        config: The journal.
        sources: Its runs.
        since: When looking began, in nanoseconds since 1970: before anything of the journal was read.
        head: The commit that is checked out, read before any entry is; a dash for none, None if that cannot be told.
    """

    def __init__(self, config: Config, sources: Sources, *, since: int, head: str | None) -> None:
        self._config, self._sources, self._since, self._head = config, sources, since, head
        self._before = Memory.read(str(config.root), config.source.name)
        self._kept = dict(self._before.looks) if self._before else {}
        self._affirmed: set[str] = set()
        self._resolved: dict[str, str | None] = {}
        self._stamps: dict[str, Stamp | None] = {}

    def recall(self, path: str) -> Shape | None:
        """How an entry stood when it was last looked at, if nothing that this rests on has changed since.

        Args:
            path: The entry's file, relative to the journal.
        """
        before, look = self._before, self._kept.pop(path, None)
        if before is None or look is None or not before.stands(look.rests) or look.head not in {"", self._head}:
            return None
        if not before.names_alike(look) and not self._resolves_alike(look):
            return None
        self._keep(path, look)
        return look.shape

    def remember(self, fill: EntryFill, shape: Shape, looking: Looking) -> None:
        """Remember how an entry stands, if that is in order, nothing was out of reach, and nothing changes meanwhile.

        Args:
            fill: What filling it would do.
            shape: How it stands.
            looking: What opened its runs.
        """
        if fill.changed or not all(_is_good(block) for block in fill.blocks):
            return
        with suppress(SourceError):
            runs = {reference: self._resolve(reference) for reference in looking.opened}
            if any((runs[reference] is None) != (run is None) for reference, run in looking.opened.items()):
                return  # it is there, but could not be opened
            tried = [path for reference in runs for path in self._sources.tried(reference)]
            rests = self._rows(self._files(fill, looking, tried))
            head = self._head if fill.entry.front_matter.predictions else ""
            if rests is None or head is None:
                return
            here = os.getcwd() if tried else ""  # noqa: PTH109
            self._keep(fill.entry.path, Look(rests, runs, here, head, shape))

    def save(self, paths: Sequence[str]) -> None:
        """Write the memory, where that is possible.

        Args:
            paths: All entries of the journal; what is remembered of others is forgotten.
        """
        listing = self._listing()
        # Without a listing all references are looked up at the next look, so those of entries not seen now may stay.
        same = listing is None or (self._before is not None and listing == self._before.listing)
        sure = {path for path, look in self._kept.items() if same or path in self._affirmed or not look.runs}
        looks = {path: self._kept[path] for path in paths if path in sure}
        settings = self._rows([self._config.source])
        if settings is None:
            return
        memory = Memory(
            root=str(self._config.root),
            source=self._config.source.name,
            variables=self._sources.variables,
            settings=settings,
            folders=self._rows(Path(folder) for folder, _, _ in os.walk(self._config.entries)),
            paths=list(paths),
            listing=listing,
            looks=looks,
        )
        with suppress(NotWritable, ValueError):
            raw = memory.dump()
            self._config.make_derived()
            store.save(self._config.root / PLACE, raw, inside=self._config.root, durable=False)

    def _keep(self, path: str, look: Look) -> None:
        self._kept[path] = look
        self._affirmed.add(path)

    def _listing(self) -> list[Row] | None:
        """All that the listing of runs rests on; None if it cannot be told, or goes on changing."""
        if self._before is not None and self._before.lists_alike:
            return self._before.listing
        watched = self._sources.watched()
        return None if watched is None else self._rows(watched)

    def _files(self, fill: EntryFill, looking: Looking, tried: Iterable[Path]) -> list[Path] | None:
        """Every file that an entry rests on; None if some source cannot tell."""
        files = [self._config.root / fill.entry.path, path_of(fill.entry, self._config)]
        files += [digest.path for digest in fill.digests]
        for run in filter(None, looking.opened.values()):
            if run.files is None:
                return None
            files += run.files
        return [*files, *tried]

    def _resolves_alike(self, look: Look) -> bool:
        with suppress(SourceError):
            return all(self._resolve(reference) == was for reference, was in look.runs.items())
        return False

    def _resolve(self, reference: str) -> str | None:
        if reference not in self._resolved:
            found = self._sources.resolved(reference)
            self._resolved[reference] = None if found is None else summed(found)
        return self._resolved[reference]

    def _rows(self, paths: Iterable[Path] | None) -> list[Row] | None:
        """The stamps of files; None if one was touched so shortly ago that its stamp says little."""
        rows: list[Row] = []
        root = f"{self._config.root}{os.sep}"
        for path in map(str, paths) if paths is not None else ():
            if path not in self._stamps:
                self._stamps[path] = settled(path, self._since)
            found = self._stamps[path]
            if found is None:
                return None
            rows.append((path.removeprefix(root), found))
        return None if paths is None else rows


def _is_good(block: BlockReport) -> bool:
    return block.text is not None and not block.unreached and block.state in _GOOD
