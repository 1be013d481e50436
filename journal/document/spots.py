"""Where a text stands as a whole in the author's own words: outside code blocks, raw HTML and addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from journal.document import authored
from journal.document.authored import Marked
from journal.document.citations import MAX_SECTION, Place
from journal.document.document import parse
from journal.errors import EntryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

# Letters and digits of scripts that put blanks between words: a value may stand beside a Chinese word.
_LETTER = r"[^\W\u2e80-\U0010ffff]"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>]*")
_LIST_SIGN = re.compile(r"\d{1,9}[.)](?=\s|\Z)")
_LIST_BEFORE = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*+")
_STRUCK_TAG = re.compile(r"<(/?)(?:del|s|strike)\b[^>]*>", re.IGNORECASE)


class Spot(NamedTuple):
    """A place that may be a mention, and what it turned out to stand in."""

    start: int
    end: int
    code: tuple[int, int] | None = None
    """The code span around it, with its backticks."""
    in_cell: bool = False


def find(raw: bytes, path: str, text: str) -> list[Spot]:
    """Where a text stands as a whole in running text and in code spans, and is not struck yet.

    Raises:
        EntryError: The file cannot be parsed, or the text stands in a section that is too long to look through.
    """
    inner = next((number + 1 for number, sign in enumerate(text) if sign.isalnum()), None)
    if inner is None or text != text.strip() or text.encode("utf-8", "replace") not in raw:
        return []
    document = parse(raw, path)
    taken, pattern = authored.cited_links(document), _whole(text)
    found: list[Spot] = []
    for start, end in authored.spans(raw, document):
        spots = [spot for spot in _candidates(raw, (start, end), pattern) if not _inside(spot, taken)]
        if spots and end - start > MAX_SECTION:
            message, (line, _) = f"{text!r} stands in a section of {end - start} bytes", Place(raw).of(spots[0].start)
            raise EntryError(
                message, hint=f"split it: up to {MAX_SECTION} bytes are looked through", line=line, path=path
            )
        found += _in_words(raw, (start, end), spots, len(text[:inner].encode())) if spots else []
    return found


def _whole(text: str) -> re.Pattern[str]:
    """A text where it is no part of a longer word or number."""
    before, after = "", ""
    if re.match(_LETTER, text):
        before = rf"(?<!{_LETTER})(?<!<)(?<!<[/!?])"  # the name of a tag makes raw HTML what it is
    if re.match(r"[-+\N{MINUS SIGN}.]\d", text):
        before = rf"(?<!{_LETTER})(?<!\.)"
    if re.match(r"\d", text):
        before += r"(?<![-+.#\N{MINUS SIGN}\N{EN DASH}])(?<!\d[,:])"
    if re.search(rf"{_LETTER}\Z", text):
        after = rf"(?!{_LETTER})"
    if re.search(r"\d\Z", text):
        after += r"(?![.,:]\d)(?![-\N{MINUS SIGN}\N{EN DASH}]\d)(?![%\N{PER MILLE SIGN}])"
    return re.compile(before + re.escape(text) + after)


def _inside(spot: Spot, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < spot.end and spot.start < end for start, end in spans)


def _candidates(raw: bytes, span: tuple[int, int], pattern: re.Pattern[str]) -> Iterator[Spot]:
    text = raw[span[0] : span[1]].decode("utf-8", "surrogateescape")
    addresses = [found.span() for found in _URL.finditer(text)]
    at, done = span[0], 0
    for found in pattern.finditer(text):
        at += len(text[done : found.start()].encode("utf-8", "surrogateescape"))
        done = found.start()
        line = max(text.rfind("\n", 0, done), text.rfind("\r", 0, done)) + 1
        is_list_number = _LIST_SIGN.match(text, done) and _LIST_BEFORE.fullmatch(text, line, done)
        in_address = any(start < found.end() and found.start() < end for start, end in addresses)
        if not is_list_number and not in_address:
            yield Spot(at, at + len(found[0].encode("utf-8", "surrogateescape")))


def _shown(children: Sequence[Token]) -> Iterator[Token]:
    """Running text and code spans that are neither struck nor addresses."""
    struck_depth = hidden = 0
    for token in children:
        tag = _STRUCK_TAG.fullmatch(token.content) if token.type == "html_inline" else None
        if token.type in {"s_open", "s_close"}:
            struck_depth += token.nesting
        elif tag:
            struck_depth += -1 if tag[1] else 1
        elif token.type in {"link_open", "link_close"} and token.markup == "autolink":
            hidden += token.nesting
        elif token.type in {"text", "code_inline"} and struck_depth <= 0 and not hidden:
            yield token


def _code_span(raw: bytes, span: tuple[int, int], spot: Spot, ticks: int) -> tuple[int, int] | None:
    """Where the code span around a spot stands: between it and its backticks no run of as many can be."""
    run = re.compile(rb"(?<!`)`{%d}(?!`)" % ticks)
    before = [found.start() for found in run.finditer(raw, span[0], spot.start)]
    behind = run.search(raw, spot.end, span[1])
    return (before[-1], behind.end()) if before and behind else None


def _in_words(raw: bytes, span: tuple[int, int], spots: Sequence[Spot], inner: int) -> Iterator[Spot]:
    """Those of the candidates that stand in running text or in a code span, and are not struck."""
    marked = Marked(raw, span, [spot.start + inner for spot in spots])
    for children, in_cell in marked.inlines():
        for token in _shown(children):
            for number in marked.numbers(token.content):
                spot = spots[number]._replace(in_cell=in_cell)
                code = _code_span(raw, span, spot, len(token.markup)) if token.type == "code_inline" else None
                yield spot._replace(code=code)
