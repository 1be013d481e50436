"""The line below a table: statistic, window, rows used, and everything that a reader must know to compare fairly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CellState
from journal.model.table import Axis, WindowItem
from journal.model.window import Edge, Unit, Window
from journal.tables.cells import is_ranged
from journal.tables.groups import scatter_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.model.evidence import CallEvidence, CellEvidence
    from journal.tables.layout import Layout
    from journal.tables.run_book import RunBook

SINGLY = 3
"""So many runs are told one by one, also where all of them have as many rows."""

SPARSE = 2
"""How many times as many rows another metric has in the same window, for one to be called sparse."""
FAR = 10
"""Rows that stop, or begin, more than one part in so many of the window from another run's are told of."""


def caption(
    layout: Layout, cells: Sequence[CellEvidence], runs: RunBook, handles: Sequence[str], missing: Sequence[str] = ()
) -> str:
    """`mean over steps 3500..4000; rows used: ipa 101, iga 101`, and what was left out of it.

    Args:
        layout: The table's layout.
        cells: Its cells.
        runs: The entry's runs.
        handles: The runs of the table.
        missing: In words, which runs of which groups have no value.
    """
    what = [] if layout.is_bare else [_what(layout, cells)]
    absent = [f"without a value: {', '.join(missing)}"] if missing else []
    told = _Told(cells, runs, _labels(layout, handles))
    return "; ".join(
        [*what, *scatter_in_words(cells), *absent, *told.in_words(), *unread(runs, _labels(layout, handles))]
    )


def said_of(cells: Sequence[CellEvidence], runs: RunBook, labels: Mapping[str, str]) -> list[str]:
    """What must be said of numbers wherever they stand: rows used, rows left out, steps that differ.

    Args:
        cells: The numbers.
        runs: The entry's runs.
        labels: What each of the runs that they are of is called, by its handle.
    """
    return [*_Told(cells, runs, dict(labels)).in_words(), *unread(runs, labels)]


def unread(runs: RunBook, labels: Mapping[str, str]) -> list[str]:
    """That there are things in the runs' logs that could not be read, and how many."""
    broken = []
    for handle, label in labels.items():
        evidence = runs.evidence(handle)
        if evidence is not None and evidence.problems:
            broken.append(f"{label} {evidence.problems}")
    return [f"problems in reading: {', '.join(broken)}"] if broken else []


def begins_late(runs: RunBook, handle: str, label: str, windows: Iterable[Window]) -> list[str]:
    """Where a run begins, if a window reaches back before that: its first part may not be at hand.

    A run whose first row is no later than its rows are apart begins at its beginning.
    """
    reach, evidence = runs.reach(handle), runs.evidence(handle)
    if reach is None or evidence is None or not any(_reaches_back(window, reach.first) for window in windows):
        return []
    apart = (reach.last - reach.first) / (evidence.rows - 1) if evidence.rows > 1 else 0
    return [f"run {label} begins at step {reach.first}"] if reach.first > max(1, apart) else []


def _reaches_back(window: Window, first: int) -> bool:
    if window.matched or window.edge is not None:
        return window.edge is Edge.FIRST
    return window.first is None or window.first < first


def _labels(layout: Layout, handles: Sequence[str]) -> dict[str, str]:
    shown = [place.items.get(Axis.RUNS) for place in (*layout.rows, *layout.columns)]
    named = {} if layout.grouped else {str(item.value): str(item) for item in shown if item is not None}
    return {handle: named.get(handle, handle) for handle in handles}


def _what(layout: Layout, cells: Sequence[CellEvidence]) -> str:
    """The axes that are not in the table, in words: `mean of train/loss over steps 3500..4000`."""
    named = [str(layout.fixed[axis]) for axis in (Axis.VALUES, Axis.STATS, Axis.METRICS) if axis in layout.fixed]
    if Axis.RUNS in layout.fixed:
        named.append(f"{'group' if layout.grouped else 'run'} {layout.fixed[Axis.RUNS]!s}")
    what = " of ".join(named)
    asked = {call.window for cell in cells for call in cell.calls if is_ranged(call)}
    fixed = layout.fixed.get(Axis.WINDOWS)
    if isinstance(fixed, WindowItem) and asked == {str(fixed.value)}:
        return f"{what} over {in_words(fixed.value, cells)}".lstrip()
    # An expression may have a window of its own; its label stands in the caption, or else in the table.
    labelled = not asked <= _headed(layout) and not {Axis.VALUES, Axis.STATS} & set(layout.fixed)
    said = [*([what] if what else []), *(["windows as labelled"] if labelled else [])]
    return ", ".join(said) or ("values as headed" if fixed is not None else "windows as headed")


def _headed(layout: Layout) -> set[str | None]:
    """The windows that the table, or its caption, names on their axis."""
    places = [place.items for place in (*layout.rows, *layout.columns)]
    items = [each.get(Axis.WINDOWS) for each in (layout.fixed, *places)]
    return {str(item.value) for item in items if item is not None}


def in_words(window: Window, cells: Sequence[CellEvidence] = ()) -> str:
    """A window in words; where runs are matched, with what that came to."""
    if window.matched:
        calls = [call for cell in cells for call in cell.calls if call.window == "matched" and is_ranged(call)]
        steps = {call.steps for call in calls if call.steps}
        return f"matched steps {steps.pop()}" if len(steps) == 1 else "matched steps"
    if window.edge is not None:
        unit = "logged row" if window.unit is Unit.ROWS else "step"
        return f"the {window.edge} {unit}" if window.count == 1 else f"the {window.edge} {window.count} {unit}s"
    return "all steps" if str(window) == "all" else f"steps {window}"


class _Told:
    """The calls of a table, run by run."""

    def __init__(self, cells: Sequence[CellEvidence], runs: RunBook, labels: dict[str, str]) -> None:
        self._cells = cells
        self._runs = runs
        self._labels = labels
        called = [call for cell in cells for call in cell.calls if call.window is not None]
        self._called = [call for call in dict.fromkeys(called) if call.state is not CellState.PENDING]
        self._ranged = [call for call in self._called if is_ranged(call)]

    def in_words(self) -> list[str]:
        """What must be said of numbers wherever they stand."""
        told = (self._rows_used, self._left_out, self._unlike_steps, self._begins, self._ends, self._sparse)
        return [words for tell in told for words in tell()]

    def _of(self, handle: str) -> list[CallEvidence]:
        reference = self._runs.ref(handle).id
        return [call for call in self._called if call.run == reference]

    def _each(self) -> Iterator[tuple[str, list[CallEvidence]]]:
        for handle, label in self._labels.items():
            if found := self._of(handle):
                yield label, found

    def _named(self, call: CallEvidence) -> str:
        found = (label for handle, label in self._labels.items() if self._runs.ref(handle).id == call.run)
        return next(found, str(call.run))

    def _rows_used(self) -> list[str]:
        used: dict[str, str] = {}
        for label, found in self._each():
            counts = [call.n for call in found if call.n is not None]
            low, high = min(counts, default=0), max(counts, default=0)
            used[label] = f"{low}" if low == high else f"{low} to {high}"
        if len(used) > SINGLY and len(set(used.values())) == 1:
            return [f"rows used: {next(iter(used.values()))} of each of {len(used)} runs"]
        return [f"rows used: {', '.join(f'{label} {rows}' for label, rows in used.items())}"] if used else []

    def _left_out(self) -> list[str]:
        most = {label: max((call.nonfinite or 0 for call in found), default=0) for label, found in self._each()}
        left = [f"{label} {count}" for label, count in most.items() if count]
        return [f"non-finite rows left out: {', '.join(left)}"] if left else []

    def _unlike_steps(self) -> list[str]:
        """Runs whose numbers stand side by side although they are of unlike steps."""
        unlike: dict[str, None] = {}
        for calls in (*_alike(self._ranged), *map(_together, self._cells)):
            if _of_unlike_steps(calls):
                unlike.update({f"{self._named(call)} {call.steps or 'none'}": None for call in calls})
        return [f"steps differ: {', '.join(unlike)}"] if unlike else []

    def _begins(self) -> list[str]:
        """Runs that begin behind the beginning of what was asked for."""
        said = []
        for handle, label in self._labels.items():
            windows = dict.fromkeys(str(call.window) for call in self._of(handle) if is_ranged(call))
            said += begins_late(self._runs, handle, label, map(Window.model_validate, windows))
        return said

    def _ends(self) -> list[str]:
        """Metrics whose rows end, or begin, far from where those beside them do, in steps that their run has."""
        early: dict[str, None] = {}
        late: dict[str, None] = {}
        stopped = [[call, dense] for call, dense in self._fewer() if not _is_sparse(call, dense)]
        for calls in (*_alike(self._ranged), *stopped):
            for call, before, behind in _gaps(calls):
                named = f"{self._named(call)} {call.metric} at step"
                early.update({f"{named} {call.last_step}": None} if _is_far(behind, call) else {})
                late.update({f"{named} {call.first_step}": None} if _is_far(before, call) else {})
        said = {"rows end early": early, "rows begin late": late}
        return [f"{words}: {', '.join(told)}" for words, told in said.items() if told]

    def _fewer(self) -> Iterator[tuple[CallEvidence, CallEvidence]]:
        """Calls on far fewer rows than another of the same run in the same steps, which stands beside each."""
        for _, found in self._each():
            for steps in dict.fromkeys(call.steps for call in found):
                beside = [call for call in found if call.steps == steps and is_ranged(call)]
                dense = max(beside, key=_rows, default=None)
                for call in beside:
                    if dense is not None and 0 < _rows(call) * SPARSE <= _rows(dense):
                        yield call, dense

    def _sparse(self) -> list[str]:
        """Metrics that are logged less often than others beside them: they keep to their own rows."""
        sparsest: dict[str, tuple[int, int]] = {}
        for call, dense in self._fewer():
            few, most = sparsest.get(str(call.metric), (1, 1))
            if _is_sparse(call, dense) and _rows(call) * most < few * _rows(dense):
                sparsest[str(call.metric)] = _rows(call), _rows(dense)
        said = [f"{metric} ({rows} of {most})" for metric, (rows, most) in sparsest.items()]
        return [f"logged more sparsely, on their own rows: {', '.join(said)}"] if said else []


def _alike(ranged: Iterable[CallEvidence]) -> Iterator[list[CallEvidence]]:
    """Calls that ask the same of several runs."""
    found: dict[tuple[str | None, ...], list[CallEvidence]] = {}
    for call in ranged:
        found.setdefault((call.metric, call.statistic, call.window), []).append(call)
    yield from (calls for calls in found.values() if len({call.run for call in calls}) > 1)


def _together(cell: CellEvidence) -> list[CallEvidence]:
    """The calls in one cell's arithmetic that are about ranges of rows, whatever they make of them."""
    return [call for call in cell.parts if is_ranged(call) and call.state is not CellState.PENDING]


def _of_unlike_steps(calls: Iterable[CallEvidence]) -> bool:
    """Whether some run is looked at over other steps than another; several windows of each are nothing unlike."""
    steps: dict[str | None, set[str | None]] = {}
    for call in calls:
        steps.setdefault(call.run, set()).add(call.steps)
    return len(set(map(frozenset, steps.values()))) > 1


def _gaps(calls: Iterable[CallEvidence]) -> Iterator[tuple[CallEvidence, int, int]]:
    """For each call, how many steps its rows begin after the first of them all and end before the last.

    Only steps that its window has count.
    """
    used = [(call, call.first_step, call.last_step) for call in calls]
    there = [(call, first, last) for call, first, last in used if first is not None and last is not None]
    begin, end = min((first for _, first, _ in there), default=0), max((last for *_, last in there), default=0)
    for call, first, last in there:
        low, high = _ends_of(call)
        yield call, first - max(begin, low), min(end, high) - last


def _is_far(gap: int, call: CallEvidence) -> bool:
    """Whether a gap is more than rows that are logged now and then leave at the end of a window.

    One row alone does not tell how often it is logged.
    """
    low, high = _ends_of(call)
    apart = _apart(call, call.n or 0)
    return apart is not None and gap > apart and gap * FAR > high - low


def _is_sparse(call: CallEvidence, dense: CallEvidence) -> bool:
    """Whether a call's rows lie far apart, and did not merely end before those of another, or begin after them."""
    apart, beside = _apart(call, _rows(call)), _apart(dense, _rows(dense))
    return apart is None or beside is None or apart >= SPARSE * beside


def _ends_of(call: CallEvidence) -> tuple[int, int]:
    """The first and the last step of what a call's window came to."""
    window = Window() if call.steps is None else Window.model_validate(call.steps)
    return window.first or 0, window.last or 0


def _apart(call: CallEvidence, rows: int) -> float | None:
    """How many steps lie from row to row; None for less than two of them."""
    if rows <= 1 or call.first_step is None or call.last_step is None:
        return None
    return (call.last_step - call.first_step) / (rows - 1)


def _rows(call: CallEvidence) -> int:
    return (call.n or 0) + (call.nonfinite or 0)
