"""A page for each author, with their entries, and the list of all: people, agents, and those of whom nobody says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import Kind
from journal.site.contents import AUTHORS, author_page
from journal.site.here import Here
from journal.site.leaves import newest_first
from journal.site.lists.entry_lines import lines_of
from journal.site.lists.tag_pages import list_of
from journal.site.markup import page
from journal.site.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.contents import Contents
    from journal.site.leaves import Leaf
    from journal.site.lists.entry_lines import EntryLine

_UNSTATED = "Person or agent not stated"
_GROUPS = (("People", Kind.HUMAN.value), ("Agents", Kind.AGENT.value), (_UNSTATED, None))


class _Author(NamedTuple):
    """Somebody who wrote.

    Attributes:
        name: Raw text.
        kind: What they are, as the newest entry that says so has it.
        entries: How many entries they wrote.
    """

    name: str
    kind: str | None
    entries: int


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The list of all authors, and the pages of each."""
    kinds = _kinds(contents)
    authors = [_Author(name, kinds.get(name), len(found)) for name, found in contents.authors.items()]
    yield Sheet(AUTHORS, (contents.site, authors), lambda: index(authors, contents))
    lines = contents.once(lines_of)
    for author in authors:
        for leaf in newest_first(
            author_page(author.name), [lines[each.page] for each in contents.authors[author.name]]
        ):
            yield Sheet(leaf.page, (contents.site, author, leaf), partial(_author, author, leaf, contents))


def _kinds(contents: Contents) -> dict[str, str]:
    """What each author is."""
    said = ((person.name, person.kind) for each in reversed(contents.abstracts) for person in each.authors)
    return {name: kind for name, kind in said if kind is not None}


def index(authors: Sequence[_Author], contents: Contents) -> bytes:
    """The list of all authors."""
    parts = []
    is_said = any(author.kind is not None for author in authors)
    for title, kind in _GROUPS:
        words = [_name(author, Here(AUTHORS, contents)) for author in authors if author.kind == kind]
        if words:
            head = [f"## {title}"] if is_said else []
            parts += [*head, "\n".join(['<ul class="journal-names">', *words, "</ul>"])]
    return page("Authors", *(parts or ["No entry names an author yet."]), hide="navigation, toc", listing=True)


def _name(author: _Author, here: Here) -> str:
    return f"<li>{here.author(author.name)} <span>{author.entries:,}</span></li>"


def _author(author: _Author, leaf: Leaf[EntryLine], contents: Contents) -> bytes:
    here = Here(leaf.page, contents)
    title = author.name if author.kind is None else f"{author.name} ({author.kind})"
    return page(
        title, *list_of(leaf, author.entries, here, AUTHORS, "all authors"), hide="navigation, toc", listing=True
    )
