"""The `runs` block: the entry's runs with their role, commit and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.tables.block_kind import Filled
from journal.tables.markdown import plain, table

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
    rows, pending, recalled = [], [], []
    for item in axis:
        handle, ref = item.value, runs.ref(item.value)
        evidence = runs.evidence(handle)
        if evidence is None:
            pending.append(f"run {runs.named(handle)} is not there yet")
        elif runs.looks and runs.open(handle) is None:
            recalled.append(runs.absence(handle))
        rows.append(_row(str(item), ref.id, ref.role, ref.label, evidence))
    return Filled(
        text=table(HEAD, rows, right=0) if rows else "*no runs yet*",
        spec={"runs": [item.value for item in axis]},
        handles=tuple(item.value for item in axis),
        pending=tuple(pending) if rows else ("no runs yet",),
        recalled=tuple(recalled),
    )


def _row(name: str, reference: str, role: str | None, label: str | None, evidence: RunEvidence | None) -> list[str]:
    given = [plain(name), plain(evidence.id if evidence else reference), role or UNKNOWN]
    label = label or (evidence.name if evidence else None)
    words = plain(label) if label else UNKNOWN
    if evidence is None:
        return [*given, PENDING, PENDING, PENDING, words]
    commit = evidence.commit[:7] if evidence.commit else UNKNOWN
    step = UNKNOWN if evidence.last_step is None else str(evidence.last_step)
    return [*given, plain(commit), evidence.state, step, words]
