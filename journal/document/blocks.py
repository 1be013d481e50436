"""Generated blocks: finding their markers, and the sum that tells whether their text was changed by hand."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.document import ignores
from journal.document.lines import plain
from journal.errors import BlockError
from journal.model.entry import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from journal.document.lines import Line

_OPEN = re.compile(rb"<!--[ \t]*journal:([a-z]+)(?:[ \t]+([\w.-]+))?[ \t]*(-->[ \t]*)?")
_CLOSE = re.compile(rb"<!--[ \t]*/journal:([a-z]+)(?:[ \t]+([0-9a-f]+))?[ \t]*-->[ \t]*")
_EOLS = (b"\r\n", b"\n", b"\r")
_SPEC_END = re.compile(rb"-->[ \t]*+(?:\r\n|[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Region:
    """A block, and where its changeable parts stand in the file.

    Attributes:
        block: What it says.
        opening: Start of the line of the opening marker.
        body: Start and end of the text between the markers, in bytes.
        closing: Start and end of the closing marker, without its line ending.
        eol: The line ending above its text.
    """

    block: Block
    opening: int
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


def find(raw: bytes, lines: Iterable[Line], path: Path | str) -> list[Region]:
    """Every block of a document, in order.

    Args:
        raw: The whole file.
        lines: The lines that shape it.
        path: The file, for errors.

    Raises:
        BlockError: A marker is malformed, unclosed, unopened or repeated.
    """
    regions: list[Region] = []
    names = _Names(path)
    marks = _marks(raw, lines, path)
    for mark in marks:
        if mark.closes:
            raise _error(f"closes a {mark.kind} block that was not opened", path, mark.line, "remove this line")
        spec, body = _spec(raw, mark, path)
        closing = next(marks, None)
        if closing is None or not closing.closes or closing.kind != mark.kind:
            hint = f"add `<!-- /journal:{mark.kind} -->` below its text"
            raise _error(f"this {mark.kind} block is not closed", path, mark.line, hint)
        regions.append(_region(raw, (mark, closing), names.take(mark), (spec, body)))
    return regions


class _Mark:
    """A marker and the line that it stands on."""

    def __init__(self, line: Line, match: re.Match[bytes]) -> None:
        self.line = line
        self.closes = match.re is _CLOSE
        self.kind = match[1].decode()
        self.word = match[2].decode() if match[2] else None
        """The name of the block, or the sum of its text."""
        self.has_spec = not self.closes and match[3] is None


class _Names:
    """The blocks' names: each once, and one for those that have none."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        self._unnamed: dict[str, int] = {}

    def take(self, mark: _Mark) -> str:
        name = mark.word or self._free(mark.kind)
        if name in self._lines:
            message = f"block {name!r} stands already on line {self._lines[name]}"
            raise _error(message, self._path, mark.line, "give each block a name of its own")
        self._lines[name] = mark.line.number
        return name

    def _free(self, kind: str) -> str:
        """`table`, then `table-2` and so on."""
        while True:
            number = self._unnamed[kind] = self._unnamed.get(kind, 0) + 1
            name = kind if number == 1 else f"{kind}-{number}"
            if name not in self._lines:
                return name


def _marks(raw: bytes, lines: Iterable[Line], path: Path | str) -> Iterator[_Mark]:
    for line in lines:
        if raw.startswith(b"##", line.start):
            continue
        if ignores.begins(raw, line.start):
            if not ignores.ends(raw, line.start):
                raise _error("this comment does not end", path, line, "end it with `-->`")
            continue
        match = _OPEN.fullmatch(raw, line.start, line.end) or _CLOSE.fullmatch(raw, line.start, line.end)
        if match is None:
            hint = "write `<!-- journal:KIND NAME` at the beginning of a line, and nothing behind it"
            raise _error("not a marker that the journal knows", path, line, hint)
        yield _Mark(line, match)


def _spec(raw: bytes, mark: _Mark, path: Path | str) -> tuple[str, int]:
    """What an opening marker asks for, and where the text below it starts."""
    if not mark.has_spec:
        return "", mark.line.next
    end = raw.find(b"-->", mark.line.next)
    spec = raw[mark.line.next : end]
    if end < 0 or b"<!--" in spec:
        raise _error("this marker's comment does not end", path, mark.line, "end it with a line `-->`")
    behind = _SPEC_END.match(raw, end)
    if behind is None:
        raise _error("text stands behind the end of this marker's comment", path, mark.line, "end it with a line `-->`")
    try:
        return plain(spec, errors="strict"), behind.end()
    except UnicodeDecodeError as error:
        raise _error("this block's marker is not UTF-8", path, mark.line, "save the file as UTF-8") from error


def _region(raw: bytes, marks: tuple[_Mark, _Mark], name: str, spec: tuple[str, int]) -> Region:
    opening, closing = marks
    text, start = spec
    body = raw[start : closing.line.start]
    block = Block(
        kind=opening.kind,
        name=name,
        line=opening.line.number,
        spec=text,
        spec_line=opening.line.number + opening.has_spec,
        body=plain(body),
        recorded=closing.word,
        digest=digest(body),
    )
    eol = next(eol for eol in _EOLS if raw.endswith(eol, 0, start))
    return Region(block, opening.line.start, (start, closing.line.start), (closing.line.start, closing.line.end), eol)


def _error(message: str, path: Path | str, line: Line, hint: str) -> BlockError:
    return BlockError(message, hint=hint, path=path, line=line.number, column=1)
