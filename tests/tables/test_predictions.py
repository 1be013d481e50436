from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import ExpressionError
from journal.model.entry import Prediction
from journal.model.evidence import CallEvidence, CellEvidence, CellState, PredictionEvidence, Verdict
from journal.model.expression import Call, Constant, Expression, Relation, calls
from journal.tables.predictions import rows, score

if TYPE_CHECKING:
    from collections.abc import Callable


RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
EXPECT = "median(sat)@iga < 0.7"


def cell(expression: Expression, state: CellState, value: float | None = None, text: str | None = None) -> CellEvidence:
    run = "bunuc9ei" if isinstance(expression, Call) else None
    return CellEvidence(row="", column="", expression=str(expression), run=run, state=state, value=value, text=text)


def found(
    value: float | None, state: CellState = CellState.VALUE, text: str | None = None
) -> Callable[..., CellEvidence]:
    """What gives every call one value, and constants their own."""

    def evaluate(expression: Expression) -> CellEvidence:
        if isinstance(expression, Constant):
            return cell(expression, CellState.VALUE, expression.value)
        return cell(expression, state, value, text)

    return evaluate


def one(expect: str, evaluate: Callable[[Expression], CellEvidence]) -> PredictionEvidence:
    (scored,) = score([Prediction(claim="less saturated", expect=expect)], evaluate)
    return scored


# the verdict


@given(st.sampled_from(sorted(RELATIONS)), st.integers(-3, 3), st.integers(0, 3))
def test_the_verdict_is_what_the_relation_says(relation: str, value: int, threshold: int) -> None:
    scored = one(f"median(sat)@iga {relation} {threshold}", found(float(value)))
    holds = RELATIONS[relation](value, threshold)
    assert scored.verdict is (Verdict.CONFIRMED if holds else Verdict.REFUTED)
    assert (scored.value, scored.threshold) == (value, threshold)


def test_every_relation_is_tried() -> None:
    assert set(RELATIONS) == {relation.value for relation in Relation}


@pytest.mark.parametrize(
    ("value", "state", "text"),
    [(None, CellState.PENDING, None), (None, CellState.NO_ROWS, None), (None, CellState.VALUE, "nan")],
)
def test_a_side_that_is_no_number_leaves_it_open(value: None, state: CellState, text: str | None) -> None:
    for expect in (EXPECT, "0.7 > median(sat)@iga", "median(sat)@iga != 0.7"):
        assert one(expect, found(value, state, text)).verdict is Verdict.OPEN


def test_every_call_of_both_sides_is_kept_and_the_spelling_is_canonical() -> None:
    def evaluate(expression: Expression) -> CellEvidence:
        parts = [cell(call, CellState.VALUE, 0.5) for call in calls(expression)]
        return cell(expression, CellState.VALUE, 0.5).model_copy(update={"run": None, "parts": tuple(parts)})

    scored = one("median( sat )@iga<0.90*last(sat)@ipa", evaluate)
    assert scored.expect == "median(sat)@iga < 0.9 * last(sat)@ipa"
    assert [part.expression for part in scored.parts] == ["median(sat)@iga", "last(sat)@ipa"]


def test_the_evidence_of_a_prediction_comes_back_from_its_json() -> None:
    scored = one(EXPECT, found(0.5))
    assert [part.value for part in scored.parts] == [0.5]
    assert PredictionEvidence.model_validate_json(scored.model_dump_json()) == scored


def test_predictions_stay_in_their_order() -> None:
    asked = [Prediction(claim=f"{number}", expect=f"last(x)@a < {number}") for number in range(3)]
    assert [scored.claim for scored in score(asked, found(1.0))] == ["0", "1", "2"]


def test_what_is_no_expectation_is_named_by_its_claim_with_the_column() -> None:
    with pytest.raises(ExpressionError, match="prediction 'less saturated': expected a comparison") as caught:
        one("median(sat)@iga", found(0.5))
    assert caught.value.column == 16


# as a table


def evidence(**given: object) -> PredictionEvidence:
    part = CallEvidence(expression="median(sat)@iga", run="bunuc9ei", state=CellState.VALUE, value=0.68349)
    base = {"claim": "less | saturated", "expect": EXPECT, "verdict": "confirmed", "value": 0.68349, "threshold": 0.7}
    return PredictionEvidence.model_validate(base | {"parts": (part,)} | given)


def test_a_row_says_what_was_expected_found_and_when_it_was_written() -> None:
    assert rows([evidence(preregistered=True, commit="a" * 40)], 3) == (
        ("prediction", "expected", "found", "verdict", "written"),
        (("less | saturated", EXPECT, "0.683", "confirmed", "preregistered"),),
    )


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ({"preregistered": False}, "not before its run"),
        ({}, "—"),
    ],
)
def test_preregistered_is_only_said_of_what_was(given_: dict[str, object], written: str) -> None:
    assert rows([evidence(**given_)], 3)[1][0][-1] == written


def test_what_was_found_shows_both_sides_where_both_are_measured() -> None:
    both = evidence(expect="median(sat)@iga < last(sat)@ipa", threshold=0.71234)
    assert rows([both], 3)[1][0][2] == "0.683 against 0.712"


@pytest.mark.parametrize(
    ("state", "words", "shown"),
    [(CellState.PENDING, None, "TBD"), (CellState.NO_ROWS, None, "—"), (CellState.VALUE, "inf", "inf")],
)
def test_what_is_no_number_is_shown_as_what_it_is(state: CellState, words: str | None, shown: str) -> None:
    part = CallEvidence(expression="median(sat)@iga", run="bunuc9ei", state=state, text=words)
    assert rows([evidence(value=None, verdict="open", parts=(part,))], 3)[1][0][2:4] == (shown, "open")
