"""Every page of the site, from entries and evidence alone: the same journal gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site import entry_page, list_pages
from journal.site.contents import ENTRIES, HOME, TAGS, tag_page

if TYPE_CHECKING:
    from journal.site.contents import Contents


def render(contents: Contents) -> dict[str, bytes]:
    """The pages by their path in the generated folder.

    Everything that comes from elsewhere (runs, configurations, commits, file names, front matter) is made harmless
    here, before any builder sees it; the text of an entry is its author's own.
    """
    pages = {
        HOME: list_pages.home(contents),
        ENTRIES: list_pages.entries(contents),
        TAGS: list_pages.tags(contents),
    }
    pages |= {tag_page(tag): list_pages.tag(tag, contents) for tag in contents.tags}
    return pages | {view.page: entry_page.render(view, contents) for view in contents.views}
