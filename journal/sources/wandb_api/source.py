"""Runs on W&B servers as a source: asked through the SDK, exact, and kept once they were fetched."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from journal.errors import SourceUnavailable
from journal.model.run_page import KIND
from journal.sources.open_run import OpenRun
from journal.sources.reference import SHORTEST_PREFIX, parse_address
from journal.sources.wandb_api import filters
from journal.sources.wandb_api.kept import KeptRuns
from journal.sources.wandb_api.places import Project, RunPlace, bare
from journal.sources.wandb_api.projects import Projects
from journal.sources.wandb_api.server_run import ServerRun
from journal.sources.wandb_api.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.model.run_query import Condition
    from journal.sources.wandb_api.history import ServerHistory
    from journal.sources.wandb_api.statement import Statement

_MOST_ALIKE = 9
"""Runs with one tag, or one beginning of an id, that are asked for: more than one is too many anyway."""


class WandbServer:
    """The runs of the configured projects on W&B servers, and of any that a reference names.

    A server is asked only where the configuration or a command says so. What a server said of a run that has ended
    stands until somebody asks for it again.

    Args:
        config: The journal's configuration.
    """

    kind = KIND
    remote: Literal[True] = True
    variables = ("WANDB_MODE", "WANDB_BASE_URL", "WANDB_ENTITY", "WANDB_PROJECT")

    def __init__(self, config: Config) -> None:
        self._config = config
        self._projects = Projects(config)
        self._servers = Servers(config.settings.online, self._projects.host)
        self._kept = KeptRuns(config)
        self._listed: dict[RunPlace, RunHead] | None = None
        self._places: dict[str, RunPlace] = {}

    def places(self) -> tuple[str, ...]:
        """The projects that bare ids are looked for in."""
        return self._projects.places

    # --- what is known here -------------------------------------------------------------------------------------------

    def heads(self) -> Iterator[RunHead]:
        """The runs that were fetched before; nobody is asked."""
        self._listed = None
        yield from self._list().values()

    def watched(self) -> tuple[Path, ...]:
        """What `heads` rests on: nobody is asked for it."""
        return self._kept.watched()

    def locate(self, reference: str) -> RunHead | None:  # noqa: ARG002 - an address is no place on this machine
        """None: `find` is for addresses."""
        return None

    def open(self, head: RunHead) -> OpenRun:
        """The run behind a head. Its history is fetched when it is asked for.

        Raises:
            SourceUnavailable: The server could not be asked, or does not have it any more.
        """
        return OpenRun(self._run(self._latest(self._place(head))))

    def same(self, head: RunHead) -> OpenRun | None:
        """The run on the server that a run of a folder is, as far as somebody was asked about it before."""
        fitting = [
            said
            for place, said in self._servers.said.items()
            if (place.id, place.project) == (head.id, head.project)
            and head.entity in (None, place.entity)
            and said.rows is not None
        ]
        return OpenRun(self._run(fitting[0])) if len(fitting) == 1 else None

    # --- what is asked ------------------------------------------------------------------------------------------------

    def expect(self, references: Iterable[str]) -> None:
        """Ask about the runs that these references can name, as many as possible at once."""
        wanted: dict[Project, dict[str, None]] = {}
        for reference in references if self._may_ask else ():
            for project, word in self._projects.meant(reference.strip()):
                wanted.setdefault(project, {})[word] = None
        for project, words in wanted.items():
            here = {place.id: place for place in self._kept_in(project) if place.id in words}
            self._servers.ask_about(project, [word for word in words if not self._is_settled(here.get(word))])

    def find(self, reference: str) -> Sequence[RunHead]:
        """The runs on the server that have just the id, address or URL that a reference gives.

        Raises:
            SourceUnavailable: A project that may hold the run could not be asked.
        """
        found: dict[RunPlace, RunHead] = {}
        for project, word in self._projects.meant(reference):
            here = {place: head for place, head in self._kept_in(project).items() if place.id == word}
            if self._may_ask and not any(map(self._is_settled, here)):
                here |= {place: head for place, head in self._told_of(project, word).items() if place.id == word}
            found |= here
        return list(found.values())

    def alike(self, reference: str) -> Sequence[RunHead]:
        """The runs on the server that a word names by name, tag, or beginning of the id.

        Raises:
            SourceUnavailable: A project that may hold the run could not be asked.
        """
        meant = self._projects.meant(reference) if parse_address(reference) is None else []
        for rule in (self._called, self._tagged, self._beginning):
            found = {head.place: head for project, word in meant for head in rule(project, word)}
            if found:
                return list(found.values())
        return ()

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> Iterator[RunHead]:
        """The runs of a project that meet all conditions, the newest first.

        Raises:
            SourceUnavailable: The server could not be asked.
            UsageError: No project is known, or W&B does not filter by what a condition is about.
        """
        wanted = filters.all_of(conditions)
        if self._config.offline is not None:
            raise SourceUnavailable(f"no server was asked: {self._config.offline}", hint=self._config.to_be_online)
        for each in self._projects.chosen(project):
            yield from self._asked(each, wanted, most, order="-created_at")

    # --- notes --------------------------------------------------------------------------------------------------------

    def notes(self, head: RunHead) -> str:
        """The notes of a run, as they are now.

        Raises:
            SourceUnavailable: The server could not be asked, or has the run no more.
        """
        return str(self._now(head).told.get("notes") or "")

    def write_notes(self, head: RunHead, notes: str) -> None:
        """Replace the notes of a run, and nothing else of it.

        Raises:
            SourceUnavailable: The server could not be asked, or has the run no more.
        """
        said = self._now(head)
        self._servers.client(said.place.host).set_notes(said.told["storage_id"], notes)

    def page(self, head: RunHead) -> str:
        """Web address of a run's page."""
        return head.place

    # --- the steps ----------------------------------------------------------------------------------------------------

    @property
    def _may_ask(self) -> bool:
        return self._config.offline is None

    def _place(self, head: RunHead) -> RunPlace:
        """Where a run is that was listed or found here."""
        if head.place not in self._places:
            raise SourceUnavailable("the run is not known here", path=head.place, hint="`journal runs` lists the runs")
        return self._places[head.place]

    def _run(self, said: Statement) -> ServerRun:
        place = said.place
        files = (self._kept.manifest(place),) if said.has_ended and self._config.is_journal else None
        return ServerRun(said, partial(self._history, said), files)

    def _history(self, said: Statement) -> ServerHistory:
        from journal.sources.wandb_api.history import ServerHistory

        place, offline = said.place, self._config.offline

        def fetch(keys: Sequence[str] | None, first: int, last: int, page: int) -> Iterator[Any]:
            client = self._servers.client(place.host)
            return client.rows(place.entity, place.project, place.id, keys=keys, first=first, last=last, page=page)

        may_ask, refresh = fetch if offline is None else None, self._config.reach.refresh
        return ServerHistory(said, self._kept.run(place), may_ask, offline, refresh=refresh)

    def _latest(self, place: RunPlace) -> Statement:
        """What the server says of a run: now, or when it had ended, or as it was kept where nobody may be asked."""
        kept = self._kept.run(place).statement
        if place not in self._servers.said:
            offline, refresh = self._config.offline, self._config.reach.refresh
            if kept is not None and (offline is not None or (self._kept.run(place).stands and not refresh)):
                return kept
            if offline is not None:
                raise SourceUnavailable(
                    f"run {place.id} was not fetched yet: {offline}", hint=self._config.to_be_online
                )
            list(self._servers.ask(_project_of(place), filters.with_ids([place.id])))
        if place not in self._servers.said:
            if kept is not None:  # it was deleted: what is kept is all there is
                self._kept.run(place).is_fresh = True
                return kept
            raise _gone(place)
        return self._settled(self._servers.said[place], kept)

    def _settled(self, said: Statement, kept: Statement | None) -> Statement:
        """What was said, dated when its history was told of first; it is kept where the history is the same."""
        if kept is None or kept.essence != said.essence:
            return said
        dated = replace(said, fetched=kept.fetched)
        if said.agrees(kept) and dated.told != kept.told:  # else somebody wrote to it: its history is fetched anew
            self._kept.run(said.place).note(dated)
        return dated

    def _now(self, head: RunHead) -> Statement:
        """What the server says of a run at this moment.

        Raises:
            SourceUnavailable: It could not be asked, or has it no more.
        """
        place = self._place(head)
        found = list(self._servers.ask(_project_of(place), filters.with_ids([place.id]), most=1))
        if not found:
            raise _gone(place)
        return found[0]

    # --- what a word can mean -----------------------------------------------------------------------------------------

    def _list(self) -> dict[RunPlace, RunHead]:
        """The runs that were fetched before."""
        if self._listed is None:
            self._listed = self._kept.heads()
            self._places |= {head.place: place for place, head in self._listed.items()}
        return self._listed

    def _kept_in(self, project: Project) -> dict[RunPlace, RunHead]:
        """Those of a project."""
        held = self._servers.hold(project)
        return {place: head for place, head in self._list().items() if place in held}

    def _is_settled(self, place: RunPlace | None) -> bool:
        """Whether a run need not be asked about: it had ended when it was fetched, and all its rows came."""
        return place is not None and not self._config.reach.refresh and self._kept.run(place).stands

    def _told_of(self, project: Project, word: str) -> dict[RunPlace, RunHead]:
        """The runs of a project that the server was asked about, by this word among others, as ids or names.

        Raises:
            SourceUnavailable: It could not be asked.
        """
        self._servers.ask_about(project, [word])
        if project in self._servers.failed:
            raise self._servers.failed[project]
        held = self._servers.hold(project)
        found = {place: said.head for place, said in self._servers.said.items() if place in held}
        self._places |= {head.place: place for place, head in found.items()}
        return found

    def _asked(
        self, project: Project, wanted: dict[str, Any], most: int, order: str = "+created_at"
    ) -> Iterator[RunHead]:
        for said in self._servers.ask(project, wanted, most=most, order=order):
            self._places[said.head.place] = said.place
            yield said.head

    def _called(self, project: Project, word: str) -> list[RunHead]:
        """Runs of this name."""
        known = self._told_of(project, word) if self._may_ask else self._kept_in(project)
        return [head for head in known.values() if head.name == word]

    def _tagged(self, project: Project, word: str) -> list[RunHead]:
        """Runs with this tag."""
        if self._may_ask:
            return list(self._asked(project, filters.tagged(word), _MOST_ALIKE))
        said = {head: self._kept.run(place).statement for place, head in self._kept_in(project).items()}
        return [head for head, each in said.items() if each is not None and word in (each.told.get("tags") or ())]

    def _beginning(self, project: Project, word: str) -> list[RunHead]:
        """Runs whose ids begin so."""
        if len(word) < SHORTEST_PREFIX:
            return []
        if self._may_ask:
            return list(self._asked(project, filters.beginning(word), _MOST_ALIKE))
        return [head for head in self._kept_in(project).values() if head.id.startswith(word)]


def _project_of(place: RunPlace) -> Project:
    return Project(place.host, place.entity, place.project)


def _gone(place: RunPlace) -> SourceUnavailable:
    hint = "it may have been deleted: take it out of the entry"
    return SourceUnavailable(f"{bare(place.host)} has no run {place.id} any more", path=place.page, hint=hint)
