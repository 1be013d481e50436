"""An entry's own text as sentences, tables and numbers, each number with what stands around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from math import log10
from typing import TYPE_CHECKING

from journal.checks.written import block_structure, inline
from journal.checks.written.inline import Inline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token


# A date, a time, a version, a commit: digits that are no measure of anything.
_NO_NUMBER = (
    r"\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,40}(?:\.\d{1,40}){2,}|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\d)"
)
_NUMBER = re.compile(
    rf"""(?=[-+\u2212±\d])(?<![\w.$^#@])(?<![A-Za-z_][-/:,])(?:(?P<no>(?:{_NO_NUMBER})(?![\w])|\d{{1,3}}(?:,\d{{3}}){{13,}}+)
    | (?P<sign>(?<!\d)(?<!\d\s)[-+\u2212±])?
      (?P<digits>(?:\d{{1,3}}(?:,\d{{3}})++(?!\d)|\d++)(?:\.\d++)?)(?P<exponent>[eE][-+]?\d{{1,3}})?
      (?P<unit>\s?%|\s?[x\u00d7](?!\w))?(?![\w]|\.\d|-[A-Za-z]))""",
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_LONGEST = 40
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_NEAR = 20


@dataclass(frozen=True)
class Number:
    """A number that the author wrote.

    Attributes:
        text: As it stands there, without its unit.
        value: What it says.
        unit_in_last_place: The worth of one more in its last digit.
        unit: `%`, `x` or nothing.
        line: Line, from 1.
        column: Column, from 1.
        before: The text just before it.
        after: The text just behind it.
        scopes: What may say what it is of, the nearest first. For a cell: the heading of its column, the label of its
            row, what leads in to the table, the headings above. For a sentence: itself, its paragraph, what leads in
            to it, the headings above.
        in_table: Whether it stands in a table.
    """

    text: str
    value: float
    unit_in_last_place: float
    unit: str
    line: int
    column: int
    before: str
    after: str
    scopes: tuple[str, ...]
    in_table: bool

    @cached_property
    def significant(self) -> int:
        """How many digits say something: noughts in front do not, nor those at the end of a whole number."""
        digits = re.split("[eE]", self.text.lstrip("+-\u2212±"))[0].replace(",", "")
        whole = "." not in digits
        digits = digits.replace(".", "").lstrip("0")
        return len(digits.rstrip("0") if whole else digits)

    @property
    def decimals(self) -> int:
        """How many digits behind the point say how large it is, whether or not it is written with an exponent."""
        return max(0, round(-log10(self.unit_in_last_place)))

    @property
    def low(self) -> float:
        """The least value that rounds to it."""
        return self.value - self.unit_in_last_place / 2

    @property
    def high(self) -> float:
        """The greatest value that rounds to it."""
        return self.value + self.unit_in_last_place / 2


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its words, its numbers, and where it begins."""

    words: str
    numbers: tuple[Number, ...]
    line: int
    column: int


@dataclass(frozen=True)
class Table:
    """A table that the author wrote: the headings of its columns, and its rows; all of one length."""

    line: int
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    scopes: tuple[str, ...]
    """What leads in to it, and the headings above, the nearest first."""


@dataclass(frozen=True)
class Writing:
    """What an author wrote by hand: numbers in sentences, and tables."""

    numbers: tuple[Number, ...]
    """Of sentences alone; those of tables stand in their cells."""
    tables: tuple[Table, ...]


def read(text: str) -> Writing:
    """The writing in a Markdown text; code blocks, raw HTML and comments say nothing.

    Args:
        text: Markdown with line feeds. What is not the author's is blank, so that lines count as in the file.
    """
    reader = _Reader(text)
    reader.take(block_structure.tokens(text))
    return Writing(tuple(reader.numbers), tuple(reader.tables))


def number(text: str, line: int, column: int) -> Number | None:
    """The first number of a text of one line that stands at a place."""
    return next(_numbers(Inline(text, text), 0, len(text), _At(line, column), (), in_table=False), None)


@dataclass
class _Reader:
    text: str
    numbers: list[Number] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    _headings: dict[str, str] = field(default_factory=dict)
    _leads: list[str] = field(default_factory=list)
    _lead: str = ""
    """The last paragraph, if it leads in to what follows."""

    def take(self, tokens: Sequence[Token]) -> None:
        self._lines = self.text.split("\n")
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "heading_open":
                self._heading(token, tokens[index + 1])
            elif token.type == "paragraph_open":
                self._paragraph(tokens[index + 1])
            elif token.type == "table_open":
                index = self._table(tokens, index)
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                self._leads.append(self._lead)
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self._leads.pop()
                self._lead = ""
            elif token.type in {"hr", "fence", "code_block", "blockquote_close"}:
                self._lead = ""
            index += 1

    @property
    def _above(self) -> tuple[str, ...]:
        """What leads in to what comes now, and the headings above it, the nearest first."""
        return self._led_by(self._lead, *reversed(self._leads))

    @property
    def _without_lead(self) -> tuple[str, ...]:
        """The same for a paragraph, which ends what the one before leads in to."""
        return self._led_by(*reversed(self._leads))

    def _led_by(self, *leads: str) -> tuple[str, ...]:
        said = dict.fromkeys(filter(None, leads))
        return (*said, *(self._headings[tag] for tag in sorted(self._headings, reverse=True)))

    def _heading(self, token: Token, content: Token) -> None:
        self._headings = {tag: text for tag, text in self._headings.items() if tag < token.tag}
        self._headings[token.tag] = inline.read(content.content).words
        self._lead = ""

    def _paragraph(self, token: Token) -> None:
        read = inline.read(token.content)
        if _DIGIT.search(read.numbers):
            self._sentences(read, _Places(self._lines, token))
        self._lead = ""
        if read.words.rstrip(" *_").endswith(":"):
            self._lead = read.words

    def _sentences(self, read: Inline, place: _Places) -> None:
        start, above = 0, self._without_lead
        for end in (*(gap.end() for gap in _SENTENCE_END.finditer(read.words)), len(read.words)):
            if _DIGIT.search(read.numbers, start, end):
                scopes = (read.words[start:end], read.words, *above)
                self.numbers += _numbers(read, start, end, place, scopes, in_table=False)
            start = end

    def _table(self, tokens: Sequence[Token], index: int) -> int:
        """Take in a table; the index of the token that closes it."""
        line = (tokens[index].map or [0])[0]
        headings: tuple[str, ...] = ()
        rows: list[tuple[Cell, ...]] = []
        above = self._above
        while tokens[index].type != "table_close":
            if tokens[index].type == "tr_open":
                contents, index = _row(tokens, index)
                if headings:
                    rows.append(self._cells(contents, headings, above))
                else:
                    headings = tuple(inline.read(token.content).words for token in contents)
            index += 1
        self.tables.append(Table(line + 1, headings, tuple(rows), above))
        self._lead = ""
        return index

    def _cells(self, contents: Sequence[Token], headings: Sequence[str], above: tuple[str, ...]) -> tuple[Cell, ...]:
        reads = [inline.read(token.content) for token in contents]
        row = " | ".join(_label(reads))
        found = []
        cursor = 0
        for token, read, heading in zip(contents, reads, headings, strict=False):
            place = _Places(self._lines, token, cursor)
            numbers: tuple[Number, ...] = ()
            if _DIGIT.search(read.numbers):
                numbers = tuple(_numbers(read, 0, len(read.words), place, (heading, row, *above), in_table=True))
            line, column = place.of(0)
            cursor = column - 1 + len(token.content)
            found.append(Cell(read.words, numbers, line, column))
        return tuple(found)


def _label(reads: Sequence[Inline]) -> Iterator[str]:
    """The cells of a row that say what it is of: all before the first value. Remarks behind may speak of anything."""
    for place, read in enumerate(reads):
        if place and _NUMBER.search(read.numbers):
            return
        yield read.words


def _row(tokens: Sequence[Token], index: int) -> tuple[list[Token], int]:
    contents = []
    while tokens[index].type != "tr_close":
        if tokens[index].type == "inline":
            contents.append(tokens[index])
        index += 1
    return contents, index


class _Places:
    """Where the characters of a piece of inline text stand in the file."""

    def __init__(self, lines: Sequence[str], token: Token, cursor: int = 0) -> None:
        first = (token.map or [0])[0]
        parts = token.content.split("\n")
        self._starts = [0, *accumulate([len(part) + 1 for part in parts])]
        self._columns = []
        for offset, part in enumerate(parts):
            line = lines[first + offset] if first + offset < len(lines) else ""
            self._columns.append(max(cursor, line.find(part, cursor)))
        self._first = first

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        row = min(bisect_right(self._starts, offset), len(self._columns)) - 1
        return self._first + row + 1, self._columns[row] + offset - self._starts[row] + 1


class _At:
    """The places in a text of one line."""

    def __init__(self, line: int, column: int) -> None:
        self._line = line
        self._column = column

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        return self._line, self._column + offset


def _numbers(
    read: Inline, start: int, end: int, place: _Places | _At, scopes: tuple[str, ...], *, in_table: bool
) -> Iterator[Number]:
    for found in _NUMBER.finditer(read.numbers, start, end):
        if found["no"] or len(found[0]) > _LONGEST:
            continue
        digits = found["digits"].replace(",", "")
        exponent = int((found["exponent"] or "e0")[1:])
        sign = "-" if found["sign"] in {"-", "\u2212"} else ""
        line, column = place.of(found.start("sign") if sign else found.start("digits"))
        yield Number(
            text=sign + found["digits"] + (found["exponent"] or ""),
            value=float(f"{sign}{digits}e{exponent}"),
            unit_in_last_place=float(f"1e{exponent - len(digits.partition('.')[2])}"),
            unit=(found["unit"] or "").strip().replace("\u00d7", "x"),
            line=line,
            column=column,
            before=read.words[max(start, found.start() - _NEAR) : found.start()],
            after=read.words[found.end() : min(end, found.end() + _NEAR)],
            scopes=scopes,
            in_table=in_table,
        )
