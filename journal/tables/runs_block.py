"""The `runs` block: the entry's runs with their role, commit and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.tables.block_kind import Filled
from journal.tables.grid import Grid, sides

if TYPE_CHECKING:
    from journal.model.evidence import RunEvidence
    from journal.model.table import RunsSpec
    from journal.tables.run_book import RunBook

HEAD = ("run", "id", "role", "commit", "state", "last step", "label")
UNKNOWN = "—"
PENDING = "TBD"


def fill(spec: RunsSpec, runs: RunBook) -> Filled:
    """The entry's runs as they are now.

    Raises:
        BlockError: A handle that the entry does not know.
        SourceError: A run is there but cannot be read.
    """
    axis = runs.axis(spec.runs)
    rows: list[tuple[str, ...]] = []
    pending, recalled = [], []
    for item in axis:
        handle, ref = item.value, runs.ref(item.value)
        evidence = runs.evidence(handle)
        if evidence is None:
            pending.append(f"run {runs.named(handle)} is not there yet")
        elif runs.looks and runs.open(handle) is None:
            recalled.append(runs.absence(handle))
        rows.append(_row(str(item), ref.id, ref.role, ref.label, evidence))
    return Filled(
        content=_grid(rows),
        spec={"runs": [item.value for item in axis]},
        handles=tuple(item.value for item in axis),
        pending=tuple(pending) if rows else ("no runs yet",),
        recalled=tuple(recalled),
    )


def _grid(rows: list[tuple[str, ...]]) -> Grid:
    if not rows:
        return Grid(head=(), rows=(), aligned=(), caption="no runs yet")
    return Grid(head=HEAD, rows=tuple(rows), aligned=sides(len(HEAD), right=0))


def _row(
    name: str, reference: str, role: str | None, label: str | None, evidence: RunEvidence | None
) -> tuple[str, ...]:
    given = (name, evidence.id if evidence else reference, role or UNKNOWN)
    label = label or (evidence.name if evidence else None)
    words = label or UNKNOWN
    if evidence is None:
        return (*given, PENDING, PENDING, PENDING, words)
    commit = evidence.commit[:7] if evidence.commit else UNKNOWN
    step = UNKNOWN if evidence.last_step is None else str(evidence.last_step)
    return (*given, commit, evidence.state.value, step, words)
