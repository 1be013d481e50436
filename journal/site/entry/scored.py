"""An entry's predictions with what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import ExpressionError
from journal.stats.expression import parse_expectation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.model.entry import Prediction
    from journal.model.evidence import PredictionEvidence
    from journal.site.view import EntryView


def scored(view: EntryView) -> Iterator[tuple[Prediction, PredictionEvidence | None]]:
    """Each prediction with its evidence; None where it was never scored."""
    known = {(found.claim, found.expect): found for found in view.evidence.predictions}
    for prediction in view.entry.front_matter.predictions:
        yield prediction, known.get(_asked(prediction))


def _asked(prediction: Prediction) -> tuple[str, str]:
    """What tells the evidence of a prediction: its claim, and what it expects in the canonical spelling."""
    try:
        return prediction.claim, str(parse_expectation(prediction.expect))
    except ExpressionError:
        return prediction.claim, prediction.expect
