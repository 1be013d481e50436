"""The user's own pages as the search finds them: titles, headings, and the words below each."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from journal.index import stamps
from journal.site import own_files
from journal.site.search import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from journal.config import Config
    from journal.site.own_files import Section

MOST = 1_000
"""Pages that are read; a folder with more is hardly one of documentation."""


class Part(NamedTuple):
    """A heading and what stands below it.

    Attributes:
        heading: Plain text; empty for what stands before any.
        anchor: Where it is on its page.
        words: Its terms, each once, sorted.
    """

    heading: str
    anchor: str
    words: str


class OwnPage(NamedTuple):
    """One page.

    Attributes:
        page: Its path on the site, without the suffix.
        title: Its first heading, or its file's name.
        parts: Its parts, in order.
    """

    page: str
    title: str
    parts: tuple[Part, ...]


def _read(config: Config) -> dict[str, Path]:
    return dict(list(own_files.pages(config).items())[:MOST])


def made_of(config: Config) -> list[tuple[str, list[int]]]:
    """What the rows of these pages depend on."""
    return [(path, stamps.stamp(str(source))) for path, source in _read(config).items()]


def pages(config: Config) -> list[OwnPage]:
    """All of them, by path."""
    return [page_of(path, own_files.text(source)) for path, source in _read(config).items()]


def page_of(path: str, text: str) -> OwnPage:
    """A page from its Markdown.

    Args:
        path: Its path in the user's folder.
        text: What it says.
    """
    inner = re.sub(r"(^|/)README$", r"\1index", path.removesuffix(".md"))
    sections = own_files.sections(text)
    return OwnPage(f"{own_files.PLACE}/{inner}", own_files.title(path, sections), tuple(_parts(sections)))


def _parts(sections: Iterable[Section]) -> Iterator[Part]:
    taken: set[str] = set()
    for level, heading, name, inside in sections:
        anchor = name or (_free(_slug(heading), taken) if heading else "")
        taken.add(anchor)
        words = " ".join(sorted({*terms.of(own_files.without_addresses(inside))}))
        if heading or words:
            yield Part(heading, "" if level == 1 else anchor, words)


def _slug(heading: str) -> str:
    """The anchor of a heading, as Python-Markdown makes it."""
    ascii_ = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_).strip().lower())


def _free(slug: str, taken: set[str]) -> str:
    """The slug, or with the first number that no heading before it has."""
    if slug and slug not in taken:
        return slug
    number = 1
    while f"{slug}_{number}" in taken:
        number += 1
    return f"{slug}_{number}"
