"""An entry's predictions with what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import ExpressionError
from journal.model.evidence import CallEvidence, CellEvidence, CellState
from journal.model.expression import Call, calls
from journal.stats.expression import parse_expectation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.model.entry import Prediction
    from journal.model.evidence import PredictionEvidence
    from journal.model.expression import Expression
    from journal.site.view import EntryView

VALUE, THRESHOLD = "value", "threshold"
"""The two sides of what a prediction expects."""


def scored(view: EntryView) -> Iterator[tuple[Prediction, PredictionEvidence | None]]:
    """Each prediction with its evidence; None where it was never scored."""
    known = {(found.claim, found.expect): found for found in view.evidence.predictions}
    for prediction in view.entry.front_matter.predictions:
        yield prediction, known.get(asked(prediction))


def asked(prediction: Prediction) -> tuple[str, str]:
    """What tells the evidence of a prediction: its claim, and what it expects in the canonical spelling."""
    try:
        return prediction.claim, str(parse_expectation(prediction.expect))
    except ExpressionError:
        return prediction.claim, prediction.expect


def sides(found: PredictionEvidence) -> dict[str, CellEvidence]:
    """The sides of what was expected that were measured, each as a cell with the calls that it is made of."""
    try:
        expectation = parse_expectation(found.expect)
    except ExpressionError:  # of another version
        return {}
    left, right = (sum(1 for _ in calls(side)) for side in (expectation.left, expectation.right))
    # A call of a group is one for each of its runs: then either side is told with all of them.
    cut = left if left + right == len(found.parts) or not right else None
    given = {
        VALUE: (expectation.left, found.value, found.parts[:cut] if right else found.parts, left),
        THRESHOLD: (expectation.right, found.threshold, found.parts[cut:], right),
    }
    return {
        name: _cell(found.claim, name, side, value, parts)
        for name, (side, value, parts, measured) in given.items()
        if measured and parts
    }


def _cell(claim: str, name: str, side: Expression, value: float | None, parts: Sequence[CallEvidence]) -> CellEvidence:
    if isinstance(side, Call) and len(parts) == 1:
        told = {field: getattr(parts[0], field) for field in CallEvidence.model_fields}
        return CellEvidence(row=claim, column=name, **told)
    waits = any(part.state is CellState.PENDING for part in parts)
    state = CellState.VALUE if value is not None else CellState.PENDING if waits else CellState.NO_ROWS
    return CellEvidence(row=claim, column=name, expression=str(side), state=state, value=value, parts=tuple(parts))
