"""One entry takes the place of another: both files say so, or neither does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.authoring.change import Change
from journal.authoring.update import Said, dated
from journal.errors import JournalError, UsageError
from journal.index.circles import closed_circle
from journal.model.clock import now
from journal.model.entry import REPLACING
from journal.model.life import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.config import Config
    from journal.index.journal import Journal
    from journal.model.entry import Entry


@dataclass(frozen=True)
class Wanted:
    """What shall be said.

    Attributes:
        invalidate: Whether the old entry's conclusions no longer hold, and not only stand better elsewhere.
        reason: Why, in words; they become a dated section of the old entry.
        by: Who says so.
    """

    invalidate: bool = False
    reason: str | None = None
    by: str | None = None

    @property
    def relation(self) -> str:
        """The field of the new entry that names the old one."""
        return "invalidates" if self.invalidate else "supersedes"

    @property
    def status(self) -> Status:
        """Where the old entry stands from then on."""
        return Status.INVALID if self.invalidate else Status.SUPERSEDED


@dataclass(frozen=True)
class Superseded:
    """What `supersede` did.

    Attributes:
        old: The entry whose place was taken, as it stands now.
        new: The entry that took it.
        changed: Whether anything was written; both may have said so already.
    """

    old: Entry
    new: Entry
    changed: bool


def supersede(journal: Journal, old: str, new: str, wanted: Wanted) -> Superseded:
    """Let one entry take the place of another, in both files.

    Raises:
        UsageError: They are one entry, the old one has the place of the new one already, or it is more than superseded.
        EntryError: One of them is not there, or cannot be edited; neither was changed.
        ChangedOnDisk: Somebody else wrote one of them meanwhile; neither was changed.
        NotWritable: The disk refuses one of them; neither was changed.
    """
    was, follows = Change.begin(journal, old), Change.begin(journal, new)
    _refuse(journal, was.entry, follows.entry, wanted)
    naming = _naming(follows, was.entry.id, wanted)
    closing = _closing(was, follows.entry, wanted)
    changed = naming is not follows or closing is not was
    _write_both(naming, closing, journal.config)
    return Superseded(closing.entry, naming.entry, changed)


def _refuse(journal: Journal, old: Entry, new: Entry, wanted: Wanted) -> None:
    if old.path == new.path:
        raise UsageError(f"{old.id} cannot take its own place", hint="name the old entry, then the new one")
    circle = closed_circle(journal, new.id, wanted.relation, old.id)
    if circle:
        raise _circle(old, new, circle)
    is_invalid = old.front_matter.status is Status.INVALID
    if is_invalid and not wanted.invalidate and not journal.relations.by("invalidates", old.id):
        said = f"{old.id} is invalid, and no entry invalidates it"
        raise UsageError(said, hint=f"`journal supersede {old.id} {new.id} --invalidate` says so in both")


def _circle(old: Entry, new: Entry, circle: Sequence[tuple[str, str]]) -> UsageError:
    """Why one entry cannot take the place of another that has taken its own, or that builds on it."""
    other = f"`journal supersede {new.id} {old.id}`"
    if all(relation in REPLACING for _, relation in circle):
        said = f"{old.id} has taken the place of {new.id} already"
        return UsageError(said, hint=f"a circle says nothing: {other} is what stands there")
    way = " ".join(f"{id_} {relation}" for id_, relation in circle[1:])
    return UsageError(f"{old.id} builds on {new.id}: {way} {new.id}", hint=f"did you mean {other}?")


def _naming(new: Change, old_id: str, wanted: Wanted) -> Change:
    """The new entry with the old one's id in its relation, where that is not there yet."""
    return new if old_id in getattr(new.entry.front_matter, wanted.relation) else new.append(wanted.relation, old_id)


def _closing(old: Change, new: Entry, wanted: Wanted) -> Change:
    """The old entry with its status, the date of it, and the reason; what is invalid stays invalid."""
    standing = old.entry.front_matter.status
    status = None if standing in {wanted.status, Status.INVALID} else wanted.status
    if status is None and not wanted.reason:
        return old
    verb = "Invalidated" if wanted.invalidate else "Superseded"
    title = f"{verb} by {new.id}" if wanted.reason else None
    return dated(old, now(), Said(wanted.reason or "", title, status, by=wanted.by))


def _write_both(first: Change, second: Change, config: Config) -> None:
    """Write two files; where the second cannot be written, the first goes back to what it was."""
    first.write(config)
    try:
        second.write(config)
    except JournalError:
        first.undo(config)
        raise
