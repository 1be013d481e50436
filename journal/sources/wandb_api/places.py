"""Where runs are on W&B servers: the address of a server's API, and of a run's page."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from journal.model.run_page import APPS, run_page
from journal.sources.reference import is_url, parse_address


class Project(NamedTuple):
    """A project on a server.

    Attributes:
        host: Address of the server's API; None for the one that the SDK is set up for.
        entity: Its entity; None for the SDK's own.
        project: Its name.
    """

    host: str | None
    entity: str | None
    project: str


class RunPlace(NamedTuple):
    """One run on a server, all of it known."""

    host: str
    entity: str
    project: str
    id: str

    @property
    def page(self) -> str:
        """Web address of its page."""
        return run_page(*self)

    @property
    def path(self) -> str:
        """The same without a scheme, as evidence names it."""
        return "/".join([bare(self.host), self.entity, self.project, "runs", self.id])


def normal(host: str) -> str:
    """The address of a server's API, however it was given: without a path of the web pages, in lower case."""
    if "://" not in host:
        host = f"https://{host}"
    parts = urlsplit(host.rstrip("/"))
    address = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"
    for api, app in APPS.items():
        if address == app or app.startswith(f"{address}/"):
            return api
    return address


def bare(host: str) -> str:
    """A server's address without the scheme."""
    return host.partition("://")[2] or host


def host_of(reference: str) -> str | None:
    """The server's API that a run's URL names; None for what is no URL of a run."""
    if not is_url(reference) or not reference.lower().startswith(("http://", "https://")):
        return None
    if parse_address(reference) is None:
        return None
    try:
        return normal(reference)
    except ValueError:  # a host that is none
        return None
