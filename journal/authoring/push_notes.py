"""Telling the runs of an entry about it: where it is published, and what came of it, in their notes on the server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal.authoring.first_paragraph import first_paragraph
from journal.authoring.notes_wording import Pointer, Said
from journal.authoring.run_notes import noted
from journal.document.published import page_of, site_of
from journal.errors import EntryError, EvidenceError, JournalError, RunNotFound, UsageError
from journal.model.life import Status
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.document.document import Document
    from journal.document.published import Site
    from journal.index.journal import Journal
    from journal.model.entry import Entry, RunRef
    from journal.model.run import RunHead
    from journal.sources.interface import NotedSource
    from journal.sources.registry import Sources


@dataclass(frozen=True)
class RunNotes:
    """The notes of one run of an entry, as they are and as they shall be.

    Attributes:
        handle: The run, as the entry's tables call it.
        entry_id: The entry.
        text: What the entry's part of the notes shall say.
        head: The run on the server; None where it was not found.
        source: Who writes its notes; None likewise.
        page: Web address of the run's page; None likewise.
        before: The notes as they were read.
        after: The notes as they shall be.
        written: Whether they were written.
        error: Why they were not found, read or written.
    """

    handle: str
    entry_id: str
    text: str
    head: RunHead | None = None
    source: NotedSource | None = None
    page: str | None = None
    before: str = ""
    after: str = ""
    written: bool = False
    error: JournalError | None = None

    @property
    def changed(self) -> bool:
        """Whether they are, or were, to be written."""
        return self.error is None and self.before != self.after

    @property
    def is_elsewhere(self) -> bool:
        """Whether no server has the run."""
        return isinstance(self.error, RunNotFound)

    def read(self) -> RunNotes:
        """The same by the notes as they are now; one that failed stays as it is."""
        if self.source is None or self.head is None or self.error is not None:
            return self
        found = replace(self, page=self.source.page(self.head))
        try:
            before = self.source.notes(self.head)
            found = replace(found, before=before, after=before)
            return replace(found, after=noted(before, self.entry_id, self.text))
        except JournalError as error:
            return replace(found, error=error)

    def write(self) -> RunNotes:
        """Write what is to be written, by the notes as they are at this moment: somebody may have added to them."""
        if not self.changed:
            return self
        latest = self.read()
        if not latest.changed or latest.source is None or latest.head is None:
            return latest
        try:
            latest.source.write_notes(latest.head, latest.after)
        except JournalError as error:
            return replace(latest, error=error)
        return replace(latest, written=True)


def notes_of_runs(journal: Journal, sources: Sources, path: str, wanted: Sequence[str] = ()) -> Iterator[RunNotes]:
    """For each run of an entry its notes, as they are and as they shall be; what fails for one is told in its own.

    Args:
        journal: The journal.
        sources: Where runs come from.
        path: The entry's file, relative to the journal.
        wanted: Only these of its runs, by handle or reference; all if empty.

    Raises:
        EntryError: The entry cannot be read, or names no runs.
        UsageError: It does not name one that is wanted.
        ConfigError: `mkdocs.yml` cannot be read.
    """
    document = journal.document(path)
    entry = document.entry
    if not entry.front_matter.runs:
        hint = f"`journal link {entry.id} --run RUN` adds one"
        raise EntryError("names no runs whose notes could be written", hint=hint, path=path)
    said = _said(journal, document, site_of(journal.config))
    found = _found(sources, said, _addresses(entry, journal.config))
    for each, refs in _wanted(found, entry, wanted):
        yield replace(each, text=said.to(refs)).read()


def link_of(journal: Journal, path: str) -> str | None:
    """The web address at which an entry is published; None where `mkdocs.yml` does not say.

    Raises:
        ConfigError: The file cannot be read.
    """
    return site_of(journal.config).link(page_of(path, journal.config))


# --- the runs ---------------------------------------------------------------------------------------------------------


def _addresses(entry: Entry, config: Config) -> dict[str, str]:
    """The addresses of the runs that the entry's numbers are of, by the references that it gives them."""
    try:
        recorded = record.load(entry, config).runs
    except EvidenceError:  # `journal check` speaks of that
        return {}
    parts = {reference: (run.entity, run.project, run.id) for reference, run in recorded.items()}
    return {reference: "/".join(filter(None, known)) for reference, known in parts.items() if known[1] is not None}


def _found(sources: Sources, said: Said, addresses: Mapping[str, str]) -> list[tuple[RunNotes, list[RunRef]]]:
    """The runs of the entry on their servers, each with every name that the entry has for it."""
    found: dict[tuple[str, str], tuple[RunNotes, list[RunRef]]] = {}
    names = {ref.id: addresses.get(ref.id, ref.id) for ref in said.entry.front_matter.runs}
    sources.expect(names.values())
    for ref in said.entry.front_matter.runs:
        each = RunNotes(ref.handle, said.entry.id, "")
        try:
            source, head = sources.noted(names[ref.id])
            each = replace(each, source=source, head=head)
        except JournalError as error:
            each = replace(each, error=error)
        key = ("", ref.id) if each.head is None else (each.head.place, each.head.address)
        found.setdefault(key, (each, []))[1].append(ref)
    return list(found.values())


def _wanted(
    found: Sequence[tuple[RunNotes, list[RunRef]]], entry: Entry, wanted: Sequence[str]
) -> list[tuple[RunNotes, list[RunRef]]]:
    """Those of the runs that were asked for, in the entry's order."""
    names = [_names(each, refs) for each, refs in found]
    unknown = [word for word in wanted if not any(word in known for known in names)]
    if unknown:
        handles = ", ".join(ref.handle for ref in entry.front_matter.runs)
        raise UsageError(f"{entry.id} names no run {unknown[0]!r}", hint=f"its runs are {handles}")
    return [pair for pair, known in zip(found, names, strict=True) if not wanted or known & {*wanted}]


def _names(each: RunNotes, refs: Sequence[RunRef]) -> set[str]:
    own = set() if each.head is None else {each.head.id, each.head.address}
    return own.union(*({ref.handle, ref.id} for ref in refs))


# --- what is said -----------------------------------------------------------------------------------------------------


def _said(journal: Journal, document: Document, site: Site) -> Said:
    """What is said of an entry: how it stands by its own word and by that of others, and its summary."""
    entry = document.entry
    invalidated = journal.relations.by("invalidates", entry.id)
    superseded = journal.relations.by("supersedes", entry.id)
    said = entry.front_matter.status
    if said is Status.INVALID or invalidated:
        replaced: Status | None = Status.INVALID
    else:
        replaced = Status.SUPERSEDED if said is Status.SUPERSEDED or superseded else None
    newer = next(iter((*invalidated, *superseded)), None)
    by = next((_pointer(journal, each, site) for each in journal.entries if each.id == newer), None)
    return Said(entry, _pointer(journal, entry, site), replaced, by, first_paragraph(document))


def _pointer(journal: Journal, entry: Entry, site: Site) -> Pointer:
    return Pointer(entry.title, entry.id, site.link(page_of(entry.path, journal.config)))
