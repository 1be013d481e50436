"""Where the things on an entry's page lead: to the pages of runs, commits, metrics and people, and to other hosts.

All of it is HTML, harmless already. What no page is known of stands there as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from journal.model.run_page import page_of
from journal.site.abstracting import key_of
from journal.site.contents import commit_page, metric_page
from journal.site.here import Here
from journal.site.markup import SHORT_SHA, at_tracker, code, literal, outside
from journal.site.things.known_commits import known_commits
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.model.evidence import RecordedRun
    from journal.model.life import Author
    from journal.model.run import Origin
    from journal.site.contents import Contents
    from journal.site.view import EntryView

FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""What a run recorded may be anything; such a commit leads somewhere."""


class Leads:
    """The links of one entry's page.

    Args:
        view: The entry.
        contents: The journal.
    """

    def __init__(self, view: EntryView, contents: Contents) -> None:
        self._view, self._contents, self._here = view, contents, Here(view.page, contents)
        self._handles = {ref.id: ref.handle for ref in view.entry.front_matter.runs}
        of = contents.by_path[view.entry.path]
        self._metrics, self._keys = frozenset(of.metrics), frozenset(of.keys)
        self._runs: dict[str | None, str | None] = {}  # every row of evidence asks

    def entry(self, entry_id: str) -> str:
        """Another entry by its title."""
        found = self._contents.by_id.get(entry_id)
        return f"{code(entry_id)} (no such entry)" if found is None else self.titled(found.title, found.page)

    def titled(self, title: str, page: str) -> str:
        """Another entry by its title and page."""
        return self._here.link(title, page)

    def tags(self, tags: Iterable[str]) -> list[str]:
        """Each tag once."""
        return self._here.tags(dict.fromkeys(tags))

    def author(self, author: Author) -> str:
        """An author, and what they are."""
        shown = self._here.author(author.name)
        return shown if author.kind is None else f"{shown} ({author.kind})"

    def handle(self, reference: str | None) -> str:
        """What the entry calls a run, as raw text."""
        return self._handles.get(reference or "", reference or "")

    def run(self, reference: str | None, text: str | None = None) -> str:
        """A run, to its page; `text` is HTML, by default what the entry calls the run."""
        return self._here.run(self._key(reference), plain(self.handle(reference)) if text is None else text)

    def _key(self, reference: str | None) -> str | None:
        if reference not in self._runs:
            key = key_of(self._view, reference, self._contents.config)
            self._runs[reference] = key if key in self._keys else None
        return self._runs[reference]

    def tracker(self, origin: Origin) -> str:
        """A run's page at its tracker; nothing where that is not known."""
        return at_tracker(page_of(origin), "journal-away")

    def metric(self, name: str) -> str:
        """A metric, to its page."""
        return self._here.link(name, metric_page(name)) if name in self._metrics else plain(name)

    def commit(self, sha: str, origin: str | None = None, *, own: bool = False) -> str:
        """A commit: to its page here, where there is one, else to where its repository can be read.

        Args:
            sha: As the entry or its evidence has it.
            origin: The repository that it lies in, where that is another one.
            own: Whether the place is the one that tells of a commit of the entry: it leads to both.
        """
        full = self._contents.full(sha) if origin is None else sha
        shown = code(full[:SHORT_SHA], title=full)
        address = self._contents.links.commit(full, origin)
        if origin is not None or full not in self._contents.once(known_commits):
            return outside(shown, address)
        here = self._here.around(shown, commit_page(full))
        if address is None or not own:
            return here
        return f"{here} {_away(plain(urlsplit(address).hostname or 'host'), address)}"

    def recorded_commit(self, run: RecordedRun, *, dirty: bool = True) -> str:
        """The commit that a run recorded, to its page, and, unless that is told elsewhere, whether its tree was dirty.

        What is no full sha leads nowhere.
        """
        if run.commit is None:
            return ""
        given = FULL.fullmatch(run.commit) is not None
        shown = self.commit(run.commit) if given else code(run.commit[:SHORT_SHA], title=run.commit)
        return shown + (" (dirty)" if dirty and run.dirty else "")


def _away(text: str, address: str) -> str:
    return f'<a class="journal-away" href="{literal(address)}">{text}</a>'
