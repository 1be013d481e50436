"""Links and images in the author's text: what they lead to, as it is written, and where that stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from journal.document import authored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from journal.document.document import Document

T = TypeVar("T")

_INLINE = re.compile(rb"\]\([ \t]*(?:<([^<>\r\n]+)>|([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*))")
_DEFINED = re.compile(rb"(?:^|(?<=\r)) {0,3}\[[^\]\r\n]+\]:[ \t]*<?([^\s<>]+)", re.MULTILINE)
_WORD_END = re.compile(rb"[A-Za-z0-9](?=[^A-Za-z0-9]*\Z)")
_LINE_END = re.compile(rb"\r\n|[\r\n]")

LONGEST = 300_000
"""Bytes of an entry from which on its links are not looked for."""


class Link(NamedTuple):
    """What a link or an image leads to.

    Attributes:
        start: Where that begins in the file, in bytes.
        end: Where it ends.
        target: It, as written.
    """

    start: int
    end: int
    target: str

    def line(self, raw: bytes) -> int:
        """Its line, from 1."""
        return len(_LINE_END.findall(raw, 0, self.start)) + 1


def may_hold(raw: bytes) -> bool:
    """Whether a file may hold links at all."""
    return b"](" in raw or b"]:" in raw


def links(raw: bytes, document: Document, wanted: Callable[[str], T | None]) -> Iterator[tuple[Link, T]]:
    """The links and images whose targets are wanted, in order, with what is wanted: in a line, and by reference.

    Blocks, code and comments hold none. The text is read as Markdown only where something that looks like a link is
    wanted.

    Args:
        raw: The file.
        document: The same, parsed.
        wanted: Gives what is wanted of a target, as written; None for one that is not asked for.
    """
    if len(raw) > LONGEST:
        return
    tried = ((link, wanted(link.target)) for link in _candidates(raw, document.start))
    found = [(link, told) for link, told in tried if told is not None]
    if found:
        spans = list(authored.spans(raw, document))
        found = [each for each in found if any(start <= each[0].start and each[0].end <= end for start, end in spans)]
    if found:
        marked = authored.Marked(raw, (document.start, len(raw)), [_cut(raw, link) for link, _ in found])
        yield from (found[number] for number in sorted({number for number, _ in marked.links(images=True)}))


@lru_cache(maxsize=1)  # several rules ask, one after the other
def _candidates(raw: bytes, start: int) -> list[Link]:
    """What looks like the target of a link, in order."""
    matches = [
        match
        for sign, how in ((b"](", _INLINE), (b"]:", _DEFINED))
        if sign in raw
        for match in how.finditer(raw, start)
    ]
    spans = sorted(match.span(match.lastindex or 0) for match in matches)
    return [
        Link(*span, raw[slice(*span)].decode("utf-8", "replace"))
        for span in spans
        if _WORD_END.search(raw[slice(*span)])
    ]


def _cut(raw: bytes, link: Link) -> int:
    """Behind the last letter or digit: a mark changes nothing there."""
    found = _WORD_END.search(raw[link.start : link.end])
    return link.start + found.end() if found else link.end
