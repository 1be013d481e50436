"""Every page of the site, from entries and evidence alone: the same journal gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site.boards import all_boards
from journal.site.charts import figures
from journal.site.entry import broken, entry_page
from journal.site.lineage import whole
from journal.site.lists import author_pages, chronicle, explorer, feed, home, tag_pages
from journal.site.search import scripts
from journal.site.things import commit_pages, metric_pages, run_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.contents import Contents
    from journal.site.sheet import Sheet

ROOMS = (
    home,
    chronicle,
    all_boards,
    tag_pages,
    author_pages,
    feed,
    explorer,
    entry_page,
    broken,
    run_pages,
    commit_pages,
    metric_pages,
    scripts,
    figures,
    whole,
)
"""Modules that make pages."""


def sheets(contents: Contents) -> Iterator[Sheet]:
    """Every page, before it is made.

    Everything that comes from elsewhere (runs, configurations, commits, file names, front matter) is made harmless
    where a page is made, before any builder sees it; the text of an entry is its author's own.
    """
    for room in ROOMS:
        yield from room.sheets(contents)


def render(contents: Contents) -> dict[str, bytes]:
    """The pages by their path in the generated folder."""
    return {sheet.path: sheet.make() for sheet in sheets(contents)}
