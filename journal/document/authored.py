"""Places in the author's text: where that stands, and what a reader of Markdown makes of it.

A place gets a mark of its own, of letters and digits put behind a letter or digit, where they change nothing of the
structure. The marked text is read; what the mark comes back in is what the place stands in.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from journal.document.document import Document

_LINE_END = re.compile(rb"\r\n|[\r\n]")


def spans(raw: bytes, document: Document) -> Iterator[tuple[int, int]]:
    """The author's text outside blocks and front matter, cut before each section: start and end of each part."""
    at, cuts = 0, [(len(raw), len(raw))]
    for place, piece in enumerate(document.pieces):
        if place % 2 and document.slots[place // 2].is_block:
            cuts.append((at - document.slots[place // 2].before, at + len(piece)))
        at += len(piece)
    starts = [0, *(found.end() for found in _LINE_END.finditer(raw))]
    cuts += [(starts[section.line - 1],) * 2 for section in document.entry.sections]
    done = document.start
    for start, end in sorted(cuts):
        if done < start:
            yield done, start
        done = max(done, end)


def cited_links(document: Document) -> list[tuple[int, int]]:
    """Where the cited values' links stand."""
    ends = [0]
    for piece in document.pieces:
        ends.append(ends[-1] + len(piece))
    bounds = list(pairwise(ends))[1::2]
    pairs = zip(bounds, document.slots, strict=True)
    return [(start - slot.before, end + slot.behind) for (start, end), slot in pairs if not slot.is_block]


class Marked:
    """A part of the author's text with a mark in each of some places, as a reader of Markdown sees it.

    Args:
        raw: The whole file.
        span: Start and end of the part.
        cuts: Where the marks go, each behind a letter or digit, in order.
    """

    def __init__(self, raw: bytes, span: tuple[int, int], cuts: Sequence[int]) -> None:
        # Nobody can write a text that holds its own sum.
        self._mark = "x" + hashlib.sha256(raw).hexdigest()[:16]
        self._numbered = re.compile(rf"{self._mark}n(\d+)e")
        parts, done = [], span[0]
        for number, cut in enumerate(cuts):
            parts += [raw[done:cut], f"{self._mark}n{number}e".encode()]
            done = cut
        self._text = plain(b"".join([*parts, raw[done : span[1]]])).replace("\0", "\N{REPLACEMENT CHARACTER}")

    def inlines(self) -> Iterator[tuple[list[Token], bool]]:
        """The tokens of each paragraph, heading or cell that holds a mark, and whether it is a cell."""
        tokens = _reader().parse(self._text)
        for above, token in pairwise(tokens):
            if token.type == "inline" and self._mark in token.content:
                yield token.children or [], above.type in {"th_open", "td_open"}

    def links(self, *, images: bool = False) -> Iterator[tuple[int, str]]:
        """The places that stand in what a link leads to, and that without marks; images count if asked."""
        wanted = {"link_open": "href", "image": "src"} if images else {"link_open": "href"}
        for token in _reader().parse(self._text):
            for child in token.children or ():
                if child.type in wanted:
                    href = str(child.attrs[wanted[child.type]])
                    yield from ((number, self.bare(href)) for number in self.numbers(href))

    def numbers(self, text: str) -> list[int]:
        """Which of the places a text holds."""
        return [int(found[1]) for found in self._numbered.finditer(text)]

    def bare(self, text: str) -> str:
        """A text without its marks."""
        return self._numbered.sub("", text)


def outline(raw: bytes) -> list[str]:
    """What a reader of Markdown makes of a text, token by token; pieces of one running text are joined.

    Two texts that give the same read the same, but for what links lead to.
    """
    found: list[str] = []
    for token in _reader().parse(plain(raw)):
        found.append(f"{token.type} {token.tag} {token.content if token.type != 'inline' else ''}")
        for child in token.children or ():
            if child.type == "text" and found[-1].startswith("text "):
                found[-1] += child.content
            else:
                found.append(f"{child.type} {child.tag} {child.content}")
    return found


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
