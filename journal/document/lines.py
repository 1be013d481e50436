"""The lines of a Markdown file as bytes, and which of them are prose rather than code or raw HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Only these end a line: bytes such as U+2028 belong to the text.
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_FENCE = re.compile(rb" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_HTML_TO_MARK = (
    (re.compile(rb" {0,3}<!--"), re.compile(rb"-->")),
    (re.compile(rb" {0,3}<\?"), re.compile(rb"\?>")),
    (re.compile(rb" {0,3}<!\[CDATA\["), re.compile(rb"\]\]>")),
    (
        re.compile(rb" {0,3}<(?:script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE),
        re.compile(rb"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
)
# CommonMark's list of tags that begin raw HTML even in the middle of a paragraph.
_BLOCK_TAGS = (
    b"address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt "
    b"fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li "
    b"link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th "
    b"thead title tr track ul"
)
_HTML_TO_BLANK = re.compile(rb" {0,3}</?(?:%s)(?=[ \t]|/?>|$)" % _BLOCK_TAGS.replace(b" ", b"|"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `raw[start:end]` is its text, `raw[end:next]` its ending."""

    number: int
    start: int
    end: int
    next: int


def split(raw: bytes) -> list[Line]:
    """Every line of `raw`, ended by LF, CRLF or a lone CR; the last may have no ending."""
    lines = []
    for number, match in enumerate(_LINE.finditer(raw), start=1):
        text = match[0]
        bare = len(text.rstrip(b"\r\n"))
        lines.append(Line(number, match.start(), match.start() + bare, match.end()))
    return lines


def prose(raw: bytes, lines: Sequence[Line]) -> Iterator[int]:
    """Indexes of the lines outside code fences and raw HTML, as CommonMark sees them at the top level.

    The line that opens an HTML comment is prose too: it may be a marker of ours.
    """
    index = 0
    while index < len(lines):
        text = raw[lines[index].start : lines[index].end]
        fence = _FENCE.match(text)
        if fence:
            index = _after_fence(raw, lines, index + 1, fence[1])
            continue
        yield index
        index = _after_html(raw, lines, index, text)


def _after_fence(raw: bytes, lines: Sequence[Line], index: int, opening: bytes) -> int:
    closing = re.compile(rb" {0,3}" + re.escape(opening[:1]) + b"{%d,}[ \t]*" % len(opening))
    while index < len(lines):
        line = lines[index]
        index += 1
        if closing.fullmatch(raw, line.start, line.end):
            break
    return index


def _after_html(raw: bytes, lines: Sequence[Line], index: int, text: bytes) -> int:
    """Index of the next line that is not part of the raw HTML which `text` begins, if it begins any."""
    for opening, closing in _HTML_TO_MARK:
        if opening.match(text):
            while index < len(lines) and not closing.search(raw, lines[index].start, lines[index].end):
                index += 1
            return index + 1
    if _HTML_TO_BLANK.match(text):
        while index < len(lines) and raw[lines[index].start : lines[index].end].strip():
            index += 1
        return index
    return index + 1
