"""An expression: which number is meant, as a tree, and its one canonical spelling."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from journal.model.base import Frozen
from journal.model.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is spelt without quotes. A reader takes more for granted; what is written is the same everywhere.
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_BARE_HANDLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# From here on Python spells whole floats with an exponent.
_WHOLE_BELOW = 1e16

PLACE = "x"
"""Stands for the metric where a table gives it."""


class Relation(StrEnum):
    """How a value is compared with a number."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "=="
    UNEQUAL = "!="


class Statistic(Frozen):
    """What is made of the rows of one metric, without the metric: `mean`, `p95`, `count(x >= 5)`, `at(x, 7762)`."""

    name: str
    """Its name."""
    relation: Relation | None = None
    """For `count` and `share`: how a value is compared."""
    number: float | None = None
    """For `count` and `share` the threshold, for `at` the step, for `ema` the span in rows."""

    def of(self, argument: str) -> str:
        """Its spelling with an argument: `count(train/loss >= 5)`."""
        if self.relation is not None and self.number is not None:
            return f"{self.name}({argument} {self.relation} {spelt(self.number)})"
        return f"{self.name}({argument}{'' if self.number is None else f', {spelt(self.number)}'})"

    def __str__(self) -> str:
        return self.name if self.number is None else self.of(PLACE)


class Call(Frozen):
    """One statistic of one metric over one window of one run: `statistic(metric)[window]@handle`."""

    statistic: Statistic
    """What is made of the rows."""
    metric: str | None = None
    """The metric's name, as the tracker shows it, or the key of `summary` and `config`; None where a table gives it."""
    window: Window | None = None
    """Rows to look at; None where none is named: the whole run, or what a table says."""
    handle: str | None = None
    """The run, by the short name that an entry gives it; None where the run is given otherwise."""

    def __str__(self) -> str:
        argument = PLACE if self.metric is None else quoted(self.metric)
        window = "" if self.window is None else f"[{self.window}]"
        handle = "" if self.handle is None else f"@{quoted(self.handle, _BARE_HANDLE)}"
        return f"{self.statistic.of(argument)}{window}{handle}"


class Constant(Frozen):
    """A number that stands in an expression; never negative, since the sign is an operation."""

    value: float
    """The number."""

    def __str__(self) -> str:
        return spelt(self.value)


class Function(Frozen):
    """A function of one number: its absolute value `abs`, or its negative `-`."""

    name: str
    """`abs` or `-`."""
    of: Expression
    """What it is applied to."""

    def __str__(self) -> str:
        if self.name == "-":
            return f"-{self.of}" if _rank(self.of) >= _rank(self) else f"-({self.of})"
        return f"{self.name}({self.of})"


class Operation(Frozen):
    """Two expressions and a sign between them."""

    sign: str
    """`+`, `-`, `*` or `/`."""
    left: Expression
    """What stands before the sign."""
    right: Expression
    """What stands behind it."""

    def __str__(self) -> str:
        left = str(self.left) if _rank(self.left) >= _rank(self) else f"({self.left})"
        right = str(self.right) if _rank(self.right) > _rank(self) else f"({self.right})"
        return f"{left} {self.sign} {right}"


Expression = Call | Constant | Function | Operation
Function.model_rebuild()
Operation.model_rebuild()


class Expectation(Frozen):
    """An expression compared with another: `median(loss)@wide < 0.7`."""

    left: Expression
    """What is expected to be so."""
    relation: Relation
    """How it is compared."""
    right: Expression
    """The threshold."""

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"


def calls(expression: Expression) -> Iterator[Call]:
    """Every call in an expression, from left to right, as often as it stands there."""
    match expression:
        case Call():
            yield expression
        case Function():
            yield from calls(expression.of)
        case Operation():
            yield from calls(expression.left)
            yield from calls(expression.right)


def spelt(number: float) -> str:
    """The shortest spelling of a number that reads back as it."""
    whole = number.is_integer() and abs(number) < _WHOLE_BELOW
    return str(int(number)) if whole else repr(number)


def quoted(name: str, bare: re.Pattern[str] = _BARE) -> str:
    """A name as an expression spells it: in quotes where anything in it could be taken for something else."""
    if bare.fullmatch(name) and name != PLACE:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rank(expression: Expression) -> int:
    """How strongly an expression holds together: sums, products, signs, everything else."""
    match expression:
        case Operation(sign="+" | "-"):
            return 1
        case Operation():
            return 2
        case Function(name="-"):
            return 3
    return 4
