"""Pages that somebody wrote by hand and that may list entries: which there are, and what each lists."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from journal.config import README, is_entry
from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from journal.config import Config

_LONGEST = 1_000_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|#")
_MOST = 0.6
_FEWEST = 3


@dataclass(frozen=True)
class Item:
    """An item of a list, or a row of a table, that links to an entry.

    Attributes:
        path: The entry's file, relative to the journal; it need not be there.
        text: The text of the link.
        line: Line, from 1.
        cells: Of a row, the words of its cells by the headings of their columns, in small letters.
    """

    path: str
    text: str
    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class HandList:
    """A page that plainly is an index of entries: most of its items or rows link to one.

    Attributes:
        path: The page, relative to the journal.
        items: Its items, in order.
        linked: Every entry that it links to, also elsewhere.
    """

    path: str
    items: tuple[Item, ...]
    linked: frozenset[str]


def pages(config: Config) -> Iterator[Path]:
    """Every page that may list entries: READMEs among the entries and above them, and the pages of the docs folder."""
    yield config.root / README
    for top in (config.entries, config.root / config.settings.docs if config.settings.docs else None):
        for folder, below, names in os.walk(top) if top is not None else ():
            below[:] = sorted(name for name in below if not name.startswith("."))
            is_docs = top != config.entries
            yield from (Path(folder, name) for name in sorted(names) if name == README or _is_page(name, is_docs))


def _is_page(name: str, is_docs: bool) -> bool:
    return is_docs and name.endswith(".md") and not name.startswith(".")


def hand_lists(config: Config) -> Iterator[HandList]:
    """The pages that plainly are an index of entries."""
    folder = config.settings.entries.strip("/").encode()
    for page in pages(config):
        try:
            raw = page.read_bytes() if page.stat().st_size <= _LONGEST else b""
        except OSError:
            continue
        if b".md" in raw and (folder in raw or config.entries in (page.parent, *page.parents)):
            found = _read(plain(raw), config.relative(page), config)
            if found is not None:
                yield found


class _Row(NamedTuple):
    """An item or row: its line, its inline tokens, and the headings of their columns."""

    line: int
    inlines: list[Token]
    headings: list[str]


def _read(text: str, path: str, config: Config) -> HandList | None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows = list(_rows(tokens))
    items = [item for row in rows if (item := _item(row, path, config)) is not None]
    if len(items) < _FEWEST or len(items) < _MOST * len(rows):
        return None
    everywhere = (link for token in tokens if token.type == "inline" for link in _links(token, path, config))
    return HandList(path, tuple(items), frozenset(entry for entry, _ in everywhere))


def _rows(tokens: Sequence[Token]) -> Iterator[_Row]:
    """The items of lists, without those that only hold another list, and the rows of tables, without their heads."""
    headings: list[str] = []
    row: _Row | None = None
    for place, token in enumerate(tokens):
        if token.type == "thead_open":
            headings = []
        elif token.type == "th_open":
            headings.append(tokens[place + 1].content.strip(" *_`").casefold())
        elif token.type == "tr_open" and tokens[place + 1].type == "td_open":
            row = _Row(_line(token), [], headings)
        elif token.type == "td_open" and row is not None:
            row.inlines.append(tokens[place + 1])
        elif token.type == "tr_close" and row is not None:
            yield row
            row = None
        elif token.type == "list_item_open" and tokens[place + 1].type == "paragraph_open":
            yield _Row(_line(token), [tokens[place + 2]], [])


def _line(token: Token) -> int:
    return (token.map[0] if token.map else 0) + 1


def _item(row: _Row, path: str, config: Config) -> Item | None:
    found = next((link for inline in row.inlines for link in _links(inline, path, config)), None)
    if found is None:
        return None
    words = (_words(inline.children or ()) for inline in row.inlines)
    return Item(*found, row.line, dict(zip(row.headings, words, strict=False)))


def _links(inline: Token, path: str, config: Config) -> Iterator[tuple[str, str]]:
    """The entries that links of a text lead to, and the text of each."""
    children = inline.children or []
    for place, token in enumerate(children):
        href = str(token.attrs.get("href", "")) if token.type == "link_open" else ""
        if href and not _SCHEME.match(href):
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(re.split(r"[#?]", href)[0])))
            folder = f"{config.settings.entries.strip('/')}/"
            if there.startswith(folder) and is_entry(there.removeprefix(folder)):
                close = next(at for at, each in enumerate(children) if at > place and each.type == "link_close")
                yield there, _words(children[place:close])


def _words(tokens: Sequence[Token]) -> str:
    text = "".join(
        each.content if each.type in {"text", "code_inline"} else " " * each.type.endswith("break") for each in tokens
    )
    return " ".join(text.split())
