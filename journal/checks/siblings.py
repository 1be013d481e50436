"""The rule about results that wait in one entry and stand in the evidence of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.checks.interface import Rule
from journal.index.held_results import held_results
from journal.index.named_runs import named_run, runs_by_name
from journal.model.evidence import CellState
from journal.model.finding import Finding, Severity
from journal.model.life import CLOSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import Entry
    from journal.model.evidence import CallEvidence, CellEvidence, Evidence


class _Asked(NamedTuple):
    """What a number is of: the same in two entries, whatever they call it."""

    run: str
    metric: str
    statistic: str
    window: str | None


def _asked(call: CallEvidence) -> _Asked | None:
    """What a call asks for; None where the number depends on more than its run."""
    if call.run is None or call.metric is None or call.statistic is None:
        return None
    if call.window is not None and call.window.startswith("matched"):
        return None
    return _Asked(named_run(call.run), call.metric, call.statistic, call.window)


def _held(evidence: Evidence) -> dict[_Asked, str]:
    """What an entry has numbers of, and under which name."""
    cells = ((name, cell) for name, cell in _cells(evidence) if cell.state is CellState.VALUE)
    calls = ((name, call) for name, cell in cells for call in cell.calls if call.state is CellState.VALUE)
    return {asked: name for name, call in calls if (asked := _asked(call)) is not None}


def _cells(evidence: Evidence) -> Iterator[tuple[str, CellEvidence]]:
    held = (*evidence.blocks.items(), *evidence.citations.items())
    return ((name, cell) for name, block in held for cell in block.cells)


def _held_by_sibling(rule: Rule, scene: Scene) -> Iterator[Finding]:
    waiting = [entry for entry in scene.entries if _waits(entry)]
    told = {held.entry.id for held in held_results(scene.journal)} if waiting else set()
    others = _by_run(scene.journal.entries) if waiting else {}
    for entry in waiting:
        for name, cell in _cells(scene.evidence(entry)) if entry.id not in told else ():
            found = _holder(scene, entry, cell, others) if cell.state is CellState.PENDING else None
            if found is not None:
                said = f"{cell.expression} is pending here and stands in {found[0].id} ({found[1]})"
                hint = f"`journal fill-results {entry.id}` where the run is, or `journal link {entry.id} --related "
                yield rule.finding(entry.path, said, place=(_line(entry, name), 1), hint=f"{hint}{found[0].id}`")
                break  # the others of the entry wait for the same run


def _waits(entry: Entry) -> bool:
    if entry.front_matter.status in CLOSED:
        return False
    return any("TBD" in block.body for block in entry.blocks) or any("TBD" in cited.text for cited in entry.citations)


def _by_run(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for run in runs_by_name(entry):
            found.setdefault(run, []).append(entry)
    return found


def _holder(scene: Scene, entry: Entry, cell: CellEvidence, others: dict[str, list[Entry]]) -> tuple[Entry, str] | None:
    """The entry whose evidence holds what a cell waits for, and the block there."""
    for call in cell.calls:
        asked = _asked(call)
        if call.state is not CellState.PENDING or asked is None or call.run is None or scene.failure(call.run) is None:
            continue  # a run at hand has only to be filled
        for other in others.get(asked.run, ()):
            if (
                other is not entry
                and other.id != entry.id
                and (name := _held(scene.evidence(other)).get(asked)) is not None
            ):
                return other, name
    return None


def _line(entry: Entry, name: str) -> int:
    lines = {block.name: block.line for block in entry.blocks}
    lines |= {each: cited.line for each, cited in zip(entry.citation_names, entry.citations, strict=True)}
    return lines.get(name, 1)


RULES = (Rule("LIF013", Severity.WARNING, "a pending value that another entry's evidence holds", _held_by_sibling),)
