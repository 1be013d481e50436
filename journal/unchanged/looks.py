"""What the last look at each entry found, believed as long as all that it rests on is as it was, as in git's index.

A look is remembered beside the stamps of every file that it rests on: the entry, its evidence, the digests and the
files of its runs. So is which runs its references name, with the stamps of all that the listing of runs rests on; where
only that changed, the references are looked up again. An entry with predictions, or with a run of which nobody can tell
what it ran, rests on the state of git as well. Everything rests on the configuration, on environment
variables, and on the programme itself.

A look that checks an entry is remembered in the same way, whatever it found, unless something was out of reach. It also
rests on what git says of the commits that the entry names, on files that its links lead to, and on the calendar: a
time that is to come will be past, and what waits grows old.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from journal.document import store
from journal.errors import EvidenceError, NotWritable, SourceError
from journal.index.hand_lists import pages
from journal.index.stamps import Stamp, settled, summed
from journal.model.clock import EPOCH
from journal.tables.fill import EntryFill
from journal.tables.record import path_at
from journal.unchanged.memory import CHECKED, PLACE, Commits, Look, Memory, Row, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Protocol

    from journal.config import Config
    from journal.errors import JournalError
    from journal.model.run import RunHead
    from journal.sources.open_run import OpenRun
    from journal.sources.registry import Sources
    from journal.tables.report import BlockReport

    class Opener(Protocol):
        """What finds and opens runs, as `Sources` do."""

        def find(self, reference: str) -> RunHead:
            """The run that a reference names."""
            ...

        def open(self, reference: str) -> OpenRun:
            """That run, opened."""
            ...


_GOOD = ("fresh", "pending")


class Looking:
    """Finds and opens the runs of one entry, and remembers which were asked for.

    Args:
        sources: What opens them.
    """

    def __init__(self, sources: Opener) -> None:
        self._sources = sources
        self.opened: dict[str, OpenRun | None] = {}
        self.sought: dict[str, None] = {}

    def find(self, reference: str) -> RunHead:
        """The run that a reference names, not opened.

        Raises:
            SourceError: As `Sources.find` does.
        """
        self.sought[reference] = None
        return self._sources.find(reference)

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
        state: A sum of all by which git finds commits, taken before any entry is read; a dash where there is no
            repository, None if that cannot be told.
        commits: Says what git says of shas; None where it cannot tell.
        checks: Whether it is the memory of looks that check, and not of those that fill.
        anew: Whether nothing is recalled.
    """

    def __init__(
        self,
        config: Config,
        sources: Sources,
        *,
        since: int,
        state: str | None,
        commits: Callable[[Iterable[str]], Commits | None],
        checks: bool = False,
        anew: bool = False,
    ) -> None:
        self._config, self._sources, self._since, self._state = config, sources, since, state
        self._ask = commits
        self._checks = checks
        self._place = CHECKED if checks else PLACE
        self._before = None if anew else Memory.read(str(config.root), config.source.name, self._place)
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
        if before is None or look is None or not look.holds or look.state not in {"", self._state}:
            return None
        if not before.stands(look.rests):
            return None
        if look.commits and not look.commits.items() <= self._commits.items():
            return None
        if not before.names_alike(look) and not self._resolves_alike(look):
            return None
        self._keep(path, look)
        return look.shape

    def remember(self, fill: EntryFill, shape: Shape, looking: Looking, commits: Commits) -> None:
        """Remember how an entry stands, if that is in order, nothing was out of reach, and nothing changes meanwhile.

        Args:
            fill: What filling it would do.
            shape: How it stands.
            looking: What opened its runs.
            commits: What git said of its shas.
        """
        if not fill.changed and all(_is_good(block) for block in fill.blocks):
            self._remember(fill.entry.path, fill, Look([], {}, "", "", shape, commits), looking)

    def remember_check(
        self,
        path: str,
        fill: EntryFill | JournalError | None,
        shape: Shape,
        looking: Looking,
        commits: Commits,
        *,
        files: Iterable[Path] = (),
        until: datetime | None = None,
    ) -> None:
        """Remember what a check found in an entry where nothing was out of reach, if nothing changes meanwhile.

        Args:
            path: The entry's file, relative to the journal.
            fill: What filling it would do, or why it cannot be filled; None for a file that is no entry.
            shape: What was found.
            looking: What opened its runs.
            commits: What git said of its shas.
            files: What else it rests on.
            until: The moment from which on it may be otherwise by itself.
        """
        if isinstance(fill, SourceError | EvidenceError):
            return
        if fill is None and not os.access(self._config.root / path, os.R_OK):
            return
        look = Look([], {}, "", "", shape, commits, None if until is None else int(until.timestamp()))
        self._remember(path, fill, look, looking, files)

    def _remember(
        self,
        path: str,
        fill: EntryFill | JournalError | None,
        look: Look,
        looking: Looking,
        more: Iterable[Path] = (),
    ) -> None:
        """Remember a look of which all is known but what it rests on."""
        with suppress(SourceError):
            runs = {reference: self._resolve(reference) for reference in {**looking.opened, **looking.sought}}
            if any((runs[reference] is None) != (run is None) for reference, run in looking.opened.items()):
                return  # it is there, but could not be opened
            if self._config.offline is None and None in runs.values():
                return  # a server may have it by the next look
            tried = [place for reference in runs for place in self._sources.tried(reference)]
            files = self._files(path, fill, looking)
            rests = None if files is None else self._rows([*files, *tried, *more])
            state = self._state if isinstance(fill, EntryFill) and _asks_git(fill) else ""
            if rests is not None and state is not None:
                here = os.getcwd() if tried else ""  # noqa: PTH109
                self._keep(path, look._replace(rests=rests, runs=runs, here=here, state=state))

    def kept(self, path: str) -> Look | None:
        """What is now remembered of an entry."""
        return self._kept.get(path) if path in self._affirmed else None

    def keep(self, path: str, look: Look) -> None:
        """Remember what another process remembers of an entry: it began with the same memory."""
        self._keep(path, look)

    def save(self, paths: Sequence[str], beyond: Shape | None = None) -> None:
        """Write the memory, where that is possible.

        Args:
            paths: All entries of the journal; what is remembered of others is forgotten.
            beyond: Of checks, all that was found, if all entries were looked at.
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
            variables=(*self._sources.variables, EPOCH) if self._checks else self._sources.variables,
            settings=settings,
            folders=self._rows(self._folders()),
            paths=list(paths),
            listing=listing,
            looks=looks,
            beyond=beyond if self._state is not None else None,
            place=self._place,
            state=(self._state or "") if any(look.commits for look in looks.values()) else "",
        )
        with suppress(NotWritable, ValueError):
            raw = memory.dump()
            self._config.make_derived()
            store.save(self._config.root / self._place, raw, inside=self._config.root, durable=False)

    def _folders(self) -> Iterator[Path]:
        """The folders in which files may come and go.

        What a check finds rests on those of the evidence, too, and on the pages that may list entries.
        """
        tops = [self._config.entries] if not self._checks else [self._config.entries, self._config.evidence]
        for top in tops:
            yield top
            yield from (Path(folder, name) for folder, names, _ in os.walk(top) for name in names)
        if self._ask is not None:
            docs = self._config.settings.docs
            for folder, _, _ in os.walk(self._config.root / docs) if docs else ():
                yield Path(folder)
            yield from pages(self._config)

    @cached_property
    def _commits(self) -> Commits:
        """What git says now of all the shas that are remembered."""
        looks = self._before.looks.values() if self._before is not None else ()
        shas = sorted({sha for look in looks for sha in look.commits})
        return (self._ask(shas) if shas else None) or {}

    def _keep(self, path: str, look: Look) -> None:
        self._kept[path] = look
        self._affirmed.add(path)

    def _listing(self) -> list[Row] | None:
        """All that the listing of runs rests on; None if it cannot be told, or goes on changing."""
        if self._before is not None and self._before.lists_alike:
            return self._before.listing
        watched = self._sources.watched()
        return None if watched is None else self._rows(watched)

    def _files(self, path: str, fill: EntryFill | JournalError | None, looking: Looking) -> list[Path] | None:
        """Every file that an entry rests on; None if some source cannot tell."""
        files = [self._config.root / path]
        if fill is not None:
            files.append(path_at(path, self._config))
        if isinstance(fill, EntryFill):
            files += [digest.path for digest in fill.digests]
        for run in filter(None, looking.opened.values()):
            if run.files is None:
                return None
            files += run.files
        return files

    def _resolves_alike(self, look: Look) -> bool:
        if None in look.runs.values() and (self._checks or self._config.offline is None):
            return False  # a check tells of the runs that may have been meant, and a server may have them by now
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


def _asks_git(fill: EntryFill) -> bool:
    """Whether it rests on what is committed: by predictions, by what lies between two commits, by verdicts yet open."""
    entry = fill.entry
    return fill.waits or bool(entry.front_matter.predictions) or any(block.kind == "diff" for block in entry.blocks)


def _is_good(block: BlockReport) -> bool:
    return block.text is not None and not block.unreached and block.state in _GOOD
