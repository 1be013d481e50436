"""`--online`, `--offline` and `--refresh`: whether a command asks servers for runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.output import say
from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.config import Config, Reach
    from journal.sources.registry import Sources

Online = Annotated[
    bool | None,
    typer.Option("--online/--offline", help="Ask servers for runs, or nobody; by default as the settings say."),
]
"""Whether servers are asked."""

Refresh = Annotated[
    bool, typer.Option("--refresh", help="Ask servers again for runs that were fetched before; implies --online.")
]
"""Whether what was fetched before is asked for again."""


def reach_of(online: bool | None, refresh: bool) -> Reach | None:
    """What a command was told about the network; None if it was told nothing, and the settings decide.

    Where the surroundings keep it off the network all the same, one line on stderr says so.

    Raises:
        UsageError: Nobody is to be asked, and to be asked again.
    """
    if refresh and online is False:
        raise UsageError("--refresh asks servers, and --offline asks nobody", hint="choose one of them")
    if online is None and not refresh:
        return None
    from journal.config import Reach

    reach = Reach(online=online or refresh, refresh=refresh)
    if reach.online and (why := _kept_off(reach)) is not None:
        say(f"{why}, in spite of --{'refresh' if refresh else 'online'}")
    return reach


def is_remembered(reach: Reach | None) -> bool:
    """Whether what an earlier look found may be told again: it rests on files, and a server may know better."""
    return reach is None or not reach.online


def looked_once(reach: Reach | None) -> Reach | None:
    """The same for another look by the same command: what was just asked for again is known."""
    return reach if reach is None else reach._replace(refresh=False)


def ask_ahead(sources: Sources, config: Config, references: Iterable[str]) -> None:
    """Have servers asked for all runs at once, where they may be asked: not run by run, as each is looked up.

    Args:
        sources: The runs.
        config: The settings.
        references: What will be looked up; gone through only if somebody may be asked.
    """
    if config.offline is None:
        sources.expect(dict.fromkeys(references))


def _kept_off(reach: Reach) -> str | None:
    """Why no server may be asked although that was wanted; no setting forbids it then."""
    from pathlib import Path

    from journal.config import CONFIG_NAME, Config, Settings

    here = Path.cwd()
    return Config(here, Settings(), here / CONFIG_NAME, reach=reach).offline
