"""What the site shows of an entry: its text cut at its blocks, its evidence, and how its blocks stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.document import store
from journal.document.document import parse
from journal.document.published import page_of
from journal.errors import EvidenceError, JournalError
from journal.model.evidence import BlockState, Evidence
from journal.site.cited_values import CitedValues
from journal.tables import fill, record
from journal.tables.promises import CITED
from journal.tables.reviews import ReviewStanding, evidence_sum, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.document.document import Document
    from journal.model.entry import Entry
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
        reviews: How its reviews stand to the evidence; nobody verified an entry whose evidence cannot be believed.
    """

    page: str
    entry: Entry
    text: tuple[str, ...]
    evidence: Evidence
    reports: Mapping[str, BlockReport]
    problem: JournalError | None = None
    reviews: ReviewStanding = field(default_factory=ReviewStanding)

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
    document = parse(store.read(config.root / path).raw, path)
    evidence, reports, problem = _standing(document.entry, config)
    text = tuple(_text(document, evidence, reports))
    blocks = {block.name for block in document.entry.blocks}
    by_name = {report.name: report for report in reports if report.kind != CITED and report.name in blocks}
    reviews = _reviews(document.entry, config)
    return EntryView(page_of(path, config), document.entry, text, evidence, by_name, problem, reviews)


def _standing(entry: Entry, config: Config) -> tuple[Evidence, tuple[BlockReport, ...], JournalError | None]:
    """The entry's evidence, how its blocks and cited values stand, and what stood in the way of either."""
    evidence = Evidence(entry=entry.id)
    try:
        evidence = record.load(entry, config)
        reports = fill.plan(config, entry.path, None).blocks if entry.blocks or entry.citations else ()
    except JournalError as error:
        return evidence, (), error
    return evidence, reports, None


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
