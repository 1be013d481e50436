"""All that the site shows, and how its pages find one another."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import dirname, relpath
from typing import TYPE_CHECKING

from journal.index.relations import Relations
from journal.model.life import Status
from journal.revisions.links import Links
from journal.site.markup import code, link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from journal.errors import JournalError
    from journal.site.view import EntryView

HOME = "index.md"
ENTRIES = "entries/index.md"
TAGS = "tags/index.md"

REPLACED = {"invalidates": Status.INVALID, "supersedes": Status.SUPERSEDED}
"""What an entry is that another one names so, the graver first."""

_SIMPLE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Contents:
    """A journal as its site shows it.

    Attributes:
        title: The journal's name.
        views: Its entries, newest first.
        problems: Why some files are no entries, or cannot be trusted in full.
        links: Where the commits and files that its entries name can be read.
    """

    title: str
    views: Sequence[EntryView]
    problems: Sequence[JournalError] = ()
    links: Links = field(default_factory=Links)

    @cached_property
    def by_id(self) -> Mapping[str, EntryView]:
        """Entries by id."""
        return {view.entry.id: view for view in self.views}

    @cached_property
    def relations(self) -> Relations:
        """Who names whom among its entries."""
        return Relations(view.entry for view in self.views)

    def replaced(self, view: EntryView) -> Status | None:
        """Superseded or invalid, where another entry says that of this one and its own status does not."""
        if view.entry.front_matter.status in REPLACED.values():
            return None
        found = (status for relation, status in REPLACED.items() if self.relations.by(relation, view.entry.id))
        return next(found, None)

    def link_to(self, entry_id: str, here: str) -> str:
        """A link to an entry from the page `here`; its id, with a word, where there is no such entry."""
        found = self.by_id.get(entry_id)
        if found is None:
            return f"{code(entry_id)} (no such entry)"
        return link(found.entry.title, between(here, found.page))

    @cached_property
    def tags(self) -> Mapping[str, Sequence[EntryView]]:
        """Entries by tag, in the order of the alphabet; newest first within a tag."""
        found: dict[str, list[EntryView]] = {}
        for view in self.views:
            for tag in dict.fromkeys(view.entry.front_matter.tags):
                found.setdefault(tag, []).append(view)
        return dict(sorted(found.items(), key=lambda item: (item[0].casefold(), item[0])))


def tag_page(tag: str) -> str:
    """The page of a tag; a tag that is no plain lower-case word gets a sum, so that no two share a file."""
    if _SIMPLE.fullmatch(tag) and tag != "index":
        return f"tags/{tag}.md"
    word = "-".join(re.findall(r"[a-z0-9]+", tag.casefold()))[:40]
    return f"tags/{word or 'tag'}_{hashlib.sha256(tag.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.md"


def between(start: str, target: str) -> str:
    """The path of one page relative to another."""
    return relpath(target, dirname(start) or ".")


def tag_links(tags: Iterable[str], here: str) -> list[str]:
    """Each tag once, as a link to its page from the page `here`."""
    return [link(tag, between(here, tag_page(tag)), style="journal-tag") for tag in dict.fromkeys(tags)]
