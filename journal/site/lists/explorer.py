"""The page of all entries: the newest as a list, in which a script then searches and chooses among all."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.wording import counted
from journal.site.boards.attention import ATTENTION
from journal.site.boards.needs import BROKEN
from journal.site.contents import ENTRIES
from journal.site.entry import broken
from journal.site.here import Here, badges, row, rows
from journal.site.lists.chronicle import month_page
from journal.site.lists.entry_lines import line_of, listing
from journal.site.markup import MONTHS, code, page
from journal.site.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.contents import Contents
    from journal.site.lists.entry_lines import EntryLine

NEWEST = 200
"""Entries that the page itself lists."""
NEAREST = 6
"""Months of older entries that it links to above the list."""
OLDER = "older"
"""Where it links to all of them."""
UNREAD = 5
"""Files that cannot be read that it names."""
_MONTH = 7  # characters of `2026-02`


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page of all entries."""
    newest = tuple(line_of(each, contents) for each in contents.abstracts[:NEWEST])
    months = tuple(dict.fromkeys(each.created[:_MONTH] for each in contents.abstracts[NEWEST:]))
    count = len(contents.abstracts)
    unread = tuple((target, str(error.path)) for target, error in broken.unread(contents))
    made_of = (contents.site, count, newest, months, unread)
    yield Sheet(ENTRIES, made_of, lambda: entries(newest, months, count, unread, contents))


def entries(
    newest: Sequence[EntryLine],
    months: Sequence[str],
    count: int,
    unread: Sequence[tuple[str, str]],
    contents: Contents,
) -> bytes:
    """The page.

    Args:
        newest: The entries that it lists, newest first.
        months: The months of all others, newest first.
        count: How many entries there are in all.
        unread: Page and path of each file that is an entry by its name alone.
        contents: The journal.
    """
    if not newest and not unread:
        return page("Entries", "No entries yet. Write the first one with `journal new`.", listing=True)
    here = Here(ENTRIES, contents)
    lines = ['<div class="journal-explorer">', '<div class="journal-explorer__built">']
    lines.append(f'<p class="journal-explorer__held">{_held(months, count, here)}</p>')
    lines += _unread(unread, here)
    for year, group in groupby(newest, key=lambda line: line.created[:4]):
        lines += [f"<h2>{year}</h2>", listing(group, here)]
    lines += [*_rest(months, here), "</div>", "</div>"]
    return page("Entries", "\n".join(lines), hide="navigation, toc", listing=True)


def _unread(unread: Sequence[tuple[str, str]], here: Here) -> Iterator[str]:
    """The files that would be entries if they could be read: no search finds them."""
    badge = badges([BROKEN])
    lines = [row(badge, here.around(code(path), target), "this entry could not be read") for target, path in unread]
    if len(lines) > UNREAD:
        more = here.link(f"{counted(len(lines) - UNREAD, 'more file')}", ATTENTION)
        lines = [*lines[:UNREAD], row(badge, more)]
    if lines:
        yield rows(lines, "journal-rows--tight")


def _held(months: Sequence[str], count: int, here: Here) -> str:
    """How many entries there are, and the first ways to those that are not listed."""
    if not months:
        return counted(count, "entry")
    links = [here.link(f"{_short(month)} {month[:4]}", month_page(month)) for month in months[:NEAREST]]
    more = [f'<a href="#{OLDER}">older</a>'] if len(months) > NEAREST else []
    return f"Newest {NEWEST:,} of {count:,}; the rest by month: {', '.join([*links, *more])}"


def _short(month: str) -> str:
    """`Feb`."""
    return MONTHS[int(month[5:]) - 1][:3]


def _rest(months: Sequence[str], here: Here) -> Iterator[str]:
    """Links to the chronicle, which has all older entries."""
    if not months:
        return
    yield f'<h2 id="{OLDER}">Older entries</h2>'
    yield "<p>They stand in the chronicle, month by month.</p>"
    for year, group in groupby(months, key=lambda month: month[:4]):
        links = " ".join(here.link(_short(month), month_page(month)) for month in group)
        yield f'<p class="journal-explorer__months"><b>{year}</b> {links}</p>'
