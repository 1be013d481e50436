"""The web page of a run on a W&B server: its address, from where the server's API is, or from what evidence says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from journal.model.run import Origin

APPS = {
    "https://api.wandb.ai": "https://wandb.ai",
    "https://api.forge.coreweave.com": "https://forge.coreweave.com/wandb",
}
"""Where people look, by where the SDK asks; other servers have both in one place."""

KIND = "wandb-server"
"""The kind of source that W&B servers are, as evidence tells it."""
TRACKER = "W&B"
"""What all trackers are whose pages are known: `page_of` tells the address of no other."""
_PATH = re.compile(r"([^/]+)/([^/]+)/([^/]+)/runs/([^/]+)")
_PUBLIC = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")


def run_page(server: str, entity: str, project: str, run_id: str) -> str:
    """Web address of a run's page.

    Args:
        server: Address of the server's API, with its scheme.
        entity: User or team.
        project: Name of the project.
        run_id: Id of the run.

    Examples:
        >>> run_page("https://api.wandb.ai", "lab", "big notes", "kp12ab")
        'https://wandb.ai/lab/big%20notes/runs/kp12ab'
    """
    return "/".join([APPS.get(server, server), *(quote(part, safe="") for part in (entity, project, "runs", run_id))])


def page_of(origin: Origin) -> str | None:
    """Web address of the page of the run that an origin tells of; None where it cannot be known.

    Evidence names no scheme. A server that has a name and no port is taken to speak https; an address such as
    `localhost:8080` is nothing that others could follow.
    """
    found = _PATH.fullmatch(origin.path) if origin.kind == KIND else None
    if found is None or found[1] != origin.host or not _PUBLIC.fullmatch(found[1]) or {".", ".."} & {*found.groups()}:
        return None
    host, entity, project, run_id = found.groups()
    return run_page(f"https://{host}", entity, project, run_id)
