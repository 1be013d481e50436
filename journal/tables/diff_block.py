"""The `diff` block: what differs between two runs of the entry."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import BlockError
from journal.model.table import Aspect, Measure
from journal.stats.expression import parse_template
from journal.tables.block_kind import Filled
from journal.tables.caption import in_words as window_in_words
from journal.tables.caption import said_of, unread
from journal.tables.cells import Evaluation, place
from journal.tables.comparison import label
from journal.tables.diff_rows import code_rows, config_rows, environment_rows, in_words
from journal.tables.difference import between, difference
from journal.tables.entry_expression import parsed
from journal.tables.grid import Grid, sides
from journal.tables.layout import MAX_CELLS
from journal.tables.numbers import compared
from journal.tables.table_block import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from journal.model.comparison import Between, Difference, MetricsOfTwo
    from journal.model.evidence import CellEvidence
    from journal.model.expression import Expression
    from journal.model.table import AxisItem, DiffSpec
    from journal.revisions import Repository
    from journal.sources.open_run import OpenRun
    from journal.tables.diff_rows import Row
    from journal.tables.run_book import RunBook

    Ask = Callable[[str, str], Between | None]
    """Tells what lies between two commits."""

MOST_KEYS = 100
"""Config keys that a block shows; more of them are counted."""
MOST_METRICS = 20
"""Metrics that a block shows where it names none."""
MOST_COMMITS = 10
"""Commits on either side, and files, that a block shows one by one."""

_MEASURES = (None, None, Measure.DELTA, Measure.RATIO)
"""What each column of numbers shows."""

_CHOOSES = ("show", "keys", "ignore", "metrics")
"""The keys of a spec that choose what the evidence holds besides numbers."""


class _Two(NamedTuple):
    """The two runs, by handle, and what the table calls them."""

    one: str
    other: str
    names: tuple[str, str]

    @property
    def handles(self) -> tuple[str, str]:
        return self.one, self.other


def fill(spec: DiffSpec, runs: RunBook, *, repository: Repository | None, root: Path | None = None) -> Filled:
    """What differs between the two runs now, or did at the last fill where one of them is out of reach.

    Args:
        spec: What the block asks for.
        runs: The entry's runs.
        repository: The git repository, which knows what lies between two commits; None keeps what is recorded of that.
        root: The journal's folder, whose files are no code of a run.

    Raises:
        BlockError: It names no two runs, or a handle that the entry does not know.
        ExpressionError: A statistic that nobody knows.
        SourceError: A run is there but cannot be read.
    """
    two = _two(spec, runs)
    templates = {item: parsed(item.value, parse_template, in_yaml=True) for item in spec.stats}
    asked = spec.model_dump(mode="json", exclude_defaults=True) | {"runs": list(two.handles)}
    waiting = [f"run {runs.named(handle)} is not there yet" for handle in two.handles if runs.evidence(handle) is None]
    lies_between = partial(between, repository, start=root)
    found = None if waiting else _difference(spec, asked, two, runs, lies_between)
    if found is None:
        return _without(asked, two, runs, waiting)
    evaluation = Evaluation(runs, two.handles)
    body = _Body(spec, two, evaluation, templates)
    lines = body.lines(found)
    cells = tuple(cell for _, line in lines for cell in line)
    said = [*in_words(found, spec, two.names, MOST_KEYS), *_of_numbers(spec, cells, found, runs, two)]
    away = [runs.absence(handle) for handle in two.handles if runs.looks and runs.open(handle) is None]
    return Filled(
        content=_grid(spec, two, found, lines, "; ".join(said)),
        spec=asked,
        handles=two.handles,
        cells=cells,
        pending=tuple(evaluation.pending),
        recalled=tuple(dict.fromkeys([*away, *evaluation.recalled])),
        lost=tuple(evaluation.lost),
        difference=found,
    )


def _two(spec: DiffSpec, runs: RunBook) -> _Two:
    axis = runs.axis(spec.runs)
    if len(axis) != 2:  # noqa: PLR2004  (that is what a comparison is of)
        known = ", ".join(runs.handles) or "none yet"
        raise BlockError("name the two runs to compare: `runs: [a, b]`", hint=f"runs in the front matter: {known}")
    one, other = axis
    return _Two(one.value, other.value, (str(one), str(other)))


def _without(asked: dict[str, Any], two: _Two, runs: RunBook, waiting: Sequence[str]) -> Filled:
    """A block that has nothing to show: a run is not there yet, or is out of reach and not as it was asked for."""
    pending = list(waiting)
    lost = []
    if not pending:
        away = [handle for handle in two.handles if runs.open(handle) is None]
        lost = [runs.absence(handle) for handle in away] if runs.looks else []
        pending = [] if runs.looks else [f"run {runs.named(handle)} is not there yet" for handle in away]
    caption = f"TBD: {'; '.join(pending or lost)}"
    return Filled(
        content=Grid(head=(), rows=(), aligned=(), caption=caption),
        spec=asked,
        handles=two.handles,
        pending=tuple(pending),
        lost=tuple(lost),
    )


# --- what differs -----------------------------------------------------------------------------------------------------


def _difference(
    spec: DiffSpec, asked: dict[str, Any], two: _Two, runs: RunBook, lies_between: Ask
) -> Difference | None:
    one, other = (runs.open(handle) for handle in two.handles)
    if one is not None and other is not None:
        return _now(spec, two, runs, (one, other), lies_between)
    return _remembered(asked, two, runs)


def _now(spec: DiffSpec, two: _Two, runs: RunBook, opened: tuple[OpenRun, OpenRun], lies_between: Ask) -> Difference:
    """What differs between two runs that are at hand, as evidence holds it."""

    def ask(first: str, second: str) -> Between | None:
        found, then = lies_between(first, second), _recorded(first, second, runs)
        if found is None or (found.cut and then is not None and not then.cut):
            return then
        return found

    found = difference(*opened, spec, ask, published=True)
    return found.model_copy(
        update={
            "runs": tuple(runs.ref(handle).id for handle in two.handles),
            "config": found.config and found.config[:MOST_KEYS],
            "code": found.code and found.code.shortened(MOST_COMMITS),
            "metrics": found.metrics and _shortened(found.metrics, spec),
        }
    )


def _shortened(metrics: MetricsOfTwo, spec: DiffSpec) -> MetricsOfTwo:
    """The metrics of two runs without the last of very many.

    Raises:
        BlockError: More are named than a table can show.
    """
    cells = len(metrics.shown) * len(spec.stats) * len(_MEASURES)
    if spec.metrics and cells > MAX_CELLS:
        raise BlockError(f"a table of {cells} cells", hint=f"make several of up to {MAX_CELLS}")
    cut = {name: getattr(metrics, name)[:MOST_METRICS] for name in ("only_one", "only_other")}
    return metrics.model_copy(update=cut if spec.metrics else cut | {"shown": metrics.shown[:MOST_METRICS]})


def _recorded(one: str, other: str, runs: RunBook) -> Between | None:
    """What the last fill recorded of the same two commits, for a place where git cannot tell."""
    then = runs.before.difference.code if runs.before is not None and runs.before.difference is not None else None
    return then.between if then is not None and (then.one.commit, then.other.commit) == (one, other) else None


def _remembered(asked: dict[str, Any], two: _Two, runs: RunBook) -> Difference | None:
    """What the last fill found, if the same was asked for then, of these very runs."""
    before = runs.before
    if before is None or before.difference is None:
        return None
    same = before.difference.runs == tuple(runs.known_as(handle) for handle in two.handles)
    if not same or any(before.spec.get(name) != asked.get(name) for name in _CHOOSES):
        return None
    return before.difference.model_copy(update={"runs": tuple(runs.ref(handle).id for handle in two.handles)})


# --- the table --------------------------------------------------------------------------------------------------------


class _Body:
    """The lines of numbers."""

    def __init__(
        self, spec: DiffSpec, two: _Two, evaluation: Evaluation, templates: dict[AxisItem, Expression]
    ) -> None:
        self._spec = spec
        self._two = two
        self._evaluation = evaluation
        self._templates = templates

    def lines(self, found: Difference) -> list[tuple[str, list[CellEvidence]]]:
        """For each metric and statistic its label, and the cells: both runs, their difference and their ratio."""
        metrics = found.metrics.shown if found.metrics is not None else ()
        return [
            (label(item, template, metric), self._line(item, template, metric))
            for metric in metrics
            for item, template in self._templates.items()
        ]

    def _line(self, item: AxisItem, template: Expression, metric: str) -> list[CellEvidence]:
        row = label(item, template, metric)
        one, other = (
            place(template, metric=metric, window=self._spec.window, handle=handle) for handle in self._two.handles
        )
        asked = (one, other, compared(other, one, Measure.DELTA), compared(other, one, Measure.RATIO))
        return [
            self._evaluation.cell(row, column, expression)
            for column, expression in zip(_columns(self._two), asked, strict=True)
        ]


def _columns(two: _Two) -> tuple[str, ...]:
    one, other = two.names
    return one, other, f"{other} \N{MINUS SIGN} {one}", f"{other} / {one}"


def _grid(
    spec: DiffSpec, two: _Two, found: Difference, lines: Sequence[tuple[str, list[CellEvidence]]], caption: str
) -> Grid:
    """One table of everything; as many columns as it takes."""
    told = list(_told(spec, found))
    wide = 4 if lines else 3 if any(row.change for _, row in told) else 2
    if not lines and not told:
        return Grid(head=(), rows=(), aligned=(), caption=caption)
    rows = [(f"{kind}: {row.what}", *(row.one, row.other, row.change, "")[:wide]) for kind, row in told]
    numbers = [
        (what, *(text(cell, spec.digits, measure) for cell, measure in zip(line, _MEASURES, strict=True)))
        for what, line in lines
    ]
    none = (None,) * (wide + 1)
    return Grid(
        head=("what", *_columns(two)[:wide]),
        rows=(*rows, *numbers),
        aligned=sides(wide + 1, right=None if lines else wide - 2),
        caption=caption or None,
        cells=(*(none for _ in rows), *((None, *line) for _, line in lines)),
    )


def _told(spec: DiffSpec, found: Difference) -> list[tuple[str, Row]]:
    """The rows that are no numbers, in the order that the spec gives, each with what it is about."""
    rows = {
        Aspect.CONFIG: config_rows(found, MOST_KEYS),
        Aspect.CODE: code_rows(found.code, MOST_COMMITS) if found.code is not None else [],
        Aspect.ENVIRONMENT: environment_rows(found),
    }
    return [(str(aspect), row) for aspect in spec.show for row in rows.get(aspect, ())]


def _of_numbers(
    spec: DiffSpec, cells: Sequence[CellEvidence], found: Difference, runs: RunBook, two: _Two
) -> list[str]:
    """What must be known to read the numbers."""
    metrics, labels = found.metrics, dict(zip(two.handles, two.names, strict=True))
    if metrics is None:
        return unread(runs, labels)
    if not metrics.shown:
        return [f"no {'such ' if spec.metrics else ''}metric that both have", *unread(runs, labels)]
    left = metrics.both - len(metrics.shown) if not spec.metrics else 0
    few = [f"{len(metrics.shown)} of {metrics.both} metrics that both have: `metrics` chooses"] if left else []
    return [*few, f"metrics over {window_in_words(spec.window, cells)}", *said_of(cells, runs, labels)]
