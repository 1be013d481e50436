"""Telling why runs are out of reach: each cause once for a command, however many runs and entries it concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.cli.context import settings_here
from journal.errors import SourceUnavailable
from journal.model.wording import counted, listed

if TYPE_CHECKING:
    from journal.cli.look import Seen
    from journal.config import Reach
    from journal.errors import SourceError
    from journal.model.evidence import RunEvidence

_MOST_NAMED = 5


@dataclass
class OutOfReach:
    """What of some entries could not be looked at.

    Attributes:
        missing: Why runs could not be had, by reference.
        known: Those of them that evidence knows.
        blocks: The blocks that could not be looked at, each as a line.
    """

    missing: dict[str, SourceError] = field(default_factory=dict)
    known: dict[str, RunEvidence] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)

    def take(self, seen: Seen) -> None:
        """Note what of an entry could not be looked at."""
        if seen.fill is None:
            return
        self.missing |= seen.fill.missing
        self.known |= {name: run for name, run in seen.fill.recorded.runs.items() if name in seen.fill.missing}
        path = seen.fill.entry.path
        self.blocks += [f"{path}:{each.line}: {each.message}" for each in seen.fill.blocks if each.unreached]

    def causes(self, reach: Reach | None, ask: str) -> list[SourceUnavailable]:
        """Why not: one for each cause, with the runs that it keeps away.

        Args:
            reach: What the command was told about the network.
            ask: The command that asks servers.
        """
        from journal.tables.absence import causes, where_to_look

        if not self.missing:
            more = f", and {len(self.blocks) - 1} more" if len(self.blocks) > 1 else ""
            return [SourceUnavailable(f"could not be looked at: {line}{more}") for line in self.blocks[:1]]
        config, found = settings_here(reach), []
        for cause, names in causes(self.missing).items():
            known = [self.known[name] for name in names if name in self.known]
            said = f"{counted(len(names), 'run')} out of reach ({listed(names, _MOST_NAMED)}): {cause.said}"
            found.append(SourceUnavailable(said, hint=cause.hint or where_to_look(known, config, ask)))
        return found
