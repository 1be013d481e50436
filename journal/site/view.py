"""What the site shows of an entry: its text cut at its blocks, its evidence, and how its blocks stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document import front_matter, store
from journal.document.document import parse
from journal.document.lines import plain
from journal.errors import JournalError
from journal.model.evidence import BlockState, Evidence
from journal.tables import fill, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.config import Config
    from journal.document.document import Document
    from journal.model.entry import Entry
    from journal.tables.fill import BlockReport

FOLDER = "entries"
"""Folder of the entries' pages in the site, wherever the journal keeps its entries."""

ATTENTION = (BlockState.EDITED, BlockState.DRIFTED, BlockState.STALE, BlockState.PENDING)
"""States that somebody should look at. The site reads no run: *fresh* here means that text and evidence agree."""


@dataclass(frozen=True)
class EntryView:
    """One entry, ready to be shown.

    Attributes:
        page: Its page's path in the generated folder, below `entries/` as the file is below the journal's own.
        entry: What it says.
        text: The author's text, cut where the blocks stand: block number i stands between items i and i + 1.
        evidence: What its numbers rest on, as recorded.
        reports: How each block stands, by name; empty when that could not be found out.
        problem: Why its evidence or its blocks cannot be used, if they cannot.
    """

    page: str
    entry: Entry
    text: tuple[str, ...]
    evidence: Evidence
    reports: Mapping[str, BlockReport]
    problem: JournalError | None = None

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
    evidence, reports, problem = _standing(document.entry, config)
    return EntryView(_page(path, config), document.entry, _cut(raw, document), evidence, reports, problem)


def _page(path: str, config: Config) -> str:
    inside = PurePosixPath(path).relative_to(PurePosixPath(config.settings.entries))
    return (PurePosixPath(FOLDER) / inside).as_posix()


def _standing(entry: Entry, config: Config) -> tuple[Evidence, dict[str, BlockReport], JournalError | None]:
    """The entry's evidence, how its blocks stand, and what stood in the way of either."""
    evidence = Evidence(entry=entry.id)
    try:
        evidence = record.load(entry, config)
        blocks = fill.plan(config, entry.path, None).blocks if entry.blocks else ()
    except JournalError as error:
        return evidence, {}, error
    return evidence, {report.name: report for report in blocks}, None


def _cut(raw: bytes, document: Document) -> tuple[str, ...]:
    """The author's text without front matter, blocks and markers."""
    entry = document.entry
    _, start = front_matter.read(raw, entry.path)
    pieces = [plain(piece) for piece in (raw[:start], document.pieces[0][start:], *document.pieces[1:])]
    # Pieces by turns: the author's, which ends with an opening marker, a block's text, and its closing marker.
    line, found = 1 + pieces[0].count("\n"), []
    for number, piece in enumerate(pieces[1:]):
        block = number // 3
        if number % 3 == 0:
            upto = entry.blocks[block].line - line if block < len(entry.blocks) else None
            found.append("\n".join(piece.split("\n")[:upto]))
        line += piece.count("\n")
    return tuple(found)
