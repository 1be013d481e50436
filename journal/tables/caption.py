"""The line below a table: statistic, window, rows used, and everything that a reader must know to compare fairly."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.evidence import CellState
from journal.model.table import Axis, WindowItem
from journal.model.window import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.model.evidence import CallEvidence, CellEvidence
    from journal.model.window import Window
    from journal.tables.layout import Layout
    from journal.tables.run_book import RunBook

SPARSE = 2
"""How many times as many rows another metric has in the same window, for one to be called sparse."""


def caption(layout: Layout, cells: Sequence[CellEvidence], runs: RunBook, handles: Sequence[str]) -> str:
    """`mean over steps 3500..4000; rows used: ipa 101, iga 101`, and what was left out of it.

    Args:
        layout: The table's layout.
        cells: Its cells.
        runs: The entry's runs.
        handles: The runs of the table.
    """
    what = [] if layout.is_bare else [_what(layout, cells)]
    return "; ".join([*what, *_scatter(cells), *footnotes(cells, runs, _labels(layout, handles))])


def footnotes(cells: Sequence[CellEvidence], runs: RunBook, labels: dict[str, str]) -> list[str]:
    """What must be said of numbers wherever they stand: rows used, left out, unlike steps, sparse, unread.

    Args:
        cells: The cells.
        runs: The entry's runs.
        labels: What the table calls each of its runs, by handle.
    """
    told = _Told(cells, runs, labels)
    return [*told.rows_used(), *told.left_out(), *told.unlike_steps(), *told.sparse(), *unread(runs, labels)]


def unread(runs: RunBook, labels: Mapping[str, str]) -> list[str]:
    """That there are things in the runs' logs that could not be read, and how many."""
    broken = []
    for handle, label in labels.items():
        evidence = runs.evidence(handle)
        if evidence is not None and evidence.problems:
            broken.append(f"{label} {evidence.problems}")
    return [f"problems in reading: {', '.join(broken)}"] if broken else []


def _labels(layout: Layout, handles: Sequence[str]) -> dict[str, str]:
    shown = [place.items.get(Axis.RUNS) for place in (*layout.rows, *layout.columns)]
    named = {} if layout.grouped else {str(item.value): str(item) for item in shown if item is not None}
    return {handle: named.get(handle, handle) for handle in handles}


def _what(layout: Layout, cells: Sequence[CellEvidence]) -> str:
    """The axes that are not in the table, in words: `mean of train/loss over steps 3500..4000`."""
    named = [str(layout.fixed[axis]) for axis in (Axis.VALUES, Axis.STATS, Axis.METRICS) if axis in layout.fixed]
    if Axis.RUNS in layout.fixed:
        named.append(f"{'group' if layout.grouped else 'run'} {layout.fixed[Axis.RUNS]!s}")
    words = [" of ".join(named)] if named else []
    fixed = layout.fixed.get(Axis.WINDOWS)
    if isinstance(fixed, WindowItem) and any(_spans(call) for cell in cells for call in cell.calls):
        words.append(f"over {in_words(fixed.value, cells)}")
    return " ".join(words) or ("values as headed" if fixed is not None else "windows as headed")


def in_words(window: Window, cells: Sequence[CellEvidence] = ()) -> str:
    """A window in words; where runs are matched, with what that came to."""
    if window.matched:
        steps = {call.steps for cell in cells for call in cell.calls if call.window == "matched" and call.steps}
        return f"matched steps {steps.pop()}" if len(steps) == 1 else "matched steps"
    if window.edge is not None:
        unit = "logged row" if window.unit is Unit.ROWS else "step"
        return f"the {window.edge} {unit}" if window.count == 1 else f"the {window.edge} {window.count} {unit}s"
    return "all steps" if str(window) == "all" else f"steps {window}"


def _scatter(cells: Sequence[CellEvidence]) -> list[str]:
    """How groups of runs are summed up, and by what they are compared."""
    groups = [cell.group for cell in cells if cell.group is not None]
    if not groups:
        return []
    said = ["mean ± sample standard deviation over runs"]
    said += dict.fromkeys(group.interval for group in groups if group.interval is not None)
    if any(group.n == 1 for group in groups):
        said.append("n = 1: one run tells nothing of how runs scatter")
    tests = [cell.test for cell in cells if cell.test is not None]
    said += dict.fromkeys(f"{test.name}, {test.n} {'pairs' if test.paired else 'runs'}, two-sided" for test in tests)
    return said


class _Told:
    """The calls of a table, run by run."""

    def __init__(self, cells: Sequence[CellEvidence], runs: RunBook, labels: dict[str, str]) -> None:
        self._cells = cells
        self._runs = runs
        self._labels = labels
        called = [call for cell in cells for call in cell.calls if call.window is not None]
        self._called = [call for call in dict.fromkeys(called) if call.state is not CellState.PENDING]

    def _of(self, handle: str) -> list[CallEvidence]:
        reference = self._runs.ref(handle).id
        return [call for call in self._called if call.run == reference]

    def _each(self) -> Iterator[tuple[str, list[CallEvidence]]]:
        for handle, label in self._labels.items():
            if found := self._of(handle):
                yield label, found

    def rows_used(self) -> list[str]:
        used = []
        for label, found in self._each():
            counts = [call.n for call in found if call.n is not None]
            low, high = min(counts, default=0), max(counts, default=0)
            used.append(f"{label} {low if low == high else f'{low} to {high}'}")
        return [f"rows used: {', '.join(used)}"] if used else []

    def left_out(self) -> list[str]:
        most = {label: max((call.nonfinite or 0 for call in found), default=0) for label, found in self._each()}
        left = [f"{label} {count}" for label, count in most.items() if count]
        return [f"non-finite rows left out: {', '.join(left)}"] if left else []

    def unlike_steps(self) -> list[str]:
        """Runs whose numbers stand side by side although they are of unlike steps."""
        unlike: dict[str, None] = {}
        for alike in (*_alike(self._called), *(each for cell in self._cells for each in _compared(cell))):
            if _of_unlike_steps(alike):
                unlike.update({f"{self._named(call)} {call.steps or 'none'}": None for call in alike})
        return [f"steps differ: {', '.join(unlike)}"] if unlike else []

    def _named(self, call: CallEvidence) -> str:
        found = (label for handle, label in self._labels.items() if self._runs.ref(handle).id == call.run)
        return next(found, str(call.run))

    def sparse(self) -> list[str]:
        """Metrics with far fewer rows than others of the same run in the same steps: they keep to their own rows."""
        sparse: dict[str, str] = {}
        for _, found in self._each():
            for steps in {call.steps for call in found}:
                beside = [call for call in found if call.steps == steps and _spans(call)]
                most = max((_rows(call) for call in beside), default=0)
                few = [call for call in beside if 0 < _rows(call) * SPARSE <= most]
                sparse.update({str(call.metric): f"{_rows(call)} of {most}" for call in few})
        said = [f"{metric} ({rows})" for metric, rows in sparse.items()]
        return [f"logged more sparsely, on their own rows: {', '.join(said)}"] if said else []


def _alike(called: Iterable[CallEvidence]) -> Iterator[list[CallEvidence]]:
    """Calls that ask the same of several runs."""
    found: dict[tuple[str | None, ...], list[CallEvidence]] = {}
    for call in called:
        if _spans(call):
            found.setdefault((call.metric, call.statistic, call.window), []).append(call)
    yield from (calls for calls in found.values() if len({call.run for call in calls}) > 1)


def _compared(cell: CellEvidence) -> Iterator[list[CallEvidence]]:
    """The calls in one cell's arithmetic that ask the same of several runs, in whatever windows."""
    there = (call for call in cell.parts if _spans(call) and call.state is not CellState.PENDING)
    asked = sorted(there, key=_what_of)
    for _, found in groupby(asked, key=_what_of):
        calls = list(found)
        if len({call.run for call in calls}) > 1:
            yield calls


def _of_unlike_steps(calls: Iterable[CallEvidence]) -> bool:
    """Whether some run is looked at over other steps than another; several windows of each are nothing unlike."""
    steps: dict[str | None, set[str | None]] = {}
    for call in calls:
        steps.setdefault(call.run, set()).add(call.steps)
    return len(set(map(frozenset, steps.values()))) > 1


def _what_of(call: CallEvidence) -> tuple[str, str]:
    return str(call.metric), str(call.statistic)


def _spans(call: CallEvidence) -> bool:
    """Whether a call is about a range of rows, and not about one step that it names."""
    return call.window is not None and not str(call.statistic).startswith("at(")


def _rows(call: CallEvidence) -> int:
    return (call.n or 0) + (call.nonfinite or 0)
