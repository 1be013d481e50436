"""How one block, cited value or prediction stands, for whoever tells people about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.model.evidence import BlockState
    from journal.tables.standing import Standing


@dataclass(frozen=True)
class BlockReport:
    """How one block stands; a cited value and a prediction are blocks of one cell here.

    Attributes:
        name: Its name.
        kind: Its kind.
        line: Line of its opening marker.
        standing: How it stands to its source, before anything is written.
        text: What it should say; None when what stands there is kept.
        cells: How many cells it has.
        accepted: Whether what was changed by hand becomes the author's own text.
    """

    name: str
    kind: str
    line: int
    standing: Standing
    text: str | None
    cells: int
    accepted: bool = False

    @property
    def state(self) -> BlockState:
        """Its state, before anything is written."""
        return self.standing.state

    @property
    def message(self) -> str:
        """Why it is in that state, in words; empty when it is fresh."""
        return self.standing.message

    @property
    def unreached(self) -> bool:
        """Whether something it rests on could not be looked at."""
        return self.standing.unreached
