"""The `runs` block: the entry's runs with their role, commit and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.tables.block_kind import Filled
from journal.tables.grid import Grid, sides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.model.evidence import RunEvidence
    from journal.model.revision import Judgement
    from journal.model.table import RunsSpec
    from journal.tables.run_book import RunBook

HEAD = ("run", "id", "role", "commit", "state", "last step", "label")
VERDICT = "verdict"
UNKNOWN = "—"
PENDING = "TBD"


def fill(spec: RunsSpec, runs: RunBook) -> Filled:
    """The entry's runs as they are now.

    Raises:
        BlockError: A handle that the entry does not know.
        SourceError: A run is there but cannot be read.
    """
    axis = runs.axis(spec.runs)
    verdicts = {item.value: runs.verdict(item.value) for item in axis}
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
        content=_grid(rows, {str(item): verdicts[item.value] for item in axis}),
        spec={"runs": [item.value for item in axis]},
        handles=tuple(item.value for item in axis),
        pending=tuple(pending) if rows else ("no runs yet",),
        recalled=tuple(recalled),
    )


def _grid(rows: list[tuple[str, ...]], verdicts: Mapping[str, Judgement | None]) -> Grid:
    """The table; where verdicts on the runs are known, each row has its own behind the commit."""
    if not rows:
        return Grid(head=(), rows=(), aligned=(), caption="no runs yet")
    known = {name: each for name, each in verdicts.items() if each is not None}
    if not known:
        return Grid(head=HEAD, rows=tuple(rows), aligned=sides(len(HEAD), right=0))
    behind = HEAD.index("commit") + 1
    words = [each.verdict.value if each is not None else UNKNOWN for each in verdicts.values()]
    head = (*HEAD[:behind], VERDICT, *HEAD[behind:])
    wide = tuple((*row[:behind], word, *row[behind:]) for row, word in zip(rows, words, strict=True))
    return Grid(head=head, rows=wide, aligned=sides(len(head), right=0), caption=_reasons(known))


def _reasons(known: Mapping[str, Judgement]) -> str:
    """The reasons of all verdicts; runs with the same ones share them."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, each in known.items():
        alike.setdefault(each.reasons, []).append(name)
    return "; ".join(f"{', '.join(names)}: {', '.join(reasons)}" for reasons, names in alike.items())


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
