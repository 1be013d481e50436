"""Links to runs that are no cited values, although they look as if they should be: nothing fills or checks them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from journal.document.citations import MAX_CITATIONS, MAX_SECTION, Marks, Place, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

_BEGIN = re.compile(rb"\]\(\s*+<?run:")

NO_LINK = "it is no link: a title stands behind a blank, in quotes"
NO_RUN = "it names no run"
NO_TITLE = "it has no expression: that is its title"
NOT_ON_ONE_LINE = "it goes on over several lines"
NO_PLAIN_TEXT = "its text holds more than a number: markup, brackets, or bytes that are not UTF-8"


@dataclass(frozen=True, slots=True)
class LooseLink:
    """A link to a run that is no cited value.

    Attributes:
        line: Line of its opening bracket, or of the closing one where that stands alone on its line; from 1.
        column: Column of that bracket in characters, from 1.
        why: Why it is none, in words.
    """

    line: int
    column: int
    why: str


def loose(raw: bytes, spans: Iterable[tuple[int, int]], path: Path | str) -> list[LooseLink]:
    """Every link to a run that is no cited value, and every text that was to be one, in order.

    Code, comments, images and what is escaped are none. Sections too long to be looked through are left out.

    Args:
        raw: The whole file.
        spans: The author's text, as for `find`.
        path: The file, for errors.

    Raises:
        EntryError: As `find` does.
    """
    if b"run:" not in raw:
        return []
    parts = list(spans)
    ours = {citation.text[1] for citation in find(raw, parts, path)}
    found: list[LooseLink] = []
    place = Place(raw)
    for start, end in parts:
        begins = list(islice(_BEGIN.finditer(raw, start, end), MAX_CITATIONS))
        if end - start <= MAX_SECTION and any(begin.start() not in ours for begin in begins):
            why = dict(_reasons(raw, begins, (start, end)))
            for number, begin in enumerate(begins):
                if number in why and begin.start() not in ours:
                    found.append(LooseLink(*place.of(_bracket(raw, start, begin.start())), why[number]))
    return found


def _bracket(raw: bytes, start: int, end: int) -> int:
    """Where the bracket is that opens the text which ends here; the end, if that cannot be told."""
    opening = raw.rfind(b"[", start, end)
    return end if opening < 0 or re.search(rb"[]\r\n]", raw[opening:end]) else opening


def _reasons(raw: bytes, begins: Sequence[re.Match[bytes]], span: tuple[int, int]) -> Iterator[tuple[int, str]]:
    """For each place that is a link or would be one, its number and why it is no cited value."""
    marks = Marks(raw, [(begin.end(),) for begin in begins], span)
    for children in marks.inlines():
        for number, run, title in marks.links(children):
            behind = raw[begins[number].start() : span[1]]
            yield number, _reason(run, title, begins[number], behind)
        yield from ((number, NO_LINK) for number in _literal(children, marks.mark))


def _reason(run: str, title: str, begin: re.Match[bytes], behind: bytes) -> str:
    if not run:
        return NO_RUN
    if not title.strip():
        return NO_TITLE
    broken = re.match(rb"[^)]*[\r\n]", behind) is not None or len(begin[0].splitlines()) > 1
    return NOT_ON_ONE_LINE if broken else NO_PLAIN_TEXT


def _literal(children: Sequence[Token], mark: str) -> list[int]:
    """The numbers of the marks that stand in plain text, behind brackets that nothing escapes."""
    text = "".join(_shown(token) for token in children)
    parts = re.compile(rf"(?P<open>!?\[)|\](?:\(\s*<?run:{mark}n(?P<number>\d+)e)?")
    opened: list[str] = []
    found = []
    for part in parts.finditer(text):
        if part["open"]:
            opened.append(part["open"])
        elif opened and opened.pop() == "[" and part["number"]:
            found.append(int(part["number"]))
    return found


def _shown(token: Token) -> str:
    """A token's text as far as brackets in it count; anything else stands for itself alone."""
    if token.type == "text":
        return token.content
    return "\n" if token.type in {"softbreak", "hardbreak"} else "\N{REPLACEMENT CHARACTER}"
