"""The user's own pages as the search finds them: titles, headings, and the words below each."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from journal.document import store
from journal.index import stamps
from journal.site.search import terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.config import Config

PLACE = "docs"
"""Where they stand on the site."""
MOST = 1_000
"""Pages that are read; a folder with more is hardly one of documentation."""

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$")
_NAMED = re.compile(r"\s*\{:?[^{}]*?(?:#([\w-]+))?[^{}#]*\}\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^<>]+>")


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


def files(config: Config) -> dict[str, Path]:
    """The Markdown files of the user's own folder, by their paths in it; none where the setting is unset or wrong."""
    if config.settings.docs is None:
        return {}
    folder = (config.root / config.settings.docs).resolve()
    if config.root.resolve().is_relative_to(folder):
        return {}
    found = [path for path in _markdown(folder) if path.is_file() and path.resolve().is_relative_to(folder)]
    return {path.relative_to(folder).as_posix(): path for path in found[:MOST]}


def _markdown(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".md") and not name.startswith("."))


def made_of(config: Config) -> list[tuple[str, list[int]]]:
    """What the rows of these pages depend on."""
    return [(path, stamps.stamp(str(source))) for path, source in files(config).items()]


def pages(config: Config) -> list[OwnPage]:
    """All of them, by path."""
    return [page_of(path, store.read(source).raw.decode("utf-8", "replace")) for path, source in files(config).items()]


def page_of(path: str, text: str) -> OwnPage:
    """A page from its Markdown.

    Args:
        path: Its path in the user's folder.
        text: What it says.
    """
    inner = re.sub(r"(^|/)README$", r"\1index", path.removesuffix(".md"))
    cut = list(_cut(_without_matter(text).split("\n")))
    title = next((heading for level, heading, _, _ in cut if level == 1), "") or Path(path).stem
    return OwnPage(f"{PLACE}/{inner}", title, tuple(_parts(cut)))


def _without_matter(text: str) -> str:
    """The text below the front matter."""
    return re.sub(r"\A\ufeff?---\r?\n.*?\n---\r?\n", "", text, count=1, flags=re.DOTALL).replace("\r", "")


def _cut(lines: Sequence[str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Level, heading, anchor by name and lines of each part; headings in fences are none."""
    fence, part = "", (0, "", "", list[str]())
    for line in lines:
        mark, heading = _FENCE.match(line), _HEADING.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if heading is None or fence:
            part[3].append(line)
            continue
        yield part
        named = _NAMED.search(heading[2])
        plain = _plain(heading[2][: named.start()] if named else heading[2])
        part = (len(heading[1]), plain, (named[1] or "") if named else "", [])
    yield part


def _plain(markdown: str) -> str:
    """A heading without its marks."""
    text = re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", _TAG.sub("", _LINK.sub(r"\1", markdown)))
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).strip()


def _parts(cut: list[tuple[int, str, str, list[str]]]) -> Iterator[Part]:
    taken: set[str] = set()
    for level, heading, name, lines in cut:
        anchor = name or (_free(_slug(heading), taken) if heading else "")
        taken.add(anchor)
        words = " ".join(sorted({*terms.of(_LINK.sub(r"\1", "\n".join(lines)))}))
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
