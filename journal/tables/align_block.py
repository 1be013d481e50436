"""The `align` block: the most extreme steps of one metric, with other metrics at the same steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import BlockError
from journal.model.evidence import CellState
from journal.model.expression import Call, Statistic
from journal.model.table import AlignSpec, AxisItem, Pick
from journal.stats.extremes import extreme_steps
from journal.stats.windows import resolve
from journal.tables.block_kind import Filled
from journal.tables.caption import begins_late, in_words, unread
from journal.tables.cells import Evaluation, name_of_statistic, place
from journal.tables.grid import Grid, sides
from journal.tables.table_block import text

if TYPE_CHECKING:
    from journal.model.evidence import CellEvidence
    from journal.model.expression import Expression
    from journal.tables.run_book import RunBook

LEFT_OUT = "left out"
"""Row, in the evidence alone, of how many rows are not finite, so that they are neither highest nor lowest."""


class _Picked(NamedTuple):
    """The steps that were picked, the most extreme first, and how many rows could not be."""

    steps: list[str]
    left_out: int


def fill(spec: AlignSpec, runs: RunBook) -> Filled:
    """The steps as the run has them now, or as it had them at the last fill where it is out of reach.

    Raises:
        BlockError: A handle that the entry does not know, or several runs and none of them named.
        SourceError: The run is there but cannot be read.
    """
    handle = _handle(spec, runs)
    evaluation = Evaluation(runs, (handle,))
    shown = (AxisItem(value=spec.metric), *spec.others)
    steps = _steps(spec, runs, handle, evaluation)
    unknown = not steps and bool(evaluation.pending or evaluation.lost)
    cells = [[evaluation.cell(str(step), str(item), _at(item.value, step, handle)) for item in shown] for step in steps]
    left_out = _left_out(spec, runs, handle, evaluation)
    picked = _Picked(_picked(spec, [line[0] for line in cells]), sum(int(cell.value or 0) for cell in left_out))
    rows = [(str(step), *(text(cell, spec.digits) for cell in line)) for step, line in zip(steps, cells, strict=True)]
    return Filled(
        content=Grid(
            head=("step", *map(str, shown)),
            rows=tuple(rows),
            aligned=sides(1 + len(shown), right=1 + len(shown)),
            caption="; ".join(
                [
                    *_what(spec, handle, None if unknown else picked),
                    *begins_late(runs, handle, handle, [spec.window]),
                    *unread(runs, {handle: handle}),
                ]
            ),
            cells=tuple((None, *line) for line in cells),
        ),
        spec=_asked(spec) | {"run": handle},
        handles=(handle,),
        cells=(*(cell for line in cells for cell in line), *left_out),
        pending=tuple(evaluation.pending),
        recalled=tuple(evaluation.recalled),
        lost=tuple(evaluation.lost),
    )


def _handle(spec: AlignSpec, runs: RunBook) -> str:
    if spec.run is not None:
        return runs.axis([AxisItem(value=spec.run)])[0].value
    if len(runs.handles) != 1:
        known = ", ".join(runs.handles) or "none yet"
        raise BlockError(
            "name the run whose steps are wanted: `run: handle`", hint=f"runs in the front matter: {known}"
        )
    return runs.handles[0]


def _at(metric: str, step: int, handle: str) -> Call:
    return Call(statistic=Statistic(name="at", number=step), metric=metric, handle=handle)


def _steps(spec: AlignSpec, runs: RunBook, handle: str, evaluation: Evaluation) -> list[int]:
    run = runs.open(handle)
    if run is None:
        return _remembered(spec, runs, handle, evaluation)
    column = run.column(spec.metric)
    if column is None:  # so that what is missing is told
        evaluation.cell("", "", Call(statistic=Statistic(name="last"), metric=spec.metric, handle=handle))
        return []
    return extreme_steps(column, resolve(spec.window, runs.reach(handle)), spec.pick, spec.k, spec.before)


def _remembered(spec: AlignSpec, runs: RunBook, handle: str, evaluation: Evaluation) -> list[int]:
    """The steps of the last fill, if the same were asked for then, of this very run."""
    before = runs.before
    if before is not None and runs.known_as(handle) in before.runs and _picks(before.spec) == _picks(_asked(spec)):
        if before.cells or not runs.looks:
            return list(dict.fromkeys(int(cell.row) for cell in before.cells if name_of_statistic(cell) == "at"))
    elif runs.known(handle) is None or not runs.looks:
        evaluation.pending[f"run {runs.named(handle)} is not there yet"] = None
        return []
    evaluation.lost[runs.absence(handle)] = None
    return []


def _asked(spec: AlignSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json", exclude_defaults=True)


def _picks(asked: dict[str, Any]) -> list[Any]:
    """The part of a spec that picks the steps."""
    return [asked.get(name) for name in ("metric", "pick", "k", "before", "window")]


def _left_out(spec: AlignSpec, runs: RunBook, handle: str, evaluation: Evaluation) -> list[CellEvidence]:
    """How many rows of the metric are not finite, as a cell of the evidence: none where all of them are."""
    if spec.pick is Pick.NONFINITE:
        return []
    run, before = runs.open(handle), runs.before
    if run is None and not any(cell.row == LEFT_OUT for cell in (before.cells if before is not None else ())):
        return []
    if run is not None and run.column(spec.metric) is None:
        return []
    cell = evaluation.cell(LEFT_OUT, spec.metric, _nonfinite(spec, handle))
    return [cell] if cell.value or cell.state is CellState.PENDING else []


def _nonfinite(spec: AlignSpec, handle: str) -> Expression:
    return place(Call(statistic=Statistic(name="nonfinite")), metric=spec.metric, window=spec.window, handle=handle)


def _picked(spec: AlignSpec, cells: list[CellEvidence]) -> list[str]:
    """Which of the rows shown are the extreme ones: of the metric itself, the other rows are before them."""
    if spec.pick is Pick.NONFINITE:
        return [cell.row for cell in cells if cell.value is None][:1]
    sign = -1 if spec.pick is Pick.HIGHEST else 1
    finite = [(sign * cell.value, cell.row) for cell in cells if cell.value is not None]
    return [row for _, row in sorted(finite, key=lambda each: (each[0], int(each[1])))][: spec.k]


def _what(spec: AlignSpec, handle: str, picked: _Picked | None) -> list[str]:
    """What is shown, in words; `picked` is None while nobody can know."""
    where = f"{spec.metric} over {in_words(spec.window)} of run {handle}"
    nonfinite = spec.pick is Pick.NONFINITE
    steps, count = picked if picked is not None else ([], 0)
    left_out = [f"non-finite rows left out: {count}"] if count else []
    if picked is not None and not steps:
        return [f"no {'non-finite' if nonfinite else 'finite'} row of {where}", *left_out]
    many = len(steps) if picked is not None else 1 if nonfinite else spec.k
    before = f", with the {_counted(spec.before)} before {'it' if many == 1 else 'each'}" if spec.before else ""
    which = [f"picked: {'step' if many == 1 else 'steps'} {', '.join(steps)}"] if spec.before and steps else []
    if nonfinite:
        return [f"the first non-finite row of {where}{before}", *which]
    rows = f"the {spec.pick} row" if many == 1 else f"the {many} {spec.pick} rows"
    return [f"{rows} of {where}{before}", *which, *left_out]


def _counted(rows: int) -> str:
    return "row" if rows == 1 else f"{rows} rows"
