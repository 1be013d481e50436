"""Why runs are out of reach: each cause once, with the runs that it keeps away, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.errors import SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.config import Config
    from journal.errors import SourceError
    from journal.model.evidence import RunEvidence


class Cause(NamedTuple):
    """What keeps runs away.

    Attributes:
        said: What it is, in words.
        hint: What to do about it.
    """

    said: str
    hint: str | None = None


_NOWHERE = Cause("no source has them here")


def causes(missing: Mapping[str, SourceError]) -> dict[Cause, list[str]]:
    """What keeps runs away, each cause with its runs, in the order in which they are given.

    Args:
        missing: Why each run could not be had, by its reference.
    """
    found: dict[Cause, list[str]] = {}
    for reference, error in missing.items():
        found.setdefault(_cause(reference, error), []).append(reference)
    return found


def _cause(reference: str, error: SourceError) -> Cause:
    if not isinstance(error, SourceUnavailable):
        return _NOWHERE
    said = error.message.removeprefix(f"run {reference} ").removeprefix("is ")
    return Cause(f"{error.place}: {said}" if error.place else said, error.hint)


def where_to_look(runs: Iterable[RunEvidence], config: Config, ask: str) -> str | None:
    """What to do about runs that are not here, where a server gave one of them; None where none did.

    Args:
        runs: The runs as the evidence has them.
        config: The journal, which says why no server was asked.
        ask: The command that asks it.
    """
    if not any(run.origin.is_online for run in runs):
        return None
    if config.offline is None:
        return "look again when its server tells of it"
    is_wanted = config.reach.online or config.settings.online.enabled
    return f"{config.offline}: {config.to_be_online}" if is_wanted else f"ask the server: `{ask}`"
