"""Where a text stands as a whole in the author's own words: outside code blocks, raw HTML and addresses."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from journal.document import amounts, authored
from journal.document.authored import Marked
from journal.document.citations import MAX_SECTION, Place
from journal.document.document import parse
from journal.errors import EntryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it.token import Token

    from journal.document.amounts import Amount

    Like = Callable[[Amount, Amount], bool]
    """Whether one number, the second, stands for another."""

# Letters and digits of scripts that put blanks between words: a value may stand beside a Chinese word.
_LETTER = r"[^\W\u2e80-\U0010ffff]"
_URL = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]++://[^\s<>]*")
_LIST_SIGN = re.compile(r"\d{1,9}[.)](?=\s|\Z)")
_LIST_BEFORE = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*+")
_STRUCK_TAG = re.compile(r"<(/?)(?:del|s|strike)\b[^>]*>", re.IGNORECASE)


# As Pandoc has it, so that no price begins a formula.
_FORMULA = re.compile(r"(?<![\\$])(?:\$\$[^$]++\$\$|\$(?=[^\s$])(?:[^$\n]|\n(?![ \t\r]*\n))++(?<=[^\s\\])\$(?![0-9]))")


class Stands(StrEnum):
    """What a place stands in, in words."""

    WORDS = "in running text"
    FORMULA = "in a formula"
    STRUCK = "struck out"
    HIDDEN = "in code, raw HTML or an address"


class Spot(NamedTuple):
    """A place that may be a mention, and what it turned out to stand in."""

    start: int
    end: int
    mark: int
    """Behind its first letter or digit."""
    code: tuple[int, int] | None = None
    """The code span around it, with its backticks."""
    in_cell: bool = False
    stands: Stands = Stands.HIDDEN


def find(raw: bytes, path: str, text: str) -> list[Spot]:
    """Where a text stands as a whole in running text and in code spans, and can be struck.

    Raises:
        EntryError: The file cannot be parsed, or the text stands in a section that is too long to look through.
    """
    return [spot for spot in places(raw, path, text) if spot.stands is Stands.WORDS]


def places(raw: bytes, path: str, text: str, like: Like | None = None) -> list[Spot]:
    """Where a text stands as a whole in the author's text, whatever it stands in.

    Args:
        raw: The file.
        path: The file, for errors.
        text: What to look for.
        like: Which numbers stand for it where it is a number; only what is spelt alike by default.

    Raises:
        EntryError: The file cannot be parsed, or the text stands in a section that is too long to look through.
    """
    wanted = amounts.read(text) if like is not None else None
    if wanted is None or like is None:
        is_there, pattern, fits = text.encode("utf-8", "replace") in raw, _whole(text), None
    else:
        is_there, pattern, fits = amounts.trace(wanted).search(raw) is not None, _number(), partial(like, wanted)
    if not is_there or text != text.strip() or not any(map(str.isalnum, text)):
        return []
    document = parse(raw, path)
    taken = authored.cited_links(document)
    found: list[Spot] = []
    for start, end in authored.spans(raw, document):
        spots = [spot for spot in _candidates(raw, (start, end), pattern, fits) if not _inside(spot[:2], taken)]
        if spots and end - start > MAX_SECTION:
            message, (line, _) = f"{text!r} stands in a section of {end - start} bytes", Place(raw).of(spots[0].start)
            raise EntryError(
                message, hint=f"split it: up to {MAX_SECTION} bytes are looked through", line=line, path=path
            )
        found += _read(raw, (start, end), spots) if spots else []
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


@cache
def _number() -> re.Pattern[str]:
    """Any number where it is no part of a longer word or number; a sign behind a digit is a dash."""
    before = rf"(?<!{_LETTER})(?<!\.)(?:(?=[-+\N{{MINUS SIGN}}])|(?<![-+.#\N{{MINUS SIGN}}\N{{EN DASH}}])(?<!\d[,:]))"
    after = rf"(?!{_LETTER})(?![.,:]\d)(?![-\N{{MINUS SIGN}}\N{{EN DASH}}]\d)(?![%\N{{PER MILLE SIGN}}])"
    return re.compile(before + amounts.SPELLING + after)


def _inside(place: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in spans)


def _candidates(
    raw: bytes, span: tuple[int, int], pattern: re.Pattern[str], fits: Callable[[Amount], bool] | None
) -> Iterator[Spot]:
    text = raw[span[0] : span[1]].decode("utf-8", "surrogateescape")
    addresses = [found.span() for found in _URL.finditer(text)]
    formulas = [found.span() for found in _FORMULA.finditer(text)]
    at, done = span[0], 0
    for found in pattern.finditer(text):
        if fits is not None and not ((amount := amounts.read(found[0])) and fits(amount)):
            continue
        at += len(text[done : found.start()].encode("utf-8", "surrogateescape"))
        done = found.start()
        line = max(text.rfind("\n", 0, done), text.rfind("\r", 0, done)) + 1
        is_list_number = _LIST_SIGN.match(text, done) and _LIST_BEFORE.fullmatch(text, line, done)
        in_address, in_formula = (_inside(found.span(), spans) for spans in (addresses, formulas))
        if not is_list_number and not in_address:
            first = next(number + 1 for number, sign in enumerate(found[0]) if sign.isalnum())
            end, mark = (at + len(part.encode("utf-8", "surrogateescape")) for part in (found[0], found[0][:first]))
            yield Spot(at, end, mark, stands=Stands.FORMULA if in_formula else Stands.HIDDEN)


def _shown(children: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Running text and code spans that are no addresses, and whether they are struck."""
    struck_depth = hidden = 0
    for token in children:
        tag = _STRUCK_TAG.fullmatch(token.content) if token.type == "html_inline" else None
        if token.type in {"s_open", "s_close"}:
            struck_depth += token.nesting
        elif tag:
            struck_depth += -1 if tag[1] else 1
        elif token.type in {"link_open", "link_close"} and token.markup == "autolink":
            hidden += token.nesting
        elif token.type in {"text", "code_inline"} and not hidden:
            yield token, struck_depth > 0


def _code_span(raw: bytes, span: tuple[int, int], spot: Spot, ticks: int) -> tuple[int, int] | None:
    """Where the code span around a spot stands: between it and its backticks no run of as many can be."""
    run = re.compile(rb"(?<!`)`{%d}(?!`)" % ticks)
    before = [found.start() for found in run.finditer(raw, span[0], spot.start)]
    behind = run.search(raw, spot.end, span[1])
    return (before[-1], behind.end()) if before and behind else None


def _read(raw: bytes, span: tuple[int, int], spots: Sequence[Spot]) -> list[Spot]:
    """The candidates with what a reader of Markdown finds them to stand in."""
    marked = Marked(raw, span, [spot.mark for spot in spots])
    read = [spot._replace(stands=Stands.HIDDEN) for spot in spots]
    for children, in_cell in marked.inlines():
        for token, is_struck in _shown(children):
            for number in marked.numbers(token.content):
                spot, is_code = spots[number], token.type == "code_inline"
                in_formula = spot.stands is Stands.FORMULA and not is_code
                stands = Stands.STRUCK if is_struck else Stands.FORMULA if in_formula else Stands.WORDS
                code = _code_span(raw, span, spot, len(token.markup)) if is_code else None
                read[number] = spot._replace(in_cell=in_cell, code=code, stands=stands)
    return read
