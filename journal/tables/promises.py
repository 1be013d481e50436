"""The promises of an entry: its blocks and the values cited in its text, each with what fills it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from journal.document.blocks import digest
from journal.document.citations import writable
from journal.document.plain_yaml import Source
from journal.document.typed import load as load_typed
from journal.errors import BlockError, ExpressionError
from journal.model.entry import Block
from journal.model.evidence import CellState
from journal.model.expression import calls
from journal.model.table import AlignSpec, PredictionsSpec, RunsSpec, TableSpec
from journal.model.window import Window
from journal.stats.expression import parse
from journal.tables import align_block, predictions_block, runs_block, table_block
from journal.tables.block_kind import Filled
from journal.tables.cells import Evaluation, place
from journal.tables.cited_text import agrees, read, written
from journal.tables.table_block import NO_DATA, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pydantic import BaseModel

    from journal.model.entry import CitedValue, Entry
    from journal.model.evidence import BlockEvidence, CellEvidence, Evidence, PredictionEvidence
    from journal.tables.run_book import RunBook

SPECS: dict[str, type[BaseModel]] = {
    "table": TableSpec,
    "runs": RunsSpec,
    "align": AlignSpec,
    "predictions": PredictionsSpec,
}
"""For each kind of block, what its spec must be."""

CITED = "value"
"""The kind of a cited value: a block of one cell."""

UNWRITABLE = "…"
"""Stands for text that a link cannot hold; the evidence has it."""

DIGITS = 3
"""Significant digits of a cited value whose author left them open."""


@dataclass(frozen=True)
class Promise:
    """Something in an entry that its runs must keep.

    Attributes:
        block: The block, or a cited value as a block of one cell.
        before: What the evidence holds of it, if anything.
        fill: Gives what it should say.
        cited: The cited value, if it is one.
    """

    block: Block
    before: BlockEvidence | None
    fill: Callable[[RunBook], Filled]
    cited: CitedValue | None = None

    def as_it_stands(self, filled: Filled) -> Block:
        """The block, with the sum that its text must have unless somebody changed it by hand.

        A cited value carries no sum: it is the tool's as long as it is the number, with however many digits.
        """
        if self.cited is None:
            return self.block
        told, sum_ = (filled.cells, filled.sum) if self.before is None else (self.before.cells, self.before.sum)
        ours = any(_says(self.block.body, cell) for cell in told)
        return self.block.model_copy(update={"recorded": sum_, "digest": sum_} if ours else {})


def promises(entry: Entry, old: Evidence, scored: Sequence[PredictionEvidence]) -> list[Promise]:
    """Every promise of an entry: its blocks in order, then its cited values, each once.

    Args:
        entry: The entry.
        old: The evidence of its last fill.
        scored: Its predictions, for the block that shows them.
    """
    fillers: dict[str, Callable[[Any, RunBook], Filled]] = {
        "table": table_block.fill,
        "runs": runs_block.fill,
        "align": align_block.fill,
        "predictions": partial(predictions_block.fill, scored=scored),
    }
    blocks = [
        Promise(block, _before(block, entry, old), partial(_fill, block, entry, fillers)) for block in entry.blocks
    ]
    return [*blocks, *_citations(entry, old)]


def _before(block: Block, entry: Entry, old: Evidence) -> BlockEvidence | None:
    """What the evidence holds of a block, also if the block was called otherwise when it was filled."""
    if block.name in old.blocks:
        return old.blocks[block.name]
    names = {other.name for other in entry.blocks}
    orphans = [found for name, found in old.blocks.items() if name not in names and found.kind == block.kind]
    return next((found for found in orphans if found.sum == block.recorded), None)


def _fill(block: Block, entry: Entry, fillers: dict[str, Callable[[Any, RunBook], Filled]], runs: RunBook) -> Filled:
    if block.kind not in SPECS:
        known = ", ".join(SPECS)
        raise BlockError(f"no kind of block {block.kind!r}; known: {known}", path=entry.path, line=block.line, column=1)
    spec = load_typed(Source(block.spec, block.spec_line, entry.path, BlockError), SPECS[block.kind])
    return fillers[block.kind](spec, runs)


def _citations(entry: Entry, old: Evidence) -> Iterator[Promise]:
    """A promise for each cited value; those that say the same share one, and those of one expression the evidence."""
    seen: set[tuple[str, str]] = set()
    for cited, name in zip(entry.citations, entry.citation_names, strict=True):
        if (name, cited.text) not in seen:
            seen.add((name, cited.text))
            before = old.citations.get(name)
            # A dash, too, is what the tool wrote, if there was nothing else to write.
            told = before is not None and all(cell.value is None and _says(cited.text, cell) for cell in before.cells)
            block = Block(
                kind=CITED,
                name=name,
                line=cited.line,
                spec="",
                spec_line=cited.line,
                body="" if _is_open(cited.text) and not told else cited.text,
                digest=digest(cited.text),
            )
            yield Promise(block, before, partial(_fill_cited, cited), cited)


def _fill_cited(cited: CitedValue, runs: RunBook) -> Filled:
    """A cited value as its run has it now.

    Raises:
        BlockError: Its title is no expression.
        SourceError: The run is there but cannot be read.
    """
    try:
        expression = place(parse(cited.expression), metric=None, window=Window(), handle=cited.run)
    except ExpressionError as error:
        said = f"{cited.expression!r}, character {error.column}: {error.message}"
        raise ExpressionError(said, hint=error.hint) from error
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


def _text(text: str, cell: CellEvidence) -> str:
    """What the link of a cited value should say, in the form that its author chose."""
    if cell.value is not None:
        return written(text, cell.value, DIGITS)
    if cell.text is not None:
        return cell.text if cell.text.strip() and writable(cell.text) else UNWRITABLE
    if cell.state is CellState.PENDING:
        return text if _is_open(text) else PENDING
    return NO_DATA


def _is_open(text: str) -> bool:
    found = read(text)
    return found is not None and found.pending


def _says(text: str, cell: CellEvidence) -> bool:
    if cell.value is not None:
        return agrees(text, cell.value)
    return text == _text(text, cell) or (cell.state is CellState.PENDING and _is_open(text))
