"""Predictions: what became of each, and how a table tells of them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from journal.errors import ExpressionError
from journal.model.evidence import CellState, PredictionEvidence, Verdict
from journal.model.expression import Relation, calls
from journal.stats.expression import parse_expectation
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from journal.model.entry import Prediction
    from journal.model.evidence import CellEvidence
    from journal.model.expression import Expression

HEAD = ("prediction", "expected", "found", "verdict", "written")
"""The columns of a table of predictions."""

PENDING = "TBD"
NOTHING = "—"

_COMPARE: Mapping[Relation, Callable[[float, float], bool]] = {
    Relation.LESS: operator.lt,
    Relation.AT_MOST: operator.le,
    Relation.MORE: operator.gt,
    Relation.AT_LEAST: operator.ge,
    Relation.EQUAL: operator.eq,
    Relation.UNEQUAL: operator.ne,
}


def score(
    predictions: Sequence[Prediction], evaluate: Callable[[Expression], CellEvidence]
) -> tuple[PredictionEvidence, ...]:
    """What became of each prediction, in their order; `preregistration.dated` tells since when each has stood.

    A prediction is open while a side of it is pending, has no data, or is text. A run that goes on may still change
    the verdict.

    Args:
        predictions: The predictions of an entry.
        evaluate: Gives the value of an expression, of one without runs too.

    Raises:
        ExpressionError: What is expected is no expectation, or cannot be evaluated; the message names the claim, and
            `column` is counted in `expect`.
    """
    return tuple(_scored(prediction, evaluate) for prediction in predictions)


def _scored(prediction: Prediction, evaluate: Callable[[Expression], CellEvidence]) -> PredictionEvidence:
    try:
        expectation = parse_expectation(prediction.expect)
        left, right = evaluate(expectation.left), evaluate(expectation.right)
    except ExpressionError as error:
        error.message = f"prediction {prediction.claim!r}: {error.message}"
        raise
    return PredictionEvidence(
        claim=prediction.claim,
        expect=str(expectation),
        verdict=_verdict(expectation.relation, left, right),
        value=left.value,
        threshold=right.value,
        parts=left.calls + right.calls,
    )


def _verdict(relation: Relation, left: CellEvidence, right: CellEvidence) -> Verdict:
    told = all(side.state is CellState.VALUE for side in (left, right))
    if not told or left.value is None or right.value is None:
        return Verdict.OPEN
    return Verdict.CONFIRMED if _COMPARE[relation](left.value, right.value) else Verdict.REFUTED


def rows(scored: Sequence[PredictionEvidence], digits: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings, and a row for each prediction, as raw texts; *preregistered* is only said of what was."""
    lines = (
        (evidence.claim, evidence.expect, _found(evidence, digits), evidence.verdict.value, _written(evidence))
        for evidence in scored
    )
    return HEAD, tuple(lines)


def _found(evidence: PredictionEvidence, digits: int) -> str:
    """What the left side came to; both sides, where the right one is measured too."""
    measured = any(calls(parse_expectation(evidence.expect).right))
    sides = [evidence.value, evidence.threshold] if measured else [evidence.value]
    return " against ".join(_side(evidence, value, digits) for value in sides)


def _side(evidence: PredictionEvidence, value: float | None, digits: int) -> str:
    if value is not None:
        return shown(value, digits)
    pending = any(call.state is CellState.PENDING for call in evidence.parts)
    texts = [call.text for call in evidence.parts if call.text is not None]
    return PENDING if pending else next(iter(texts), NOTHING)


def _written(evidence: PredictionEvidence) -> str:
    match evidence.preregistered:
        case True:
            return "preregistered"
        case False:
            return "not before its run"
    return NOTHING
