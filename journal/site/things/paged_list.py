"""A long list by month: the newest on its first page, every month on pages of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from journal.site.here import Here
from journal.site.leaves import cut
from journal.site.markup import page
from journal.site.sheet import Sheet
from journal.site.things import crossing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.site.contents import Contents
    from journal.site.leaves import Leaf

T = TypeVar("T")

MOST = 500
"""Rows of one page."""
UNDATED = "undated"


class Row(NamedTuple, Generic[T]):
    """One thing of the list.

    Attributes:
        month: `2026-02`; nothing where nobody knows.
        made_of: All that its row depends on, in brief.
        of: The thing.
    """

    month: str
    made_of: object
    of: T


@dataclass(frozen=True)
class PagedList(Generic[T]):
    """The list.

    Attributes:
        title: Its heading.
        folder: Where its pages lie, in the generated folder.
        head: Headings of its columns.
        right: Columns that are aligned to the right, from 0.
        rows: What it lists, newest first; what has no month comes last.
        cells: Makes a row's cells for a page, harmless HTML.
        also: What stands above it on its first page; Markdown.
        empty: What it says without any row; Markdown.
        most: Rows of one page.
    """

    title: str
    folder: str
    head: Sequence[str]
    right: Sequence[int]
    rows: Sequence[Row[T]]
    cells: Callable[[T, Here], Sequence[str]]
    also: str
    empty: str
    most: int = MOST

    def sheets(self, contents: Contents, base: object) -> Iterator[Sheet]:
        """Its pages.

        Args:
            contents: The journal.
            base: What all of them depend on besides their rows.
        """
        months = {month: list(rows) for month, rows in groupby(self.rows, lambda row: row.month)}
        counts = {month: len(rows) for month, rows in months.items()} if len(self.rows) > self.most else {}
        newest = self.rows[: self.most]
        made_of: tuple[object, ...] = (base, counts, len(self.rows), [row.made_of for row in newest])
        yield Sheet(self._first, made_of, lambda: self._index(newest, counts, contents))
        for month in counts:
            for leaf in self._leaves(month, months[month]):
                made_of = (base, leaf.before, leaf.after, [row.made_of for row in leaf.items])
                yield Sheet(leaf.page, made_of, partial(self._month, month, leaf, contents))

    @property
    def _first(self) -> str:
        return f"{self.folder}/index.md"

    def _index(self, rows: Sequence[Row[T]], counts: dict[str, int], contents: Contents) -> bytes:
        here = Here(self._first, contents)
        if not rows:
            return page(self.title, self.also, self.empty, listing=True)
        parts = []
        for month, group in groupby(rows, lambda row: row.month):
            parts += [f"## {month or 'Undated'}", self._table(month, group, here)]
        left = len(self.rows) - len(rows)
        return page(
            self.title,
            self.also,
            self._months(counts, here),
            *parts,
            f"{left:,} older ones stand on the pages of their months, above." if left else "",
            listing=True,
        )

    def _months(self, counts: dict[str, int], here: Here) -> str:
        items = [
            f"<li>{here.around(month or UNDATED, self._path(month))} {count:,}</li>" for month, count in counts.items()
        ]
        return "\n".join(['<ul class="journal-months">', *items, "</ul>"]) if items else ""

    def _path(self, month: str, number: str = "") -> str:
        return f"{self.folder}/by-month/{month or UNDATED}{number}.md"

    def _leaves(self, month: str, rows: Sequence[Row[T]]) -> list[Leaf[Row[T]]]:
        """A month's pages, newest first. They are full from the oldest row on, so that a new row moves few others."""
        full = (len(rows) - 1) // self.most
        names = [self._path(month), *(self._path(month, f"-{number}") for number in range(full, 0, -1))]
        return cut(names, rows, len(rows) - full * self.most, self.most)

    def _month(self, month: str, leaf: Leaf[Row[T]], contents: Contents) -> bytes:
        here = Here(leaf.page, contents)
        ways = {f"All {self.title.lower()}": self._first, "Newer": leaf.before, "Older": leaf.after}
        links = [here.around(said, target) for said, target in ways.items() if target is not None]
        way = f'<p class="journal-way">{" ".join(links)}</p>'
        return page(f"{self.title}: {month or UNDATED}", way, self._table(month, leaf.items, here), listing=True)

    def _table(self, month: str, rows: Iterable[Row[T]], here: Here) -> str:
        cells = [self.cells(row.of, here) for row in rows]
        return crossing.things(f"{self.title}, {month or UNDATED}", self.head, cells, right=self.right)
