"""A page for each tag, with its entries, and the list of all tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.model.wording import counted
from journal.site.contents import TAGS, tag_page
from journal.site.here import Here
from journal.site.leaves import newest_first
from journal.site.lists.entry_lines import lines_of, listing
from journal.site.markup import page
from journal.site.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.site.contents import Contents
    from journal.site.leaves import Leaf
    from journal.site.lists.entry_lines import EntryLine


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The list of all tags, and the pages of each."""
    counts = {tag: len(found) for tag, found in contents.tags.items()}
    yield Sheet(TAGS, (contents.site, counts), lambda: index(counts, contents))
    lines = contents.once(lines_of)
    for tag, found in contents.tags.items():
        for leaf in newest_first(tag_page(tag), [lines[each.page] for each in found]):
            yield Sheet(
                leaf.page,
                (contents.site, tag, len(found), leaf),
                partial(_tag, tag, len(found), leaf, contents),
            )


def index(counts: Mapping[str, int], contents: Contents) -> bytes:
    """The list of all tags."""
    here = Here(TAGS, contents)
    words = [f"<li>{here.tags([tag])[0]} <span>{count:,}</span></li>" for tag, count in counts.items()]
    listed = "\n".join(['<ul class="journal-names">', *words, "</ul>"]) if words else "No entry has a tag yet."
    return page("Tags", listed, hide="navigation, toc", listing=True)


def _tag(tag: str, count: int, leaf: Leaf[EntryLine], contents: Contents) -> bytes:
    here = Here(leaf.page, contents)
    return page(f"Tag: {tag}", *list_of(leaf, count, here, TAGS, "all tags"), hide="navigation, toc", listing=True)


def list_of(leaf: Leaf[EntryLine], count: int, here: Here, up: str, said: str) -> tuple[str, ...]:
    """A page of a list of entries: how many there are in all, the way up, the rows, and the way to the rest.

    Args:
        leaf: The page.
        count: How many entries the whole list has.
        here: How it leads to others.
        up: The page that leads to this one and its like.
        said: What that is called.
    """
    top = f'<p class="journal-lead">{counted(count, "entry")}, newest first. {here.link(said.capitalize(), up)}</p>'
    return top, listing(leaf.items, here), leaf.turning(here)
