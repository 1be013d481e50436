"""The words by which the site's search finds an entry, each in the most telling place that it stands in."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from journal.index.describe import card_of
from journal.site.search import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.site.view import EntryView

# What the site itself writes into an entry's text, and the author's own HTML; `Sequence<int>` is no tag.
_TAG = re.compile(r"<[A-Za-z][\w-]*\s+[\w-]+=[^<>]*>|</[A-Za-z][\w-]*>")


def of(view: EntryView) -> str:
    """The terms of all that an entry says, each once, in four lines: of its title, names, first words and the rest.

    Names are the id, tags, metrics, handles, runs, commits, authors and files. A term stands in the first line that it
    belongs to; each line is sorted, with a blank between.
    """
    title = {*terms.of(view.entry.title)}
    names = {*terms.of(view.entry.id), *(term for name in _names(view) for term in terms.of_name(name))} - title
    first = {*terms.of(view.summary)} - title - names
    rest = {*terms.of("\n".join(_rest(view)))} - title - names - first
    return "\n".join(" ".join(sorted(group)) for group in (title, names, first, rest))


def _names(view: EntryView) -> Iterator[str]:
    matter = view.entry.front_matter
    yield from (*matter.tags, *card_of(view.entry).metrics, *matter.files)
    yield from (author.name for author in matter.authors)
    for run in matter.runs:
        yield from (run.id, run.handle, run.label or "")
    for commit in matter.commits:
        known = view.evidence.commits.get(commit.sha)
        yield from (commit.sha, "" if known is None else known.sha)


def _rest(view: EntryView) -> Iterator[str]:
    """Its text, what its blocks ask for and show, and what its front matter tells in sentences."""
    matter = view.entry.front_matter
    yield from (unescape(_TAG.sub("", part)) for part in view.text)
    for block in view.entry.blocks:
        yield from (block.spec, block.body)
    yield from _told(commit.note for commit in matter.commits)
    yield from _told(each.claim for each in matter.predictions)
    yield from _told(each.reason for each in matter.corrections)
    yield from _told(word.value if word else None for word in (matter.status, matter.outcome))


def _told(texts: Iterable[str | None]) -> Iterator[str]:
    return (text for text in texts if text)
