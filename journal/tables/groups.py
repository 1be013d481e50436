"""Groups of runs, such as the seeds of one setting: who belongs to which, and a cell for all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.errors import BlockError
from journal.model.evidence import CallEvidence, CellEvidence, CellState, Estimate
from journal.model.expression import Call, Statistic, spelt
from journal.model.table import AxisItem, Measure
from journal.stats.evaluation import combine
from journal.stats.groups import significance, spread
from journal.tables.cells import COUNTS, name_of_statistic, place
from journal.tables.numbers import compared

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from journal.model.expression import Expression
    from journal.model.table import TableSpec
    from journal.model.window import Window
    from journal.tables.cells import Evaluation
    from journal.tables.run_book import RunBook


# The means of two groups, in the arithmetic of a comparison.
_OF, _TO = (Call(statistic=Statistic(name="mean"), metric=side) for side in ("of", "to"))


@dataclass(frozen=True)
class GroupedCell:
    """The mean over a group, and the value of each of its runs that has one, by handle."""

    cell: CellEvidence
    expression: Expression
    values: Mapping[str, float]


class Groups:
    """The groups of one table.

    Args:
        spec: The table's spec, which names groups.
        runs: The entry's runs.
        handles: The runs of the table.
        evaluation: Evaluates calls.

    Raises:
        BlockError: A group names a run that the entry does not know, or has one run under two handles.
    """

    def __init__(self, spec: TableSpec, runs: RunBook, handles: Sequence[str], evaluation: Evaluation) -> None:
        self._spec = spec
        self._evaluation = evaluation
        self._told: dict[str, tuple[CallEvidence, ...]] = {}
        self._missing: dict[str, None] = {}
        if isinstance(spec.groups, str):
            self.members = self._by_key(spec.groups.removeprefix("config(").removesuffix(")"), handles)
        else:
            named = {label: runs.axis([AxisItem(value=each) for each in each_of]) for label, each_of in _named(spec)}
            self.members = {label: tuple(dict.fromkeys(map(_value, items))) for label, items in named.items()}
            for label in (label for label, each_of in self.members.items() if not each_of):
                evaluation.pending[f"group {label} has no runs yet"] = None
        for label, each_of in self.members.items():
            _check_each_once(label, each_of, runs)

    @property
    def axis(self) -> tuple[AxisItem, ...]:
        """The groups, as items of the axis of runs."""
        return tuple(AxisItem(value=label) for label in self.members)

    @property
    def missing(self) -> tuple[str, ...]:
        """In words, the runs that cells so far did without: `later of wide`."""
        return tuple(self._missing)

    def cell(
        self, row: str, column: str, template: Expression, *, metric: str | None, window: Window, group: str
    ) -> GroupedCell:
        """The mean of an expression over a group; runs without a value are left out, and stay in the evidence."""
        cells = {
            handle: self._evaluation.cell(row, column, place(template, metric=metric, window=window, handle=handle))
            for handle in self.members[group]
        }
        values = {handle: cell.value for handle, cell in cells.items() if cell.value is not None}
        parts = [call for handle, cell in cells.items() for call in (*self._told.get(handle, ()), *cell.calls)]
        waiting = any(cell.state is CellState.PENDING for cell in cells.values())
        expression = place(template, metric=metric, window=window, handle=group)
        shell = CellEvidence(
            row=row,
            column=column,
            expression=str(expression),
            state=CellState.PENDING if waiting or not cells else CellState.NO_ROWS,
            parts=tuple(dict.fromkeys(parts)),
        )
        if not values:
            return GroupedCell(shell, expression, values)
        mean, scatter = spread(list(values.values()), self._spec.interval, self._spec.confidence)
        missing = [handle for handle in cells if handle not in values]
        self._missing.update(dict.fromkeys(f"{handle} of {group}" for handle in missing))
        scatter = scatter.model_copy(update={"missing": len(missing)})
        cell = shell.model_copy(update={"state": CellState.VALUE, "value": mean, "group": scatter})
        return GroupedCell(cell, expression, values)

    def compared(self, row: str, column: str, of: GroupedCell, to: GroupedCell, measure: Measure) -> CellEvidence:
        """What a comparison makes of the means of two groups."""
        shell = CellEvidence(
            row=row,
            column=column,
            expression=str(compared(of.expression, to.expression, measure)),
            state=_state(of, to),
            parts=tuple(dict.fromkeys([*of.cell.parts, *to.cell.parts])),
        )
        means = {_OF: of.cell.value, _TO: to.cell.value}
        value = combine(compared(_OF, _TO, measure), lambda call: Estimate(value=means[call], n=0, nonfinite=0)).value
        return shell if value is None else shell.model_copy(update={"state": CellState.VALUE, "value": value})

    def test(self, row: str, column: str, of: GroupedCell, to: GroupedCell) -> CellEvidence:
        """The difference of two groups and the test of it: paired where the runs of both match."""
        pairs = {handle: self._pair(handle) for handle in (*of.values, *to.values)}
        told = [call for call in pairs.values() if call is not None]
        parts = tuple(dict.fromkeys([*of.cell.parts, *to.cell.parts, *told]))
        shell = CellEvidence(
            row=row,
            column=column,
            expression=str(compared(of.expression, to.expression, Measure.TEST)),
            state=_state(of, to),
            parts=parts,
        )
        if not of.values or not to.values:
            return shell
        left, right = ({_key(handle, pairs): value for handle, value in side.values.items()} for side in (of, to))
        once = len(left) == len(of.values) and len(right) == len(to.values)
        sides = (left, right) if once else (list(of.values.values()), list(to.values.values()))
        difference, found = significance(*sides)
        state = CellState.NO_ROWS if difference is None else CellState.VALUE
        return shell.model_copy(update={"state": state, "value": difference, "test": found})

    def _by_key(self, key: str, handles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        members: dict[str, list[str]] = {}
        for handle in handles:
            call = self._evaluation.call(_config(key, handle))
            if call.state is CellState.VALUE:
                members.setdefault(f"{key.rpartition('.')[2]}={_shown(call)}", []).append(handle)
                self._told[handle] = (call,)
        # A run of which nobody knows the group yet may turn out to be of any that is there.
        unknown = [handle for handle in handles if handle not in self._told] if members else []
        self._missing.update(dict.fromkeys(f"{handle}, whose {key} is not known" for handle in unknown))
        return {label: tuple(each_of) for label, each_of in members.items()}

    def _pair(self, handle: str) -> CallEvidence | None:
        """What says which run of another group this one belongs to; None where its config does not."""
        return self._evaluation.quietly(_config(self._spec.pair, handle))


def _check_each_once(label: str, handles: Iterable[str], runs: RunBook) -> None:
    """No run may count twice, whatever it is called."""
    seen: dict[Hashable, str] = {}
    for handle in handles:
        for name in _names(handle, runs):
            other = seen.setdefault(name, handle)
            if other != handle:
                raise BlockError(
                    f"group {label}: {other!r} and {handle!r} are the same run", hint="a run counts once: name one"
                )


def _names(handle: str, runs: RunBook) -> Iterable[Hashable]:
    """By what a run is known: its reference, its address at the tracker, the bytes it was read from."""
    yield "reference", runs.ref(handle).id
    found = runs.evidence(handle)
    if found is not None:
        yield "bytes", found.origin.sha256
        if found.project is not None:
            yield "address", found.entity, found.project, found.id


def _value(item: AxisItem) -> str:
    return item.value


def _state(of: GroupedCell, to: GroupedCell) -> CellState:
    """The state of a comparison that has no value."""
    return CellState.PENDING if CellState.PENDING in {of.cell.state, to.cell.state} else CellState.NO_ROWS


def _named(spec: TableSpec) -> Iterable[tuple[str, tuple[str, ...]]]:
    assert isinstance(spec.groups, dict)  # noqa: S101  (its caller looked)
    if not spec.groups:
        raise BlockError("groups: there are none", hint="write `groups: {name: [handles]}`, or a key of the config")
    return spec.groups.items()


def _config(key: str, handle: str) -> Call:
    return Call(statistic=Statistic(name="config"), metric=key, handle=handle)


def _shown(call: CallEvidence) -> str:
    return spelt(call.value) if call.value is not None else str(call.text)


def _key(handle: str, pairs: Mapping[str, CallEvidence | None]) -> Hashable:
    """What a run is paired by; a run without it is paired with none."""
    call = pairs[handle]
    return (handle,) if call is None else _shown(call)


def scatter_in_words(cells: Sequence[CellEvidence]) -> list[str]:
    """How groups of runs are summed up, and by what they are compared."""
    groups = [cell.group for cell in cells if cell.group is not None]
    if not groups:
        return []
    said = ["mean ± sample standard deviation over runs"]
    said += dict.fromkeys(group.interval for group in groups if group.interval is not None)
    if any(group.n == 1 for group in groups):
        said.append("n = 1: one run tells nothing of how runs scatter")
    return [*said, *_counted(cells), *_tests(cells)]


def _counted(cells: Sequence[CellEvidence]) -> list[str]:
    """Of how many rows each run's count is, which the mean of counts does not show."""
    sizes: dict[str, dict[int, None]] = {}
    for call in (call for cell in cells if cell.group is not None for call in cell.calls):
        if name_of_statistic(call) in COUNTS and call.n:
            sizes.setdefault(f"{call.statistic} of {call.metric}", {})[call.n] = None
    return [f"{what}: out of {', '.join(map(str, many))} rows" for what, many in sizes.items()]


def _tests(cells: Sequence[CellEvidence]) -> list[str]:
    """Each test that was made; where they are unlike, of which rows or columns it is."""
    made: dict[str, list[CellEvidence]] = {}
    for cell in cells:
        if cell.test is not None and cell.test.p is not None:
            count = f"{cell.test.n} {'pairs' if cell.test.paired else 'runs'}"
            made.setdefault(f"{cell.test.name}, {count}, two-sided", []).append(cell)
    if len(made) < 2:  # noqa: PLR2004  (one alone is of all)
        return list(made)
    tellings = (lambda cell: cell.row, lambda cell: cell.column, lambda cell: f"{cell.row}, {cell.column}")
    for tell in tellings:
        places = {words: dict.fromkeys(map(tell, each)) for words, each in made.items()}
        if sum(map(len, places.values())) == len({place for each in places.values() for place in each}):
            break
    return [f"{words} ({'; '.join(each)})" for words, each in places.items()]
