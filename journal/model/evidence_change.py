"""What became of the numbers of entries from one state of a journal to another."""

from __future__ import annotations

from enum import StrEnum

from journal.model.base import Frozen
from journal.model.evidence import BlockState


class Fate(StrEnum):
    """What became of an entry or a block."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"
    RENAMED = "renamed"


class CellChange(Frozen):
    """One number that changed, appeared or went."""

    row: str
    """Label of the row; of a cited value, the run as its link gives it."""
    column: str
    """Label of the column; of a cited value, nothing."""
    before: str | None = None
    """What was shown; None where there was no such cell."""
    after: str | None = None
    """What is shown now; None where the cell is gone."""
    value_before: float | None = None
    """The number that it was, at full precision; None where there was none."""
    value_after: float | None = None
    """The number that it is now, at full precision; None where there is none."""

    @property
    def told(self) -> tuple[str | None, str | None]:
        """What was shown and what is shown now; at full precision where the two look the same."""
        if self.before != self.after:
            return self.before, self.after
        values = (self.value_before, self.value_after)
        return tuple(self.before if value is None else repr(value) for value in values)  # type: ignore[return-value]


class BlockChange(Frozen):
    """One block or cited value in which something changed."""

    name: str
    """Its name."""
    kind: str
    """Its kind; `value` for a cited value."""
    change: Fate = Fate.CHANGED
    """Whether it is new, gone, or only changed."""
    state_before: BlockState | None = None
    """How it stood, by text and evidence alone; None where that cannot be told."""
    state_after: BlockState | None = None
    """How it stands now."""
    cells: tuple[CellChange, ...] = ()
    """Its numbers that changed, row by row; those that are gone come last."""
    reworded: bool = False
    """Whether what the tool wrote around its numbers changed: rows used, states of runs, differences."""

    @property
    def turned(self) -> bool:
        """Whether it stands otherwise than it did."""
        return self.state_before != self.state_after and None not in {self.state_before, self.state_after}


class VerdictChange(Frozen):
    """The verdict of a prediction, or on whether a run belongs to the commits, that changed."""

    on: str
    """What it is of: `prediction` or `commit`."""
    name: str
    """The claim, or the run as the entry names it."""
    before: str | None = None
    """The verdict that it was; None where there was none."""
    after: str | None = None
    """The verdict now; None where there is none any more."""
    value_before: float | None = None
    """Of a prediction, what its left side came to."""
    value_after: float | None = None
    """Of a prediction, what its left side comes to now."""
    reason: str | None = None
    """Of a commit, the weightiest reason for the verdict now; None where there is none."""


class EntryChange(Frozen):
    """One entry in which a number, a state or a verdict changed."""

    id: str
    """Its id; the former one where it is gone."""
    path: str
    """Its file, relative to the journal."""
    title: str
    """Its title; its id where the file cannot be read."""
    change: Fate = Fate.CHANGED
    """Whether it is new, gone, renamed, or only changed."""
    former: str | None = None
    """The file that it was, if it was renamed."""
    blocks: tuple[BlockChange, ...] = ()
    """Its blocks and cited values in which something changed."""
    verdicts: tuple[VerdictChange, ...] = ()
    """Its verdicts that changed."""
    problems: tuple[str, ...] = ()
    """What could not be read of it, then or now."""


class JournalChange(Frozen):
    """What changed in a journal since a commit."""

    since: str
    """Full sha of the commit."""
    entries: tuple[EntryChange, ...] = ()
    """The entries in which something changed, by path."""

    @property
    def counts(self) -> dict[str, int]:
        """How many entries and numbers there are of each fate, blocks in another state, verdicts, and problems."""
        cells = [cell for entry in self.entries for block in entry.blocks for cell in block.cells]
        both = [cell for cell in cells if cell.before is not None and cell.after is not None]
        return {
            "changed": len(both),
            "new": sum(cell.before is None for cell in cells),
            "gone": sum(cell.after is None for cell in cells),
            "states": sum(block.turned for entry in self.entries for block in entry.blocks),
            "verdicts": sum(len(entry.verdicts) for entry in self.entries),
            "problems": sum(len(entry.problems) for entry in self.entries),
        }
