"""What was imported before, and whether a piece of a file is among it: as it was, or changed since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document.original import body_of
from journal.imports.parts import identity
from journal.imports.proposal import Fate, Proposal

if TYPE_CHECKING:
    from journal.imports.opened import Opened
    from journal.imports.parts import Piece
    from journal.index.journal import Journal
    from journal.model.life import Imported

Place = tuple[str, str | None]
"""A file, and the dated heading of a part of it: empty above the first one, None for the whole file."""


@dataclass(frozen=True)
class Taken:
    """An entry that was made of a note, before or a moment ago.

    Attributes:
        path: Its file.
        origin: Where it came from.
        is_new: Whether it is not written yet.
    """

    path: str
    origin: Imported
    is_new: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return PurePosixPath(self.path).stem


class Earlier:
    """Every entry that was made of a note.

    Args:
        journal: The journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._by_words: dict[str, Taken] = {}
        self._by_place: dict[Place, list[Taken]] = defaultdict(list)
        self._by_source: dict[str, list[Taken]] = defaultdict(list)
        self._by_original: dict[str, list[Taken]] = defaultdict(list)
        for entry in journal.entries:
            origin = entry.front_matter.imported
            if origin is not None:
                words = body_of(journal.document(entry.path).render(), entry.front_matter)
                self.add(Taken(entry.path, origin), identity(words, origin.heading))

    def add(self, taken: Taken, words: str) -> None:
        """Remember an entry.

        Args:
            taken: The entry.
            words: The identity of its words.
        """
        origin = taken.origin
        self._by_words.setdefault(words, taken)
        self._by_place[origin.source, origin.heading or ("" if origin.bytes_ else None)].append(taken)
        self._by_source[origin.source].append(taken)
        self._by_original[origin.sha256].append(taken)

    def ids(self, source: str) -> list[str]:
        """Ids of the entries that a file became."""
        return [taken.id for taken in self._by_source.get(source, ())]

    def holds(self, opened: Opened) -> bool:
        """Whether every piece of a file is there as it is."""
        return all(piece.identity in self._by_words for piece in opened.pieces)

    def verdicts(self, opened: Opened) -> list[Proposal | None]:
        """For each piece of a file what to say of it; None for what is new. One answer may stand for all of them."""
        otherwise = self._otherwise(opened)
        if otherwise is not None:
            return [otherwise]
        present = [self._by_words.get(piece.identity) for piece in opened.pieces]
        still = {taken.path for taken in present if taken is not None}
        return [
            _present(opened.source, taken) if taken is not None else self._changed(opened, piece, still)
            for piece, taken in zip(opened.pieces, present, strict=True)
        ]

    def _changed(self, opened: Opened, piece: Piece, still: set[str]) -> Proposal | None:
        """What to say of a piece whose place is known, but with other words; each entry is told of once."""
        if not opened.is_inside:
            return None  # its name may be that of another file
        place = (opened.source, piece.heading or ("" if piece.span else None))
        for taken in self._by_place.get(place, ()):
            if taken.path not in still and not taken.is_new:
                still.add(taken.path)
                hint = "put what is new into the entry with `journal update`, or remove it and import again"
                message = "was changed since it was imported"
                return Proposal(opened.source, Fate.CHANGED, taken.path, message=message, hint=hint)
        return None

    def _otherwise(self, opened: Opened) -> Proposal | None:
        """What to say of a file that was imported already, but cut or repaired in another way."""
        same = [taken for taken in self._by_original.get(opened.digest, ()) if not taken.is_new]
        before = [*same, *(self._by_source.get(opened.source, ()) if opened.is_inside else ())]
        before = [taken for taken in before if not taken.is_new]
        if not before or not opened.pieces:
            return None
        repaired, offered = opened.pieces[0].repaired is not None, opened.pieces[0].offered is not None
        for taken in same:
            was = taken.origin.repaired is not None
            if was != repaired and (repaired or offered):
                way = ("was imported repaired", "with") if was else ("was imported without its repair", "without")
                return _told_otherwise(opened, taken, *way, "--repair")
        cut = opened.pieces[0].span is not None
        if cut == any(taken.origin.bytes_ is not None for taken in before) or self._any_present(opened):
            return None
        way = ("was imported whole", "without") if cut else ("was split when it was imported", "with")
        return _told_otherwise(opened, before[0], *way, "--split")

    def _any_present(self, opened: Opened) -> bool:
        return any(piece.identity in self._by_words for piece in opened.pieces)


def _present(source: str, taken: Taken) -> Proposal:
    message = f"the same words as {taken.origin.source}" if taken.is_new else "imported already"
    return Proposal(source, Fate.PRESENT, taken.path, message=message)


def _told_otherwise(opened: Opened, taken: Taken, message: str, how: str, option: str) -> Proposal:
    hint = f"import it {how} {option}, or remove {taken.path} first"
    return Proposal(opened.source, Fate.CHANGED, taken.path, message=message, hint=hint)
