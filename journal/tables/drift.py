"""In words, how the cells of a block are no longer what they were at its last fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CellEvidence, CellState
from journal.tables.places import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.evidence import BlockEvidence, CallEvidence
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import RunBook

_MOST_PARTS = 3


def moved_cells(before: BlockEvidence, filled: Filled) -> list[str]:
    """Cells that are no longer what the evidence holds; a cell that was pending has not moved."""
    then, now = placed(before.cells), placed(filled.cells)
    both = [(old, now[key]) for key, old in then.items() if key in now and old.state is not CellState.PENDING]
    return [f"{_named(new)}: {_difference(old, new, unlike)}" for old, new in both if (unlike := _unlike(old, new))]


def cells_come_and_gone(before: BlockEvidence, filled: Filled) -> list[str]:
    """Cells that only one of two fills of one spec has, such as those of the steps that an alignment picks."""
    then, now = placed(before.cells), placed(filled.cells)
    waited = before.difference is None and filled.difference is not None  # for a run, and had no cells until now
    if before.spec != filled.spec or waited:
        return []
    gone = [f"{_named(old)}: {_shown(old)} is gone" for key, old in then.items() if key not in now]
    return gone + [f"{_named(new)}: {_shown(new)} is new" for key, new in now.items() if key not in then]


def repointed(before: BlockEvidence, filled: Filled, runs: RunBook) -> list[str]:
    """Handles that stand for another run than they did, although the block asks for the same of them."""
    had = (call for cell in before.cells for call in cell.calls if call.state is not CellState.PENDING)
    then = {call.expression: call.run for call in had}
    known = {runs.ref(handle).id: runs.known_as(handle) for handle in filled.handles}
    found: dict[str, None] = {}
    for call in (call for cell in filled.cells for call in cell.calls):
        was = then.get(call.expression)
        if was is not None and call.run is not None and was not in {call.run, known.get(call.run)}:
            found[f"{call.expression} was of run {was}, and is of run {call.run} now"] = None
    return list(found)


def _named(cell: CellEvidence) -> str:
    return f"{cell.row}, {cell.column}" if cell.column else cell.expression


def _unlike(old: CellEvidence, new: CellEvidence) -> list[str]:
    """The fields in which two cells differ; another spelling of a run is no drift."""
    names = [name for name in CellEvidence.model_fields if getattr(old, name) != getattr(new, name)]
    same_parts = "parts" in names and list(map(_spelt_alike, old.parts)) == list(map(_spelt_alike, new.parts))
    passed = {"run", "expression"} | ({"parts"} if same_parts else set())
    return [name for name in names if name not in passed]


def _spelt_alike(call: CallEvidence) -> CallEvidence:
    return call.model_copy(update={"run": None, "expression": ""})


def _difference(old: CellEvidence, new: CellEvidence, unlike: Sequence[str]) -> str:
    """What moved in a cell: its value, or else the first other thing, by its name in the evidence."""
    if {"state", "value", "text"} & set(unlike):
        return f"{_shown(old)} is now {_shown(new)}"
    name = unlike[0]
    if name != "parts":
        return f"{name} {getattr(old, name)} is now {getattr(new, name)}"
    gone = [call.expression for call in old.parts if call not in new.parts]
    return f"what it is made of is not what it was: {', '.join(gone[:_MOST_PARTS]) or 'there is more of it'}"


def _shown(cell: CellEvidence) -> str:
    if cell.value is None:
        return cell.text if cell.text is not None else cell.state.value
    return f"{cell.value}"
