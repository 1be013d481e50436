"""Generated blocks: finding their markers, and the sum that tells whether their text was changed by hand."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.errors import BlockError
from journal.model.entry import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from journal.document.lines import Line

_OPEN = re.compile(rb"<!--[ \t]*journal:([a-z]+)(?:[ \t]+([\w.-]+))?[ \t]*(-->[ \t]*)?")
_CLOSE = re.compile(rb"<!--[ \t]*/journal:([a-z]+)(?:[ \t]+([0-9a-f]+))?[ \t]*-->[ \t]*")
_OURS = re.compile(rb"<!--[ \t]*/?journal:")


# Index of a line, and the marker that stands on it.
Mark = tuple[int, re.Match[bytes]]


@dataclass(frozen=True, slots=True)
class Region:
    """A block, and where its changeable parts stand in the file.

    Attributes:
        block: What it says.
        body: Start and end of the text between the markers, in bytes.
        closing: Start and end of the closing marker, without its line ending.
        eol: The line ending of its opening marker.
    """

    block: Block
    body: tuple[int, int]
    closing: tuple[int, int]
    eol: bytes


def digest(text: str | bytes) -> str:
    """The sum in a closing marker: eight hex digits of a block's text.

    Line endings and outer blank space do not count, so that git's line-ending conversion is not taken for an edit.
    """
    raw = text.encode() if isinstance(text, str) else text
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()
    return hashlib.sha256(plain).hexdigest()[:8]


def closing_marker(kind: str, body: str) -> bytes:
    """The closing marker of a block whose text is `body`."""
    return f"<!-- /journal:{kind} {digest(body)} -->".encode()


def find(raw: bytes, lines: Sequence[Line], indexes: Iterable[int], path: Path | str) -> list[Region]:
    """Every block of a document, in order.

    Args:
        raw: The whole file.
        lines: Its lines.
        indexes: Which of them are prose; markers inside code are no markers.
        path: The file, for errors.

    Raises:
        BlockError: A marker is malformed, unclosed, unopened or repeated.
    """
    regions: list[Region] = []
    names: dict[str, int] = {}
    marks = _markers(raw, lines, indexes, path)
    for opening, mark in marks:
        if mark.re is _CLOSE:
            raise _error(f"closes a {_kind(mark)} block that was not opened", path, opening)
        closed = next(marks, None)
        if closed is None or closed[1].re is _OPEN or _kind(closed[1]) != _kind(mark):
            hint = f"add `<!-- /journal:{_kind(mark)} -->` below its text"
            raise _error(f"this {_kind(mark)} block is not closed", path, opening, hint)
        region = _region(raw, lines, ((opening, mark), closed), names, path)
        if region.block.name in names:
            raise _error(
                f"block {region.block.name!r} stands already on line {names[region.block.name]}",
                path,
                opening,
                "give each block a name of its own",
            )
        names[region.block.name] = region.block.line
        regions.append(region)
    return regions


def _markers(raw: bytes, lines: Sequence[Line], indexes: Iterable[int], path: Path | str) -> Iterator[Mark]:
    for index in indexes:
        line = lines[index]
        if not _OURS.match(raw, line.start, line.end):
            continue
        mark = _OPEN.fullmatch(raw, line.start, line.end) or _CLOSE.fullmatch(raw, line.start, line.end)
        if mark is None:
            raise _error("not a marker that the journal knows", path, index, "write `<!-- journal:KIND NAME`")
        yield index, mark


def _kind(mark: re.Match[bytes]) -> str:
    return mark[1].decode()


def _region(
    raw: bytes,
    lines: Sequence[Line],
    marks: tuple[Mark, Mark],
    names: dict[str, int],
    path: Path | str,
) -> Region:
    (opening, mark), (closing, end_mark) = marks
    kind = _kind(mark)
    spec_end = opening if mark[3] else _comment_end(raw, lines, opening, path)
    first, last = lines[spec_end], lines[closing]
    spec = raw[lines[opening].next : first.end] if spec_end > opening else b""
    body = raw[first.next : last.start]
    block = Block(
        kind=kind,
        name=_text(mark[2], path, opening) if mark[2] else _free_name(kind, names),
        line=lines[opening].number,
        spec=_text(spec, path, opening).rpartition("-->")[0],
        spec_line=lines[opening].number + 1,
        body=_plain(body),
        recorded=end_mark[2].decode() if end_mark[2] else None,
        digest=digest(body),
    )
    eol = raw[lines[opening].end : lines[opening].next]
    return Region(block, (first.next, last.start), (last.start, last.end), eol)


def _comment_end(raw: bytes, lines: Sequence[Line], opening: int, path: Path | str) -> int:
    for index in range(opening + 1, len(lines)):
        if b"-->" in raw[lines[index].start : lines[index].end]:
            return index
    raise _error("this marker's comment does not end", path, opening, "end it with a line `-->`")


def _free_name(kind: str, names: dict[str, int]) -> str:
    if kind not in names:
        return kind
    number = 2
    while f"{kind}-{number}" in names:
        number += 1
    return f"{kind}-{number}"


def _text(raw: bytes, path: Path | str, index: int) -> str:
    try:
        return _plain(raw, errors="strict")
    except UnicodeDecodeError as error:
        raise _error("this block's marker is not UTF-8", path, index, "save the file as UTF-8") from error


def _plain(raw: bytes, errors: str = "replace") -> str:
    return raw.decode("utf-8", errors).replace("\r\n", "\n").replace("\r", "\n")


def _error(message: str, path: Path | str, index: int, hint: str | None = None) -> BlockError:
    return BlockError(message, hint=hint, path=path, line=index + 1, column=1)
