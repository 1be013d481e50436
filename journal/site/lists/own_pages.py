"""The list of the user's own pages, where they have no first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site.markup import link, page

if TYPE_CHECKING:
    from collections.abc import Mapping


def own_index(titles: Mapping[str, str]) -> bytes:
    """The first page of the user's own pages, where they have none.

    Args:
        titles: Titles by path, relative to their folder.
    """
    lines = [f"- {link(title, path)}" for path, title in sorted(titles.items())]
    return page("Documentation", "\n".join(lines), listing=True)
