"""The boards of open next steps, and of what did not work: as worth knowing as what did."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import Outcome, Status
from journal.model.wording import counted
from journal.site.boards.board import Board, Group
from journal.site.boards.predictions import refuted
from journal.site.here import row, when
from journal.site.lists.chronicle import month_name
from journal.site.lists.entry_lines import line_of
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.contents import Contents
    from journal.site.here import Here

STEPS = "boards/next-steps.md"
NEGATIVE = "boards/negative.md"
OPEN = 30
"""Entries with open steps that are shown at once; older ones are folded."""


class Steps(NamedTuple):
    """What an entry leaves to be done.

    Attributes:
        title: The entry's.
        page: The entry's page.
        created: When it was written, as pages tell it.
        steps: Raw texts.
    """

    title: str
    page: str
    created: str
    steps: tuple[str, ...]

    def html(self, here: Here) -> str:
        """Its row."""
        steps = "".join(f"<li>{plain(step)}</li>" for step in self.steps)
        entry = here.entry(self.title, self.page)
        return row(when(self.created, age=True), f'{entry}<ul class="journal-steps">{steps}</ul>')


def next_steps(contents: Contents) -> Board:
    """Open steps by entry, newest entries first."""
    found = [Steps(each.title, each.page, each.created, each.steps) for each in contents.abstracts if each.steps]
    about = "What entries leave to be done, by entry, the newest first."
    return Board(STEPS, "Open next steps", about, tuple(_months(found)), "No step is open.")


def _months(found: Sequence[Steps]) -> Iterator[Group]:
    """The newest, and where there are many the others folded by month."""
    if len(found) <= OPEN:
        yield Group("", tuple(found))
        return
    yield Group("Newest", tuple(found[:OPEN]), f"{OPEN:,} of {counted(len(found), 'entry')}")
    for month, group in groupby(found[OPEN:], key=lambda each: each.created[:7]):
        older = tuple(group)
        yield Group(month_name(month), older, counted(len(older), "entry"), folded=True)


def negative(contents: Contents) -> Board:
    """Negative and mixed results, refuted predictions, and what was abandoned; newest first in each."""
    lines = {
        word: tuple(line_of(each, contents) for each in contents.abstracts if word in (each.outcome, each.status))
        for word in (Outcome.NEGATIVE.value, Outcome.MIXED.value, Status.ABANDONED.value)
    }
    groups = (
        Group("Negative results", lines[Outcome.NEGATIVE.value]),
        Group("Mixed results", lines[Outcome.MIXED.value]),
        Group("Refuted predictions", refuted(contents)),
        Group("Abandoned", lines[Status.ABANDONED.value]),
    )
    about = "What was tried and did not work, or only in part: nobody needs to try it again unknowing."
    return Board(NEGATIVE, "Negative results", about, groups, "Nothing has failed so far.")
