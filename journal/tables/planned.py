"""The plan of a fill: what each promise of an entry comes to, how it stands, and the evidence that is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal.errors import JournalError, SourceError
from journal.model.evidence import BlockEvidence, BlockState, Evidence
from journal.tables.report import BlockReport
from journal.tables.run_book import RunBook
from journal.tables.standing import Case, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from journal.model.entry import Block, Entry
    from journal.tables.block_kind import Filled
    from journal.tables.promises import Promise
    from journal.tables.scores import Scores


_AT_REST = {BlockState.FRESH, BlockState.PENDING, BlockState.UNVERIFIABLE}


@dataclass(frozen=True)
class Planned:
    """A promise, how it stands, and the evidence that it leaves.

    Attributes:
        promise: The promise.
        filled: What it should say.
        report: How it stands.
        evidence: The evidence that it leaves: what is there where its text is kept.
    """

    promise: Promise
    filled: Filled
    report: BlockReport
    evidence: BlockEvidence | None

    @property
    def kept(self) -> bool:
        """Whether what stands there stays."""
        return self.report.text is None

    @property
    def is_settled(self) -> bool:
        """Whether it says and asks what it did, though logs that it rests on may have grown."""
        before, now = self.promise.before, self.evidence
        if before is None or now is None or self.report.state not in _AT_REST:
            return False
        return before.model_copy(update={"runs": {}}) == now.model_copy(update={"runs": {}})

    @property
    def runs(self) -> set[str]:
        """The references of the runs that its evidence names."""
        return set(self.evidence.runs) if self.evidence is not None else set()

    @property
    def is_block(self) -> bool:
        """Whether it is a block, and not a cited value."""
        return self.promise.cited is None


def plan_promise(promise: Promise, runs: RunBook, *, force: bool) -> Planned:
    """What filling one block or cited value comes to.

    Raises:
        BlockError: It asks for something that cannot be.
        SourceError: A run is there but cannot be read.
    """
    filled = fill_promise(promise, runs)
    evidence = _block_evidence(promise, filled, runs)
    block = promise.as_it_stands(filled, runs)
    standing = judge(
        Case(
            block=block,
            filled=filled,
            evidence=evidence,
            before=promise.before,
            remembered=lambda: fill_promise(promise, RunBook(runs.entry, None, runs.recorded)),
            runs=runs,
            old=runs.recorded,
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
    return Planned(promise, filled, report, promise.before if kept else evidence)


def fill_promise(promise: Promise, runs: RunBook) -> Filled:
    """What a block or cited value should say.

    Raises:
        BlockError: It asks for something that cannot be.
        SourceError: A run is there but cannot be read.
    """
    runs.turn_to(promise.before)
    try:
        return promise.fill(runs)
    except SourceError as error:
        raise _at_block(error, promise.block, runs.entry) from error
    except JournalError as error:
        error.placed(runs.entry.path, promise.block.line, 1)
        raise


def _at_block(error: SourceError, block: Block, entry: Entry) -> SourceError:
    """An error about a run, at the block that asks for it; the run's own place goes into the sentence."""
    said = f"{error.place}: {error.message}" if error.place else error.message
    hint = error.hint or "mend or remove the run's folder, or take the run out of the entry"
    return type(error)(said, hint=hint, path=entry.path, line=block.line, column=1)


def _block_evidence(promise: Promise, filled: Filled, runs: RunBook) -> BlockEvidence:
    read = {handle: _bytes_of(handle, runs, promise.before) for handle in filled.handles}
    return BlockEvidence(
        kind=promise.block.kind,
        spec=filled.spec,
        sum=filled.sum,
        runs={runs.ref(handle).id: found for handle, found in read.items() if found},
        cells=filled.cells,
        difference=filled.difference,
    )


def _bytes_of(handle: str, runs: RunBook, before: BlockEvidence | None) -> str | None:
    """The sum of the bytes that a run's numbers come from: those at hand, or those of the last fill."""
    key, now = runs.known_as(handle), runs.evidence(handle)
    if runs.open(handle) is not None and now is not None:
        return now.origin.sha256
    if before is not None and key in before.runs:
        return before.runs[key]
    known = runs.known(handle)
    return known.origin.sha256 if known is not None else None


def evidence_of(planned: Sequence[Planned], scores: Scores, runs: RunBook) -> Evidence:
    """The evidence after the fill.

    Promises that are kept keep what they rest on: their runs stay as they were, and where the evidence of one cannot be
    found, nothing is dropped. Where logs have grown and no number of theirs has moved, the evidence stays too.
    """
    old = runs.recorded
    moved = {reference for each in planned if not each.kept and not each.is_settled for reference in each.runs}
    moved |= scores.runs if scores.evidence != old.predictions else set()
    planned = [_as_it_was(each) if each.is_settled and not each.runs & moved else each for each in planned]
    # Of a value that is cited twice, one may be kept: the evidence is the other's.
    left = sorted((each for each in planned if each.evidence is not None), key=lambda each: not each.kept)
    blocks = {each.report.name: each.evidence for each in left if each.is_block and each.evidence}
    citations = {each.report.name: each.evidence for each in left if not each.is_block and each.evidence}
    resting = {reference for each in left if each.kept for reference in each.runs} | scores.resting
    cited = {reference for each in left for reference in each.runs} | scores.runs
    known = {reference: old.runs[reference] for reference in cited if reference in old.runs}
    if any(each.kept and each.evidence is None for each in planned):
        blocks, citations = {**old.blocks, **blocks}, {**old.citations, **citations}
        known = {**old.runs, **known}
    for handle in _handles(planned, scores):
        reference = runs.ref(handle).id
        anew = reference in moved - resting or reference not in old.runs or runs.growth(handle) is None
        found = runs.evidence(handle) if anew and reference in cited - (resting & set(old.runs)) else None
        if found is not None:
            known[reference] = found
    return Evidence(entry=runs.entry.id, blocks=blocks, citations=citations, predictions=scores.evidence, runs=known)


def _as_it_was(planned: Planned) -> Planned:
    return replace(planned, evidence=planned.promise.before)


def without(evidence: Evidence, planned: Iterable[Planned]) -> Evidence:
    """The evidence without that of some promises, which are the author's own text from now on."""
    gone = {(each.is_block, each.report.name) for each in planned}
    blocks = {name: block for name, block in evidence.blocks.items() if (True, name) not in gone}
    citations = {name: block for name, block in evidence.citations.items() if (False, name) not in gone}
    cited = {reference for block in (*blocks.values(), *citations.values()) for reference in block.runs}
    cited |= {call.run for prediction in evidence.predictions for call in prediction.parts if call.run is not None}
    runs = {reference: run for reference, run in evidence.runs.items() if reference in cited}
    return evidence.model_copy(update={"blocks": blocks, "citations": citations, "runs": runs})


def cited_metrics(evidence: Evidence) -> Mapping[str, set[str]]:
    """The metrics that an entry's numbers rest on, by run reference."""
    found: dict[str, set[str]] = {reference: set() for reference in evidence.runs}
    cells = [cell for block in (*evidence.blocks.values(), *evidence.citations.values()) for cell in block.cells]
    calls = [call for cell in cells for call in cell.calls]
    calls += [call for prediction in evidence.predictions for call in prediction.parts]
    for call in calls:
        if call.run in found and call.metric is not None and call.window is not None:
            found[call.run].add(call.metric)
    return found


def _handles(planned: Sequence[Planned], scores: Scores) -> list[str]:
    return list(dict.fromkeys([*(handle for each in planned for handle in each.filled.handles), *scores.handles]))
