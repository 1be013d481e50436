"""The lines that shape a Markdown file: its headings and our markers, outside code, raw HTML and list items.

Regular expressions pass over everything else. None of them can go over the same bytes again and again, so that
the time to scan a file grows with its size and with nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENTED = re.compile(rb" {4}| {0,3}\t")
_RULE = rb"(?:(?:\*[ \t]*+){3,}+|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)"
# A line that no paragraph goes on from: blank, an empty quote, a heading, a rule.
_NO_TEXT = re.compile(rb"[ \t]*>?[ \t]*| {0,3}#{1,6}(?:[ \t].*)?| {0,3}(?:-|%s)[ \t]*" % _RULE)
# Makes a paragraph above it a heading, and is one itself otherwise.
_UNDERLINE = re.compile(rb" {0,3}(?:=+|--)[ \t]*")

# CommonMark's list of tags that begin raw HTML even in the middle of a paragraph.
_BLOCK_TAGS = (
    b"address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt "
    b"fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li "
    b"link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th "
    b"thead title tr track ul"
).replace(b" ", b"|")
_VALUE = rb"""(?:[^\s"'=<>`]++|'[^'\n]*+'|"[^"\n]*+")"""
_ATTRIBUTE = rb"[ \t]++[A-Za-z_:][\w:.-]*+(?:[ \t]*+=[ \t]*+%s)?+" % _VALUE
_TAG = rb"(?:[A-Za-z][A-Za-z0-9-]*+(?:%s)*+[ \t]*+/?|/[A-Za-z][A-Za-z0-9-]*+[ \t]*+)>" % _ATTRIBUTE
# Nothing can stand in an item when the next line of text is not indented.
_MORE = rb"(?=[^\n]*+\n(?:[ \t]*+\n)*+[ \t])"

# Lines that shape the file, and lines that take those below them out of it; group names say which.
_START = re.compile(
    rb"""\n(?:
      (?P<heading>\#\#(?=[ \t\n]|\Z))
    | [ ]{0,3}+(?:
        (?P<fence>`{3,}+(?=[^`\n]*+(?:\n|\Z))|~{3,}+)
      | <(?=[!?/A-Za-z])(?:
          (?P<marker>!--[ \t]*+/?journal:)
        | (?P<comment>!--)
        | (?P<instruction>\?)
        | (?P<declaration>![A-Za-z])
        | (?P<cdata>!\[CDATA\[)
        | (?P<verbatim>(?i:script|pre|style|textarea)(?=[\s>]|\Z))
        | (?P<block>/?(?i:%(block)s)(?=\s|/?>|\Z))
        | (?P<tag>%(tag)s[ \t]*+(?=\n|\Z))
        )
      | (?!%(rule)s(?:\n|\Z))(?P<item>(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t\n]|\Z))%(more)s
    ))"""
    % {b"block": _BLOCK_TAGS, b"tag": _TAG, b"rule": _RULE, b"more": _MORE},
    re.VERBOSE,
)
_GAP = re.compile(rb"[ \t]*+(?=[^ \t\n])")
_BLANK = re.compile(rb"\n[ \t]*+(?=\n|\Z)")
# What ends raw HTML; the line on which it stands still belongs to it.
_HTML_END = {
    "marker": re.compile(rb"-->"),
    "comment": re.compile(rb"-->"),
    "instruction": re.compile(rb"\?>"),
    "declaration": re.compile(rb">"),
    "cdata": re.compile(rb"\]\]>"),
    "verbatim": re.compile(rb"</(?:script|pre|style|textarea)>", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `raw[start:end]` is its text, `raw[end:next]` its ending."""

    number: int
    start: int
    end: int
    next: int


def plain(raw: bytes, errors: str = "replace") -> str:
    """Text with line feeds, whatever the line endings are."""
    return raw.decode("utf-8", errors).replace("\r\n", "\n").replace("\r", "\n")


def shaping(raw: bytes, start: int) -> Iterator[Line]:
    """The lines from `start` on that are level-2 headings or hold a marker of ours, at the top level.

    Lines end with LF, CRLF or a lone CR; bytes such as those of U+2028 belong to the text. A marker may be indented by
    up to three spaces here, as in CommonMark.
    """
    # Just as long, but each line ends with one LF.
    flat = raw.replace(b"\r\n", b" \n").replace(b"\r", b"\n")
    counted, number = 0, 1
    for place in _places(flat, start):
        number += flat.count(b"\n", counted, place)
        counted = place
        yield _line(raw, flat, place, number)


def _line(raw: bytes, flat: bytes, start: int, number: int) -> Line:
    after = _next(flat, start)
    text = raw[start:after]
    return Line(number, start, start + len(text.rstrip(b"\r\n")), after)


def _next(flat: bytes, start: int) -> int:
    return flat.find(b"\n", start) + 1 or len(flat)


def _places(flat: bytes, start: int) -> Iterator[int]:
    """Where those lines start."""
    place = closed = start
    # The search begins with the line feed of the line above.
    while place < len(flat) and (found := _START.search(flat, place - 1)):
        line, kind = found.start() + 1, found.lastgroup
        if kind in {"heading", "marker"}:
            yield line
        if kind == "heading" or (kind == "tag" and _in_paragraph(flat, line, closed)):
            place = _next(flat, line)
        elif kind == "item":
            place = _after_item(flat, found)
        else:
            place = closed = _after_fence(flat, found) if kind == "fence" else _after_html(flat, found)


def _after_fence(flat: bytes, opening: re.Match[bytes]) -> int:
    fence = opening["fence"]
    closing = _closing_fence(fence[:1], len(fence)).search(flat, opening.end())
    return _next(flat, closing.end()) if closing else len(flat)


@lru_cache(maxsize=64)
def _closing_fence(character: bytes, length: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {0,3}%s{%d,}+[ \t]*+(?=\n|\Z)" % (character, length))


def _after_html(flat: bytes, opening: re.Match[bytes]) -> int:
    end = _HTML_END.get(opening.lastgroup or "")
    if end is None:
        blank = _BLANK.search(flat, opening.end())
        return blank.start() + 1 if blank else len(flat)
    mark = end.search(flat, opening.start())
    return _next(flat, mark.end()) if mark else len(flat)


def _after_item(flat: bytes, opening: re.Match[bytes]) -> int:
    """The first line that is not indented as far as the text of a list item.

    Code and raw HTML inside the item end there too. A lazy line of its paragraph is taken for one outside.
    """
    head = flat[opening.start() + 1 : opening.end()]
    gap = _GAP.match(flat, opening.end())
    width = len((head + gap[0]).expandtabs(4)) if gap else 0
    if not len(head) < width <= len(head) + 4:
        width = len(head) + 1
    out = _indented_less(width).search(flat, _next(flat, opening.end()) - 1)
    return out.start() + 1 if out else len(flat)


@cache
def _indented_less(width: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {0,%d}(?=[^ \t\n])" % (width - 1))


def _in_paragraph(flat: bytes, line: int, closed: int) -> bool:
    """Whether a line may go on with a paragraph: one of text stands above it, below the last code or raw HTML."""
    text = True
    while line > closed:
        start = max(closed, flat.rfind(b"\n", closed, line - 1) + 1)
        above = flat[start : line - 1]
        if _NO_TEXT.fullmatch(above):
            return not text
        if _UNDERLINE.fullmatch(above):
            text = not text
        elif not _INDENTED.match(above):
            return text
        line = start
    return not text
