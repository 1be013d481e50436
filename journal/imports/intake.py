"""Taking notes in: which files, what becomes of each, and the writing of the entries."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from journal.document import front_matter, store
from journal.document.document import parse
from journal.errors import EntryError, JournalError, RevisionError, UsageError
from journal.imports import dated, matter, note
from journal.imports.commits import shas
from journal.imports.known import Known
from journal.imports.page import Page
from journal.imports.parts import Piece, pieces
from journal.index.naming import free_stem, slug
from journal.model.life import Imported
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.imports.encoding import Repair
    from journal.imports.guide import Guide
    from journal.imports.note import Note
    from journal.index.journal import Journal
    from journal.model.run import RunHead
    from journal.revisions import Repository
    from journal.sources.registry import Sources

SUFFIXES = (".md", ".markdown")
MAX_NOTE = 16 * 2**20
"""Largest note in bytes; nobody writes one by hand."""


class Fate(StrEnum):
    """What becomes of a note."""

    NEW = "new"
    PRESENT = "present"
    CHANGED = "changed"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Proposal:
    """A note, or one part of a log, and the entry that it becomes.

    Attributes:
        source: The file, as the entry names it.
        fate: What becomes of it.
        path: The entry's file, relative to the journal; None where there is none.
        note: What it states; None where it was not read.
        raw: The entry's bytes, where it is new.
        message: Why it is not taken in, in words.
        hint: What to do about it.
        repair: The repair that is offered, where its encoding was broken twice over.
        partly: Why what looks broken so cannot be repaired.
    """

    source: str
    fate: Fate
    path: str | None = None
    note: Note | None = None
    raw: bytes = field(default=b"", repr=False)
    message: str = ""
    hint: str | None = None
    repair: Repair | None = None
    partly: str | None = None

    @property
    def adrift(self) -> bool:
        """Whether it becomes an entry whose time of day has no zone."""
        when = self.note.created if self.note is not None and self.fate is Fate.NEW else None
        return when is not None and when.value.has_clock and when.value.offset is None

    @property
    def id(self) -> str | None:
        """The entry's id."""
        return PurePosixPath(self.path).stem if self.path is not None else None


@dataclass(frozen=True)
class Wanted:
    """How notes are to be taken in.

    Attributes:
        guide: What the author says about them.
        split: Whether a log is cut at its dated headings.
        repair: Whether text whose encoding was broken twice over is repaired.
    """

    guide: Guide
    split: bool = False
    repair: bool = False


def found(paths: Sequence[Path], journal: Journal) -> list[Path]:
    """The Markdown files among paths and below folders, each once, sorted; what the journal itself keeps is left out.

    Raises:
        UsageError: A path is not there, or names no Markdown.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(sorted(_below(path, journal)))
        elif not path.is_file():
            raise UsageError(f"{path}: no such file or folder", hint="give Markdown files, or folders of them")
        else:
            files[path] = None
    return list({path.resolve(): path for path in files}.values())


def _below(folder: Path, journal: Journal) -> Iterator[Path]:
    config = journal.config
    own = {path.resolve() for path in (config.entries, config.evidence, config.templates, config.derived)}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(place, name).resolve() not in own]
        yield from (Path(place, name) for name in names if name.endswith(SUFFIXES) and not name.startswith("."))


@dataclass(frozen=True)
class _Opened:
    """A file that was opened: its pieces, or why it goes no further."""

    path: Path
    source: str
    digest: str = ""
    pieces: Sequence[Piece] = ()
    refused: Proposal | None = None

    @cached_property
    def sums(self) -> list[str]:
        """The sum of each piece."""
        return [hashlib.sha256(piece.raw).hexdigest() for piece in self.pieces]

    @cached_property
    def pages(self) -> list[Page]:
        """The text of each piece."""
        return [Page(self.path.name, piece.text, piece.original) for piece in self.pieces]


@dataclass(frozen=True)
class _Draft:
    """A note, or a part of one, that becomes an entry once it is known what the others are called."""

    proposal: Proposal
    piece: Piece
    origin: Imported
    before: str | None
    """Id of the part above it that it is an update of."""


class Intake:
    """Reads notes for one journal, and says what becomes of each. Nothing is written until `write`.

    Args:
        journal: The journal that they come into.
        sources: Where its runs are.
        repository: The git repository, or None outside one.
        wanted: How they are to be taken in.
    """

    def __init__(self, journal: Journal, sources: Sources, repository: Repository | None, wanted: Wanted) -> None:
        self._journal, self._sources, self._repository, self._wanted = journal, sources, repository, wanted
        self._taken = {PurePosixPath(path).stem for path in journal.paths}
        self._present: dict[str, str] = {}  # entries by the sum of their words
        self._places: dict[tuple[str, str], str] = {}  # entries by their file and where in it they begin
        self._ids: dict[str, list[str]] = {}  # by the file that they came from
        self._known = Known()
        for entry in journal.entries:
            origin = entry.front_matter.imported
            if origin is not None:
                self._present[origin.words or origin.sha256] = entry.path
                self._places.setdefault((origin.source, _first(origin.bytes_)), entry.path)
                self._ids.setdefault(origin.source, []).append(entry.id)

    def take(
        self, paths: Sequence[Path], progress: Callable[[Sequence[_Opened]], Iterable[_Opened]] = iter
    ) -> list[Proposal]:
        """What becomes of each file; one that cannot be taken in is refused with its reason, and the others go on.

        Args:
            paths: The files.
            progress: Tells how far it is: gives each file that it is given.
        """
        opened = [self._opened(path) for path in paths]
        waiting = [each for each in opened if not self._present.keys() >= set(each.sums)]
        self._known = self._knowledge([page for each in waiting for page in each.pages])
        seen = [each for one in progress(opened) for each in self._looked(one)]
        return [each if isinstance(each, Proposal) else self._rendered(each) for each in seen]

    def _opened(self, path: Path) -> _Opened:
        source = self._named(path)
        if self._wanted.guide.told(source).skip:
            return _Opened(path, source, refused=Proposal(source, Fate.SKIPPED, message="left out, as you said"))
        try:
            raw = _bytes(path)
            found = pieces(raw, path.name, split=self._wanted.split, repair=self._wanted.repair)
        except JournalError as error:
            return _Opened(path, source, refused=Proposal(source, Fate.REFUSED, message=error.message, hint=error.hint))
        return _Opened(path, source, hashlib.sha256(raw).hexdigest(), found)

    def _knowledge(self, pages: Sequence[Page]) -> Known:
        """What is known beside the notes; git is asked once for every word that may be a commit."""
        root = self._repository.root if self._repository is not None else self._journal.config.root
        asked = sorted({sha for page in pages for sha in shas(page)}) if self._repository is not None else []
        commits = self._repository.commits_known(asked) if self._repository is not None and asked else {}
        return Known(
            runs=_run_names(self._sources.heads()),
            commits=lambda words: {word: commits.get(word) for word in words},
            files=lambda name: _lies_in(root, name),
        )

    def _named(self, path: Path) -> str:
        """The file relative to the journal, or its name alone: paths of a machine are nobody else's business."""
        shown = self._journal.config.relative(path.resolve())
        return path.name if Path(shown).is_absolute() else shown

    def _looked(self, opened: _Opened) -> list[Proposal | _Draft]:
        if opened.refused is not None:
            return [opened.refused]
        source, found, sums = opened.source, opened.pieces, opened.sums
        otherwise = self._cut_otherwise(source, found, sums)
        if otherwise is not None:
            return [otherwise]
        still = {self._present[each] for each in sums if each in self._present}
        seen: list[Proposal | _Draft] = []
        for number, (piece, words) in enumerate(zip(found, sums, strict=True)):
            entry = self._present.get(words)
            before = self._places.get((source, _first(piece.span)))
            if entry is not None:
                seen.append(Proposal(source, Fate.PRESENT, entry, message="imported already"))
            elif before is not None and before not in still:
                seen.append(_changed(source, before))
            else:
                above = next((each.proposal.id for each in reversed(seen) if isinstance(each, _Draft)), None)
                seen.append(self._drafted(opened, number, words, above))
        return seen

    def _cut_otherwise(self, source: str, found: Sequence[Piece], sums: Sequence[str]) -> Proposal | None:
        """What to say of a note that was imported whole and shall be split now, or the other way round."""
        cut = any(piece.span is not None for piece in found)
        other = [path for (file, first), path in self._places.items() if file == source and bool(first) != cut]
        if not other or any(words in self._present for words in sums):
            return None
        message = "was imported whole" if cut else "was split when it was imported"
        hint = f"import it {'without' if cut else 'with'} --split, or remove {other[0]} first"
        return Proposal(source, Fate.CHANGED, other[0], message=message, hint=hint)

    def _drafted(self, opened: _Opened, number: int, words: str, above: str | None) -> Proposal | _Draft:
        guide, path, source = self._wanted.guide, opened.path, opened.source
        piece, page = opened.pieces[number], opened.pages[number]
        told = guide.told(source)
        found = note.read(
            page, self._known, guide, told, part=piece.dated, first_commit=lambda: self._first_commit(path)
        )
        found = found.below(piece.line - 1)
        if found.created is None:
            hint = "give --created, or say it in --map"
            if piece.dated is None and len(dated.parts(page)) > 2:  # noqa: PLR2004  (more than one dated heading)
                hint = "--split cuts it at its dated headings; or " + hint
            return Proposal(source, Fate.REFUSED, note=found, message="says no time", hint=hint, repair=piece.offered)
        stem = free_stem(f"{found.created.value.day}-{slug(found.title.value)}", self._taken)
        self._taken.add(stem)
        target = f"{self._journal.config.settings.entries}/{stem}.md"
        self._present[words] = target
        self._ids.setdefault(source, []).append(stem)
        origin = Imported.model_validate(
            {
                "from": source,
                "sha256": opened.digest,
                "bytes": piece.span,
                "length": len(piece.raw),
                "repaired": piece.repaired,
                "words": words if words != opened.digest else None,
                "created": found.created.source,
            }
        )
        proposal = Proposal(source, Fate.NEW, target, note=found, repair=piece.offered, partly=piece.partly)
        before = above if piece.dated is not None and piece.dated.is_update else None
        return _Draft(proposal, piece, origin, before)

    def _first_commit(self, path: Path) -> When | None:
        """When git first had a file, by its author's clock."""
        if self._repository is None:
            return None
        try:
            versions = list(self._repository.versions(path.resolve()))
        except RevisionError:
            return None
        return When.of(min(version.authored for version in versions)) if versions else None

    def _rendered(self, draft: _Draft) -> Proposal:
        proposal, piece = draft.proposal, draft.piece
        assert proposal.note is not None  # noqa: S101  (drafts have one)
        assert proposal.path is not None  # noqa: S101
        head = matter.render(proposal.note, draft.origin, self._relations(draft))
        eol = b"\r\n" if b"\r\n" in piece.raw else b"\n"
        raw = head.encode().replace(b"\n", eol) + piece.raw
        try:
            document = parse(raw, proposal.path)
        except JournalError as error:
            return replace(proposal, fate=Fate.REFUSED, message=error.message, hint=error.hint)
        if document.render() != raw or front_matter.read(raw, proposal.path)[1] != len(raw) - len(piece.raw):
            return replace(proposal, fate=Fate.REFUSED, message="its words would not stay as they are")
        return replace(proposal, raw=raw)

    def _relations(self, draft: _Draft) -> Mapping[str, list[str]]:
        """Ids of the entries that a note names by their files; of a file that became several, none is meant."""
        relations: dict[str, list[str]] = {"follows": [draft.before] if draft.before is not None else []}
        folder = PurePosixPath(draft.origin.source).parent
        assert draft.proposal.note is not None  # noqa: S101  (drafts have one)
        for fact in draft.proposal.note.named:
            relation, name = fact.value
            ids = self._ids.get(os.path.normpath(folder / name), self._ids.get(name, []))
            if len(ids) == 1 and ids[0] != draft.proposal.id:
                relations.setdefault(relation, []).append(ids[0])
        return relations


def write(proposals: Iterable[Proposal], journal: Journal) -> None:
    """Write the new entries, each whole or not at all.

    Raises:
        NotWritable: The disk refuses; what was written before stays, and the next import goes on from there.
    """
    for proposal in proposals:
        if proposal.fate is Fate.NEW and proposal.path is not None:
            store.create(journal.config.root / proposal.path, proposal.raw, inside=journal.config.root)


def _first(span: str | None) -> str:
    """Where a part begins; empty for a whole note."""
    return span.partition("..")[0] if span is not None else ""


def _changed(source: str, path: str) -> Proposal:
    hint = "put what is new into the entry with `journal update`, or remove it and import again"
    return Proposal(source, Fate.CHANGED, path, message="was changed since it was imported", hint=hint)


def _bytes(path: Path) -> bytes:
    raw = store.read(path).raw
    if len(raw) > MAX_NOTE:
        raise EntryError(f"{len(raw):,} bytes are no note", hint=f"the limit is {MAX_NOTE:,}")
    if _is_entry(raw, path):
        raise EntryError("is an entry of a journal already", hint="put the file into the folder of entries")
    return raw


def _run_names(heads: Sequence[RunHead]) -> dict[str, str]:
    """Every run's id, and names that one run alone bears, each with the id."""
    ids = {head.id: head.id for head in heads}
    counts = Counter(head.name for head in heads)
    return {head.name: head.id for head in heads if head.name and counts[head.name] == 1} | ids


def _lies_in(root: Path, name: str) -> bool:
    """Whether a name is that of a file below a folder."""
    try:
        return bool(name) and not name.startswith(("/", "~")) and ".." not in name and (root / name).is_file()
    except (OSError, ValueError):  # no file can have that name
        return False


def _is_entry(raw: bytes, path: Path) -> bool:
    try:
        front_matter.read(raw, path)
    except EntryError:
        return False
    return True
