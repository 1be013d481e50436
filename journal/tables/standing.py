"""How a block stands to what it promises, and whether its text may be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.model.evidence import BlockState, CellEvidence, CellState, RunEvidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.model.entry import Block
    from journal.model.evidence import BlockEvidence, Evidence
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import RunBook

MAX_REASONS = 3

_WORST = (
    BlockState.EDITED,
    BlockState.DRIFTED,
    BlockState.STALE,
    BlockState.UNVERIFIABLE,
    BlockState.PENDING,
    BlockState.FRESH,
)


def worst(states: Iterable[BlockState]) -> BlockState:
    """The state that needs attention first; fresh for none."""
    return min(states, key=_WORST.index, default=BlockState.FRESH)


@dataclass(frozen=True)
class Standing:
    """How a block stands.

    Attributes:
        state: Its state.
        message: Why, in words; empty when it is fresh.
        kept: Whether its text may only be replaced by force: hand-made, or more than can be had now.
        unreached: Whether something could not be looked at.
    """

    state: BlockState
    message: str = ""
    kept: bool = False
    unreached: bool = False


def judge(block: Block, filled: Filled, runs: RunBook, old: Evidence) -> Standing:
    """How a block stands to its runs and its evidence.

    A number that was filled is never given up because its run is out of reach, or because the run's log holds less
    than it did: the block is kept then.
    """
    if block.edited:
        return Standing(BlockState.EDITED, "text between the markers was changed by hand", kept=True)
    if block.recorded is not None:
        change = _kept(block, filled, runs, old) or _changed(block, filled, runs, old)
        if change is not None:
            return change
    elif not runs.looks or not (filled.pending or filled.lost):
        return Standing(BlockState.STALE, "not filled yet", unreached=bool(filled.recalled))
    away = filled.recalled + filled.lost
    unreached = bool(away) or any(runs.unavailable(handle) for handle in filled.handles)
    if filled.pending:
        return Standing(BlockState.PENDING, some(filled.pending), unreached=unreached)
    if away:
        return Standing(BlockState.UNVERIFIABLE, some(away), unreached=True)
    return Standing(BlockState.FRESH)


def _kept(block: Block, filled: Filled, runs: RunBook, old: Evidence) -> Standing | None:
    """Why a filled block must not be filled anew from what is at hand, if so."""
    shrunk = [said for handle in filled.handles if (said := runs.shrunk(handle)) is not None]
    if shrunk:
        return Standing(BlockState.DRIFTED, f"{some(shrunk)}; restore it, or --force to go by it", kept=True)
    before = old.blocks.get(block.name)
    absent = [runs.absence(handle) for handle in filled.handles if runs.looks and runs.open(handle) is None]
    if before is None and absent:
        words = f"it has no evidence (was the entry renamed? its evidence moves along), and {some(absent)}"
        return Standing(BlockState.STALE, words, kept=True, unreached=True)
    if filled.lost and before is not None:
        words = "its spec changed since it was filled, and " if before.spec != filled.spec else ""
        state = BlockState.STALE if words else BlockState.UNVERIFIABLE
        return Standing(state, words + some(filled.lost), kept=True, unreached=True)
    return None


def _changed(block: Block, filled: Filled, runs: RunBook, old: Evidence) -> Standing | None:
    """Why a filled block no longer says what it should, if so."""
    before = old.blocks.get(block.name)
    unreached = bool(filled.recalled)
    if before is None:
        return Standing(BlockState.STALE, "it has no evidence", unreached=unreached)
    if before.spec != filled.spec:
        return Standing(BlockState.STALE, "its spec changed since it was filled", unreached=unreached)
    moved = _moved(before, filled)
    if moved:
        return Standing(BlockState.DRIFTED, some(moved), unreached=unreached)
    outdated = [said for handle in filled.handles if (said := _outdated(handle, before, runs, old)) is not None]
    if outdated:
        return Standing(BlockState.STALE, some(outdated), unreached=unreached)
    if filled.text.strip() != block.body.strip():
        arrived = any(cell.state is CellState.PENDING for cell in before.cells)
        words = "results have arrived" if arrived else "its text is not what its evidence says"
        return Standing(BlockState.STALE, words, unreached=unreached)
    return None


def some(reasons: Sequence[str]) -> str:
    """The first reasons, and how many more there are."""
    more = len(reasons) - MAX_REASONS
    return "; ".join(reasons[:MAX_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _moved(before: BlockEvidence, filled: Filled) -> list[str]:
    """Cells that are no longer what the evidence holds; a cell that was pending has not moved."""
    then = {(cell.row, cell.column): cell for cell in before.cells}
    found = []
    for cell in filled.cells:
        old = then.get((cell.row, cell.column))
        if old is not None and old.state is not CellState.PENDING and old != cell:
            found.append(f"{cell.row}, {cell.column}: {_difference(old, cell)}")
    return found


def _difference(old: CellEvidence, new: CellEvidence) -> str:
    """What moved in a cell: its value, or else the first other thing, by its name in the evidence."""
    names = ["value", *(name for name in CellEvidence.model_fields if name != "value")]
    name = next(name for name in names if getattr(old, name) != getattr(new, name))
    was, now = (getattr(cell, name) for cell in (old, new))
    label = "" if name == "value" else f"{name} "
    return f"{label}{_shown(was)} is now {_shown(now)}"


def _shown(value: object) -> str:
    return "no data" if value is None else f"{value}"


def _outdated(handle: str, before: BlockEvidence, runs: RunBook, old: Evidence) -> str | None:
    """In words, that the evidence tells of a run what its log does not say, if so; a run out of reach is believed."""
    reference = runs.ref(handle).id
    then, now = old.runs.get(reference), runs.evidence(handle)
    if now is None or runs.open(handle) is None:
        return None
    if then is None:
        return f"its evidence does not hold run {runs.named(handle)}"
    unlike = [name for name in RunEvidence.model_fields if getattr(then, name) != getattr(now, name)]
    if not unlike and before.runs.get(reference) != now.origin.sha256:
        unlike = ["origin"]
    if not unlike:
        return None
    return f"its evidence of run {runs.named(handle)} is not what the log says now: {', '.join(unlike)}"
