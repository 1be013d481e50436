"""Filling one entry: what each block should say, how it stands to what it says, and the write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.document import store
from journal.document.document import Document, parse
from journal.document.plain_yaml import Source
from journal.document.typed import load as load_typed
from journal.errors import BlockError, EntryError, JournalError
from journal.model.evidence import BlockEvidence, BlockState, CellEvidence, Evidence
from journal.model.table import RunsSpec, TableSpec
from journal.tables import record, runs_block, table_block
from journal.tables.run_book import RunBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.config import Config
    from journal.model.entry import Block, Entry
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import Opener

KINDS = ("table", "runs")
MAX_REASONS = 3


@dataclass(frozen=True)
class BlockReport:
    """How one block stands.

    Attributes:
        name: Its name.
        kind: Its kind.
        line: Line of its opening marker.
        state: How it stands to its source, before anything is written.
        text: What it should say; None when a hand edit is kept.
        cells: How many cells it has.
        message: Why it is in that state, in words; empty when it is fresh.
    """

    name: str
    kind: str
    line: int
    state: BlockState
    text: str | None
    cells: int
    message: str = ""


@dataclass(frozen=True)
class EntryFill:
    """What filling one entry comes to; nothing is written until `write`.

    Attributes:
        entry: The entry as it was read.
        old: Its bytes.
        new: Its bytes after the fill.
        evidence: The evidence after the fill.
        blocks: How each block stood.
    """

    entry: Entry
    old: bytes
    new: bytes
    evidence: Evidence
    blocks: tuple[BlockReport, ...] = ()
    stored: store.Stored | None = field(default=None, repr=False)

    @property
    def changed(self) -> bool:
        """Whether the entry's text changes."""
        return self.new != self.old

    @property
    def state(self) -> BlockState:
        """The worst state of its blocks."""
        return worst(block.state for block in self.blocks)


_WORST = (
    BlockState.EDITED,
    BlockState.DRIFTED,
    BlockState.STALE,
    BlockState.UNVERIFIABLE,
    BlockState.PENDING,
    BlockState.FRESH,
)


def worst(states: Iterable[BlockState]) -> BlockState:
    """The state that needs attention first; fresh for none."""
    return min(states, key=_WORST.index, default=BlockState.FRESH)


def plan(config: Config, path: str, opener: Opener | None, *, force: bool = False) -> EntryFill:
    """What filling an entry would do.

    Args:
        config: The journal.
        path: The entry's file, relative to the journal.
        opener: Opens runs by reference; None looks at evidence alone.
        force: Overwrite text that was changed by hand.

    Raises:
        EntryError: The file cannot be read, or a block asks for something that cannot be.
        EvidenceError: Its evidence cannot be believed.
        SourceError: A run is there but cannot be read.
    """
    stored = store.read(config.root / path)
    document = parse(stored.raw, path)
    old = record.load(document.entry, config)
    runs = RunBook(document.entry, opener, old)
    planned = [_plan_block(block, document.entry, runs, old, force=force) for block in document.entry.blocks]
    reports = tuple(report for report, _ in planned)
    new = document.with_bodies({report.name: report.text for report in reports if report.text is not None})
    raw = _verified(document, new, path)
    return EntryFill(
        entry=document.entry,
        old=stored.raw,
        new=raw,
        evidence=_evidence(document.entry, runs, old, {report.name: block for report, block in planned}),
        blocks=reports,
        stored=stored,
    )


def write(fill: EntryFill, config: Config) -> bool:
    """Write evidence first, then the entry, each whole or not at all; returns whether anything changed.

    Raises:
        ChangedOnDisk: The entry is no longer what was read.
        NotWritable: The disk refuses.
    """
    evidence_path = record.path_of(fill.entry, config)
    wrote = False
    if fill.evidence.blocks or evidence_path.exists():
        wrote = store.save(evidence_path, record.dump(fill.evidence), inside=config.root)
    if fill.changed and fill.stored is not None:
        wrote = store.replace(fill.stored, fill.new, inside=config.root) or wrote
    return wrote


def _plan_block(
    block: Block, entry: Entry, runs: RunBook, old: Evidence, *, force: bool
) -> tuple[BlockReport, BlockEvidence | None]:
    filled = _fill(block, entry, runs)
    before = old.blocks.get(block.name)
    state, message = _state(block, filled, before)
    kept = state is BlockState.EDITED and not force
    report = BlockReport(
        name=block.name,
        kind=block.kind,
        line=block.line,
        state=state,
        text=None if kept else filled.text,
        cells=len(filled.cells),
        message=message,
    )
    return report, before if kept else _block_evidence(block, filled, runs)


def _fill(block: Block, entry: Entry, runs: RunBook) -> Filled:
    source = Source(block.spec, block.spec_line, entry.path, BlockError)
    try:
        if block.kind == "table":
            return table_block.fill(load_typed(source, TableSpec), runs)
        if block.kind == "runs":
            return runs_block.fill(load_typed(source, RunsSpec), runs)
    except JournalError as error:
        if error.path is None:
            error.path, error.line = entry.path, block.line
        raise
    raise BlockError(
        f"no kind of block {block.kind!r}; known: {', '.join(KINDS)}", path=entry.path, line=block.line, column=1
    )


def _state(block: Block, filled: Filled, before: BlockEvidence | None) -> tuple[BlockState, str]:
    """How the block stands now, and why."""
    if block.edited:
        return BlockState.EDITED, "text between the markers was changed by hand"
    if block.recorded is not None:
        change = _change(block, filled, before)
        if change is not None:
            return change
    elif not filled.pending:
        return BlockState.STALE, "not filled yet"
    if filled.pending:
        return BlockState.PENDING, _some(filled.pending)
    if filled.recalled:
        return BlockState.UNVERIFIABLE, _some(filled.recalled)
    return BlockState.FRESH, ""


def _change(block: Block, filled: Filled, before: BlockEvidence | None) -> tuple[BlockState, str] | None:
    """Why a filled block no longer says what it should, if it does not."""
    if before is None:
        return BlockState.STALE, "it has no evidence"
    if before.spec != filled.spec:
        return BlockState.STALE, "its spec changed since it was filled"
    moved = _moved(before, filled)
    if moved:
        return BlockState.DRIFTED, _some(moved)
    if filled.text.strip() != block.body.strip():
        return BlockState.STALE, "its text is not what its runs and evidence say now"
    return None


def _some(reasons: Sequence[str]) -> str:
    """The first reasons, and how many more there are."""
    more = len(reasons) - MAX_REASONS
    return "; ".join(reasons[:MAX_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _moved(before: BlockEvidence, filled: Filled) -> list[str]:
    """Cells whose value is no longer what the evidence holds; a cell that was pending has not moved."""
    then = {(cell.row, cell.column): cell for cell in before.cells}
    found = []
    for cell in filled.cells:
        old = then.get((cell.row, cell.column))
        if old is not None and old.value is not None and old.value != cell.value:
            found.append(f"{cell.row}, {cell.column}: {old.value!r} is now {_now(cell)}")
    return found


def _now(cell: CellEvidence) -> str:
    return cell.state.value if cell.value is None else repr(cell.value)


def _block_evidence(block: Block, filled: Filled, runs: RunBook) -> BlockEvidence:
    from journal.document.blocks import digest

    return BlockEvidence(
        kind=block.kind,
        spec=filled.spec,
        sum=digest(filled.text),
        runs=tuple(sorted({runs.ref(handle).id for handle in filled.handles})),
        cells=filled.cells,
    )


def _evidence(entry: Entry, runs: RunBook, old: Evidence, blocks: dict[str, BlockEvidence | None]) -> Evidence:
    kept = {name: block for name, block in blocks.items() if block is not None}
    cited = {reference for block in kept.values() for reference in block.runs}
    known = {}
    for ref in entry.front_matter.runs:
        found = runs.evidence(ref.handle) if ref.id in cited else None
        if found is not None:
            known[ref.id] = found
    for reference in cited - set(known):
        if reference in old.runs:
            known[reference] = old.runs[reference]
    return Evidence(entry=entry.id, blocks=kept, runs=known)


def _verified(before: Document, after: Document, path: str) -> bytes:
    """The new bytes, once it is certain that they hold the author's text unchanged and read back as written.

    Raises:
        EntryError: They do not; nothing may be written.
    """
    raw = after.render()
    again = parse(raw, path)
    same_text = again.pieces[0::3] == before.pieces[0::3]
    if not same_text or again.pieces != after.pieces:
        raise EntryError("filling would change text outside the blocks; nothing was written", path=path)
    return raw
