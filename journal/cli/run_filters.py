"""`--filter` of `journal runs`: conditions on runs, as the command line spells them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from journal.errors import UsageError

if TYPE_CHECKING:
    from journal.model.run_query import Condition, Operator

WORDS = ("state", "id", "name", "tag", "user", "group", "commit", "created")
"""What a run is asked for by one word; the value is text whatever it looks like."""

TREES = ("config", "summary")
"""What has keys of its own, behind a dot; the value may be a number or a truth value."""

STATES = (
    *("finished", "failed", "crashed", "running", "killed", "preempting", "preempted", "pending"),
    *("crashed or running", "unknown"),
)
"""The states that trackers know."""

EXAMPLE = "write it like 'state=finished', 'config.lr<=0.001' or 'name~seed'"

_PARTS = re.compile(r"(?P<key>[^=!<>~]*)(?P<operator>!=|<=|>=|=|<|>|~)(?P<value>.*)", re.DOTALL)
_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-?W\d{2}(-?\d)?")
_WHOLE_SHA = re.compile(r"[0-9a-f]{40}")
_QUOTED = re.compile(r""""(?P<double>[^"]*)"|'(?P<single>[^']*)'""", re.DOTALL)
_TRUTH = {"true": True, "false": False}


def conditions_of(text: str) -> tuple[Condition, ...]:
    """The conditions that a text spells: one, or of a day its begin and its end.

    Args:
        text: A key, an operator and a value, as in `config.lr<=0.001`. Quotes around the value make it text.

    Raises:
        UsageError: It is none, or nobody knows such a key.
    """
    from journal.model.run_query import Condition, Operator

    found = _PARTS.fullmatch(text)
    if found is None:
        raise _wrong(text, "has no operator", "there are = != < <= > >= ~")
    key, operator, value = found["key"].strip(), Operator(found["operator"]), found["value"].strip()
    _require_known(text, key)
    if not value:
        raise _wrong(text, "has no value", 'an empty text is ""')
    if value.startswith("=") and operator is Operator.EQUAL:
        raise _wrong(text, "has two equals signs", "one is enough")
    read = _read(key, operator, value)
    if operator is Operator.MATCHES:
        _require_pattern(text, str(read))
    elif key == "created":
        return tuple(
            Condition(key=key, operator=bound, value=moment) for bound, moment in _moments(text, operator, str(read))
        )
    elif key == "commit" and not _WHOLE_SHA.fullmatch(str(read)):
        operator, read = Operator.MATCHES, _beginning(text, operator, str(read))
    elif operator not in {Operator.EQUAL, Operator.UNEQUAL}:
        _require_order(text, key, read)
    elif key == "state" and read not in STATES:
        raise _wrong(text, f"asks for the state {read!r}, which nobody knows", f"known: {', '.join(STATES)}")
    return (Condition(key=key, operator=operator, value=read),)


def _require_known(text: str, key: str) -> None:
    tree, _, below = key.partition(".")
    if key in WORDS or (tree in TREES and below):
        return
    if key in TREES:
        raise _wrong(text, f"does not say which key of the {key}", f"name it behind a dot: {key}.KEY")
    known = ", ".join([*WORDS, *(f"{tree}.KEY" for tree in TREES)])
    raise _wrong(text, f"asks for {key!r}, which nobody knows" if key else "does not say for what", f"known: {known}")


def _read(key: str, operator: str, value: str) -> str | int | float | bool:
    """The value: text in quotes, behind `~` and for a word; else a number or a truth value where it reads as one."""
    quoted = _QUOTED.fullmatch(value)
    if quoted is not None:
        return str(quoted[quoted.lastgroup or 0])
    if key in WORDS or operator == "~":
        return value
    if _WHOLE.fullmatch(value):
        return int(value)
    if _NUMBER.fullmatch(value) and isfinite(number := float(value)):
        return number
    return _TRUTH.get(value, value)


def _require_pattern(text: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _wrong(text, f"holds no regular expression: {error}", "~ looks for a regular expression") from error


def _require_order(text: str, key: str, value: object) -> None:
    """Refuse to compare what is no number by size: servers order texts each in its own way, and NaN not at all."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or key in WORDS:
        what = f"{key} is text" if key in WORDS else f"{value!r} is no finite number"
        raise _wrong(text, f"asks for an order, and {what}", "for text there are = != ~")


def _beginning(text: str, operator: Operator, value: str) -> str:
    """The regular expression of commits whose sha begins so."""
    if not re.fullmatch(r"[0-9a-fA-F]{4,40}", value):
        raise _wrong(text, f"holds no commit: {value!r}", "a sha is given by its first four or more digits")
    if operator != "=":
        raise _wrong(text, "needs the whole sha", "with its beginning there is only =")
    return f"^{value.lower()}"


def _moments(text: str, operator: Operator, value: str) -> list[tuple[Operator, str]]:
    """How a moment is bounded; a day is all of it, from its begin up to that of the next."""
    from journal.model.run_query import Operator

    moment = _moment(text, value)
    if not _DAY.fullmatch(value):
        return [(operator, moment)]
    try:
        after = (datetime.fromisoformat(value) + timedelta(days=1)).date().isoformat()
    except OverflowError as error:
        raise _wrong(text, "holds a day that has no next", "a day is written like 2026-02-21") from error
    since, until = (Operator.AT_LEAST, moment), (Operator.BELOW, after)
    bounds = {
        Operator.EQUAL: [since, until],
        Operator.AT_LEAST: [since],
        Operator.BELOW: [(Operator.BELOW, moment)],
        Operator.ABOVE: [(Operator.AT_LEAST, after)],
        Operator.AT_MOST: [until],
    }
    if operator not in bounds:
        raise _wrong(text, "leaves out a day", "give what is before or after it, with < or >")
    return bounds[operator]


def _moment(text: str, value: str) -> str:
    """A day or a time as servers take it: in UTC, which is what one without an offset is taken for."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong(text, "holds no time", "a day is written like 2026-02-21") from error
    return value if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _wrong(text: str, said: str, hint: str) -> UsageError:
    return UsageError(f"--filter {text!r} {said}", hint=f"{hint}; {EXAMPLE}")
