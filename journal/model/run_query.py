"""What runs are asked for on a server: conditions that must hold of each."""

from __future__ import annotations

from enum import StrEnum

from journal.model.base import Frozen


class Operator(StrEnum):
    """How a value is compared."""

    EQUAL = "="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    MATCHES = "~"
    """The value is a regular expression, met anywhere in the text."""


class Condition(Frozen):
    """One condition: `state=finished`, `config.lr<=0.001`, `tag=best`, `name~seed`."""

    key: str
    """`state`, `id`, `name`, `tag`, `user`, `group`, `commit`, `created`, `config.KEY` or `summary.KEY`."""
    operator: Operator
    """How the run's value is compared with this one."""
    value: str | int | float | bool
    """The value: a number or a truth value where it reads as one."""

    def __str__(self) -> str:
        return f"{self.key}{self.operator}{self.value}"
