"""An entry as lists show it: a line, with what stands there and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.wording import counted
from journal.site.here import Here, badges, row, rows, when

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents


class EntryLine(NamedTuple):
    """An entry in a list.

    Attributes:
        page: Its page.
        title: Raw text.
        created: When it was written, as pages tell it.
        words: What its badges say.
        tags: Its tags.
        runs: How many runs it is about.
    """

    page: str
    title: str
    created: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    runs: int

    def html(self, here: Here) -> str:
        """Its row."""
        runs = counted(self.runs, "run") if self.runs else ""
        main = f"{here.entry(self.title, self.page)} {badges(self.words)}".rstrip()
        return row(when(self.created), main, " ".join(here.tags(self.tags)), runs)


def line_of(each: Abstract, contents: Contents) -> EntryLine:
    """An entry's line."""
    return EntryLine(each.page, each.title, each.created, contents.standing(each), each.tags, len(each.runs))


def lines_of(contents: Contents) -> dict[str, EntryLine]:
    """The lines of all entries by their page, newest first."""
    return {each.page: line_of(each, contents) for each in contents.abstracts}


def listing(lines: Iterable[EntryLine], here: Here) -> str:
    """A list of entries."""
    return rows(line.html(here) for line in lines)
