"""What the site shows of an entry: its text cut at its blocks, its evidence, and how its blocks stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.agenda.gather import open_steps
from journal.document import store
from journal.document.document import parse
from journal.document.published import page_of
from journal.errors import EvidenceError, JournalError
from journal.index.quotes import like_ids
from journal.model.evidence import BlockState, Evidence
from journal.site import first_words
from journal.site.entry.cited_values import CitedValues
from journal.site.sheet import summed
from journal.tables import fill, record
from journal.tables.promises import CITED
from journal.tables.reviews import ReviewStanding, evidence_sum, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.document.document import Document
    from journal.model.entry import Entry
    from journal.tables.fill import EntryFill
    from journal.tables.grid import Grid
    from journal.tables.report import BlockReport

ATTENTION = (BlockState.EDITED, BlockState.DRIFTED, BlockState.STALE, BlockState.PENDING)
"""States that somebody should look at. The site reads no run: *fresh* here means that text and evidence agree."""


@dataclass(frozen=True)
class EntryView:
    """One entry, ready to be shown.

    Attributes:
        page: Its page's path in the generated folder, below `entries/` as the file is below the journal's own.
        entry: What it says.
        text: The author's text, cut where the blocks stand: block number i stands between items i and i + 1. Its cited
            values are HTML already.
        evidence: What its numbers rest on, as recorded.
        reports: How each block stands, by name; empty when that could not be found out.
        problem: Why its evidence or its blocks cannot be used, if they cannot.
        grids: What each block says, as a table with the evidence of its cells, by name.
        reviews: How its reviews stand to the evidence; nobody verified an entry whose evidence cannot be believed.
        cited: How its cited values stand, each once, in order.
        steps: What it leaves to be done, in plain words.
        summary: Its first words.
        names: What in its file looks like the id of an entry.
        not_utf8: The first line of its file that is not UTF-8, where there is one.
        sum: Sum of the bytes of the entry and of its evidence.
    """

    page: str
    entry: Entry
    text: tuple[str, ...]
    evidence: Evidence
    reports: Mapping[str, BlockReport]
    grids: Mapping[str, Grid] = field(default_factory=dict)
    problem: JournalError | None = None
    reviews: ReviewStanding = field(default_factory=ReviewStanding)
    cited: tuple[BlockReport, ...] = ()
    steps: tuple[str, ...] = ()
    summary: str = ""
    names: tuple[str, ...] = ()
    not_utf8: int | None = None
    sum: str = ""

    @property
    def attention(self) -> tuple[BlockReport, ...]:
        """Its blocks that somebody should look at, in order."""
        return tuple(report for report in self.reports.values() if report.state in ATTENTION)


def load(config: Config, path: str) -> EntryView:
    """An entry with everything that the site shows of it; no run is read.

    Args:
        config: The journal.
        path: The entry's file, relative to the journal.

    Raises:
        EntryError: The file cannot be read, or is no entry.
    """
    raw = store.read(config.root / path).raw
    document = parse(raw, path)
    entry = document.entry
    evidence, stored, plan, problem = _standing(document, config)
    reviews = _reviews(entry, config)
    reports = () if plan is None else plan.blocks
    blocks = {block.name for block in entry.blocks}
    return EntryView(
        page=page_of(path, config),
        entry=entry,
        text=tuple(_text(document, evidence, reports)),
        evidence=evidence,
        reports={report.name: report for report in reports if report.kind != CITED and report.name in blocks},
        grids={} if plan is None else plan.grids,
        problem=problem,
        reviews=reviews,
        cited=tuple({report.name: report for report in reports if report.kind == CITED}.values()),
        steps=tuple(step.text for step in open_steps(entry, lambda: raw)),
        summary=first_words.of(document),
        names=like_ids(raw),
        not_utf8=_not_utf8(raw),
        sum=_sum(raw, _raw(stored), _by_now(entry, config), problem),
    )


def _standing(
    document: Document, config: Config
) -> tuple[Evidence, store.Stored | None, EntryFill | None, JournalError | None]:
    """The entry's evidence and its file, how its blocks and cited values stand, and what stood in the way of either."""
    entry = document.entry
    evidence, stored = Evidence(entry=entry.id), None
    try:
        evidence, stored = record.read(entry, config)
        plan = fill.plan(config, entry.path, None, document=document) if entry.blocks or entry.citations else None
    except JournalError as error:
        return evidence, stored, None, error
    return evidence, stored, plan, None


def _not_utf8(raw: bytes) -> int | None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return raw.count(b"\n", 0, error.start) + 1
    return None


def _sum(raw: bytes, evidence: bytes, after: bytes, problem: JournalError | None) -> str:
    """A sum of all that is shown: no file of evidence, an empty one and one that cannot be read are three things.

    Evidence is read more than once. Where it changed meanwhile, the sum is one that no entry has which lies still.
    """
    moved = [] if problem is not None or after == evidence else [after]
    return summed(b"\0".join([raw, evidence, *moved, str(problem).encode("utf-8", "surrogatepass")]))


def _raw(stored: store.Stored | None) -> bytes:
    return b"none" if stored is None else stored.raw


def _by_now(entry: Entry, config: Config) -> bytes:
    """The entry's evidence as it lies there by now."""
    try:
        return store.read(record.path_of(entry, config)).raw
    except JournalError:
        return b"none"


def _reviews(entry: Entry, config: Config) -> ReviewStanding:
    reviews = entry.front_matter.reviews
    try:
        return standing_of(reviews, evidence_sum(entry, config)) if reviews else ReviewStanding()
    except EvidenceError:
        return ReviewStanding()


def _text(document: Document, evidence: Evidence, reports: Sequence[BlockReport]) -> Iterator[str]:
    """The author's text, cut at the blocks, each cited value in it as a link to its evidence."""
    entry = document.entry
    said = list(zip(entry.citation_names, (cited.text for cited in entry.citations), strict=True))
    lines = {key: cited.line for key, cited in reversed(list(zip(said, entry.citations, strict=True)))}
    values = CitedValues(entry, evidence)
    states = {(report.name, report.line): report.state for report in reports if report.kind == CITED}
    for part in document.prose():
        yield "".join(
            each if isinstance(each, str) else values.shown(each, states.get((said[each][0], lines[said[each]])))
            for each in part
        )
