"""Conditions on runs as a W&B server takes them: filters in the manner of MongoDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from journal.errors import UsageError
from journal.model.run_query import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.model.run_query import Condition

_KEYS = {
    "state": "state",
    "id": "name",
    "name": "display_name",
    "tag": "tags",
    "user": "username",
    "group": "group",
    "commit": "commit",
    "created": "created_at",
}
_BELOW = {"config.": "config.", "summary.": "summary_metrics."}
_WORDS = {
    Operator.UNEQUAL: "$ne",
    Operator.BELOW: "$lt",
    Operator.AT_MOST: "$lte",
    Operator.ABOVE: "$gt",
    Operator.AT_LEAST: "$gte",
    Operator.MATCHES: "$regex",
}


def all_of(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The filter of runs that meet every condition.

    Raises:
        UsageError: A condition is about something that W&B does not filter by.
    """
    parts = [{_key(each.key): _value(each)} for each in conditions]
    return {"$and": parts} if parts else {}


def with_ids(ids: Iterable[str]) -> dict[str, Any]:
    """The filter of runs with one of these ids."""
    return {"name": {"$in": list(ids)}}


def called(words: Iterable[str]) -> dict[str, Any]:
    """The filter of runs with one of these words as id or as display name."""
    listed = list(words)
    return {"$or": [{"name": {"$in": listed}}, {"display_name": {"$in": listed}}]}


def tagged(word: str) -> dict[str, Any]:
    """The filter of runs with a tag."""
    return {"tags": {"$in": [word]}}


def beginning(word: str) -> dict[str, Any]:
    """The filter of runs whose id begins so."""
    return {"name": {"$regex": f"^{re.escape(word)}"}}


def _key(key: str) -> str:
    for mine, theirs in _BELOW.items():
        if key.startswith(mine) and len(key) > len(mine):
            return theirs + key.removeprefix(mine)
    if key not in _KEYS:
        known = ", ".join([*_KEYS, "config.KEY", "summary.KEY"])
        raise UsageError(f"W&B does not filter runs by {key!r}", hint=f"there are {known}")
    return _KEYS[key]


def _value(condition: Condition) -> Any:
    if condition.operator is Operator.EQUAL:
        return {"$in": [condition.value]} if condition.key == "tag" else condition.value
    return {_WORDS[condition.operator]: condition.value}
