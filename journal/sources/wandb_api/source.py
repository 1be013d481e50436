"""Runs on W&B servers as a source: asked through the SDK, exact, and kept once they were fetched."""

from __future__ import annotations

import configparser
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from journal.errors import SourceUnavailable, UsageError
from journal.sources.open_run import OpenRun
from journal.sources.reference import SHORTEST_PREFIX, is_url, looks_like_path, parse_address
from journal.sources.wandb_api import filters
from journal.sources.wandb_api.kept import KeptRuns
from journal.sources.wandb_api.places import Project, RunPlace, bare, host_of, normal
from journal.sources.wandb_api.server_run import ServerRun
from journal.sources.wandb_api.statement import KIND, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from journal.config import Config
    from journal.model.run import RunHead
    from journal.model.run_query import Condition
    from journal.sources.wandb_api.client import Client
    from journal.sources.wandb_api.history import ServerHistory

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
    variables = ("WANDB_MODE", "WANDB_BASE_URL", "WANDB_ENTITY", "WANDB_PROJECT")

    def __init__(self, config: Config) -> None:
        self._config = config
        self._online = config.settings.online
        self._kept = KeptRuns(config)
        self._clients: dict[str | None, Client] = {}
        self._said: dict[RunPlace, Statement] = {}
        self._asked: set[tuple[Project, str]] = set()
        self._failed: dict[Project, SourceUnavailable] = {}
        self._places: dict[str, RunPlace] = {}

    def places(self) -> tuple[str, ...]:
        """The projects that bare ids are looked for in."""
        host = bare(normal(self._online.host)) if self._online.host else "the W&B server"
        names = ["/".join(filter(None, (each.entity, each.project))) for each in self._projects(None)]
        return tuple(f"{name} on {host}" for name in names) or (f"no project on {host}",)

    # --- what is known here -------------------------------------------------------------------------------------------

    def heads(self) -> Iterator[RunHead]:
        """The runs that were fetched before; nobody is asked."""
        for place, head in self._kept.heads().items():
            self._places[head.place] = place
            yield head

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
        place = self._places.get(head.place)
        if place is None:
            raise SourceUnavailable("the run is no longer known", path=head.place, hint="list the runs again")
        return OpenRun(self._run(self._latest(place)))

    def same(self, head: RunHead) -> OpenRun | None:
        """The run on the server that a run of a folder is, as far as somebody was asked about it before."""
        fitting = [
            said
            for place, said in self._said.items()
            if (place.id, place.project) == (head.id, head.project)
            and head.entity in (None, place.entity)
            and said.rows is not None
        ]
        return OpenRun(self._run(fitting[0])) if len(fitting) == 1 else None

    # --- what is asked ------------------------------------------------------------------------------------------------

    def expect(self, references: Iterable[str]) -> None:
        """Ask about the runs that these references can name, as many as possible at once."""
        if self._config.offline is not None:
            return
        wanted: dict[Project, dict[str, None]] = {}
        for reference in references:
            for project, word in self._meant(reference.strip()):
                wanted.setdefault(project, {})[word] = None
        for project, words in wanted.items():
            known = set() if self._config.reach.refresh else self._ended(project)
            self._try(project, [word for word in words if word not in known])

    def find(self, reference: str) -> Sequence[RunHead]:
        """The runs on the server that a reference names; of these, the first rule that any answers to.

        Raises:
            SourceUnavailable: The server could not be asked.
        """
        if self._config.offline is not None:
            return ()
        meant = self._meant(reference)
        for project, word in meant:
            self._try(project, [word])
        found = self._known_as(meant)
        if not found and parse_address(reference) is None:
            found = [head for project, word in meant for head in self._alike(project, word)]
        failed = next((self._failed[project] for project, _ in meant if project in self._failed), None)
        if not found and failed is not None:
            raise failed
        return found

    def search(self, conditions: Sequence[Condition], project: str | None, most: int) -> Iterator[RunHead]:
        """The runs of a project that meet all conditions, the newest first.

        Raises:
            SourceUnavailable: The server could not be asked.
            UsageError: No project is known, or W&B does not filter by what a condition is about.
        """
        asked = filters.all_of(conditions)
        if self._config.offline is not None:
            raise SourceUnavailable("the server was not asked", hint=self._config.offline)
        for each in [_project(None, project)] if project else self._required():
            for said in self._ask(each, asked, most=most, order="-created_at"):
                yield said.head

    # --- notes --------------------------------------------------------------------------------------------------------

    def notes(self, head: RunHead) -> str:
        """The notes of a run, as they are now."""
        return str(self._now(head).told.get("notes") or "")

    def write_notes(self, head: RunHead, notes: str) -> None:
        """Replace the notes of a run, and nothing else of it."""
        said = self._now(head)
        self._client(said.place.host).set_notes(said.told["storage_id"], notes)

    def page(self, head: RunHead) -> str:
        """Web address of a run's page."""
        return self._places[head.place].page

    def close(self) -> None:
        """End what speaks with the servers."""
        for client in {id(client): client for client in self._clients.values()}.values():
            client.close()
        self._clients.clear()

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _run(self, said: Statement) -> ServerRun:
        place = said.place
        files = (self._kept.manifest(place),) if said.has_ended and self._config.is_journal else None
        return ServerRun(said, partial(self._history, said), files)

    def _history(self, said: Statement) -> ServerHistory:
        from journal.sources.wandb_api.history import ServerHistory

        place, offline = said.place, self._config.offline

        def fetch(keys: Sequence[str] | None, first: int, last: int, page: int) -> Iterator[Any]:
            client = self._client(place.host)
            return client.rows(place.entity, place.project, place.id, keys=keys, first=first, last=last, page=page)

        return ServerHistory(said, self._kept.run(place), fetch if offline is None else None, offline)

    def _latest(self, place: RunPlace) -> Statement:
        """What the server says of a run: now, or when it had ended, or as it was kept where nobody may be asked."""
        kept = self._kept.run(place).statement
        if place not in self._said:
            offline, refresh = self._config.offline, self._config.reach.refresh
            if kept is not None and (offline is not None or (kept.has_ended and not refresh)):
                return kept
            if offline is not None:
                raise SourceUnavailable(f"run {place.id} was not fetched yet", hint=offline)
            list(self._ask(Project(place.host, place.entity, place.project), filters.with_ids([place.id])))
        if place not in self._said:
            if kept is not None:  # it was deleted: what is kept is all there is
                return kept
            raise SourceUnavailable(f"{bare(place.host)} has no run {place.id} any more", path=place.page)
        return self._settled(self._said[place], kept)

    def _settled(self, said: Statement, kept: Statement | None) -> Statement:
        """What was said, dated when its history was told of first; it is kept where the history is the same."""
        if kept is None or kept.essence != said.essence:
            return said
        dated, run = replace(said, fetched=kept.fetched), self._kept.run(said.place)
        if not said.agrees(kept):  # as many rows, but others: somebody wrote to the run since
            run.note({"statement": dated.dump()})
        elif dated.told != kept.told:
            run.note({**run.state, "statement": dated.dump()})
        return dated

    def _now(self, head: RunHead) -> Statement:
        """What the server says of a run at this moment.

        Raises:
            SourceUnavailable: It could not be asked, or has it no more.
        """
        place = self._places[head.place]
        project = Project(place.host, place.entity, place.project)
        found = list(self._ask(project, filters.with_ids([place.id]), most=1))
        if not found:
            raise SourceUnavailable(f"{bare(place.host)} has no run {place.id} any more", path=place.page)
        return found[0]

    def _meant(self, reference: str) -> list[tuple[Project, str]]:
        """Where a reference can be looked for, and by which word."""
        if is_url(reference):
            host, address = host_of(reference), parse_address(reference)
            return [(Project(host, address.entity, address.project or ""), address.id)] if host and address else []
        if not reference or looks_like_path(reference):
            return []
        address = parse_address(reference)
        if address is not None:
            return [(Project(None, address.entity, address.project or ""), address.id)]
        return [(project, reference) for project in self._projects(None)]

    def _projects(self, host: str | None) -> list[Project]:
        """The projects that words without an address are looked for in."""
        settings, own = self._config.settings, _workspace(self._config.root)
        entity = settings.entity or os.environ.get("WANDB_ENTITY") or own.get("entity") or None
        project = settings.project or os.environ.get("WANDB_PROJECT") or own.get("project") or None
        first = [Project(host, entity, project)] if project else []
        more = [_project(host, name, entity) for name in self._online.projects]
        return list(dict.fromkeys([*first, *more]))

    def _required(self) -> list[Project]:
        found = self._projects(None)
        if not found:
            raise UsageError(
                "no W&B project is known",
                hint="give --project ENTITY/PROJECT, or set `entity` and `project` in the configuration",
            )
        return found

    def _ended(self, project: Project) -> set[str]:
        """Ids of the runs of a project that had ended when they were fetched."""
        found = set()
        for place in self._kept.heads():
            same = project.host in (None, place.host) and project.entity in (None, place.entity)
            if same and project.project == place.project:
                kept = self._kept.run(place).statement
                found |= {place.id} if kept is not None and kept.has_ended else set()
        return found

    def _known_as(self, meant: Iterable[tuple[Project, str]]) -> list[RunHead]:
        """Of the runs that a server told of, those with this id, or else with this name."""
        for part in ("id", "name"):
            found = {
                place: said.head
                for project, word in meant
                for place, said in self._said.items()
                if self._lies_in(place, project) and getattr(said.head, part) == word
            }
            if found:
                return list(found.values())
        return []

    def _lies_in(self, place: RunPlace, project: Project) -> bool:
        host, entity = project.host or self._default_host(), project.entity
        return place.project == project.project and host in (None, place.host) and entity in (None, place.entity)

    def _default_host(self) -> str | None:
        return normal(self._online.host) if self._online.host else None

    def _alike(self, project: Project, word: str) -> list[RunHead]:
        """Runs with this tag, or else whose ids begin so."""
        asked = [filters.tagged(word)] + ([filters.beginning(word)] if len(word) >= SHORTEST_PREFIX else [])
        for each in asked if project not in self._failed else ():
            found = [said.head for said in self._ask(project, each, most=_MOST_ALIKE)]
            if found:
                return found
        return []

    def _try(self, project: Project, words: list[str]) -> None:
        """Ask about runs of these ids or names, those that were not asked about yet; a failure is remembered."""
        left = [word for word in words if (project, word) not in self._asked]
        if not left or project in self._failed:
            return
        self._asked |= {(project, word) for word in left}
        try:
            list(self._ask(project, filters.called(left)))
        except SourceUnavailable as error:
            self._failed[project] = error

    def _ask(
        self, project: Project, asked: Mapping[str, Any], *, most: int | None = None, order: str = "+created_at"
    ) -> Iterator[Statement]:
        """What the server says of the runs of a project that a filter takes."""
        client = self._client(project.host)
        self._clients[normal(client.host)] = client
        entity = project.entity or client.entity
        if entity is None:
            raise SourceUnavailable(
                f"no entity is known for the project {project.project}", hint="set `entity` in the configuration"
            )
        for told in client.runs(entity, project.project, asked, most=most, order=order):
            place = RunPlace(normal(client.host), entity, project.project, str(told["id"]))
            said = Statement(place, datetime.now(UTC).replace(microsecond=0), told)
            self._said[place], self._places[place.page] = said, place
            yield said

    def _client(self, host: str | None) -> Client:
        """What speaks with a server; one for each, whether it was named or is the SDK's own."""
        from journal.sources.wandb_api.client import Client
        from journal.sources.wandb_api.surroundings import own_host, trusts

        wanted, own, online = host or self._default_host(), own_host(), self._online
        if wanted is not None and own is not None and normal(own) == wanted:
            wanted = None
        if wanted not in self._clients:
            bounds = {"timeout": online.timeout, "deadline": online.deadline}
            self._clients[wanted] = Client(wanted, **bounds, trusted=trusts(wanted))
        return self._clients[wanted]


def _project(host: str | None, name: str, entity: str | None = None) -> Project:
    """A project by its name, with or without an entity."""
    given, slash, project = name.rpartition("/")
    return Project(host, given if slash else entity, project)


def _workspace(root: Path) -> dict[str, str]:
    """Entity and project that `wandb init` wrote down beside the code; its host is not believed."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(root / "wandb" / "settings", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    return dict(parser["default"]) if parser.has_section("default") else {}
