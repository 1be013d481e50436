"""All sources of runs as one: list their runs, and find and open the one that a reference names."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from journal.config import AS_SET, CONFIG_NAME, Config, Reach, Settings, find
from journal.errors import (
    AmbiguousRun,
    ConfigError,
    JournalError,
    RunNotFound,
    SourceError,
    SourceUnavailable,
    UsageError,
)
from journal.model.run import RunHead
from journal.model.wording import listed
from journal.sources.interface import is_noted, is_remote
from journal.sources.reference import Project, answering, is_url, looks_like_path, parse_address, with_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.model.run_query import Condition
    from journal.sources.interface import NotedSource, Source
    from journal.sources.open_run import OpenRun

_VARIABLES = ("HOME", "WANDB_ENTITY", "WANDB_PROJECT")

_MOST_SHOWN = 200
"""Characters of a reference that an error repeats."""

_ALIKE = 0.75  # of 1; below it ids of eight letters have little in common

GROUP = "journal.sources"
"""Entry point group under which sources are registered."""

MOST_CANDIDATES = 8
"""Runs that an error about an ambiguous reference lists."""


class Sources:
    """Every source of runs that is installed, asked together.

    Runs are listed once and each is opened once, however often it is asked for. A run of several folders is opened
    whole by its id, and in part by the path of one folder.

    What lies in folders comes first, then what was fetched from servers before, then the servers; with the setting
    `first = "server"`, folders come last.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._sources = [_load(name, config) for name in sorted(_names())]
        self._remote = [source for source in self._sources if is_remote(source)]
        self._listed: list[RunHead] | None = None
        self._local: list[RunHead] = []
        self._by_id: dict[str, list[RunHead]] = {}
        self._unreached: list[SourceUnavailable] = []
        self._away: dict[str, SourceUnavailable] = {}
        self._owners: dict[RunHead, Source] = {}
        self._opened: dict[tuple[str, str, int], OpenRun] = {}

    def heads(self) -> list[RunHead]:
        """Every run of every source that can be reached, in the order the sources list them; see `unreached`."""
        if self._listed is None:
            local = self._heads_of(source for source in self._sources if not is_remote(source))
            kept = self._heads_of(self._remote)
            first, then = (kept, local) if self._is_server_first else (local, kept)
            self._listed = [*first, *_not_among(first, then)]
            self._local = local
            for head in self._listed:
                self._by_id.setdefault(head.id, []).append(head)
        return list(self._listed)

    def _heads_of(self, sources: Iterable[Source]) -> list[RunHead]:
        found = []
        for source in sources:
            try:
                for head in source.heads():
                    self._owners[head] = source
                    found.append(head)
            except SourceUnavailable as error:
                self._unreached.append(error)
        return found

    @property
    def _is_server_first(self) -> bool:
        return self._config.settings.online.first == "server"

    @property
    def unreached(self) -> tuple[SourceUnavailable, ...]:
        """Why `heads` may lack some runs: what could not be reached."""
        self.heads()
        return tuple(self._unreached)

    def find(self, reference: str) -> RunHead:
        """The one run that a reference names.

        Args:
            reference: A run folder or log file, `entity/project/id`, `entity/project/runs/id`, `entity/project:id`, a
                run's URL, an id, an exact display name, or the first four or more characters of an id.

        Raises:
            RunNotFound: No source holds it.
            AmbiguousRun: It names more than one.
            SourceUnavailable: It was not found, and not everything could be looked at.
        """
        text = reference.strip()
        if not text:
            raise RunNotFound("the run reference is empty", hint="give a run's id, address, URL or folder")
        head = self._locate(text) if looks_like_path(text) or self._is_on_disk(text) else None
        head = head or (self._online(text) if self._is_server_first else None)
        head = head or self._match(text)
        head = head or self._locate(text)
        head = head or self._online(text)
        if head is None:
            raise self._away.get(text) or next(iter(self.unreached), None) or self._not_found(text)
        return head

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
                for head in source.search(conditions, project, most):
                    self._owners[head] = source
                    found.append(head)
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
            raise SourceUnavailable(f"the notes of run {text} are on a server", hint=self._config.offline)
        for source in self._remote:
            if is_noted(source):
                for name in self._names_of(text):
                    if found := list(source.find(name)):
                        return source, self._only(text, found)
        raise RunNotFound(f"no server has run {text!r}", hint="`wandb sync` uploads a run that was made offline")

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
        source = self._source_of(head)
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
        self.heads()
        how = "listed" if head in self._by_id.get(head.id, ()) else "located"
        return f"{how} {self.kind_of(head)} {head!r}"

    def tried(self, reference: str) -> tuple[Path, ...]:
        """Where a reference is looked for on disk; nowhere, if it is one word that a listed run answers to."""
        text = reference.strip()
        if "\0" in text or ("/" not in text and not looks_like_path(text) and self._match(text) is not None):
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
        return self._source_of(head).kind

    def _source_of(self, head: RunHead) -> Source:
        if head not in self._owners:
            self.heads()
        if head not in self._owners:
            raise RunNotFound(f"run {head.id} in {head.place} is no longer there", hint="list the runs again")
        return self._owners[head]

    def _other(self, head: RunHead, source: Source) -> tuple[OpenRun, str] | None:
        """The same run where its numbers are not taken from, and what to call that place; None if there is none."""
        if is_remote(source):
            self.heads()
            found = [each for each in self._local if _is_same(head, each)]
            return (self._owners[found[0]].open(found[0]), "in the folder") if len(found) == 1 else None
        if self._config.offline is not None or not any(head is each for each in self._by_id.get(head.id, ())):
            return None
        same = (remote.same(head) for remote in self._remote)
        return next(((run, "on the server") for run in same if run is not None), None)

    def _online(self, text: str) -> RunHead | None:
        """The run on a server that a reference names; why a server could not be asked is told where none has it."""
        found = []
        for source in self._remote if text not in self._away else ():
            try:
                for head in source.find(text):
                    self._owners[head] = source
                    found.append(head)
            except SourceUnavailable as error:
                self._away[text] = error
        is_wanted = self._config.reach.online or self._config.settings.online.enabled
        if not found and is_wanted and self._config.offline is not None and not looks_like_path(text):
            self._away[text] = SourceUnavailable(f"run {text} is in no folder", hint=self._config.offline)
        return self._only(text, found) if found else None

    def _names_of(self, text: str) -> Iterator[str]:
        """By which references a run may be known to a server: the one given, and the address that a folder records."""
        yield text
        head = self._match(text)
        if head is not None and head.project is not None and head.address != text:
            yield head.address

    def _locate(self, text: str) -> RunHead | None:
        for source in self._sources:
            head = source.locate(text)
            if head is not None:
                self._owners[head] = source
                return head
        return None

    def _is_on_disk(self, text: str) -> bool:
        """Whether a reference of several parts is a path; a bare word is an id first."""
        if "/" not in text or is_url(text):
            return False
        bases = (self._config.root, Path.cwd())
        return any(os.path.exists(base / text) for base in bases)  # noqa: PTH110 - Path.exists raises for long names

    def _match(self, text: str) -> RunHead | None:
        """The listed run that a reference names, by the first rule that any run answers to."""
        if looks_like_path(text) and "/" in text:
            return None
        heads = self.heads()
        matches = with_id(text, self._by_id) or answering(text, heads)
        if is_url(text):  # a run that a server gave is of that server
            matches = [head for head in matches if not is_url(head.place) or _host(head.place) == _host(text)]
        return self._only(text, matches) if matches else None

    def _only(self, text: str, matches: list[RunHead]) -> RunHead:
        """The one match; the entity and project of the configuration, or of W&B's own variables, break a tie."""
        home = self._home()
        for is_at_home in (home.records, home.allows):
            if len(matches) > 1:
                matches = [head for head in matches if is_at_home(head)] or matches
        if len(matches) == 1:
            return matches[0]
        if len({head.id for head in matches}) == 1:
            message = f"run {matches[0].id} lies in {len(matches)} places"
            hint = "give its address" if len({head.address for head in matches}) == len(matches) else "name the folder"
            hint += " instead"
        else:
            message, hint = f"{text!r} names {len(matches)} runs", "give the whole id"
        raise AmbiguousRun(message, hint=f"{hint}: {_candidates(matches)}")

    def _home(self) -> Project:
        settings = self._config.settings
        return Project(
            settings.entity or os.environ.get("WANDB_ENTITY") or None,
            settings.project or os.environ.get("WANDB_PROJECT") or None,
        )

    def _not_found(self, text: str) -> RunNotFound:
        asked = [each for each in self._sources if self._config.offline is None or not is_remote(each)]
        places = ", ".join(dict.fromkeys(place for source in asked for place in source.places()))
        shown = repr(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…")
        if looks_like_path(text):
            return RunNotFound(f"no run at {shown}", hint="name a run folder, a .wandb file or a history file")
        if is_url(text) and parse_address(text) is None:
            return RunNotFound(f"{shown} is not the address of a run", hint="a run's URL holds entity/project/runs/id")
        if is_url(text) and self._config.offline is not None:
            return RunNotFound(f"no run {shown} in a folder", hint=self._config.offline)
        close = _close(text, self.heads())
        advice = f"did you mean {' or '.join(close)}?" if close else "the setting `runs` says where to look"
        return RunNotFound(f"no run {shown}", hint=f"searched {places or 'no folders'}; {advice}")


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


def _not_among(known: Iterable[RunHead], heads: Iterable[RunHead]) -> list[RunHead]:
    """Those of some heads that are of no run that is known already."""
    by_id: dict[str, list[RunHead]] = {}
    for head in known:
        by_id.setdefault(head.id, []).append(head)
    return [head for head in heads if not any(_is_same(head, other) for other in by_id.get(head.id, ()))]


def _is_same(one: RunHead, other: RunHead) -> bool:
    """Whether two heads can be of one run: what a log does not record, such as an offline run's entity, fits any."""
    return one.id == other.id and Project(one.entity, one.project).allows(other)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()


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


def _candidates(heads: list[RunHead]) -> str:
    """Runs to choose from, in words: as many as someone may want to read."""
    return listed([f"{head.address} in {head.place}" for head in heads], MOST_CANDIDATES)


def _close(text: str, heads: list[RunHead]) -> list[str]:
    """Ids and names that may have been meant, the closest first."""
    address = parse_address(text)
    word = address.id if address else text
    names = dict.fromkeys(name for head in heads for name in (head.id, head.name) if name)
    return get_close_matches(word, names, n=3, cutoff=_ALIKE)
