"""What MLflow records of a run beside its metrics."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.run import RunState
from journal.sources.mlflow_runs.recorded import COMMIT, NAME, REMOTE, Recorded, as_number, is_id, unbounded


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_that_was_logged_as_a_parameter_is_that_number(number: float) -> None:
    assert repr(as_number(str(number))) == repr(number)


@pytest.mark.parametrize(
    "text",
    [
        *("", "nan", "inf", "True", "None", "007", "+1", ".5", "1.", "1_000", "0x10", " 1", "[1]", "٣"),
        *("1e999", "1234e56", "12e4567", "9" * 500),
    ],
)
def test_any_other_parameter_stays_a_text(text: str) -> None:
    assert as_number(text) == text


def test_the_largest_float_is_the_infinity_that_it_stands_for() -> None:
    assert unbounded(1.7976931348623157e308) == math.inf
    assert unbounded(-1.7976931348623157e308) == -math.inf
    assert unbounded(1.797693134862315e308) == 1.797693134862315e308
    assert math.isnan(unbounded(math.nan))


def test_a_head_comes_from_the_tags_that_mlflow_sets() -> None:
    tags = {COMMIT: "A" * 40, REMOTE: "https://ada:secret@git.lab.example/a.git", NAME: "by tag", "best": "yes"}
    run = Recorded("r", "toy", status="KILLED", started=1_700_000_000_123, tags=tags, params={"lr": "0.1"})
    head = run.head("here")
    assert (head.id, head.project, head.name, head.commit) == ("r", "toy", "by tag", "a" * 40)
    assert head.remote == "https://git.lab.example/a.git"
    assert head.started == datetime(2023, 11, 14, 22, 13, 20, 123000, UTC)
    assert (run.state, run.has_ended, run.config) == (RunState.FAILED, True, {"lr": 0.1, "tags": {"best": "yes"}})


def test_a_parameter_called_tags_keeps_its_place() -> None:
    assert Recorded("r", params={"tags": "x"}, tags={"best": "yes"}).config == {"tags": "x"}


def test_an_abbreviated_commit_and_a_time_beyond_all_calendars_are_left_out() -> None:
    head = Recorded("r", started=10**18, version="abc1234", tags={COMMIT: "main"}).head("here")
    assert (head.commit, head.started) == (None, None)
    assert Recorded("r", version="b" * 40).head("here").commit == "b" * 40


def test_only_plain_words_are_ids() -> None:
    assert is_id("9bcede25acfb45498d66dd070c8ea0b9")
    assert not any(is_id(said) for said in ("", "../x", "a b", "a\n", "x" * 65, None, 5))
