"""Edits of the author's text below the front matter: a section at the end, and values struck out where they stand.

What is code, raw HTML, a block or a cited value stays as it is.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document import authored, spots
from journal.document.citations import Place
from journal.document.document import parse
from journal.document.lines import plain
from journal.document.spots import Stands
from journal.errors import BlockError, EntryError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from journal.document.document import Document
    from journal.document.spots import Like, Spot

_LINE_END = re.compile(rb"\r\n|[\r\n]")
_FENCE = re.compile(rb"(?:\A|[\r\n]) {0,3}(`{3,}|~{3,})")
# What neither Markdown nor a terminal should be given.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Mention:
    """A text that stands somewhere in the author's words.

    Attributes:
        line: Its line, from 1.
        column: Its column in characters, from 1.
        start: Where it starts in the file, in bytes.
        end: Where it ends.
        text: The text as it stands there.
        stands: What it stands in.
    """

    line: int
    column: int
    start: int
    end: int
    text: str = ""
    stands: Stands = Stands.WORDS


# --- a section --------------------------------------------------------------------------------------------------------


def with_section(raw: bytes, path: str, heading: str, text: str) -> bytes:
    """The file with one more section at its end; every byte that stood there stays.

    A code block that an imported note leaves open is closed above the section, since its words are not to be changed.

    Args:
        raw: The file.
        path: The file, for errors.
        heading: Text of the level-2 heading, on one line.
        text: The section's Markdown, with line ends of any kind; it gets those of the file.

    Raises:
        EntryError: The file or the text leaves something open, or the text would change or make blocks or sections.
    """
    before = parse(raw, path)
    if not heading.strip() or "\n" in heading or _NO_TEXT.search(heading) or _NO_TEXT.search(plain(text.encode())):
        raise EntryError("a heading needs one line of text, and a section no control characters", path=path)
    eol = _last_line_end(raw)
    body = plain(text.encode()).strip("\n")
    lines = [f"## {heading.strip()}", *(["", *body.split("\n")] if body else []), ""]
    imported = before.entry.front_matter.imported is not None
    closed = _closed(raw, eol, path) if imported else raw
    new = closed + _gap(closed, eol) + eol.join(line.encode() for line in lines)
    hint = "close it first" if not imported else _without_text(path)
    _refuse_open(closed, eol, path, "the file ends in code, raw HTML or a comment that is not closed", hint)
    try:
        after = parse(new, path)
        _refuse_open(new, eol, path, "the text ends in code, raw HTML or a comment that is not closed")
    except BlockError as error:
        raise _other_block(path) from error
    _refuse_other(before, after, heading.strip())
    return new


def _last_line_end(raw: bytes) -> bytes:
    found = _LINE_END.findall(raw)
    return bytes(found[-1]) if found else b"\n"


def _gap(raw: bytes, eol: bytes) -> bytes:
    """What stands between a file and a new section: the end of its last line where that is missing, a blank line."""
    ends = [found.end() for found in _LINE_END.finditer(raw)]
    if not ends or ends[-1] < len(raw):
        return eol + eol
    above = raw[ends[-2] if len(ends) > 1 else 0 : ends[-1]]
    return eol if above.strip() else b""


def _is_open(raw: bytes, eol: bytes, path: str) -> bool:
    """Whether no section can begin at the end of a file."""
    probed = parse(raw + eol + eol + b"## a", path).entry.sections
    return len(probed) == len(parse(raw, path).entry.sections)


def _refuse_open(raw: bytes, eol: bytes, path: str, message: str, hint: str = "close it first") -> None:
    if _is_open(raw, eol, path):
        raise EntryError(f"{message}; nothing was written", hint=hint, path=path, line=_lines(raw))


def _closed(raw: bytes, eol: bytes, path: str) -> bytes:
    """The file with the end of the code block that it leaves open, if it does."""
    if not _is_open(raw, eol, path):
        return raw
    tries = (raw + (b"" if raw.endswith((b"\n", b"\r")) else eol) + fence + eol for fence in _fences(raw))
    return next((closed for closed in tries if not _is_open(closed, eol, path)), raw)


def _fences(raw: bytes) -> Iterator[bytes]:
    """What may have begun the last code block, the last first."""
    yield from dict.fromkeys(reversed(_FENCE.findall(raw)))


def _without_text(path: str) -> str:
    stem = PurePosixPath(path).stem
    return (
        f"its words are kept as they are; `journal update {stem} --status STATUS`, without text, is recorded above them"
    )


def _lines(raw: bytes) -> int:
    return len(_LINE_END.findall(raw)) + 1


def _refuse_other(before: Document, after: Document, heading: str) -> None:
    """Refuse a text that does more than to stand in one new section."""
    old, new, path = before.entry, after.entry, before.entry.path
    *kept, added = new.sections
    if len(kept) != len(old.sections):
        hint = "begin headings inside it with `###`"
        raise EntryError("the text holds sections of its own; nothing was written", hint=hint, path=path)
    if new.blocks != old.blocks:
        raise _other_block(path)
    same = [section.heading for section in kept] == [section.heading for section in old.sections]
    if not same or added.heading != heading or new.citations[: len(old.citations)] != old.citations:
        hint = "write the heading without signs"
        raise EntryError("the section would not read as it is given; nothing was written", hint=hint, path=path)


def _other_block(path: str) -> EntryError:
    hint = "write it without markers, and add blocks by hand"
    return EntryError("the text would add or change a block; nothing was written", hint=hint, path=path)


# --- mentions ---------------------------------------------------------------------------------------------------------


def mentions(
    raw: bytes,
    path: str,
    text: str,
    like: Like | None = None,
    among: Container[Stands] = (Stands.WORDS,),
) -> tuple[Mention, ...]:
    """Where a text stands as a whole in the author's own words, tables and headings, and is not struck yet.

    Blocks, cited values, code blocks, raw HTML, addresses, formulas and front matter hold none. A number is whole where
    no digit, sign, exponent, unit or per cent sign belongs to it too.

    Args:
        raw: The file.
        path: The file, for errors.
        text: What to look for.
        like: Which other numbers stand for it where it is a number, such as `amounts.quotes`.
        among: What it may stand in; only running text and code spans by default.

    Raises:
        EntryError: The file cannot be parsed, or the text stands in a section that is too long to look through.
    """
    place = Place(raw)
    return tuple(
        Mention(
            *place.of(each.start),
            each.start,
            each.end,
            raw[each.start : each.end].decode("utf-8", "replace"),
            each.stands,
        )
        for each in sorted(spots.places(raw, path, text, like), key=lambda each: each.start)
        if each.stands in among
    )


def struck(raw: bytes, path: str, where: Sequence[Mention], now: str) -> bytes:
    """The file with mentions struck out and another text behind each, as in `~~0.77~~ 0.83`.

    Inside a code span the whole span is struck, and a copy of it with the other text follows.

    Args:
        raw: The file.
        path: The file, for errors.
        where: What `mentions` gave for it.
        now: The other text, on one line.

    Raises:
        EntryError: One of them is no mention, or cannot be struck without a change to more than it.
    """
    if not now.strip() or now != now.strip() or "\n" in now or _NO_TEXT.search(now):
        raise EntryError("the new value must be text on one line, without blanks around it", path=path)
    chosen = _chosen(raw, path, where)
    new, new_starts = _rewritten(raw, path, chosen, now)
    _refuse_unstruck(raw, new, path, chosen, new_starts)
    word = f"x{hashlib.sha256(raw).hexdigest()[:16]}"  # reads as itself wherever it stands
    plain_now, _ = _rewritten(raw, path, chosen, word)
    if [text.replace(word, now) for text in authored.outline(plain_now)] != authored.outline(new):
        hint = "give it without signs that Markdown reads, such as `*` and `[`"
        raise EntryError(f"{now!r} would not read as it is given; nothing was written", hint=hint, path=path)
    return new


def _rewritten(raw: bytes, path: str, chosen: Sequence[Spot], now: str) -> tuple[bytes, list[int]]:
    """The file with spots struck and another text behind each, and where the spots start then."""
    groups: dict[tuple[int, int], list[Spot]] = {}
    for spot in chosen:
        groups.setdefault(spot.code or (spot.start, spot.end), []).append(spot)
    parts, done, new_starts = [], 0, []
    for (start, end), inside in sorted(groups.items()):
        opening, closing = _strike(raw, start, end)
        parts += [raw[done:start], opening]
        new_starts += [sum(map(len, parts)) + spot.start - start for spot in inside]
        parts += [raw[start:end], closing, b" ", _copy(raw, (start, end), inside, _spelt(now, inside[0], path))]
        done = end
    return b"".join([*parts, raw[done:]]), new_starts


def _chosen(raw: bytes, path: str, where: Sequence[Mention]) -> list[Spot]:
    texts = dict.fromkeys(raw[mention.start : mention.end] for mention in where)
    known = {
        (spot.start, spot.end): spot
        for text in texts
        for spot in spots.find(raw, path, text.decode("utf-8", "replace"))
    }
    for mention in where:
        if (mention.start, mention.end) not in known:
            raise EntryError("no value to strike stands here", path=path, line=mention.line, column=mention.column)
    return sorted({known[mention.start, mention.end] for mention in where}, key=lambda spot: spot.start)


def _spelt(now: str, spot: Spot, path: str) -> bytes:
    if spot.code and "`" in now:
        raise EntryError("a backtick cannot stand in a code span", hint="leave it out of the new value", path=path)
    return (now.replace("|", "\\|") if spot.in_cell else now).encode()


def _copy(raw: bytes, span: tuple[int, int], inside: Sequence[Spot], now: bytes) -> bytes:
    """A span with the other text in place of each spot; the other text alone, where the spot is the span."""
    parts, done = [], span[0]
    for spot in inside:
        parts += [raw[done : spot.start], now]
        done = spot.end
    return b"".join([*parts, raw[done : span[1]]])


def _strike(raw: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    """What strikes a span out: tildes, or tags where tildes would not be read as such."""
    before = raw[max(0, start - 4) : start].decode("utf-8", "ignore")[-1:]
    is_glued = before.isalnum() and not raw[start:end].decode("utf-8", "ignore")[:1].isalnum()
    beside = before == "~" or raw[end : end + 1] == b"~" or b"~" in raw[start:end]
    return (b"<del>", b"</del>") if is_glued or beside else (b"~~", b"~~")


def _refuse_unstruck(raw: bytes, new: bytes, path: str, chosen: Sequence[Spot], starts: Sequence[int]) -> None:
    before, after = parse(raw, path).entry, parse(new, path).entry
    texts = {raw[spot.start : spot.end].decode("utf-8", "replace") for spot in chosen}
    left = {spot.start for text in texts for spot in spots.find(new, path, text)}
    cited = [[(value.run, value.expression, value.text) for value in entry.citations] for entry in (before, after)]
    same = before.front_matter == after.front_matter and before.blocks == after.blocks and cited[0] == cited[1]
    if not same or len(before.sections) != len(after.sections) or left.intersection(starts):
        hint = "strike it by hand"
        raise EntryError("a value cannot be struck where it stands; nothing was written", hint=hint, path=path)
