"""The first paragraph of an entry's results, as a reader sees it: what sums the entry up elsewhere."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from journal.document import authored
from journal.document.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from journal.document.document import Document

RESULTS = "results"
"""The section that holds it."""

WAITING = "TBD"
"""What a paragraph begins with that still waits to be written."""

_LONGEST = 20_000  # bytes of a section that are read
_LINE_END = re.compile(rb"\r\n|[\r\n]")


def first_paragraph(document: Document, longest: int = _LONGEST) -> str:
    """The first paragraph of an entry's results in the author's own words, without markup.

    Empty where there is none, or where it still waits to be written.

    Args:
        document: The entry.
        longest: Bytes of a section that are read.
    """
    text = next(results(document, longest), "")
    return "" if text.startswith(WAITING) else text


def results(document: Document, longest: int = _LONGEST) -> Iterator[str]:
    """The paragraphs of an entry's results that say something, as for `first_paragraph`."""
    raw = document.render()
    for start, end in authored.spans(raw, document):
        if _heading_above(raw, document, start).casefold() == RESULTS:
            yield from paragraphs(plain(raw[start : min(end, start + longest)]))


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a Markdown text that say something, without markup."""
    return (words for words in _paragraphs(text) if words)


def _heading_above(raw: bytes, document: Document, at: int) -> str:
    """The heading of the section that holds a place."""
    line = len(_LINE_END.findall(raw, 0, at)) + 1
    above = [section.heading for section in document.entry.sections if section.line <= line]
    return above[-1] if above else ""


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a Markdown text that stand in nothing else."""
    blocks, whole = _parsers()
    environment: dict[str, Any] = {}
    for above, token in pairwise(blocks.parse(text, environment)):
        if above.type == "paragraph_open" and above.level == 0:
            (inside,) = whole.parseInline(token.content, environment)
            yield " ".join("".join(map(_shown, inside.children or ())).split())


@cache
def _parsers() -> tuple[MarkdownIt, MarkdownIt]:
    """A parser that leaves what stands inside blocks alone, and one for that: few paragraphs of a text are wanted."""
    from markdown_it import MarkdownIt

    blocks, whole = (MarkdownIt("commonmark").enable(["table", "strikethrough"]) for _ in range(2))
    blocks.core.ruler.disable(["inline", "text_join"])
    return blocks, whole


def _shown(token: Token) -> str:
    """What a reader sees of a piece of running text."""
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "code_inline", "image"} else ""
