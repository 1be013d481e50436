"""Filling one entry: what it should say, how each block stands to what it says, and the write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from journal.document import original, store
from journal.document.document import Document, parse
from journal.errors import BlockError, ChangedOnDisk, EntryError, JournalError
from journal.model.evidence import BlockState, Evidence
from journal.tables import digest, record
from journal.tables.accepting import accepted
from journal.tables.continuity import is_told_alike
from journal.tables.grid import Grid
from journal.tables.planned import cited_metrics, evidence_of, fill_promise, plan_promise, without
from journal.tables.promises import promises
from journal.tables.run_book import RunBook
from journal.tables.scores import score_entry
from journal.tables.standing import worst
from journal.tables.verdicts import has_pairs, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.errors import SourceError
    from journal.model.entry import Entry
    from journal.revisions import Repository
    from journal.sources.open_run import OpenRun
    from journal.tables.digest import DigestWrite
    from journal.tables.planned import Planned
    from journal.tables.report import BlockReport
    from journal.tables.run_book import Opener

    Prepared = dict[tuple[OpenRun, frozenset[str]], DigestWrite]
    """Digests by run and metrics."""


@dataclass(frozen=True)
class EntryFill:
    """What filling one entry comes to; nothing is written until `write`.

    Attributes:
        entry: The entry as it was read.
        old: Its bytes.
        new: Its bytes after the fill.
        recorded: The evidence as it stands.
        evidence: The evidence after the fill.
        blocks: How each block, cited value and prediction stood.
        digests: The digests of the runs that it rests on and that are at hand.
        shas: The commits of the entry and of its runs, on which its verdicts rest.
        waits: Whether a verdict rests on commits that may come yet.
        missing: Why runs that it rests on are out of reach, by reference.
        grids: What each block should say, as a table, by the block's name.
    """

    entry: Entry
    old: bytes
    new: bytes
    recorded: Evidence
    evidence: Evidence
    blocks: tuple[BlockReport, ...] = ()
    digests: tuple[DigestWrite, ...] = ()
    shas: frozenset[str] = frozenset()
    waits: bool = False
    missing: Mapping[str, SourceError] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict, repr=False)
    stored: store.Stored | None = field(default=None, repr=False)
    stored_evidence: store.Stored | None = field(default=None, repr=False)

    @property
    def changed(self) -> bool:
        """Whether the entry, its evidence or a digest changes."""
        return self.new != self.old or self.evidence_changes or any(digest.changed for digest in self.digests)

    @property
    def evidence_changes(self) -> bool:
        """Whether the file of its evidence changes."""
        if self.stored_evidence is None:
            evidence = self.evidence
            return bool(evidence.blocks or evidence.citations or evidence.predictions or evidence.verdicts)
        return record.dump(self.evidence) != self.stored_evidence.raw

    @property
    def state(self) -> BlockState:
        """The worst state of its blocks."""
        return worst(block.state for block in self.blocks)


def plan(
    config: Config,
    path: str,
    opener: Opener | None,
    *,
    repository: Repository | None = None,
    force: bool = False,
    accept: bool = False,
    document: Document | None = None,
    prepared: Prepared | None = None,
) -> EntryFill:
    """What filling an entry would do.

    Args:
        config: The journal.
        path: The entry's file, relative to the journal.
        opener: Opens runs by reference; None looks at evidence alone.
        repository: The git repository, which knows since when a prediction has been committed; None where there is
            none, and where what is recorded of that shall do.
        force: Replace what would be kept: text that was changed by hand, and numbers that cannot be had now.
        accept: Let text that was changed by hand be the author's own from now on.
        document: The entry, if it has been read already; such a plan is not written.
        prepared: Digests that plans before this one came to, while nothing was written; those of this one are added.

    Raises:
        EntryError: The file cannot be read, or a block asks for something that cannot be.
        EvidenceError: Its evidence cannot be believed.
        SourceError: A run is there but cannot be read.
    """
    stored, is_written = None, document is None
    if document is None:
        stored = store.read(config.root / path)
        document = parse(stored.raw, path)
    raw, entry = document.render(), ours(document)
    old, stored_evidence = record.read(document.entry, config)
    as_it_is = EntryFill(document.entry, raw, raw, old, old, stored=stored, stored_evidence=stored_evidence)
    if stored_evidence is None and not _promises_anything(entry):
        return as_it_is
    runs = RunBook(document.entry, opener, old, anew=force)
    verdicts = judged(runs, repository, config, describe=is_written)
    runs.verdicts = verdicts.runs
    scores = score_entry(raw, runs, repository, config, force=force)
    promised = promises(entry, old, scores.evidence, repository, config.root)
    planned = [plan_promise(promise, runs, force=force) for promise in promised]
    after, evidence = _replaced(document, planned), evidence_of(planned, scores, runs)
    evidence = evidence.model_copy(update={"commits": verdicts.commits, "verdicts": verdicts.runs})
    if accept:
        after, evidence = _accepted(after, planned, evidence, runs)
    reports = (replace(each.report, accepted=accept and _is_accepted(each)) for each in planned)
    digests = tuple(_digests(runs, evidence, config, {} if prepared is None else prepared))
    blocks = (*reports, *scores.reports)
    found = replace(as_it_is, new=after.render(), evidence=evidence, blocks=blocks, digests=digests)
    grids = {each.report.name: each.filled.content for each in planned if isinstance(each.filled.content, Grid)}
    return replace(found, shas=verdicts.shas, waits=verdicts.waits, missing=runs.missing, grids=grids)


def ours(document: Document) -> Entry:
    """The entry without what stands in an imported note's words: filling that would change them."""
    entry, raw = document.entry, document.render()
    if entry.front_matter.imported is None or not (entry.blocks or entry.citations):
        return entry
    blocks = tuple(block for block in entry.blocks if not original.holds(raw, entry.front_matter, block.line))
    cited = tuple(value for value in entry.citations if not original.holds(raw, entry.front_matter, value.line))
    return entry.model_copy(update={"blocks": blocks, "citations": cited})


def _promises_anything(entry: Entry) -> bool:
    return bool(entry.blocks or entry.citations or entry.front_matter.predictions or has_pairs(entry))


def grid_of(config: Config, path: str, name: str) -> Grid:
    """A block of an entry as a table, from text and evidence alone.

    Args:
        config: The journal.
        path: The entry's file, relative to the journal.
        name: The block's name.

    Raises:
        BlockError: The entry has no such block.
        EntryError: The file cannot be read.
        EvidenceError: Its evidence cannot be believed.
    """
    document = parse(store.read(config.root / path).raw, path)
    old = record.load(document.entry, config)
    named = {each.block.name: each for each in promises(document.entry, old, old.predictions) if each.cited is None}
    if name not in named:
        known = ", ".join(named) or "it has none"
        raise BlockError(f"no block {name!r}", hint=f"blocks: {known}", path=path)
    content = fill_promise(named[name], RunBook(document.entry, None, old)).content
    assert isinstance(content, Grid)  # noqa: S101  (only cited values are plain text)
    return content


def write(fill: EntryFill, config: Config) -> bool:
    """Write evidence, entry and digests of runs, each whole or not at all; returns whether anything changed.

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
        replaced = store.replace(fill.stored, fill.new, inside=config.root)
    except JournalError:
        if wrote and fill.stored_evidence is None:
            path.unlink(missing_ok=True)
        elif wrote and fill.stored_evidence is not None:
            store.save(path, fill.stored_evidence.raw, inside=config.root)
        raise
    # Last, for an entry is whole without them, and the next fill writes what is missing.
    digests = [each.write(config) for each in fill.digests]
    return replaced or wrote or any(digests)


def _write_evidence(fill: EntryFill, config: Config) -> bool:
    raw = record.dump(fill.evidence)
    if fill.stored_evidence is not None:
        return store.replace(fill.stored_evidence, raw, inside=config.root)
    if not fill.evidence_changes:
        return False
    path = record.path_of(fill.entry, config)
    if path.exists():
        raise ChangedOnDisk("was made by somebody else meanwhile", path=config.relative(path), hint="fill again")
    store.create(path, raw, inside=config.root)
    return True


def _replaced(document: Document, planned: Sequence[Planned]) -> Document:
    """The entry with the tool's texts in its blocks and cited values, once it is certain that nothing else changed.

    Raises:
        EntryError: It would; nothing may be written.
    """
    entry = document.entry
    bodies = {each.report.name: each.report.text for each in planned if each.is_block and each.report.text is not None}
    texts = {_said(each): each.report.text for each in planned if not each.is_block and each.report.text is not None}
    own = {value.line for value in ours(document).citations}
    cited = enumerate(zip(entry.citation_names, entry.citations, strict=True))
    said = {number: (name, value.text) for number, (name, value) in cited if value.line in own}
    after = document.replaced(bodies, {number: texts[each] for number, each in said.items() if each in texts})
    raw = after.render()
    if raw == document.render():
        return document
    again = parse(raw, entry.path)
    if again.author != document.author or again.pieces != after.pieces:
        raise EntryError("filling would change text outside the blocks; nothing was written", path=entry.path)
    return again


def _said(planned: Planned) -> tuple[str, str]:
    """Name and present text of a cited value."""
    assert planned.promise.cited is not None  # noqa: S101  (its callers looked)
    return planned.report.name, planned.promise.cited.text


def _accepted(
    document: Document, planned: Sequence[Planned], evidence: Evidence, runs: RunBook
) -> tuple[Document, Evidence]:
    """The entry with what was changed by hand as the author's own text, and the evidence of what is left."""
    names = [block.name for block in document.entry.blocks]
    gone = []
    for each in reversed([each for each in planned if _is_accepted(each)]):  # the last first: no name before it moves
        before = document
        if each.is_block:
            document = accepted(document, each.report.name, _last_written(each, runs))
        else:
            document = document.unlinked(*_said(each))
        if len(document.entry.blocks) < len(before.entry.blocks) or each.report.name not in _cited_or_block(document):
            gone.append(each)
    released = {each.report.name for each in gone if each.is_block}
    left = [name for name in names if name not in released]
    now = dict(zip(left, (block.name for block in document.entry.blocks), strict=True))
    found = without(evidence, gone)
    blocks = {now.get(name, name): block for name, block in found.blocks.items()}
    return document, found.model_copy(update={"blocks": blocks})


def _cited_or_block(document: Document) -> set[str]:
    return {*document.entry.citation_names, *(block.name for block in document.entry.blocks)}


def _is_accepted(planned: Planned) -> bool:
    """Whether a block or cited value was changed by hand, which its author may take back."""
    return planned.kept and planned.report.state is BlockState.EDITED


def _last_written(planned: Planned, runs: RunBook) -> str:
    """What the tool last wrote into a block, as far as its evidence tells; else what it would write now.

    A block that is taken back says what it said: numbers that moved meanwhile are the next fill's.
    """
    before, promise = planned.promise.before, planned.promise
    remembered = fill_promise(promise, RunBook(runs.entry, None, runs.recorded)) if before is not None else None
    told = remembered is not None and before is not None and remembered.sum == before.sum
    return remembered.text if remembered is not None and told else planned.filled.text


def _digests(runs: RunBook, evidence: Evidence, config: Config, prepared: Prepared) -> Iterator[DigestWrite]:
    """The digests of the runs at hand whose evidence is of the bytes at hand, and of what a server says beside them."""
    metrics = cited_metrics(evidence)
    for handle, reference in runs.opened().items():
        run = runs.open(handle)
        then = evidence.runs.get(reference)
        if run is not None and then is not None and is_told_alike(then, run):
            wanted = run, frozenset(metrics[reference])
            if wanted not in prepared:
                prepared[wanted] = digest.prepare(*wanted, config)
            yield prepared[wanted]
