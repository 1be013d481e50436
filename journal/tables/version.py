"""One entry and its evidence as one tree of files has them: what it shows, and how its blocks stand by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from journal.document.document import parse
from journal.errors import JournalError
from journal.model.evidence import Evidence
from journal.tables import record
from journal.tables.fill import ours
from journal.tables.grid import Grid
from journal.tables.places import placed
from journal.tables.planned import plan_promise
from journal.tables.promises import promises
from journal.tables.run_book import RunBook
from journal.tables.scores import score_entry
from journal.tables.table_block import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.config import Config
    from journal.document.document import Document
    from journal.model.entry import Entry
    from journal.model.evidence import BlockEvidence, BlockState, CellEvidence
    from journal.tables.places import Place
    from journal.tables.planned import Planned

T = TypeVar("T")

_DIGITS = 3


@dataclass(frozen=True)
class Version:
    """An entry's files in one tree.

    Attributes:
        path: The entry's file, relative to the journal.
        raw: Its bytes; None where only its evidence is there.
        evidence: The bytes of its evidence; None where it has none.
        missing: Why bytes that should be there are not, in words.
    """

    path: str
    raw: bytes | None = None
    evidence: bytes | None = field(default=None, repr=False)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a version tells.

    Attributes:
        id: The entry's id.
        entry: The entry; None where it cannot be read.
        evidence: Its evidence; None where it cannot be believed.
        texts: What its blocks show in each cell, by block and place.
        kinds: The kinds of its blocks and cited values, by name, in its order.
        states: How they stand by text and evidence alone.
        problems: What cannot be read, in words.
    """

    id: str
    entry: Entry | None
    evidence: Evidence | None
    texts: Mapping[str, Mapping[Place, str]]
    kinds: Mapping[str, str]
    states: Mapping[str, BlockState]
    problems: tuple[str, ...] = ()

    def shown(self, block: str, place: Place, cell: CellEvidence) -> str:
        """What is shown in a cell; as a table of the usual digits would, where the entry does not tell."""
        return self.texts.get(block, {}).get(place, text(cell, _DIGITS))


def told(version: Version, config: Config) -> Told:
    """What a version of an entry tells, from its files alone.

    Args:
        version: The entry's files.
        config: The journal.
    """
    problems = list(version.missing)
    document, evidence = None, None
    try:
        document = parse(version.raw, version.path) if version.raw is not None else None
    except JournalError as error:
        problems.append(str(error))
    name = PurePosixPath(version.path).stem
    try:
        evidence = _evidence(version, document, name, config) if not version.missing else None
    except JournalError as error:
        problems.append(str(error))
    planned = list(_planned(document, evidence, config)) if document is not None and evidence is not None else []
    return Told(
        id=name,
        entry=None if document is None else document.entry,
        evidence=evidence,
        texts=_first((each.report.name, _texts(each)) for each in planned),
        kinds=_first((each.report.name, each.report.kind) for each in planned),
        states=_first((each.report.name, each.report.state) for each in planned),
        problems=tuple(problems),
    )


def _first(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """The first of each name, in order: a value that is cited in several forms is one."""
    found: dict[str, T] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _evidence(version: Version, document: Document | None, name: str, config: Config) -> Evidence:
    if version.evidence is None:
        return Evidence(entry=name)
    shown = config.relative(record.path_at(version.path, config))
    return record.parse(version.evidence, name if document is None else document.entry, shown)


def _planned(document: Document, evidence: Evidence, config: Config) -> Iterator[Planned]:
    """Every block and cited value that can be made from text and evidence."""
    runs = RunBook(document.entry, None, evidence)
    runs.verdicts = dict(evidence.verdicts)
    try:
        scored = score_entry(document.render(), runs, None, config).evidence
        found = promises(ours(document), evidence, scored)
    except JournalError:
        return  # the rules tell what is wrong with it
    for promise in found:
        try:
            yield plan_promise(promise, runs, force=False)
        except JournalError:
            continue


def _texts(planned: Planned) -> dict[Place, str]:
    """What a block that says what its evidence says shows in each cell."""
    filled, before = planned.filled, planned.promise.before
    if not isinstance(filled.content, Grid):
        return dict.fromkeys(placed(filled.cells), filled.content)
    pairs = [
        pair
        for line in zip(filled.content.rows, filled.content.evidence, strict=True)
        for pair in zip(*line, strict=True)
    ]
    told_of = [(cell, shown) for shown, cell in pairs if cell is not None]
    texts = dict(zip(placed(cell for cell, _ in told_of), told_of, strict=True))
    then = placed(before.cells if before is not None else ())
    return {place: shown for place, (cell, shown) in texts.items() if place in then and _alike(cell, then[place])}


def _alike(one: CellEvidence, other: CellEvidence) -> bool:
    """Whether what is shown of one cell is what would be shown of another."""
    return (one.state, one.value, one.text, one.n) == (other.state, other.value, other.text, other.n)


def blocks(evidence: Evidence) -> dict[str, BlockEvidence]:
    """The evidence of all blocks and cited values by name."""
    return {**evidence.blocks, **evidence.citations}
