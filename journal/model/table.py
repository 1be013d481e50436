"""A table spec: which runs, metrics, statistics and windows a table shows, and how it is laid out."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from journal.model.base import Frozen

WINDOW_FORMS = "`a..b`, `a..`, `..b` or `all`"

_WINDOW = re.compile(r"(\d+)?\s*\.\.\s*(\d+)?", re.ASCII)


# Steps are 64-bit integers wherever columns are kept.
Step = Annotated[int, Field(ge=0, lt=2**63)]


class Axis(StrEnum):
    """The four directions along which a table can vary."""

    METRICS = "metrics"
    RUNS = "runs"
    STATS = "stats"
    WINDOWS = "windows"


class Window(Frozen):
    """A range on the step axis, both ends included; an open end reaches as far as the run does."""

    first: Step | None = None
    """First step, or None for the beginning."""
    last: Step | None = None
    """Last step, or None for the end."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text == "all":
            return {}
        match = _WINDOW.fullmatch(text)
        if match is None or match.groups() == (None, None):
            raise ValueError(f"window {text!r} is not one of {WINDOW_FORMS}")
        return {"first": match[1], "last": match[2]}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"window {self} ends before it begins")
        return self

    def __str__(self) -> str:
        if self.first is None and self.last is None:
            return "all"
        return f"{'' if self.first is None else self.first}..{'' if self.last is None else self.last}"


def _labelled(value: object) -> object:
    """`x`, or `{label: x}`, as the two fields of an axis item."""
    if isinstance(value, str):
        return {"value": value}
    if isinstance(value, dict) and len(value) == 1:
        ((label, item),) = value.items()
        return {"value": item, "label": label}
    raise ValueError("write the item itself, or one `{label: item}`")


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str | dict) else value


class AxisItem(Frozen):
    """One position on the axis of runs, metrics or statistics."""

    value: Annotated[str, Field(min_length=1)]
    """A run's handle, a metric's name or a statistic."""
    label: str | None = None
    """What the table calls it; the value itself by default."""

    def __str__(self) -> str:
        return self.label if self.label is not None else self.value


class WindowItem(Frozen):
    """One position on the axis of windows."""

    value: Window
    """The window."""
    label: str | None = None
    """What the table calls it; `a..b` by default."""

    def __str__(self) -> str:
        return self.label if self.label is not None else str(self.value)


def _each_once(items: tuple[AxisItem | WindowItem, ...]) -> tuple[AxisItem | WindowItem, ...]:
    seen: set[str] = set()
    for label in map(str, items):
        if label in seen:
            raise ValueError(f"{label!r} stands twice; give one a `{{label: ...}}`")
        seen.add(label)
    return items


Items = Annotated[
    tuple[Annotated[AxisItem, BeforeValidator(_labelled)], ...], BeforeValidator(_listed), AfterValidator(_each_once)
]
WindowItems = Annotated[
    tuple[Annotated[WindowItem, BeforeValidator(_labelled)], ...], BeforeValidator(_listed), AfterValidator(_each_once)
]
Axes = Annotated[tuple[Axis, ...], BeforeValidator(_listed)]
Measure = Literal["ratio", "delta", "percent"]


class TableSpec(Frozen):
    """What a table block asks for."""

    runs: Items | None = None
    """Handles of the runs; every run of the entry by default."""
    metrics: Annotated[Items, Field(min_length=1)]
    """Metrics, by the names the tracker shows."""
    stats: Annotated[Items, Field(min_length=1)] = (AxisItem(value="last"),)
    """Statistics; the last value by default."""
    windows: Annotated[WindowItems, Field(min_length=1, validation_alias=AliasChoices("windows", "window"))] = (
        WindowItem(value=Window()),
    )
    """Ranges of steps; the whole run by default. `window: x` is short for `windows: [x]`."""
    rows: Axes | None = None
    """Axes that run down the table."""
    columns: Axes | None = None
    """Axes that run across the table."""
    compare: dict[Measure, str] = Field(default_factory=dict)
    """Comparison columns: ratio, delta or percent of two columns, as in `iga/ipa`."""
    notes: dict[str, str] = Field(default_factory=dict)
    """An author's column: row label to text."""
    digits: Annotated[int, Field(ge=1, le=17)] = 3
    """Significant digits."""

    @model_validator(mode="before")
    @classmethod
    def _one_window(cls, value: Any) -> Any:
        if isinstance(value, dict) and {"window", "windows"} <= value.keys():
            raise ValueError("give `window` or `windows`, not both")
        return value

    @model_validator(mode="after")
    def _each_axis_once(self) -> Self:
        placed = [*(self.rows or ()), *(self.columns or ())]
        for axis in placed:
            if placed.count(axis) > 1:
                raise ValueError(f"axis `{axis}` is placed twice")
        return self


class RunsSpec(Frozen):
    """What a runs block asks for."""

    runs: Items | None = None
    """Handles of the runs; every run of the entry by default."""
