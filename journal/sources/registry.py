"""All sources of runs as one: list their runs, and find and open the one that a reference names."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from journal.config import AS_SET, CONFIG_NAME, Config, Reach, Settings, find
from journal.errors import (
    ConfigError,
    JournalError,
    RunNotFound,
    SourceError,
    SourceUnavailable,
    UsageError,
)
from journal.model.run import RunHead
from journal.sources.interface import is_noted, is_remote
from journal.sources.lookup import Lookup
from journal.sources.reference import looks_like_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from journal.model.run_query import Condition
    from journal.sources.interface import NotedSource, Source
    from journal.sources.open_run import OpenRun

_VARIABLES = ("HOME", "WANDB_ENTITY", "WANDB_PROJECT")

GROUP = "journal.sources"
"""Entry point group under which sources are registered."""


class Sources:
    """Every source of runs that is installed, asked together.

    Runs are listed once and each is opened once, however often it is asked for. A run of several folders is opened
    whole by its id, and in part by the path of one folder.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._sources = [_load(name, config) for name in sorted(_names())]
        self._remote = [source for source in self._sources if is_remote(source)]
        self._lookup = Lookup(config, self._sources)
        self._opened: dict[tuple[str, str, int], OpenRun] = {}

    def heads(self) -> list[RunHead]:
        """Every run of every source that can be reached, in the order the sources list them; see `unreached`.

        What was fetched from servers before is among them, where it does not lie in a folder as well.
        """
        return self._lookup.heads()

    @property
    def unreached(self) -> tuple[SourceUnavailable, ...]:
        """Why `heads` may lack some runs: what could not be reached."""
        return self._lookup.unreached

    def find(self, reference: str) -> RunHead:
        """The one run that a reference names; see `Lookup` for the order.

        Args:
            reference: A run folder or log file, `entity/project/id`, `entity/project/runs/id`, `entity/project:id`, a
                run's URL, an id, an exact display name, a tag, or the first four or more characters of an id.

        Raises:
            RunNotFound: No source holds it.
            AmbiguousRun: It names more than one.
            SourceUnavailable: It was not found, and not everything could be looked at.
        """
        return self._lookup.find(reference)

    def expect(self, references: Iterable[str]) -> None:
        """Be told of references that are about to be asked for, so that servers are asked about all of them at once."""
        if self._config.offline is None:
            listed = list(references)
            for source in self._remote:
                source.expect(listed)

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> list[RunHead]:
        """The runs of a project on the servers that meet all conditions, the newest of each server first.

        Raises:
            SourceUnavailable: No server could be asked.
            UsageError: No project is known, or a condition cannot be asked of the server.
        """
        found: list[RunHead] = []
        failed: list[JournalError] = []
        for source in self._remote:
            try:
                found += [self._lookup.take(head, source) for head in source.search(conditions, project, most)]
            except (SourceUnavailable, UsageError, ConfigError) as error:
                failed.append(error)
        away = next((error for error in failed if isinstance(error, SourceUnavailable)), None)
        if not found and (away or len(failed) == len(self._remote)):
            raise away or failed[-1]
        return found

    def noted(self, reference: str) -> tuple[NotedSource, RunHead]:
        """The run on a server that a reference names, and the server, which keeps notes of it.

        Raises:
            RunNotFound: No such server has it.
            SourceUnavailable: It could not be asked.
        """
        text = reference.strip()
        if self._config.offline is not None:
            why, hint = self._config.offline, self._config.to_be_online
            raise SourceUnavailable(f"the notes of run {text} are on a server: {why}", hint=hint)
        head = self._lookup.in_folder(text)
        name = text if head is None or head.project is None else head.address
        for source in self._remote:
            if is_noted(source) and (found := list(source.find(name))):
                return source, self._lookup.only(name, found)
        raise RunNotFound(f"no server has run {name!r}", hint="`wandb sync` uploads a run that was made offline")

    def open(self, reference: str | RunHead, *, keep: bool = True) -> OpenRun:
        """The run that a reference names, or the one behind a head that was listed here.

        Args:
            reference: A run reference, or a head.
            keep: Whether it is kept open, for whoever asks next; going through many runs would fill the memory.

        Raises:
            RunNotFound: No source holds it.
            AmbiguousRun: It names more than one.
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: A source could not be reached.
        """
        head = reference if isinstance(reference, RunHead) else self.find(reference)
        source = self._lookup.source_of(head)
        key = (source.kind, head.place, head.segments)
        opened = self._opened.get(key) or source.open(head).beside(partial(self._other, head, source))
        if keep:
            self._opened[key] = opened
        return opened

    def resolved(self, reference: str) -> str | None:
        """In one text, all that is known of the run that a reference names without opening it; None for no run.

        Raises:
            AmbiguousRun: It names more than one.
            CorruptLog: Nothing of it can be read.
            SourceUnavailable: A source could not be reached.
        """
        try:
            head = self.find(reference)
        except RunNotFound:
            return None
        how = "listed" if head in self._lookup.folders_of(head) else "located"
        return f"{how} {self.kind_of(head)} {head!r}"

    def tried(self, reference: str) -> tuple[Path, ...]:
        """Where a reference is looked for on disk; nowhere, if it is one word that a listed run answers to."""
        text = reference.strip()
        if "\0" in text or ("/" not in text and not looks_like_path(text) and self._lookup.in_folder(text) is not None):
            return ()
        given = os.path.expanduser(text)  # noqa: PTH111 - Path raises for an unknown user
        return tuple(dict.fromkeys(base / name for base in (self._config.root, Path.cwd()) for name in (text, given)))

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables on which it rests which run a reference names."""
        told = [name for source in self._sources for name in getattr(source, "variables", ())]
        return tuple(dict.fromkeys((*_VARIABLES, *told)))

    def watched(self) -> tuple[Path, ...] | None:
        """Every file and folder on which it rests which runs are listed; None if some source cannot tell."""
        if self.unreached:
            return None
        found: dict[Path, None] = {}
        for source in self._sources:
            watched = getattr(source, "watched", None)
            told = None if watched is None else watched()
            if told is None:
                return None
            found |= dict.fromkeys((*told, *_module_file(source)))
        return tuple(found)

    def kind_of(self, head: RunHead) -> str:
        """The kind of source that a listed run comes from, `wandb-folder` for one."""
        return self._lookup.source_of(head).kind

    def _other(self, head: RunHead, source: Source) -> tuple[OpenRun, str] | None:
        """The same run where its numbers are not taken from, and what to call that place; None if there is none."""
        if is_remote(source):
            found = self._lookup.folders_of(head)
            return (self._lookup.source_of(found[0]).open(found[0]), "in the folder") if len(found) == 1 else None
        if self._config.offline is not None or not self._lookup.is_whole(head):
            return None
        same = (remote.same(head) for remote in self._remote)
        return next(((run, "on the server") for run in same if run is not None), None)


def open_run(ref: str | Path, *, reach: Reach = AS_SET) -> OpenRun:
    """A run, opened: inside a journal or outside any.

    Args:
        ref: A run folder or log file, or any other run reference. Ids are looked up in the folders of the journal
            around the working folder, or in its `wandb` folder if there is no journal.
        reach: Whether servers may be asked; as the settings say by default.

    Raises:
        SourceError: The run cannot be found or read.
        ConfigError: There is a journal, but its configuration cannot be read.
    """
    path = os.path.abspath(ref) if isinstance(ref, Path) else ref  # noqa: PTH100 - links stay
    return Sources(config_here(reach=reach)).open(path)


def config_here(*, reach: Reach = AS_SET) -> Config:
    """The configuration of the journal around the working folder, or that of none: runs lie in `wandb` then."""
    here = Path.cwd()
    try:
        return find(here, reach=reach)
    except ConfigError as error:
        if error.path is not None:
            raise
        return Config(here, Settings(), here / CONFIG_NAME, reach=reach)


def _names() -> Iterable[str]:
    return entry_points(group=GROUP).names


def _module_file(source: Source) -> tuple[Path, ...]:
    """The file that a source's class stands in: another version of it may answer otherwise."""
    file = getattr(sys.modules.get(type(source).__module__), "__file__", None)
    return () if file is None else (Path(file),)


def _load(name: str, config: Config) -> Source:
    (entry, *_) = entry_points(group=GROUP, name=name)
    try:
        source: Callable[[Config], Source] = entry.load()
    except (ImportError, AttributeError) as error:
        package = entry.dist.name if entry.dist else entry.value
        raise SourceError(
            f"the source {name!r} cannot be loaded: {error}", hint=f"update or uninstall the package {package}"
        ) from error
    return source(config)
