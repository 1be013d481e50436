"""Taking notes in: what becomes of each file, and the writing of the entries."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document import front_matter, store
from journal.document.document import parse
from journal.errors import JournalError, RevisionError
from journal.imports import note
from journal.imports.earlier import Earlier, Taken
from journal.imports.front_matter import render
from journal.imports.opened import open_note
from journal.imports.proposal import Fate, Proposal
from journal.imports.readers import dated
from journal.imports.readers.commits import shas
from journal.imports.readers.known import Known
from journal.index.naming import free_stem, slug
from journal.model.life import Imported
from journal.model.when import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from journal.imports.guide import Guide, Told
    from journal.imports.opened import Opened
    from journal.imports.parts import Piece
    from journal.imports.readers.page import Page
    from journal.index.journal import Journal
    from journal.model.run import RunHead
    from journal.revisions import Repository
    from journal.sources.registry import Sources


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
        self._config, self._sources, self._repository, self._wanted = journal.config, sources, repository, wanted
        self._taken = {PurePosixPath(path).stem for path in journal.paths}
        self._earlier = Earlier(journal)
        self._known = Known()

    def take(
        self, paths: Sequence[Path], progress: Callable[[Sequence[Opened]], Iterable[Opened]] = iter
    ) -> list[Proposal]:
        """What becomes of each file; one that cannot be taken in is refused with its reason, and the others go on.

        Args:
            paths: The files.
            progress: Tells how far it is: gives each file that it is given.
        """
        how = {"split": self._wanted.split, "repair": self._wanted.repair}
        opened = [open_note(path, self._config, **how) for path in paths]
        waiting = [each for each in opened if not self._earlier.holds(each)]
        self._known = self._knowledge([page for each in waiting for page in each.pages])
        seen = [each for one in progress(opened) for each in self._looked(one)]
        return [each if isinstance(each, Proposal) else self._rendered(each) for each in seen]

    def _knowledge(self, pages: Sequence[Page]) -> Known:
        """What is known beside the notes; git is asked once for every word that may be a commit."""
        root = self._repository.root if self._repository is not None else self._config.root
        asked = sorted({sha for page in pages for sha in shas(page)}) if self._repository is not None else []
        commits = self._repository.commits_known(asked) if self._repository is not None and asked else {}
        return Known(
            runs=_run_names(self._sources.heads()),
            commits=lambda words: {word: commits.get(word) for word in words},
            files=lambda name: _lies_in(root, name),
        )

    def _told(self, opened: Opened) -> Told:
        return self._wanted.guide.told(opened.source, str(opened.path))

    def _looked(self, opened: Opened) -> list[Proposal | _Draft]:
        if self._told(opened).skip:
            return [Proposal(opened.source, Fate.SKIPPED, message="left out, as you said")]
        if opened.error is not None:
            hint = opened.error.hint
            return [Proposal(opened.source, Fate.REFUSED, message=opened.error.message, hint=hint)]
        verdicts = self._earlier.verdicts(opened)
        seen: list[Proposal | _Draft] = []
        for number, said in enumerate(verdicts):
            above = next((each.proposal.id for each in reversed(seen) if isinstance(each, _Draft)), None)
            seen.append(said or self._drafted(opened, number, above))
        return seen

    def _drafted(self, opened: Opened, number: int, above: str | None) -> Proposal | _Draft:
        piece, page, source = opened.pieces[number], opened.pages[number], opened.source
        found = note.read(
            page,
            self._known,
            self._wanted.guide,
            self._told(opened),
            part=piece.dated,
            first_commit=lambda: self._first_commit(opened.path),
        ).below(piece.line - 1)
        if found.created is None:
            hint = "give --created, or say it in --map"
            if piece.dated is None and len(dated.parts(page)) > 2:  # noqa: PLR2004  (more than one dated heading)
                hint = "--split cuts it at its dated headings; or " + hint
            return Proposal(source, Fate.REFUSED, note=found, message="says no time", hint=hint, repair=piece.offered)
        stem = free_stem(f"{found.created.value.day}-{slug(found.title.value)}", self._taken)
        self._taken.add(stem)
        target = f"{self._config.settings.entries}/{stem}.md"
        origin = _origin(opened, piece, found.created.source)
        self._earlier.add(Taken(target, origin, is_new=True), piece.identity)
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
        head = render(proposal.note, draft.origin, self._relations(draft))
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
            ids = self._earlier.ids(os.path.normpath(folder / name)) or self._earlier.ids(name)
            if len(ids) == 1 and ids[0] != draft.proposal.id:
                relations.setdefault(relation, []).append(ids[0])
        return relations


def _origin(opened: Opened, piece: Piece, created: str) -> Imported:
    words = hashlib.sha256(piece.raw).hexdigest()
    return Imported.model_validate(
        {
            "from": opened.source,
            "sha256": opened.digest,
            "bytes": piece.span,
            "length": len(piece.raw),
            "heading": piece.heading,
            "repaired": piece.repaired,
            "words": words if words != opened.digest else None,
            "created": created,
        }
    )


def write(proposals: Iterable[Proposal], journal: Journal) -> None:
    """Write the new entries, each whole or not at all.

    Raises:
        NotWritable: The disk refuses; what was written before stays, and the next import goes on from there.
    """
    for proposal in proposals:
        if proposal.fate is Fate.NEW and proposal.path is not None:
            store.create(journal.config.root / proposal.path, proposal.raw, inside=journal.config.root)


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
