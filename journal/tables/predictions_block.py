"""The `predictions` block: what was expected, what was found, and whether the expectation came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import Verdict
from journal.tables.block_kind import Filled
from journal.tables.grid import Grid, sides
from journal.tables.predictions import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.evidence import PredictionEvidence
    from journal.model.table import PredictionsSpec
    from journal.tables.run_book import RunBook


def fill(spec: PredictionsSpec, runs: RunBook, *, scored: Sequence[PredictionEvidence]) -> Filled:
    """The entry's predictions as they were scored."""
    named, lines = rows(scored, spec.digits)
    caption = None if lines else "no predictions yet"
    head = named if lines else ()
    asked = {call.run for prediction in scored for call in prediction.parts}
    handles = tuple(handle for handle in runs.handles if runs.ref(handle).id in asked)
    away = [handle for handle in handles if runs.looks and runs.known(handle) and runs.open(handle) is None]
    return Filled(
        content=Grid(head=head, rows=lines, aligned=sides(len(head), right=0), caption=caption),
        spec=spec.model_dump(mode="json", exclude_defaults=True),
        handles=handles,
        pending=tuple(f"{prediction.claim!r} is open" for prediction in scored if prediction.verdict is Verdict.OPEN),
        recalled=tuple(map(runs.absence, away)),
    )
