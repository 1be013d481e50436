"""An entry gets another id: its file, its evidence, and every relation and link of other entries follow."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from journal.document import edits, file_links, front_matter, plain_yaml, store
from journal.document.document import parse
from journal.errors import EntryError, JournalError, UsageError
from journal.index.naming import slug
from journal.model.entry import RELATIONS
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.index.journal import Journal
    from journal.model.entry import Entry

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)", re.DOTALL)
_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True)
class Left:
    """A link that still leads to where the entry lay: it stands in the words of an imported note.

    Attributes:
        path: The file that holds it, relative to the journal.
        line: Its line, from 1.
    """

    path: str
    line: int


@dataclass(frozen=True)
class Renamed:
    """What `rename` did.

    Attributes:
        entry: The entry as it stands now.
        was: The id that it had.
        rewritten: The other entries that name it, as paths relative to the journal.
        left: The links that lead nowhere now.
    """

    entry: Entry
    was: str
    rewritten: tuple[str, ...]
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class _Move:
    """A file that changes its place, its bytes, or both."""

    stored: store.Stored
    path: Path
    raw: bytes

    @property
    def stays(self) -> bool:
        return self.path == self.stored.path

    @cached_property
    def is_half_done(self) -> bool:
        """Whether the new file is there beside the old one, as a rename that was killed leaves it."""
        # On some disks two spellings are one file: that is never taken for another one, which may go.
        if self.stays or not self.path.is_file() or self.path.samefile(self.stored.path):
            return False
        return store.read(self.path).raw == self.raw


def rename(journal: Journal, reference: str, wanted: str) -> Renamed:
    """Give an entry another id; where a file cannot be written, those before are put back.

    One that was killed half-way leaves the entry under both ids, and is finished by doing it again.

    Args:
        journal: The journal.
        reference: The entry.
        wanted: The new id, or the words that its readable part is made of; its date stays then.

    Raises:
        UsageError: The words make no new id.
        EntryError: The id is taken, or an entry that names this one cannot be read or edited.
        EvidenceError: The entry's evidence cannot be read.
        ChangedOnDisk: A file was changed meanwhile.
        NotWritable: The disk refuses.
    """
    path = journal.find(reference)
    stored = store.read(journal.config.root / path)
    entry = parse(stored.raw, path).entry
    new = new_id(entry, wanted)
    target = str(PurePosixPath(path).with_name(f"{new}.md"))
    own = _Move(stored, journal.config.root / target, _followed(stored.raw, path, path, new))
    after = parse(own.raw, target).entry
    evidence = _evidence(journal, entry, after)
    _refuse_taken(journal, path, target, own)
    _refuse_evidence(journal, target, own, evidence)
    paths = (other for other in journal.paths if other not in {path, target})
    others = {other: move for other in paths for move in _named(journal, other, path, new)}
    left = [each for other, move in {target: own, **others}.items() for each in _left(move, other, path)]
    changed = {other: move for other, move in others.items() if move.raw != move.stored.raw}
    _write([*evidence, own, *changed.values()], journal.config.root)
    return Renamed(after, entry.id, tuple(changed), tuple(left))


def new_id(entry: Entry, wanted: str) -> str:
    """The id that an entry gets: one with a date as it is given, other words behind the date of the old one.

    Raises:
        UsageError: The words make no id, or the one that the entry has.
    """
    text = wanted.strip()
    if text.endswith(".md") and "/" in text:
        hint = "give the new id alone: the entry stays in its folder"
        raise UsageError(f"{wanted!r} is a path, not an id", hint=hint)
    text = text.removesuffix(".md")
    if not any(sign.isalnum() for sign in text):
        raise UsageError(f"{wanted!r} makes no id", hint="give a new id, or a few words")
    given, old = _DATED.fullmatch(text), _DATED.fullmatch(entry.id)
    day = given[1] if given else old[1] if old else entry.front_matter.created.day.isoformat()
    words = given[2] if given else text
    new = f"{day}-{words if given and _NAME.fullmatch(words) else slug(words)}"
    if new == entry.id:
        raise UsageError(f"the entry has the id {new!r} already", hint="give another one")
    return new


def _refuse_taken(journal: Journal, path: str, target: str, own: _Move) -> None:
    """Refuse an id that another entry has; on some disks names that differ only in case are one name."""
    if (journal.config.root / path).is_symlink():
        raise EntryError("is a symbolic link; nothing was renamed", path=path, hint="rename it by hand")
    new, name = PurePosixPath(target).stem, PurePosixPath(target).name.casefold()
    for other in journal.paths:
        if other == path or PurePosixPath(other).name.casefold() != name or (other == target and own.is_half_done):
            continue
        if other == target and _below(store.read(own.path).raw) == _below(own.raw):
            said = f"holds the words of {PurePosixPath(path).stem} already, and another front matter"
            raise EntryError(said, path=other, hint="compare the two files, and remove the one that is not right")
        raise EntryError(f"the id {new!r} is taken", path=other, hint="choose another")


def _below(raw: bytes) -> bytes | None:
    """What stands below the front matter; None where there is none."""
    try:
        return raw[front_matter.yaml_of(raw, "")[1] :]
    except EntryError:
        return None


def _refuse_evidence(journal: Journal, target: str, own: _Move, evidence: list[_Move]) -> None:
    """Refuse to write over evidence that a rename which was killed has not left."""
    place = record.path_at(target, journal.config)
    is_ours = all(each.is_half_done for each in evidence) if evidence else own.is_half_done
    if place.exists() and not is_ours:
        hint = "`journal check` tells whose it is; remove it"
        raise EntryError("evidence stands here already", path=journal.config.relative(place), hint=hint)


def _evidence(journal: Journal, entry: Entry, after: Entry) -> list[_Move]:
    """The entry's evidence under its new name, if it has any."""
    evidence, stored = record.read(entry, journal.config)
    if stored is None:
        return []
    raw = record.dump(evidence.model_copy(update={"entry": after.id}))
    return [_Move(stored, record.path_of(after, journal.config), raw)]


def _named(journal: Journal, path: str, old: str, new: str) -> Iterator[_Move]:
    """Another entry with the new name, if it has the old one somewhere."""
    stored = store.read(journal.config.root / path)
    stem = PurePosixPath(old).stem
    if stem.encode() in stored.raw or quote(stem).encode() in stored.raw:
        yield _Move(stored, stored.path, _followed(stored.raw, path, old, new))


def _left(move: _Move, path: str, old: str) -> Iterator[Left]:
    return (Left(path, line) for line in file_links.in_imported_words(move.raw, path, old))


def _followed(raw: bytes, path: str, old: str, new: str) -> bytes:
    """A file with the new id in its relations and links."""
    was = PurePosixPath(old).stem
    written = plain_yaml.read(front_matter.yaml_of(raw, path)[0]).plain()
    for relation in RELATIONS:
        named = written.get(relation)
        if named == was:
            raw = edits.set_value(raw, path, (relation,), new)
        for index, item in enumerate(named if isinstance(named, list) else ()):
            if item == was:
                raw = edits.set_value(raw, path, (relation, index), new)
    return file_links.renamed(raw, path, old, f"{new}.md")


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(moves: list[_Move], root: Path) -> None:
    """Write new files, then changed ones, and remove the old ones; when a step fails, those before are undone.

    The entry's own old file goes last: while it is there, the whole can be done again, also after a kill.
    """
    with contextlib.ExitStack() as undo:
        for move in moves:
            if not move.stays and not move.is_half_done:
                store.create(move.path, move.raw, inside=root)
                undo.callback(_removed, move, root)
        for move in moves:
            if move.stays:
                store.replace(move.stored, move.raw, inside=root)
                undo.callback(_put_back, move, root)
        for move in moves:
            if not move.stays:
                store.remove(move.stored, inside=root)
                undo.callback(_made_again, move, root)
        undo.pop_all()


def _removed(move: _Move, root: Path) -> None:
    with contextlib.suppress(JournalError):
        written = store.read(move.path)
        if written.raw == move.raw:
            store.remove(written, inside=root)


def _put_back(move: _Move, root: Path) -> None:
    with contextlib.suppress(JournalError):
        written = store.read(move.path)
        if written.raw == move.raw:
            store.replace(written, move.stored.raw, inside=root)


def _made_again(move: _Move, root: Path) -> None:
    with contextlib.suppress(JournalError):
        store.create(move.stored.path, move.stored.raw, inside=root)
