from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from journal.model.evidence import BlockEvidence, BlockState, CellEvidence, CellState, Estimate, Evidence, RunEvidence
from journal.model.run import Origin, RunState

CELL: dict[str, Any] = {"row": "a", "column": "b", "expression": "last(a)@b", "run": "b", "state": "value", "n": 3}
ORIGIN = {"kind": "wandb-log", "path": "wandb/run-a/run-a.wandb", "bytes": 7, "sha256": "00"}


def evidence(value: float | None = 0.1) -> Evidence:
    cell = CellEvidence.model_validate({**CELL, "value": value, "nonfinite": 0, "first_step": 0, "last_step": 2})
    return Evidence(
        entry="2026-02-21-a",
        blocks={
            "table": BlockEvidence(
                kind="table", spec={"metrics": ["a"]}, sum="0123abcd", runs={"b": "00"}, cells=(cell,)
            )
        },
        runs={
            "b": RunEvidence(
                id="b",
                state=RunState.FINISHED,
                started=datetime(2026, 2, 21, tzinfo=UTC),
                rows=3,
                last_step=2,
                origin=Origin.model_validate(ORIGIN),
            )
        },
    )


@given(st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives_json_at_full_precision(value: float | None) -> None:
    kept = evidence(value)
    again = Evidence.model_validate_json(kept.model_dump_json())
    assert again == kept
    assert repr(again.blocks["table"].cells[0].value) == repr(value)


def test_the_states_are_those_of_the_vocabulary() -> None:
    assert [state.value for state in BlockState] == ["fresh", "pending", "stale", "drifted", "edited", "unverifiable"]
    assert [state.value for state in CellState] == ["value", "pending", "no data"]


def test_its_version_is_written_and_another_is_refused() -> None:
    assert Evidence(entry="a").model_dump()["schema_version"] == 1
    with pytest.raises(ValidationError, match="Input should be 1"):
        Evidence.model_validate({"entry": "a", "schema_version": 2})


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Evidence, {"entry": "a", "note": "x"}),
        (Evidence, {}),
        (CellEvidence, {**CELL, "value": "many"}),
        (CellEvidence, {**CELL, "state": "unknown"}),
        (CellEvidence, {**CELL, "colour": "red"}),
        (Estimate, {"value": 1.0, "n": 1}),
        (Origin, {**ORIGIN, "user": "ada"}),
        (RunEvidence, {"id": "b", "state": "finished", "rows": 3, "origin": {"kind": "wandb-log"}}),
    ],
)
def test_what_is_not_foreseen_is_refused(model: type[BaseModel], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(fields)


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Estimate(value=1.0, n=1, nonfinite=0).n = 2  # type: ignore[misc]
