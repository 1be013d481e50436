"""The feed of the journal (Atom, RFC 4287): its newest entries and updates, for programs that tell people of news."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from heapq import nlargest
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from journal.site.contents import FEED, HOME
from journal.site.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

MOST = 50
"""How many entries and updates it has."""

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEGINNING = "1970-01-01T00:00:00+00:00"


class News(NamedTuple):
    """An entry or an update of one, as the feed has it.

    Attributes:
        moment: When it was written, in seconds since 1970.
        updated: When it was last changed.
        name: By what its id is made; no two have the same.
        title: Raw text.
        page: The entry's page.
        anchor: Where on it.
        summary: Raw text.
        authors: Names.
        categories: The entry's tags.
    """

    moment: float
    updated: float
    name: str
    title: str
    page: str
    anchor: str
    summary: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The feed."""
    found = nlargest(MOST, news(contents), key=lambda each: each.moment)
    yield Sheet(FEED, (contents.site, contents.title, found), lambda: feed(found, contents))


def news(contents: Contents) -> Iterator[News]:
    """All entries and updates."""
    for each in contents.abstracts:
        authors = tuple(person.name for person in each.authors)
        told = News(each.moment, each.touched, each.id, each.title, each.page, "", each.summary, authors, each.tags)
        gone = contents.gone(each)
        for news in (told, *_updates(each, authors)):
            yield news if gone is None else news._replace(title=f"[{gone}] {news.title}", categories=(*each.tags, gone))


def _updates(each: Abstract, authors: tuple[str, ...]) -> Iterator[News]:
    seen: dict[str, int] = {}
    for update in each.updates:
        seen[update.at] = seen.get(update.at, 0) + 1
        words = [word for word in (update.status, update.outcome) if word]
        said = update.section or ""
        summary = ". ".join(part for part in (said, ", ".join(words)) if part)
        yield News(
            moment=update.moment,
            updated=update.moment,
            name=f"{each.id} update {update.at} {seen[update.at]}",
            title=f"Update: {each.title}",
            page=each.page,
            anchor=update.anchor,
            summary=summary or each.summary,
            authors=(update.by,) if update.by else authors,
            categories=each.tags,
        )


def feed(found: list[News], contents: Contents) -> bytes:
    """The feed, as XML; its ids stay where the site moves."""
    newest = max((each.updated for each in found), default=None)
    own = contents.site.address + FEED if contents.site.address else None
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_id(contents.title)}</id>",
        f"<title>{_text(contents.title)}</title>",
        f"<updated>{_BEGINNING if newest is None else _time(newest)}</updated>",
        f"<author><name>{_text(contents.title)}</name></author>",
        f'<link rel="alternate" type="text/html" href="{_text(_address(HOME, "", contents))}"/>',
        *([f'<link rel="self" type="application/atom+xml" href="{_text(own)}"/>'] if own else []),
        *(line for each in found for line in _entry(each, contents)),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _entry(each: News, contents: Contents) -> Iterator[str]:
    yield "<entry>"
    yield f"<id>{_id(f'{contents.title} {each.name}')}</id>"
    yield f"<title>{_text(each.title)}</title>"
    yield f"<published>{_time(each.moment)}</published>"
    yield f"<updated>{_time(each.updated)}</updated>"
    yield f'<link rel="alternate" type="text/html" href="{_text(_address(each.page, each.anchor, contents))}"/>'
    yield from (f"<author><name>{_text(name)}</name></author>" for name in each.authors)
    yield from (f'<category term="{_text(name)}"/>' for name in each.categories)
    yield f"<summary>{_text(each.summary)}</summary>"
    yield "</entry>"


def _address(page: str, anchor: str, contents: Contents) -> str:
    """The web address of a page where the site's is known; else the one relative to the feed."""
    whole = contents.site.link(page)
    near = contents.address(FEED, page, anchor)
    return near if whole is None else whole + "".join(near.partition("#")[1:])


def _id(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name.encode('utf-8', 'replace').decode())}"


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _text(text: str) -> str:
    """Text for XML: what would be markup is escaped, and what XML cannot hold becomes U+FFFD."""
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))
