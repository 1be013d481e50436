"""A window: which rows of a run an expression looks at."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_serializer, model_validator

from journal.model.base import Frozen, Natural

WINDOW_FORMS = (
    "`a..b`, `a..`, `..b`, `first N steps`, `last N steps`, `first N rows`, `last N rows`, `matched` or `all`"
)

_RANGE = re.compile(r"(\d+)?\s*\.\.\s*(\d+)?", re.ASCII)
_EDGE = re.compile(r"(first|last)\s+(\d+)\s+(step|row)s?", re.ASCII)

Step = Natural
Count = Annotated[int, Field(ge=1, lt=2**63)]


class Edge(StrEnum):
    """Which end of a run a window lies at."""

    FIRST = "first"
    LAST = "last"


class Unit(StrEnum):
    """What a window at an end is counted in: logged points, or places on the step axis. Never confused."""

    STEPS = "steps"
    ROWS = "rows"


class Window(Frozen):
    """A range on the step axis, both ends included; so many steps or rows at one end; or what all runs have reached.

    As JSON it is its text.
    """

    first: Step | None = None
    """First step, or None for the beginning."""
    last: Step | None = None
    """Last step, or None for the end."""
    edge: Edge | None = None
    """The end that it lies at, for so many steps or rows."""
    count: Count | None = None
    """How many steps or rows."""
    unit: Unit | None = None
    """Steps or rows."""
    matched: bool = False
    """Whether it is the steps that every run beside it has reached."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text in {"all", "matched"}:
            return {"matched": text == "matched"}
        if edge := _EDGE.fullmatch(text):
            return {"edge": edge[1], "count": edge[2], "unit": f"{edge[3]}s"}
        match = _RANGE.fullmatch(text)
        if match is None or match.groups() == (None, None):
            raise ValueError(f"window {text!r} is not one of {WINDOW_FORMS}")
        return {"first": match[1], "last": match[2]}

    @model_validator(mode="after")
    def _of_one_form(self) -> Self:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"window {self} ends before it begins")
        ranged = self.first is not None or self.last is not None
        at_edge = {self.edge is None, self.count is None, self.unit is None}
        if len(at_edge) > 1 or ranged + (self.edge is not None) + self.matched > 1:
            raise ValueError(f"a window is one of {WINDOW_FORMS}")
        return self

    @model_serializer
    def _as_text(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.matched:
            return "matched"
        if self.edge is not None:
            return f"{self.edge} {self.count} {self.unit}"
        if self.first is None and self.last is None:
            return "all"
        return f"{'' if self.first is None else self.first}..{'' if self.last is None else self.last}"
