"""Filling one entry: what each block should say, how it stands to what it says, and the write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from journal.document import store
from journal.document.blocks import digest
from journal.document.document import Document, parse
from journal.document.plain_yaml import Source
from journal.document.typed import load as load_typed
from journal.errors import BlockError, ChangedOnDisk, EntryError, JournalError, SourceError
from journal.model.evidence import BlockEvidence, BlockState, Evidence
from journal.model.table import RunsSpec, TableSpec
from journal.tables import record, runs_block, table_block
from journal.tables.run_book import RunBook
from journal.tables.standing import Case, Standing, judge, worst

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from journal.config import Config
    from journal.model.entry import Block, Entry
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import Opener

KINDS: dict[str, tuple[type[BaseModel], Callable[[Any, RunBook], Filled]]] = {
    "table": (TableSpec, table_block.fill),
    "runs": (RunsSpec, runs_block.fill),
}
"""For each kind of block, what its spec must be and what fills it."""


@dataclass(frozen=True)
class BlockReport:
    """How one block stands.

    Attributes:
        name: Its name.
        kind: Its kind.
        line: Line of its opening marker.
        standing: How it stands to its source, before anything is written.
        text: What it should say; None when what stands there is kept.
        cells: How many cells it has.
    """

    name: str
    kind: str
    line: int
    standing: Standing
    text: str | None
    cells: int

    @property
    def state(self) -> BlockState:
        """Its state, before anything is written."""
        return self.standing.state

    @property
    def message(self) -> str:
        """Why it is in that state, in words; empty when it is fresh."""
        return self.standing.message

    @property
    def unreached(self) -> bool:
        """Whether something it rests on could not be looked at."""
        return self.standing.unreached


@dataclass(frozen=True)
class EntryFill:
    """What filling one entry comes to; nothing is written until `write`.

    Attributes:
        entry: The entry as it was read.
        old: Its bytes.
        new: Its bytes after the fill.
        recorded: The evidence as it stands.
        evidence: The evidence after the fill.
        blocks: How each block stood.
    """

    entry: Entry
    old: bytes
    new: bytes
    recorded: Evidence
    evidence: Evidence
    blocks: tuple[BlockReport, ...] = ()
    stored: store.Stored | None = field(default=None, repr=False)
    stored_evidence: store.Stored | None = field(default=None, repr=False)

    @property
    def changed(self) -> bool:
        """Whether the entry or its evidence changes."""
        return self.new != self.old or self._evidence_changes

    @property
    def _evidence_changes(self) -> bool:
        if self.stored_evidence is None:
            return bool(self.evidence.blocks)
        return record.dump(self.evidence) != self.stored_evidence.raw

    @property
    def state(self) -> BlockState:
        """The worst state of its blocks."""
        return worst(block.state for block in self.blocks)


def plan(config: Config, path: str, opener: Opener | None, *, force: bool = False) -> EntryFill:
    """What filling an entry would do.

    Args:
        config: The journal.
        path: The entry's file, relative to the journal.
        opener: Opens runs by reference; None looks at evidence alone.
        force: Replace what would be kept: text that was changed by hand, and numbers that cannot be had now.

    Raises:
        EntryError: The file cannot be read, or a block asks for something that cannot be.
        EvidenceError: Its evidence cannot be believed.
        SourceError: A run is there but cannot be read.
    """
    stored = store.read(config.root / path)
    document = parse(stored.raw, path)
    old, stored_evidence = record.read(document.entry, config)
    runs = RunBook(document.entry, opener, old)
    planned = [_plan_block(block, document.entry, runs, old, force=force) for block in document.entry.blocks]
    reports = tuple(report for report, _ in planned)
    new = document.with_bodies({report.name: report.text for report in reports if report.text is not None})
    return EntryFill(
        entry=document.entry,
        old=stored.raw,
        new=_verified(document, new, path),
        recorded=old,
        evidence=_evidence(document.entry, runs, old, planned),
        blocks=reports,
        stored=stored,
        stored_evidence=stored_evidence,
    )


def write(fill: EntryFill, config: Config) -> bool:
    """Write the evidence and then the entry, each whole or not at all; returns whether anything changed.

    If the entry cannot be written, the evidence goes back to what it was.

    Raises:
        ChangedOnDisk: The entry or its evidence is no longer what was read.
        NotWritable: The disk refuses.
    """
    if fill.stored is None or not fill.changed:
        return False
    path = record.path_of(fill.entry, config)
    wrote = _write_evidence(fill, config)
    try:
        return store.replace(fill.stored, fill.new, inside=config.root) or wrote
    except JournalError:
        if wrote and fill.stored_evidence is None:
            path.unlink(missing_ok=True)
        elif wrote and fill.stored_evidence is not None:
            store.save(path, fill.stored_evidence.raw, inside=config.root)
        raise


def _write_evidence(fill: EntryFill, config: Config) -> bool:
    raw = record.dump(fill.evidence)
    if fill.stored_evidence is not None:
        return store.replace(fill.stored_evidence, raw, inside=config.root)
    if not fill.evidence.blocks:
        return False
    path = record.path_of(fill.entry, config)
    if path.exists():
        raise ChangedOnDisk("was made by somebody else meanwhile", path=config.relative(path), hint="fill again")
    store.create(path, raw, inside=config.root)
    return True


def _plan_block(
    block: Block, entry: Entry, runs: RunBook, old: Evidence, *, force: bool
) -> tuple[BlockReport, BlockEvidence | None]:
    before = _before(block, entry, old)
    filled = _fill(block, entry, runs, before)
    evidence = _block_evidence(block, filled, runs, before)
    standing = judge(
        Case(
            block=block,
            filled=filled,
            evidence=evidence,
            before=before,
            remembered=lambda: _fill(block, entry, RunBook(entry, None, old), before),
            runs=runs,
            old=old,
        )
    )
    kept = standing.kept and not force
    report = BlockReport(
        name=block.name,
        kind=block.kind,
        line=block.line,
        standing=standing,
        text=None if kept else filled.text,
        cells=len(filled.cells),
    )
    return report, before if kept else evidence


def _before(block: Block, entry: Entry, old: Evidence) -> BlockEvidence | None:
    """What the evidence holds of a block, also if the block was called otherwise when it was filled."""
    if block.name in old.blocks:
        return old.blocks[block.name]
    names = {other.name for other in entry.blocks}
    orphans = [found for name, found in old.blocks.items() if name not in names and found.kind == block.kind]
    return next((found for found in orphans if found.sum == block.recorded), None)


def _fill(block: Block, entry: Entry, runs: RunBook, before: BlockEvidence | None) -> Filled:
    if block.kind not in KINDS:
        known = ", ".join(KINDS)
        raise BlockError(f"no kind of block {block.kind!r}; known: {known}", path=entry.path, line=block.line, column=1)
    model, fill = KINDS[block.kind]
    spec = load_typed(Source(block.spec, block.spec_line, entry.path, BlockError), model)
    runs.turn_to(before)
    try:
        return fill(spec, runs)
    except SourceError as error:
        raise _at_block(error, block, entry) from error
    except JournalError as error:
        if error.path is None:
            error.path, error.line, error.column = entry.path, block.line, 1
        raise


def _at_block(error: SourceError, block: Block, entry: Entry) -> SourceError:
    """An error about a run, at the block that asks for it; the run's own place goes into the sentence."""
    said = f"{error.place}: {error.message}" if error.place else error.message
    hint = error.hint or "mend or remove the run's folder, or take the run out of the entry"
    return type(error)(said, hint=hint, path=entry.path, line=block.line, column=1)


def _block_evidence(block: Block, filled: Filled, runs: RunBook, before: BlockEvidence | None) -> BlockEvidence:
    return BlockEvidence(
        kind=block.kind,
        spec=filled.spec,
        sum=digest(filled.text),
        runs={runs.ref(handle).id: found for handle in filled.handles if (found := _bytes_of(handle, runs, before))},
        cells=filled.cells,
    )


def _bytes_of(handle: str, runs: RunBook, before: BlockEvidence | None) -> str | None:
    """The sum of the bytes that a run's numbers come from: those at hand, or those of the last fill."""
    opened, key = runs.open(handle), runs.known_as(handle)
    if opened is not None:
        return opened.origin.sha256
    if before is not None and key in before.runs:
        return before.runs[key]
    known = runs.known(handle)
    return known.origin.sha256 if known is not None else None


def _evidence(
    entry: Entry, runs: RunBook, old: Evidence, planned: list[tuple[BlockReport, BlockEvidence | None]]
) -> Evidence:
    """The evidence after the fill.

    Blocks that are kept keep what they rest on: their runs stay as they were, and where the evidence of one cannot be
    found, nothing is dropped.
    """
    kept = [(report, block) for report, block in planned if report.text is None]
    resting = {reference for _, block in kept if block is not None for reference in block.runs}
    cited = {reference for _, block in planned if block is not None for reference in block.runs}
    blocks = {report.name: block for report, block in planned if block is not None}
    known = {reference: old.runs[reference] for reference in cited if reference in old.runs}
    if any(block is None for _, block in kept):
        blocks, known = {**old.blocks, **blocks}, {**old.runs, **known}
    for ref in entry.front_matter.runs:
        found = runs.evidence(ref.handle) if ref.id in cited - (resting & set(old.runs)) else None
        if found is not None:
            known[ref.id] = found
    return Evidence(entry=entry.id, blocks=blocks, runs=known)


def _verified(before: Document, after: Document, path: str) -> bytes:
    """The new bytes, once it is certain that they hold the author's text unchanged and read back as written.

    Raises:
        EntryError: They do not; nothing may be written.
    """
    if after.pieces == before.pieces:
        return before.render()
    raw = after.render()
    again = parse(raw, path)
    same_text = again.pieces[0::3] == before.pieces[0::3]
    if not same_text or again.pieces != after.pieces:
        raise EntryError("filling would change text outside the blocks; nothing was written", path=path)
    return raw
