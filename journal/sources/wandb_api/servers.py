"""W&B servers, each asked through a client of its own, and what they have said so far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from journal.errors import SourceUnavailable
from journal.sources.wandb_api import filters
from journal.sources.wandb_api.places import RunPlace, normal
from journal.sources.wandb_api.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from journal.config import Online
    from journal.sources.wandb_api.client import Client
    from journal.sources.wandb_api.places import Project


class Servers:
    """Every server that was asked.

    Args:
        settings: How long they are waited for.
        host: The server that is asked where none is named; None leaves it to the SDK.

    Attributes:
        said: The last statement about each run, of this session.
        failed: Why a project could not be asked; it is not asked again.
    """

    def __init__(self, settings: Online, host: str | None) -> None:
        self._settings = settings
        self._host = host
        self._clients: dict[str | None, Client] = {}
        self._asked: set[tuple[Project, str]] = set()
        self.said: dict[RunPlace, Statement] = {}
        self.failed: dict[Project, SourceUnavailable] = {}

    def ask_about(self, project: Project, words: Iterable[str]) -> None:
        """Ask about the runs with these ids or names, all at once, but for those that were asked about before.

        Nothing is raised: see `failed`.
        """
        left = [word for word in dict.fromkeys(words) if (project, word) not in self._asked]
        if not left or project in self.failed:
            return
        self._asked |= {(project, word) for word in left}
        try:
            list(self.ask(project, filters.called(left)))
        except SourceUnavailable as error:
            self.failed[project] = error

    def ask(
        self, project: Project, wanted: Mapping[str, Any], *, most: int | None = None, order: str = "+created_at"
    ) -> Iterator[Statement]:
        """What the server says of the runs of a project that a filter takes.

        Raises:
            SourceUnavailable: It could not be asked.
        """
        client = self.client(project.host)
        self._clients[normal(client.host)] = client
        entity = project.entity or client.entity
        if entity is None:
            message = f"no entity is known for the project {project.project}"
            raise SourceUnavailable(message, hint="set `entity` in the configuration")
        for told in client.runs(entity, project.project, wanted, most=most, order=order):
            place = RunPlace(normal(client.host), entity, project.project, str(told["id"]))
            said = Statement(place, datetime.now(UTC).replace(microsecond=0), told)
            self.said[place] = said
            yield said

    def hold(self, project: Project) -> Container[RunPlace]:
        """The places that lie in a project."""
        return _Held(project, self._hosts(project))

    def client(self, host: str | None) -> Client:
        """What speaks with a server; one for each, whether it was named or is the SDK's own."""
        from journal.sources.wandb_api.client import Client
        from journal.sources.wandb_api.surroundings import own_host, trusts

        wanted, own = host or self._host, own_host()
        if wanted is not None and own is not None and normal(own) == wanted:
            wanted = None
        if wanted not in self._clients:
            timeout, deadline = self._settings.timeout, self._settings.deadline
            self._clients[wanted] = Client(wanted, timeout=timeout, deadline=deadline, trusted=trusts(wanted))
        return self._clients[wanted]

    def _hosts(self, project: Project) -> Container[str]:
        """The servers that a project can be on: the one named, or the SDK's own, so far as that is known."""
        from journal.sources.wandb_api.surroundings import CLOUD, own_host

        named = project.host or self._host
        if named is None and None in self._clients:
            named = self._clients[None].host
        named = named or own_host()
        return CLOUD if named is None else {normal(named)}


class _Held:
    """The places of a project on some servers."""

    def __init__(self, project: Project, hosts: Container[str]) -> None:
        self._project, self._hosts = project, hosts

    def __contains__(self, place: object) -> bool:
        if not isinstance(place, RunPlace) or place.host not in self._hosts:
            return False
        return place.project == self._project.project and self._project.entity in (None, place.entity)
