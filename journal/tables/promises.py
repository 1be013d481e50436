"""The promises of an entry: its blocks and the values cited in its text, each with what fills it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from journal.document.blocks import digest
from journal.document.plain_yaml import Source
from journal.document.typed import load as load_typed
from journal.errors import BlockError
from journal.model.entry import Block
from journal.model.evidence import CellState
from journal.model.table import AlignSpec, DiffSpec, PlotSpec, PredictionsSpec, RunsSpec, TableSpec
from journal.tables import align_block, cited_value, diff_block, plot_block, predictions_block, runs_block, table_block
from journal.tables.cited_value import Remembered, is_open, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from journal.model.entry import CitedValue, Entry
    from journal.model.evidence import BlockEvidence, Evidence, PredictionEvidence
    from journal.revisions import Repository
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import RunBook

SPECS: dict[str, type[BaseModel]] = {
    "table": TableSpec,
    "runs": RunsSpec,
    "align": AlignSpec,
    "plot": PlotSpec,
    "diff": DiffSpec,
    "predictions": PredictionsSpec,
}
"""For each kind of block, what its spec must be."""

CITED = "value"
"""The kind of a cited value: a block of one cell."""


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

    def as_it_stands(self, filled: Filled, runs: RunBook) -> Block:
        """The block, with the sum that its text must have unless somebody changed it by hand.

        A cited value carries no sum: it is the tool's as long as it is the number, with however many digits. Nobody
        can tell whether it is while there is no evidence and a run of it is away.
        """
        if self.cited is None:
            return self.block
        told, sum_ = (filled.cells, filled.sum) if self.before is None else (self.before.cells, self.before.sum)
        away = any(runs.open(handle) is None for handle in filled.handles)
        untold = self.before is None and away and all(cell.state is CellState.PENDING for cell in filled.cells)
        ours = untold or any(says(self.block.body, cell) for cell in told)
        return self.block.model_copy(update={"recorded": sum_, "digest": sum_} if ours else {})


def promises(
    entry: Entry,
    old: Evidence,
    scored: Sequence[PredictionEvidence],
    repository: Repository | None = None,
    root: Path | None = None,
) -> list[Promise]:
    """Every promise of an entry: its blocks in order, then its cited values, each once.

    Args:
        entry: The entry.
        old: The evidence of its last fill.
        scored: Its predictions, for the block that shows them.
        repository: The git repository, for the block that compares the commits of two runs; None keeps what is
            recorded of them.
        root: The journal's folder, whose files are no code of a run.
    """
    fillers: dict[str, Callable[[Any, RunBook], Filled]] = {
        "table": table_block.fill,
        "runs": runs_block.fill,
        "align": align_block.fill,
        "plot": plot_block.fill,
        "diff": partial(diff_block.fill, repository=repository, root=root),
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
    remembered = Remembered(entry, old)
    for cited, name in zip(entry.citations, entry.citation_names, strict=True):
        if (name, cited.text) not in seen:
            seen.add((name, cited.text))
            before = remembered.of(cited, name)
            # A dash, too, is what the tool wrote, if there was nothing else to write.
            told = before is not None and all(cell.value is None and says(cited.text, cell) for cell in before.cells)
            block = Block(
                kind=CITED,
                name=name,
                line=cited.line,
                spec="",
                spec_line=cited.line,
                body="" if is_open(cited.text) and not told else cited.text,
                digest=digest(cited.text),
            )
            yield Promise(block, before, partial(cited_value.fill, cited), cited)
