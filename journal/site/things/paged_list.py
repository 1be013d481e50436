"""A long list by month: the newest on its first page, every month on pages of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from journal.site.markup import page
from journal.site.sheet import Sheet
from journal.site.things import crossing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journal.site.contents import Contents

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


class _Part(NamedTuple):
    """A page of a month's rows."""

    path: str
    rows: slice


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
    cells: Callable[[T, str], Sequence[str]]
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
        made_of = (base, counts, len(self.rows), [row.made_of for row in newest])
        yield Sheet(f"{self.folder}/index.md", made_of, lambda: self._index(newest, counts, contents))
        for month in counts:
            yield from self._of_month(month, months[month], contents, base)

    def _index(self, rows: Sequence[Row[T]], counts: dict[str, int], contents: Contents) -> bytes:
        here = f"{self.folder}/index.md"
        if not rows:
            return page(self.title, self.also, self.empty, listing=True)
        parts = []
        for month, group in groupby(rows, lambda row: row.month):
            parts += [f"## {month or 'Undated'}", self._table(month, list(group), here)]
        left = len(self.rows) - len(rows)
        return page(
            self.title,
            self.also,
            self._months(counts, here, contents),
            *parts,
            f"{left:,} older ones stand on the pages of their months, above." if left else "",
            listing=True,
        )

    def _months(self, counts: dict[str, int], here: str, contents: Contents) -> str:
        items = [
            f"<li>{crossing.anchor(month or UNDATED, here, self._path(month), contents)} {count:,}</li>"
            for month, count in counts.items()
        ]
        return "\n".join(['<ul class="journal-months">', *items, "</ul>"]) if items else ""

    def _path(self, month: str, older: int | None = None) -> str:
        return f"{self.folder}/by-month/{month or UNDATED}{'' if older is None else f'-{older}'}.md"

    def _parts(self, month: str, count: int) -> list[_Part]:
        """A month's pages, newest first. They are full from the oldest row on, so that a new row moves few others."""
        first = count % self.most or self.most
        starts = [0, *range(first, count, self.most)]
        ends = [*starts[1:], count]
        older = [None, *range(len(starts) - 1, 0, -1)]
        return [
            _Part(self._path(month, number), slice(start, end))
            for number, start, end in zip(older, starts, ends, strict=True)
        ]

    def _of_month(self, month: str, rows: list[Row[T]], contents: Contents, base: object) -> Iterator[Sheet]:
        parts = self._parts(month, len(rows))
        for number, part in enumerate(parts):
            held = rows[part.rows]
            made_of = (base, len(parts), [row.made_of for row in held])
            yield Sheet(part.path, made_of, self._maker(month, held, parts, number, contents))

    def _maker(
        self, month: str, rows: list[Row[T]], parts: list[_Part], number: int, contents: Contents
    ) -> Callable[[], bytes]:
        here = parts[number].path

        def make() -> bytes:
            words = [crossing.anchor(f"All {self.title.lower()}", here, f"{self.folder}/index.md", contents)]
            if number:
                words.append(crossing.anchor("Newer", here, parts[number - 1].path, contents))
            if number + 1 < len(parts):
                words.append(crossing.anchor("Older", here, parts[number + 1].path, contents))
            way = f'<p class="journal-way">{" ".join(words)}</p>'
            return page(f"{self.title}: {month or UNDATED}", way, self._table(month, rows, here), listing=True)

        return make

    def _table(self, month: str, rows: Sequence[Row[T]], here: str) -> str:
        cells = [self.cells(row.of, here) for row in rows]
        return crossing.things(f"{self.title}, {month or UNDATED}", self.head, cells, right=self.right)
