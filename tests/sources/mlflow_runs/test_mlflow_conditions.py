"""Conditions on MLflow's runs."""

from __future__ import annotations

import math

import pytest

from journal.errors import UsageError
from journal.model.run_query import Condition, Operator
from journal.sources.mlflow_runs.conditions import as_filter, hold
from journal.sources.mlflow_runs.recorded import COMMIT, Recorded

RUN = Recorded(
    "abc",
    "toy",
    "a name",
    "FINISHED",
    1_700_000_000_000,
    params={"lr": "0.001", "opt": "adam"},
    tags={"best": "yes", "mlflow.user": "ada", COMMIT: "a" * 40},
    latest={"loss": 0.5, "acc": math.nan},
)


def condition(key: str, operator: str, value: str | float) -> Condition:
    return Condition(key=key, operator=Operator(operator), value=value)


MET: list[tuple[str, str, str | float]] = [
    ("state", "=", "finished"),
    ("id", "~", "^a"),
    ("name", "=", "a name"),
    ("tag", "=", "best"),
    ("tag", "!=", "worst"),
    ("user", "=", "ada"),
    ("commit", "=", "a" * 40),
    ("created", ">", "2023-11-14"),
    ("created", "<", "2023-11-15T00:30:00+02:00"),
    ("config.lr", "<=", 0.001),
    ("config.opt", "=", "adam"),
    ("config.tags.best", "=", "yes"),
    ("config.gone", "!=", 5),
    ("summary.loss", ">=", 0.5),
]
UNMET: list[tuple[str, str, str | float]] = [
    ("state", "=", "failed"),
    ("name", "~", "^name"),
    ("tag", "=", "worst"),
    ("created", ">", "2023-11-15"),
    ("config.lr", ">", 0.001),
    ("config.gone", "=", 5),
    ("summary.loss", "<", 0.5),
    ("summary.acc", "=", 0),
    ("summary.acc", "<", 5),
    ("summary.loss", ">", math.inf),
    ("summary.gone", "<", 5),
]


@pytest.mark.parametrize("met", MET)
def test_a_condition_that_is_met(met: tuple[str, str, str | float]) -> None:
    assert hold([condition(*met)], RUN)


@pytest.mark.parametrize("unmet", UNMET)
def test_a_condition_that_is_not_met(unmet: tuple[str, str, str | float]) -> None:
    assert not hold([condition(*unmet)], RUN)


def test_mlflow_is_asked_for_what_its_filters_can_say() -> None:
    asked = [condition(*each) for each in MET]
    assert as_filter(asked).split(" AND ") == [
        "attributes.status = 'FINISHED'",
        "attributes.run_name = 'a name'",
        "tags.`mlflow.user` = 'ada'",
        f"tags.`{COMMIT}` = '{'a' * 40}'",
        "attributes.start_time > 1699920000000",
        "attributes.start_time < 1700001000000",
        "metrics.`loss` >= 0.5",
    ]


def test_an_infinity_is_not_asked_for() -> None:
    assert as_filter([condition("summary.loss", "<", math.inf)]) == ""


def test_nothing_that_is_given_can_become_a_part_of_a_filter() -> None:
    assert as_filter([condition("name", "=", "x' OR '1' = '1"), condition("summary.a` OR `b", ">", 1)]) == ""


@pytest.mark.parametrize(
    ("key", "operator", "value", "message"),
    [
        ("group", "=", "x", "cannot be asked for 'group'"),
        ("config", "=", "x", "cannot be asked for 'config'"),
        ("created", ">", "soon", "'soon' is no date"),
    ],
)
def test_what_cannot_be_asked_is_an_error_of_use(key: str, operator: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        as_filter([condition(key, operator, value)])


def test_a_broken_pattern_is_an_error_of_use() -> None:
    with pytest.raises(UsageError, match="no regular expression"):
        hold([condition("name", "~", "(")], RUN)
