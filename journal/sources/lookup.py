"""Which run a reference names: in folders, among what was fetched from servers before, and on servers."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, RunNotFound, SourceUnavailable
from journal.model.wording import listed
from journal.sources.interface import is_remote
from journal.sources.reference import Project, is_url, looking_like, looks_like_path, parse_address, with_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.sources.interface import Source

_MOST_SHOWN = 200
"""Characters of a reference that an error repeats."""

_ALIKE = 0.75  # of 1; below it ids of eight letters have little in common

MOST_CANDIDATES = 8
"""Runs that an error about an ambiguous reference lists."""


class Lookup:
    """Finds runs.

    A run is looked for by its id or address first: in folders, among what was fetched from servers before, on the
    servers; with the setting `first = "server"`, in folders last. Only then in the same order by its name, its tag, or
    how its id begins. So what names a run does not depend on what happens to lie here.

    Args:
        config: The journal's configuration.
        sources: All sources.
    """

    def __init__(self, config: Config, sources: Sequence[Source]) -> None:
        self._config = config
        self._sources = sources
        self._remote = [source for source in sources if is_remote(source)]
        self._listed: list[RunHead] | None = None
        self._local: list[RunHead] = []
        self._by_id: dict[str, list[RunHead]] = {}
        self._unreached: list[SourceUnavailable] = []
        self._failed: dict[str, SourceUnavailable] = {}
        self._owners: dict[RunHead, Source] = {}

    def heads(self) -> list[RunHead]:
        """Every run of every source that can be reached, in the order the sources list them; see `unreached`."""
        if self._listed is None:
            local = self._heads_of(source for source in self._sources if not is_remote(source))
            kept = self._heads_of(self._remote)
            first, then = (kept, local) if self._is_server_first else (local, kept)
            self._listed = [*first, *_not_among(first, then)]
            self._local = local
            for head in local:
                self._by_id.setdefault(head.id, []).append(head)
        return list(self._listed)

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
        exactly, roughly = [self._with_id, self._on_servers], [self._looking_like, self._alike_on_servers]
        for ways in (exactly, roughly):
            for look in reversed(ways) if self._is_server_first else ways:
                head = head or look(text)
            if text in self._failed:  # a server may have a run of just this id
                break
        else:
            head = head or self._locate(text)
        if head is None:
            raise self._away(text) or next(iter(self.unreached), None) or self._not_found(text)
        return head

    def source_of(self, head: RunHead) -> Source:
        """The source that a run was listed or found in.

        Raises:
            RunNotFound: None has it any more.
        """
        if head not in self._owners:
            self.heads()
        if head not in self._owners:
            raise RunNotFound(f"run {head.id} in {head.place} is no longer there", hint="list the runs again")
        return self._owners[head]

    def take(self, head: RunHead, source: Source) -> RunHead:
        """Know a run by its source."""
        self._owners[head] = source
        return head

    def in_folder(self, text: str) -> RunHead | None:
        """The run in a folder that a reference names in any way; no server is asked.

        Raises:
            AmbiguousRun: It names more than one.
        """
        return self._with_id(text) or self._looking_like(text)

    def is_whole(self, head: RunHead) -> bool:
        """Whether a run was listed in folders as it is, and not merely a part of it named."""
        self.heads()
        return any(head is each for each in self._by_id.get(head.id, ()))

    def folders_of(self, head: RunHead) -> list[RunHead]:
        """The runs in folders that can be this one."""
        self.heads()
        return [each for each in self._local if _is_same(head, each)]

    def only(self, text: str, matches: list[RunHead]) -> RunHead:
        """The one match; the entity and project of the configuration, or of W&B's own variables, break a tie."""
        home = self._home()
        for is_at_home in (home.records, home.allows):
            if len(matches) > 1:
                matches = [head for head in matches if is_at_home(head)] or matches
        if len(matches) == 1:
            return matches[0]
        if len({head.id for head in matches}) == 1:
            message = f"run {matches[0].id} lies in {len(matches)} places"
            apart = len({head.address for head in matches}) == len(matches)
            hint = "give its address instead" if apart else "name its folder, or the URL of its page, instead"
        else:
            cut = len(matches) > MOST_CANDIDATES and is_url(matches[-1].place)  # a server was asked for so many
            many = "many" if cut else str(len(matches))
            message, hint = f"{text!r} names {many} runs", "give the whole id"
        raise AmbiguousRun(message, hint=f"{hint}: {_candidates(matches)}")

    def _heads_of(self, sources: Iterable[Source]) -> list[RunHead]:
        found = []
        for source in sources:
            try:
                for head in source.heads():
                    self._owners[head] = source
                    found.append(head)
            except SourceUnavailable as error:
                if str(error) not in map(str, self._unreached):  # several look into one folder
                    self._unreached.append(error)
        return found

    @property
    def _is_server_first(self) -> bool:
        return self._config.settings.online.first == "server"

    def _on_servers(self, text: str) -> RunHead | None:
        """The run on a server, or of one, that has just the id, address or URL that a reference gives."""
        return self._asked(text, [source.find for source in self._remote])

    def _alike_on_servers(self, text: str) -> RunHead | None:
        """The run on a server, or of one, that a word names by anything else."""
        return self._asked(text, [source.alike for source in self._remote])

    def _asked(self, text: str, questions: Iterable[Callable[[str], Sequence[RunHead]]]) -> RunHead | None:
        """The one run that servers name.

        Raises:
            SourceUnavailable: One of them could not be asked: it may have the run that is meant.
        """
        found: list[RunHead] = []
        if "\0" in text or text in self._failed:
            return None
        for source, ask in zip(self._remote, questions, strict=True):
            try:
                for head in ask(text):
                    self._owners[head] = source
                    found.append(head)
            except SourceUnavailable as error:
                self._failed[text] = error
        if text in self._failed:
            return None
        return self.only(text, found) if found else None

    def _away(self, text: str) -> SourceUnavailable | None:
        """Why nobody can tell whether there is such a run; None if somebody can."""
        is_wanted = self._config.reach.online or self._config.settings.online.enabled
        if is_wanted and self._config.offline is not None and not looks_like_path(text):
            why, hint = self._config.offline, self._config.to_be_online
            return SourceUnavailable(f"run {text} is in no folder, and {why}", hint=hint)
        return self._failed.get(text)

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

    def _with_id(self, text: str) -> RunHead | None:
        """The run in a folder that has just the id or address that a reference gives."""
        if looks_like_path(text) and "/" in text:
            return None
        self.heads()
        matches = with_id(text, self._by_id)
        return self.only(text, matches) if matches else None

    def _looking_like(self, text: str) -> RunHead | None:
        """The run in a folder that a reference names by anything else."""
        if looks_like_path(text) and "/" in text:
            return None
        self.heads()
        matches = looking_like(text, self._local)
        return self.only(text, matches) if matches else None

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
            return RunNotFound(f"no run {shown} in a folder", hint=self._config.to_be_online)
        close = _close(text, self.heads())
        advice = f"did you mean {' or '.join(close)}?" if close else "the setting `runs` says where to look"
        has_home = any(self._home()) or parse_address(text) is not None
        if self._config.offline is not None and has_home:
            advice += ", and `--online` asks the server"
        elif self._config.offline is None and not has_home and not close:
            advice += ", `entity` and `project` where on a server"
        return RunNotFound(f"no run {shown}", hint=f"searched {places or 'no folders'}; {advice}")


def _not_among(known: Iterable[RunHead], heads: Iterable[RunHead]) -> list[RunHead]:
    """Those of some heads that are of no run that is known already."""
    by_id: dict[str, list[RunHead]] = {}
    for head in known:
        by_id.setdefault(head.id, []).append(head)
    return [head for head in heads if not any(_is_same(head, other) for other in by_id.get(head.id, ()))]


def _is_same(one: RunHead, other: RunHead) -> bool:
    """Whether two heads can be of one run: what a log does not record, such as an offline run's entity, fits any."""
    return one.id == other.id and Project(one.entity, one.project).allows(other)


def _candidates(heads: list[RunHead]) -> str:
    """Runs to choose from, in words: as many as someone may want to read."""
    places = [head.place if is_url(head.place) else f"{head.address} in {head.place}" for head in heads]
    return listed(places, MOST_CANDIDATES)


def _close(text: str, heads: list[RunHead]) -> list[str]:
    """Ids and names that may have been meant, the closest first."""
    address = parse_address(text)
    word = address.id if address else text
    names = dict.fromkeys(name for head in heads for name in (head.id, head.name) if name)
    return get_close_matches(word, names, n=3, cutoff=_ALIKE)
