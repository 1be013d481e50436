"""The board of corrections and retractions: what was put right, what does not hold any more, and what rests on that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import Status
from journal.site import quoted
from journal.site.boards.board import Board, Group
from journal.site.boards.needs import built_on_invalid, is_invalid
from journal.site.here import badges, row, when
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents
    from journal.site.here import Here

CORRECTIONS = "boards/corrections.md"


class Corrected(NamedTuple):
    """A value that was put right.

    Attributes:
        was: What stood there.
        now: What is right, where somebody said.
        reason: Why it was wrong.
        by: Who put it right.
        at: When, as pages tell it.
        title: The entry's.
        page: The entry's page.
        quoted: Titles and pages of the related entries in which the wrong value still stands.
    """

    was: str
    now: str | None
    reason: str | None
    by: str | None
    at: str | None
    title: str
    page: str
    quoted: tuple[tuple[str, str], ...] = ()

    def html(self, here: Here) -> str:
        """Its row."""
        now = "" if self.now is None else f' <span aria-hidden="true">→</span> <b>{plain(self.now)}</b>'
        lead = when(self.at) if self.at else ""
        main = f"<del>{plain(self.was)}</del>{now} in {here.link(self.title, self.page)}"
        signed = f"by {plain(self.by)}" if self.by else ""
        still = quoted.still_quoted([here.link(title, page) for title, page in self.quoted])
        return row(lead, main, plain(self.reason or ""), signed, still)


class Retracted(NamedTuple):
    """An entry whose place another one took.

    Attributes:
        word: What it is.
        title: The entry's.
        page: The entry's page.
        created: When it was written, as pages tell it.
        by: Titles and pages of the entries that say so.
    """

    word: str
    title: str
    page: str
    created: str
    by: tuple[tuple[str, str], ...]

    def html(self, here: Here) -> str:
        """Its row."""
        by = ", ".join(here.link(title, page) for title, page in self.by)
        main = f"{here.entry(self.title, self.page)} {badges([self.word])}"
        return row(when(self.created), main, f"by {by}" if by else "no entry says what takes its place")


def corrections(contents: Contents) -> Board:
    """Corrections, invalid and superseded entries, and what still builds on an invalid one."""
    invalid = tuple(each for each in contents.abstracts if is_invalid(each, contents))
    gone = {each.id for each in invalid}
    superseded = [each for each in contents.abstracts if each.id not in gone and _is_superseded(each, contents)]
    groups = (
        Group("Builds on an invalid entry", tuple(built_on_invalid(contents))),
        Group("Corrections", tuple(_corrected(contents))),
        Group("Invalid", tuple(_retracted(each, Status.INVALID, "invalidates", contents) for each in invalid)),
        Group("Superseded", tuple(_retracted(each, Status.SUPERSEDED, "supersedes", contents) for each in superseded)),
    )
    about = "What was put right or withdrawn, and what still rests on it."
    nothing = "Nothing was corrected or withdrawn so far."
    return Board(CORRECTIONS, "Corrections and retractions", about, groups, nothing)


def _is_superseded(each: Abstract, contents: Contents) -> bool:
    return each.status == Status.SUPERSEDED or bool(contents.relations.by("supersedes", each.id))


def _corrected(contents: Contents) -> Iterator[Corrected]:
    still = contents.once(quoted.by_correction)
    for each in contents.abstracts:
        for found in each.corrections:
            by = tuple((other.title, other.page) for other in still.get((each.path, found.was), ()))
            yield Corrected(*found, each.title, each.page, by)


def _retracted(each: Abstract, word: Status, relation: str, contents: Contents) -> Retracted:
    by = (contents.by_id[name] for name in contents.relations.by(relation, each.id))
    return Retracted(word.value, each.title, each.page, each.created, tuple((by.title, by.page) for by in by))
