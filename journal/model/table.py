"""What blocks ask for: the specs of tables, alignments, plots, comparisons, lists of runs and of predictions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AliasChoices, BeforeValidator, ConfigDict, Field, model_validator

from journal.model.base import Frozen
from journal.model.window import Window


class Axis(StrEnum):
    """The directions along which a table can vary; values take the place of metrics and statistics."""

    METRICS = "metrics"
    RUNS = "runs"
    STATS = "stats"
    VALUES = "values"
    WINDOWS = "windows"


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


def _expressions(value: object) -> object:
    """A list or a mapping of expressions; YAML takes the comma in `[at(x, 5)]` for the end of an item."""
    if isinstance(value, dict):
        return [{label: item} for label, item in value.items()]
    if not isinstance(value, list | tuple):
        return _listed(value)
    found: list[object] = []
    for item in value:
        if isinstance(item, str) and found and isinstance(found[-1], str) and _is_open(found[-1]):
            found[-1] = f"{found[-1]}, {item}"
        else:
            found.append(item)
    return found


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")")


class AxisItem(Frozen):
    """One position on the axis of runs, metrics, statistics or values."""

    value: Annotated[str, Field(min_length=1)]
    """A run's handle or a group's name, a metric's name, a statistic, or an expression."""
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
Expressions = Annotated[
    tuple[Annotated[AxisItem, BeforeValidator(_labelled)], ...],
    BeforeValidator(_expressions),
    AfterValidator(_each_once),
]
WindowItems = Annotated[
    tuple[Annotated[WindowItem, BeforeValidator(_labelled)], ...], BeforeValidator(_listed), AfterValidator(_each_once)
]
Axes = Annotated[tuple[Axis, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Digits = Annotated[int, Field(ge=1, le=17)]


class Measure(StrEnum):
    """How a column compares two others."""

    RATIO = "ratio"
    """The first by the second."""
    DELTA = "delta"
    """The first less the second."""
    PERCENT = "percent"
    """The change from the second to the first, in percent of the second."""
    TREND = "trend"
    """The change from the first to the second, as a factor: `1.9x decrease`."""
    TEST = "test"
    """The difference of two groups of runs, with the p-value of a test that is named."""


class Interval(StrEnum):
    """How the interval around a group's mean is made."""

    T = "t"
    """Student's t: for values that scatter as a normal distribution does."""
    BOOTSTRAP = "bootstrap"
    """Bias-corrected and accelerated bootstrap, always with the same random numbers."""


def _noted(value: object) -> object:
    """`{row: text}`, or `{column: {row: text}}` for columns with headings of their own."""
    if not isinstance(value, dict):
        return value
    nested = [isinstance(item, dict) for item in value.values()]
    if any(nested) and not all(nested):
        raise ValueError("write `row: text` for each, or `column: {row: text}` for each")
    return value if all(nested) else {"note": value}


Notes = Annotated[dict[str, dict[str, str]], BeforeValidator(_noted)]


class TableSpec(Frozen):
    """What a table block asks for."""

    runs: Items | None = None
    """Handles of the runs; every run of the entry by default."""
    metrics: Items = ()
    """Metrics, by the names the tracker shows."""
    stats: Annotated[Expressions, Field(min_length=1)] = (AxisItem(value="last"),)
    """Statistics, or expressions in which `x` stands for the metric; the last value by default."""
    values: Expressions = ()
    """Expressions under their labels, in place of metrics and statistics."""
    windows: Annotated[WindowItems, Field(min_length=1, validation_alias=AliasChoices("windows", "window"))] = (
        WindowItem(value=Window()),
    )
    """Ranges of steps or rows; the whole run by default. `window: x` is short for `windows: [x]`."""
    groups: str | dict[str, Names] | None = None
    """Runs in groups: handles by the group's name, or the config key whose value tells the groups apart."""
    interval: Interval | None = None
    """The interval to show around the mean of a group; none by default."""
    confidence: Annotated[float, Field(gt=0, lt=100)] = 95
    """Confidence of that interval, in percent."""
    pair: str = "seed"
    """The config key whose value says which runs of two groups belong together."""
    rows: Axes | None = None
    """Axes that run down the table."""
    columns: Axes | None = None
    """Axes that run across the table."""
    compare: dict[Measure, Names] = Field(default_factory=dict)
    """Comparison columns: a measure of two columns, as in `{ratio: iga/ipa}`; or a list of several."""
    notes: Notes = Field(default_factory=dict)
    """Author's columns: heading to row label to text."""
    digits: Digits = 3
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

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        if self.values and (self.metrics or "stats" in self.model_fields_set):
            raise ValueError("give `values`, or `metrics` and `stats`, not both")
        if not self.values and not self.metrics:
            raise ValueError("name `metrics`, or give `values`")
        if self.groups is None and (self.interval or Measure.TEST in self.compare):
            raise ValueError("an interval or a test needs `groups`")
        return self


class RunsSpec(Frozen):
    """What a runs block asks for."""

    runs: Items | None = None
    """Handles of the runs; every run of the entry by default."""


class Pick(StrEnum):
    """Which steps an alignment shows."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    NONFINITE = "nonfinite"
    """The first at which the metric is NaN or infinite."""


class AlignSpec(Frozen):
    """What an align block asks for: the most extreme steps of one metric, with other metrics at the same steps."""

    model_config = ConfigDict(serialize_by_alias=True)

    run: str | None = None
    """Handle of the run; the only one of the entry by default."""
    metric: Annotated[str, Field(min_length=1)]
    """The metric that picks the steps."""
    others: Items = Field(default=(), alias="with")
    """Metrics to show at the same steps."""
    pick: Pick = Pick.HIGHEST
    """Which steps are the most extreme."""
    k: Annotated[int, Field(ge=1, le=1000)] = 5
    """How many steps; of non-finite ones, only the first is shown."""
    before: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many rows of the metric to show before each of those steps."""
    window: Window = Window()
    """Where to look; the whole run by default."""
    digits: Digits = 3
    """Significant digits."""


class Scale(StrEnum):
    """How the axis of values is divided."""

    LINEAR = "linear"
    LOG = "log"


def _drawn_once(items: tuple[AxisItem, ...]) -> tuple[AxisItem, ...]:
    """Items of which no two are the same, whatever they are called: their curves would lie on each other."""
    values = [item.value for item in items]
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value!r} stands twice; name it once")
    return items


Drawn = Annotated[
    tuple[Annotated[AxisItem, BeforeValidator(_labelled)], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    AfterValidator(_drawn_once),
    AfterValidator(_each_once),
]


class PlotSpec(Frozen):
    """What a plot block asks for: the curves of metrics, each of several runs."""

    metrics: Drawn
    """Metrics, by the names the tracker shows."""
    runs: Drawn | None = None
    """Handles of the runs; every run of the entry by default."""
    window: Window = Window()
    """Which part of the curves; the whole run by default."""
    scale: Scale = Scale.LINEAR
    """How the axis of values is divided."""
    smooth: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """What an exponential moving average keeps of the value before; 0 smooths nothing."""


class PredictionsSpec(Frozen):
    """What a predictions block asks for: nothing but its digits; it shows every prediction of the entry."""

    digits: Digits = 3
    """Significant digits."""


class Aspect(StrEnum):
    """In what two runs are compared."""

    CONFIG = "config"
    CODE = "code"
    ENVIRONMENT = "environment"
    METRICS = "metrics"


def _aspects_once(items: tuple[Aspect, ...]) -> tuple[Aspect, ...]:
    if len(set(items)) < len(items):
        raise ValueError("name each once")
    return items


def _two(items: tuple[AxisItem, ...]) -> tuple[AxisItem, ...]:
    if len(items) != 2:  # noqa: PLR2004  (that is what a comparison is of)
        raise ValueError("name two runs, as in `runs: [a, b]`")
    return items


class DiffSpec(Frozen):
    """What a diff block asks for: what differs between two runs."""

    runs: Annotated[Items, AfterValidator(_two)] | None = None
    """Handles of the two; by default those of the entry, if it has two."""
    show: Annotated[
        tuple[Aspect, ...], BeforeValidator(_listed), Field(min_length=1), AfterValidator(_aspects_once)
    ] = tuple(Aspect)
    """In what to compare them; in everything by default."""
    keys: Names = ()
    """Patterns of the config keys to compare; all of them by default."""
    ignore: Names = ()
    """Patterns of config keys that may differ."""
    metrics: Names = ()
    """Names or patterns of the metrics to compare; by default those that both have."""
    stats: Annotated[Expressions, Field(min_length=1)] = (AxisItem(value="last"), AxisItem(value="mean"))
    """Statistics, or expressions in which `x` stands for the metric."""
    window: Window = Window(matched=True)
    """Where to look; by default the steps that both have reached."""
    digits: Digits = 3
    """Significant digits."""
