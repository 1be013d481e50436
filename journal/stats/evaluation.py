"""One expression on one run: the estimate, or why there can be none."""

from __future__ import annotations

import json
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from journal.errors import ExpressionError, NoRows, SourceError
from journal.model.base import written
from journal.model.evidence import Estimate
from journal.model.expression import Call, Constant, Function, Operation, calls
from journal.model.run import no_metric
from journal.model.window import Unit, Window
from journal.model.wording import listed
from journal.stats.statistics import Takes, estimate, named, unbounded, whole
from journal.stats.windows import Reach, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from journal.model.expression import Expression
    from journal.model.run import Column, Problem

_UNBOUNDED = {"NaN", "∞", "-∞"}
_TOO_LARGE = "comes to more than a 64-bit float holds"
_SHOWN = 3


class Columns(Protocol):
    """What of a run its numbers need."""

    @property
    def id(self) -> str:
        """The tracker's id, for messages."""
        ...

    @property
    def config(self) -> dict[str, Any]:
        """Hyperparameters, as the tracker stored them."""
        ...

    @property
    def summary(self) -> dict[str, Any]:
        """The tracker's own summary."""
        ...

    @property
    def first_step(self) -> int | None:
        """Step of the first row, or None before it."""
        ...

    @property
    def last_step(self) -> int | None:
        """Step of the last row, or None before the first."""
        ...

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics, sorted."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read."""
        ...

    def column(self, metric: str, /) -> Column | None:
        """One metric's rows, or None if the run does not have it."""
        ...


def estimate_call(run: Columns, call: Call, window: Window) -> Estimate:
    """The estimate of one call on a run, in a window that is a range of steps or so many rows.

    Its value is None where there is none: with `text`, that stands in its place. The handle and the window of the call
    do not count here.

    Raises:
        ExpressionError: The call leaves the metric open.
        SourceError: The run has no such metric, or its tracker stored nothing under that key.
    """
    if call.metric is None:
        raise ExpressionError(f"no metric is named in {call}", hint="put its name in place of x")
    if named(call.statistic.name) is Takes.KEY:
        value, text = _as_estimated(_stored(run, call.statistic.name, call.metric))
        return Estimate(value=value, text=text, n=0, nonfinite=0)
    column = run.column(call.metric)
    if column is None:
        raise no_metric(run, call.metric)
    return estimate(column, call.statistic, window)


def combine(expression: Expression, estimate_of: Callable[[Call], Estimate]) -> Estimate:
    """What the arithmetic of an expression makes of its calls.

    Its value is None where a part has none, where something is divided by zero, and where no float holds the result.

    Args:
        expression: The expression.
        estimate_of: Gives the estimate of each of its calls; each is asked for once.

    Raises:
        ExpressionError: A part is text.
    """
    if isinstance(expression, Call):
        return estimate_of(expression)
    found = {call: estimate_of(call) for call in dict.fromkeys(calls(expression))}
    for call, part in found.items():
        if part.text is not None and part.text not in _UNBOUNDED:
            raise ExpressionError(f"{call} is {part.text!r}, and only numbers can be calculated with")
    return Estimate(
        value=_calculated(expression, found),
        n=sum(part.n for part in found.values()),
        nonfinite=sum(part.nonfinite for part in found.values()),
        first_step=min((part.first_step for part in found.values() if part.first_step is not None), default=None),
        last_step=max((part.last_step for part in found.values() if part.last_step is not None), default=None),
    )


def estimate_on(run: Columns, expression: Expression) -> Estimate:
    """The estimate that an expression gives on one run; its value is None where there is none.

    Raises:
        ExpressionError: The expression names a run itself, or the window `matched`, which needs several runs; or it
            calculates with text.
        SourceError: The run has no such metric, or its tracker stored nothing under that key.
    """
    for call in calls(expression):
        _of_one_run(call)
    return combine(expression, lambda call: estimate_call(run, call, _resolved(run, call)))


def no_rows(run: Columns, expression: Expression, found: Estimate) -> NoRows:
    """What to say of an estimate without a value."""
    if isinstance(expression, Call):
        return _no_value(run, expression, found)
    parts = {call: estimate_on(run, call) for call in calls(expression)}
    for call, part in parts.items():
        if part.text is not None:
            return NoRows(f"no data: {call} of {run.id} is {part.text}")
        if part.value is None:
            return _no_value(run, call, part)
    for divisor in _divisors(expression):
        if _calculated(divisor, parts) == 0:
            return NoRows(f"no data: {expression} divides by zero: {divisor} of {run.id} is 0")
    return NoRows(f"no data: {expression} of {run.id} {_TOO_LARGE}")


def _of_one_run(call: Call) -> None:
    if call.handle is not None:
        said = f"the run is given, so the expression may not name one: @{call.handle}"
        raise ExpressionError(said, hint=f"leave it out: {call.model_copy(update={'handle': None})}")
    if call.window is not None and call.window.matched:
        said = f"the window of {call} needs a table of several runs"
        raise ExpressionError(said, hint="name the steps instead, as in [0..1000]")


def _resolved(run: Columns, call: Call) -> Window:
    """The window of a call, with its steps counted from the ends of the run."""
    window = call.window or Window()
    if window.unit is not Unit.STEPS or run.first_step is None or run.last_step is None:
        return window
    return resolve(window, Reach(run.first_step, run.last_step))


def _calculated(expression: Expression, found: Mapping[Call, Estimate]) -> float | None:
    """The value of an expression in floats, or None where one on the way has none."""
    match expression:
        case Call():
            return found[expression].value
        case Constant():
            return expression.value
        case Function():
            value = _calculated(expression.of, found)
            return None if value is None else abs(value) if expression.name == "abs" else -value
        case Operation():
            left, right = _calculated(expression.left, found), _calculated(expression.right, found)
            return None if left is None or right is None else _operated(left, expression.sign, right)


def _operated(left: float, sign: str, right: float) -> float | None:
    if sign == "/":
        value = left / right if right else None
    else:
        value = left + right if sign == "+" else left - right if sign == "-" else left * right
    return value if value is not None and isfinite(value) else None


def _divisors(expression: Expression) -> Iterator[Expression]:
    """Everything that an expression divides by, the innermost first."""
    match expression:
        case Function():
            yield from _divisors(expression.of)
        case Operation():
            yield from _divisors(expression.left)
            yield from _divisors(expression.right)
            if expression.sign == "/":
                yield expression.right


def _no_value(run: Columns, call: Call, found: Estimate) -> NoRows:
    """What to say of a call without a value: what its statistic needs, and what there is."""
    name, metric = call.statistic.name, f"{call.metric} of {run.id}"
    where, left_out = _place(call.window or Window()), ""
    if found.nonfinite:
        left_out = f", {found.nonfinite} left out as NaN or infinite"
    if not found.n:
        row = "row" if name in {"nonfinite", "first_nonfinite", "at"} else "finite row"
        at = f" at step {call.statistic.number:.0f}" if name == "at" else ""
        return NoRows(f"no data: {metric} has no {row}{at} {where}{left_out}", hint=_extent(run, call))
    if name == "first_nonfinite":
        return NoRows(f"no data: every row of {metric} {where} is finite")
    if name in {"std", "var"} and found.n == 1:
        return NoRows(f"no data: {name} needs two finite rows, {metric} has one {where}{left_out}")
    if name == "slope" and found.first_step == found.last_step:
        return NoRows(f"no data: slope needs rows at two steps, {metric} has them at one {where}{left_out}")
    return NoRows(f"no data: {call} of {run.id} {_TOO_LARGE}")


def _place(window: Window) -> str:
    if window.edge is not None:
        many = f"{window.count} {window.unit}" if window.count != 1 else str(window.unit).removesuffix("s")
        return f"in its {window.edge} {many}" if window.unit is Unit.ROWS else f"in the {window.edge} {many} of the run"
    return "in the run" if window == Window() else f"in steps {window}"


def _extent(run: Columns, call: Call) -> str | None:
    column = run.column(call.metric) if call.metric is not None else None
    if column is None or not column.steps.len():
        return None
    return f"it has rows from step {column.steps[0]} to {column.steps[-1]}"


def _stored(run: Columns, kind: str, key: str) -> object:
    """What the tracker stored in `config` or `summary` under a key, whose parts are joined by dots.

    Raises:
        SourceError: Nothing.
    """
    held = run.config if kind == "config" else run.summary
    for found in _under(held, key):
        return found
    keys = sorted(".".join(path) for path in _paths(held))
    close = get_close_matches(key, keys, n=_SHOWN) or [name for name in keys if key.lower() in name.lower()][:_SHOWN]
    hint = f"did you mean {' or '.join(close)}?" if close else f"it has {listed(keys, _SHOWN) or 'none'}"
    raise SourceError(f"the {kind} of run {run.id} has no key {key!r}", hint=hint)


def _under(held: object, key: str) -> Iterator[object]:
    """What is stored under a key: as it stands first, then with ever shorter beginnings of it as keys of mappings."""
    if not isinstance(held, dict):
        return
    if key in held:
        yield held[key]
    for end in range(len(key) - 1, 0, -1):
        if key[end] == "." and key[:end] in held:
            yield from _under(held[key[:end]], key[end + 1 :])


def _paths(held: Mapping[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in held.items():
        path = (*above, str(key))
        if isinstance(value, dict) and value:
            yield from _paths(value, path)
        else:
            yield path


def _as_estimated(stored: object) -> tuple[float | None, str | None]:
    """What was stored as a number, or as the text that stands in its place."""
    match stored:
        case str():
            return None, written(stored)
        case bool() | None:
            return None, json.dumps(stored)
        case int():
            return whole(stored)
        case float():
            return (stored, None) if isfinite(stored) else (None, unbounded(stored))
    return None, written(json.dumps(stored, ensure_ascii=False, separators=(",", ":"), default=str))
