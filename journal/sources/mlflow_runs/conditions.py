"""Conditions on runs: as much of them as MLflow's filters can say, and all of them judged on what a server told."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from journal.errors import UsageError
from journal.model.run_query import Operator
from journal.sources.mlflow_runs.recorded import COMMIT, TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journal.model.run_query import Condition
    from journal.sources.mlflow_runs.recorded import Recorded

USER = "mlflow.user"
"""The tag in which MLflow names who started a run."""

_FIELDS: dict[str, Callable[[Recorded], object]] = {
    "state": lambda run: str(run.state),
    "id": lambda run: run.id,
    "name": lambda run: run.head("").name,
    "user": lambda run: run.tags.get(USER),
    "commit": lambda run: run.head("").commit,
    "created": lambda run: run.head("").started,
}
_ATTRIBUTES = {"id": "attributes.run_id", "name": "attributes.run_name"}
_ATTRIBUTES |= {"user": f"tags.`{USER}`", "commit": f"tags.`{COMMIT}`"}
_PLAIN = re.compile(r"[^'\"`\\]*")
_ORDERS: dict[Operator, Callable[[int], bool]] = {
    Operator.EQUAL: lambda sign: sign == 0,
    Operator.UNEQUAL: lambda sign: sign != 0,
    Operator.BELOW: lambda sign: sign < 0,
    Operator.AT_MOST: lambda sign: sign <= 0,
    Operator.ABOVE: lambda sign: sign > 0,
    Operator.AT_LEAST: lambda sign: sign >= 0,
}


def as_filter(conditions: Iterable[Condition]) -> str:
    """What MLflow can be asked for: a filter that every run meets for which the conditions hold, others too perhaps.

    Raises:
        UsageError: A condition is about something that MLflow does not know.
    """
    return " AND ".join(said for condition in conditions if (said := _clause(condition)))


def hold(conditions: Iterable[Condition], run: Recorded) -> bool:
    """Whether all conditions hold of a run. What a run lacks, and NaN, is unlike every value, and no more."""
    return all(_holds(condition, run) for condition in conditions)


def _clause(condition: Condition) -> str | None:
    """A condition as MLflow's filters say it; None where they cannot, or mean something else by it."""
    part, _, key = condition.key.partition(".")
    if condition.key not in {*_FIELDS, "tag"} and not (part in ("config", "summary") and key):
        raise UsageError(
            f"MLflow's runs cannot be asked for {condition.key!r}",
            hint="ask for state, id, name, tag, user, commit, created, config.KEY or summary.KEY",
        )
    operator, value = condition.operator, condition.value
    if condition.key == "created" and operator is not Operator.MATCHES:
        since = int(_moment(condition).timestamp() * 1000)
        return None if operator in (Operator.EQUAL, Operator.UNEQUAL) else f"attributes.start_time {operator} {since}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if part == "summary" and is_number and operator in _ORDERS and operator is not Operator.UNEQUAL:
        return f"metrics.`{key}` {operator} {value!r}" if _PLAIN.fullmatch(key) else None
    if operator is not Operator.EQUAL or not _PLAIN.fullmatch(str(value)):
        return None
    if condition.key == "state" and value == "finished":
        return "attributes.status = 'FINISHED'"
    return f"{_ATTRIBUTES[condition.key]} = '{value}'" if condition.key in _ATTRIBUTES else None


def _holds(condition: Condition, run: Recorded) -> bool:
    wanted: object = condition.value
    if condition.key == "tag":
        found: object = wanted if str(wanted) in run.tags else None
    else:
        found = _found(condition.key, run)
    if condition.key == "created" and condition.operator is not Operator.MATCHES:
        wanted = _moment(condition)
    if found is None or (isinstance(found, float) and math.isnan(found)):
        return condition.operator is Operator.UNEQUAL
    if condition.operator is Operator.MATCHES:
        return _pattern(condition).search(str(found)) is not None
    if not _are_alike(found, wanted):
        found, wanted = str(found), str(wanted)
    return _ORDERS[condition.operator](_sign(found, wanted))


def _found(key: str, run: Recorded) -> object:
    """What a run has under a key; None if it has nothing there."""
    if key in _FIELDS:
        return _FIELDS[key](run)
    part, _, name = key.partition(".")
    if part == "summary":
        return run.latest.get(name)
    config = run.config
    above, _, tag = name.partition(".")
    if name not in config and above == TAGS and isinstance(config.get(TAGS), dict):
        return config[TAGS].get(tag)
    return config.get(name)


def _are_alike(one: object, other: object) -> bool:
    """Whether two values can be compared as they are: two numbers, or two moments."""
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other))
    return numbers or all(isinstance(each, datetime) for each in (one, other))


def _sign(one: object, other: object) -> int:
    if one == other:
        return 0
    return 1 if one > other else -1  # type: ignore[operator]


def _moment(condition: Condition) -> datetime:
    try:
        moment = datetime.fromisoformat(str(condition.value))
    except ValueError:
        raise UsageError(f"{condition.value!r} is no date", hint="give one such as created>=2026-02-21") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _pattern(condition: Condition) -> re.Pattern[str]:
    try:
        return re.compile(str(condition.value))
    except re.error as error:
        raise UsageError(f"{condition.value!r} is no regular expression: {error}") from None
