"""A board: rows in groups under a title, as plain values, and its pages."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from journal.site.here import Here, rows
from journal.site.leaves import oldest_first
from journal.site.markup import page
from journal.site.sheet import Sheet
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.contents import Contents
    from journal.site.leaves import Leaf


class Row(Protocol):
    """A row: a named tuple of plain values."""

    def html(self, here: Here) -> str:
        """A line of HTML, harmless."""
        ...


class Group(NamedTuple):
    """Rows under a heading.

    Attributes:
        heading: In words of the journal's own; empty for none.
        rows: The rows.
        said: How many there are, in words; their number where it is empty.
        folded: Whether they show only when somebody asks for them.
    """

    heading: str
    rows: tuple[Row, ...]
    said: str = ""
    folded: bool = False


class Board(NamedTuple):
    """A board.

    Attributes:
        page: Its path in the generated folder.
        title: What it is called.
        about: What stands on it, in a sentence.
        groups: Its rows; groups without any are not shown.
        nothing: What is said where there is no row.
        note: A sentence above the rows, in words of the journal's own as HTML.
    """

    page: str
    title: str
    about: str
    groups: tuple[Group, ...]
    nothing: str
    note: str = ""

    @property
    def size(self) -> int:
        """How many rows it has."""
        return sum(len(group.rows) for group in self.groups)

    def sheets(self, contents: Contents) -> Iterator[Sheet]:
        """Its pages."""
        told = [(group.heading, row) for group in self.groups for row in group.rows]
        heads = {group.heading: (group.said or f"{len(group.rows):,}", group.folded) for group in self.groups}
        for leaf in oldest_first(self.page, told):
            made_of = (contents.site, self.title, self.about, self.nothing, self.note, heads, leaf)
            yield Sheet(leaf.page, made_of, partial(self._leaf, leaf, heads, contents))

    def _leaf(self, leaf: Leaf[tuple[str, Row]], heads: dict[str, tuple[str, bool]], contents: Contents) -> bytes:
        here = Here(leaf.page, contents)
        parts = [f'<p class="journal-lead">{plain(self.about)}</p>', self.note and f"<p>{self.note}</p>"]
        for heading, group in groupby(leaf.items, key=lambda each: each[0]):
            listed = rows(row.html(here) for _, row in group)
            parts += _under(heading, *heads[heading], listed) if heading else [listed]
        if not leaf.items:
            parts.append(f'<p class="journal-none">{plain(self.nothing)}</p>')
        parts.append(leaf.turning(here, "before", "more"))
        return page(self.title, *parts, hide="navigation, toc", listing=True)


def _under(heading: str, said: str, folded: bool, listed: str) -> tuple[str, ...]:
    """A list under its heading."""
    if not folded:
        return f"## {heading} ({said})", listed
    summary = f"<summary><b>{plain(heading)}</b> {said}</summary>"
    return (f'<details class="journal-fold journal-fold--list">{summary}{listed}</details>',)
