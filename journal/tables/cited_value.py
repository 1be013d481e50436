"""A value cited in the text: what it should say, whether its text says it, and which evidence it was filled with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.document.citations import writable
from journal.errors import ExpressionError
from journal.model.evidence import CellState
from journal.model.expression import Call, Function, Operation, calls
from journal.model.window import Window
from journal.stats.expression import parse
from journal.tables.block_kind import Filled
from journal.tables.cells import Evaluation, place
from journal.tables.cited_text import agrees, read, written
from journal.tables.entry_expression import parsed
from journal.tables.run_book import RunBook
from journal.tables.table_block import NO_DATA, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.model.entry import CitedValue, Entry
    from journal.model.evidence import BlockEvidence, CellEvidence, Evidence
    from journal.model.expression import Expression

UNWRITABLE = "…"
"""Stands for text that a link cannot hold; the evidence has it."""

DIGITS = 3
"""Significant digits of a cited value whose author left them open."""


def fill(cited: CitedValue, runs: RunBook) -> Filled:
    """A cited value as its run has it now.

    Raises:
        BlockError: It names a run in a way that cannot be.
        ExpressionError: Its title is no expression.
        SourceError: The run is there but cannot be read.
    """
    expression = place(parsed(cited.expression, parse, in_yaml=False), metric=None, window=Window(), handle=cited.run)
    handles = tuple(dict.fromkeys(call.handle for call in calls(expression) if call.handle is not None))
    evaluation = Evaluation(runs, handles)
    cell = evaluation.cell(cited.run, "", expression)
    return Filled(
        content=_text(cited.text, cell),
        spec={"run": cited.run, "expression": str(expression)},
        handles=handles,
        cells=(cell,),
        pending=tuple(evaluation.pending),
        recalled=tuple(evaluation.recalled),
        lost=tuple(evaluation.lost),
    )


def is_open(text: str) -> bool:
    """Whether a text leaves its number to be filled."""
    found = read(text)
    return found is not None and found.pending


def says(text: str, cell: CellEvidence) -> bool:
    """Whether a text is what its link should say of a cell, however many digits it has."""
    if cell.value is not None:
        return agrees(text, cell.value)
    return text == _text(text, cell) or (cell.state is CellState.PENDING and is_open(text))


def _text(text: str, cell: CellEvidence) -> str:
    """What the link of a cited value should say, in the form that its author chose."""
    if cell.value is not None:
        return written(text, cell.value, DIGITS)
    if cell.text is not None:
        return cell.text if cell.text.strip() and writable(cell.text) else UNWRITABLE
    if cell.state is CellState.PENDING:
        return text if is_open(text) else PENDING
    return NO_DATA


class Remembered:
    """What the evidence holds of an entry's cited values, also where they were spelt otherwise at the last fill.

    Args:
        entry: The entry.
        old: The evidence of its last fill.
    """

    def __init__(self, entry: Entry, old: Evidence) -> None:
        self._runs = RunBook(entry, None, old)
        self._by_name = old.citations
        self._by_meaning: dict[str, BlockEvidence] = {}
        for found in old.citations.values():
            self._by_meaning.setdefault(self._meant_then(found), found)

    def of(self, cited: CitedValue, name: str) -> BlockEvidence | None:
        """The evidence of a cited value: of this number of this very run, if the text says that; else of its name."""
        named, meant = self._by_name.get(name), self._by_meaning.get(self._meant_now(cited))
        if meant is not None and (named is None or any(says(cited.text, cell) for cell in meant.cells)):
            return meant
        return named

    def _meant_now(self, cited: CitedValue) -> str:
        try:
            expression = place(parse(cited.expression), metric=None, window=Window(), handle=cited.run)
        except ExpressionError:
            return cited.expression  # filling it tells what is wrong
        return str(_of_runs(expression, self._run))

    def _meant_then(self, found: BlockEvidence) -> str:
        """The expression with the runs that its handles stood for when it was filled."""
        told = str(found.spec.get("expression"))
        try:
            asked = [(parse(call.expression), call.run) for cell in found.cells for call in cell.calls]
            expression = parse(told)
        except ExpressionError:
            return told
        stood = {call.handle: run for call, run in asked if isinstance(call, Call) and run is not None}
        return str(_of_runs(expression, lambda handle: self._bytes_of(stood.get(handle, handle))))

    def _run(self, handle: str) -> str:
        return self._bytes_of(self._runs.known_as(handle) or self._runs.ref(handle).id)

    def _bytes_of(self, reference: str) -> str:
        """What tells a run of the evidence, however it is called; of another run, its reference."""
        run = self._runs.recorded.runs.get(reference)
        return reference if run is None else run.origin.sha256


def _of_runs(expression: Expression, run_of: Callable[[str], str]) -> Expression:
    """An expression with other names for the runs of its calls."""
    again = partial(_of_runs, run_of=run_of)
    match expression:
        case Call(handle=str(handle)):
            return expression.model_copy(update={"handle": run_of(handle)})
        case Function():
            return expression.model_copy(update={"of": again(expression.of)})
        case Operation():
            return expression.model_copy(update={"left": again(expression.left), "right": again(expression.right)})
    return expression
