"""Which runs of the test server meet a filter, and in what order they come: the part of Mongo's language W&B knows."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from wandb_server_graphql import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wandb_server_runs import ServerRun

_NOTHING = object()
_PLAIN: dict[str, Callable[[ServerRun], Any]] = {
    "name": lambda run: run.id,
    "display_name": lambda run: run.name,
    "displayName": lambda run: run.name,
    "state": lambda run: run.state,
    "tags": lambda run: run.tags,
    "group": lambda run: run.group,
    "jobType": lambda run: run.job_type,
    "job_type": lambda run: run.job_type,
    "username": lambda run: run.user,
    "notes": lambda run: run.notes,
    "commit": lambda run: run.commit,
    "sweep": lambda _: None,
    "created_at": lambda run: run.created_at,
    "createdAt": lambda run: run.created_at,
    "heartbeat_at": lambda run: run.heartbeat_at,
    "heartbeatAt": lambda run: run.heartbeat_at,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def meets(run: ServerRun, conditions: Mapping[str, Any]) -> bool:
    """Whether a run meets all conditions.

    Raises:
        Refusal: There is no such field or operator.
    """
    return all(_holds(run, name, wanted) for name, wanted in conditions.items())


def ordered(runs: Sequence[ServerRun], order: str | None) -> list[ServerRun]:
    """Runs in the order asked for: a field's name after `+` or `-`; runs without a value come last."""
    order = order or "+created_at"
    name = order.lstrip("+-")
    found = [(value_of(run, name), run) for run in runs]
    having = [(value, run) for value, run in found if value is not _NOTHING and value is not None]
    rest = [run for value, run in found if value is _NOTHING or value is None]
    having.sort(key=lambda pair: pair[0], reverse=order.startswith("-"))
    return [run for _, run in having] + rest


def value_of(run: ServerRun, name: str) -> Any:
    """What a field of a filter means for a run."""
    if name in _PLAIN:
        return _PLAIN[name](run)
    kind, _, key = name.partition(".")
    if kind == "config":
        return _inside(run.config, key.removesuffix(".value"))
    if kind == "summary_metrics":
        return _inside(run.summary, key)
    raise Refusal(f"invalid filter: unknown field {name}", 400)


def _holds(run: ServerRun, name: str, wanted: Any) -> bool:
    match name:
        case "$and":
            return all(meets(run, each) for each in wanted)
        case "$or":
            return any(meets(run, each) for each in wanted)
        case "$not":
            return not meets(run, wanted)
    found = value_of(run, name)
    if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
        return all(_compares(found, sign, limit) for sign, limit in wanted.items())
    return _compares(found, "$eq", wanted)


def _compares(found: Any, sign: str, wanted: Any) -> bool:
    """Whether a value meets one operator."""
    match sign:
        case "$exists":
            return (found is not _NOTHING) == bool(wanted)
        case "$ne" | "$nin":
            return not _any_meets(found, {"$ne": "$eq", "$nin": "$in"}[sign], wanted)
        case "$not":
            return not all(_compares(found, below, limit) for below, limit in wanted.items())
    return _any_meets(found, sign, wanted)


def _any_meets(found: Any, sign: str, wanted: Any) -> bool:
    """Whether a value meets one operator; of a list, whether it or any of its values does."""
    values = [*found, found] if isinstance(found, list) else [found]
    match sign:
        case "$eq":
            return any(_equal(value, wanted) for value in values)
        case "$in":
            return any(_equal(value, each) for value in values for each in wanted)
        case "$regex":
            return any(isinstance(value, str) and re.search(wanted, value) is not None for value in values)
    if sign not in _COMPARISONS:
        raise Refusal(f"invalid filter: unknown operator {sign}", 400)
    return any(_alike(value, wanted) and _COMPARISONS[sign](value, wanted) for value in values)


def _equal(value: Any, wanted: Any) -> bool:
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def _alike(value: Any, wanted: Any) -> bool:
    """Whether two values can be compared: two numbers or two texts."""
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (value, wanted))
    return numbers or (isinstance(value, str) and isinstance(wanted, str))


def _inside(tree: Any, key: str) -> Any:
    """What stands under a dotted key; a key that holds dots itself comes before levels."""
    if not isinstance(tree, dict):
        return _NOTHING
    if key in tree:
        return tree[key]
    parts = key.split(".")
    for size in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:size])
        if head in tree:
            return _inside(tree[head], ".".join(parts[size:]))
    return _NOTHING
