"""A note's paragraphs, list items and table cells, each with the words that lead into it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from journal.imports.readers.page import LineKind, NoteLine, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.imports.readers.page import Page

_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_ITEM = re.compile(r"^(?P<indent>\s*)(?:[-*+•]|\d{1,3}[.)、])\s+(?:\[[ xX]\]\s+)?(?P<text>.*)$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_MARKUP = re.compile(r"[*_`~\[\u200d\u20e3\u2600-\u2bff\ue000\ufe0f\U0001f000-\U000e007f]")
_BOLD_LINE = re.compile(r"\s*+(?:\*\*|__).+(?:\*\*|__)\s*+[:：]?+\s*+")
_RULE = re.compile(r"\s{0,3}+(?:(?:-\s*+){3,}+|(?:\*\s*+){3,}+|(?:_\s*+){3,}+)")
_SENTENCE_END = re.compile(r"[.!?。！？]\s*$")
_DELIMITER = re.compile(r"^\s*+\|?+\s*+:?+-++:?+\s*+(?:\|\s*+:?+-++:?+\s*+)*+\|?+\s*+$")
_CELL_END = re.compile(r"(?<!\\)\|")
_KEY = re.compile(
    r"\s*+(?:(?:\*\*|__)[^*_]{1,40}(?:[:：](?:\*\*|__)|(?:\*\*|__)\s*[:：])|[A-Za-z_\u4e00-\u9fff][^\s:：]{0,20}[:：](?:\s|$))"
)
_LONGEST_LEAD = 8  # words
_LONGEST_PARENT = 400  # characters; every reader asks what stands above, and for each item anew
_MOST_COLUMNS = 100  # what has more is no table that anybody reads


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, a list item or a table cell.

    Attributes:
        lines: Numbers of its lines, from 1.
        parts: Their text, markup included, without quote signs, list markers and checkboxes.
        is_item: Whether it is a list item.
        parents: Bare text of what it stands under, the nearest first: the items around it, then the line that leads
            into the list. A line leads into a list if it ends in a colon, is all bold, or is short and no sentence.
        headings: Bare text of the headings above, the nearest first; a heading's own text is not among them.
        depth: How many items are around it.
        level: Of a heading, 1 to 6; else 0.
        is_head: Whether it is the head of a table's column.
        column: Bare text of a table cell's column head; empty elsewhere.
        cell: Of a table cell, how many stand to its left.
        row: Of a table cell, the bare text of its row by column head.
    """

    lines: tuple[int, ...]
    parts: tuple[str, ...]
    is_item: bool = False
    parents: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    depth: int = 0
    level: int = 0
    is_head: bool = False
    column: str = ""
    cell: int = 0
    row: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """Its lines as one, markup included."""
        return " ".join(self.parts)

    @cached_property
    def words(self) -> str:
        """Its lines as one, without markup."""
        return plain(self.text)

    @property
    def lead(self) -> str:
        """What leads into it: the nearest parent, else the nearest heading."""
        return next(iter((*self.parents, *self.headings)), "")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(part) + 1 for part in self.parts)][:-1]

    def line_at(self, offset: int) -> int:
        """Number of the line that a character of `text` stands on."""
        return self.lines[max(bisect_right(self._starts, offset) - 1, 0)]

    def start_of_line(self, offset: int) -> int:
        """Where in `text` the line of a character begins."""
        return self._starts[max(bisect_right(self._starts, offset) - 1, 0)]


@lru_cache(maxsize=4)  # every reader of a note asks for them
def blocks(page: Page) -> tuple[Block, ...]:
    """The blocks of a note in order; code and raw HTML are none."""
    return tuple(_Outline().read(page))


@dataclass
class _Open:
    """A block that may go on: what it stands under, and its lines so far."""

    under: Block
    lines: list[int]
    parts: list[str]

    def block(self) -> Block:
        return replace(self.under, lines=tuple(self.lines), parts=tuple(self.parts))


class _Outline:
    """Reads lines from top to bottom and remembers what the next one stands under."""

    def __init__(self) -> None:
        self.headings: list[tuple[int, str]] = []
        self.items: list[tuple[int, str]] = []  # the open ones, the outermost first, with their indents
        self.above = ""  # the line that leads into the list
        self.open: _Open | None = None
        self.after_gap = True

    def read(self, page: Page) -> Iterator[Block]:
        lines, tables = page.lines, _tables(page.lines)
        for line in lines:
            if line.number in tables:
                yield from self._closed()
                self.items, self.above = [], ""
                for cell in tables[line.number]:
                    yield replace(cell, headings=self._above())
            elif line.kind is LineKind.HEADING:
                yield from self._closed()
                yield self._heading(line)
            elif line.kind is not LineKind.PROSE:
                yield from self._closed()
                self.above = self.above if self.items else ""
            else:
                yield from self._prose(line)
        yield from self._closed()

    def _above(self) -> tuple[str, ...]:
        return tuple(text for _, text in reversed(self.headings))

    def _closed(self) -> Iterator[Block]:
        if self.open is not None:
            block = self.open.block()
            if block.is_item:
                self.items[-1] = (self.items[-1][0], block.words[:_LONGEST_PARENT])
            elif len(block.parts) > 1 or not block.depth:
                self.above = _leading(block.parts[-1])[:_LONGEST_PARENT]
            yield block
        self.open, self.after_gap = None, True

    def _heading(self, line: NoteLine) -> Block:
        self.headings = [(level, text) for level, text in self.headings if level < line.level]
        found = Block((line.number,), (line.heading,), headings=self._above(), level=line.level)
        self.headings.append((line.level, line.words[:_LONGEST_PARENT]))
        self.items, self.above = [], ""
        return found

    def _prose(self, line: NoteLine) -> Iterator[Block]:
        text = _QUOTE.sub("", line.text).expandtabs(4)
        item = _ITEM.match(text)
        if not text.strip() or _RULE.fullmatch(text):
            yield from self._closed()
        elif item is not None:
            yield from self._closed()
            self._open_item(line.number, len(item["indent"]), item["text"].strip())
        elif self._continues(text):
            self._extend(line.number, text.strip())
        else:
            yield from self._closed()
            self._open_paragraph(line.number, text)

    def _open_item(self, number: int, indent: int, text: str) -> None:
        self.items = [(place, words) for place, words in self.items if place < indent]
        depth, parents = len(self.items), self._parents()
        under = Block((), (), is_item=True, parents=parents, headings=self._above(), depth=depth)
        self.open = _Open(under, [number], [text])
        self.items.append((indent, ""))  # its words once it is whole
        self.after_gap = False

    def _parents(self) -> tuple[str, ...]:
        return (*(words for _, words in reversed(self.items)), *filter(None, [self.above]))

    def _continues(self, text: str) -> bool:
        """Whether a line belongs to the block that is open, not to a new one."""
        if self.open is None or self.after_gap or _KEY.match(text):
            return False
        indented = text[:1].isspace()
        return not self.open.under.is_item or indented or not text.rstrip().endswith((":", "："))

    def _extend(self, number: int, text: str) -> None:
        if self.open is None:
            return
        self.open.lines.append(number)
        self.open.parts.append(text)

    def _open_paragraph(self, number: int, text: str) -> None:
        indent = len(text) - len(text.lstrip())
        self.items = [(place, words) for place, words in self.items if place < indent]
        parents = tuple(words for _, words in reversed(self.items))
        under = Block((), (), parents=parents, headings=self._above(), depth=len(parents))
        self.open = _Open(under, [number], [text.strip()])
        self.after_gap = False


def _leading(text: str) -> str:
    """The words of a line that leads into a list below it; empty if it does not."""
    words = plain(text)
    if words.endswith((":", "：")):
        return words
    short = len(words.split(maxsplit=_LONGEST_LEAD)) <= _LONGEST_LEAD and _SENTENCE_END.search(words) is None
    return words if short or _BOLD_LINE.fullmatch(text) else ""


def _tables(lines: Sequence[NoteLine]) -> dict[int, tuple[Block, ...]]:
    """The cells of each line of a table, by the line's number; none for the line of dashes."""
    found: dict[int, tuple[Block, ...]] = {}
    for place, line in enumerate(lines):
        head = lines[place - 1] if place else line
        if line.number in found or not _heads(head, line):
            continue
        names = tuple(plain(cell) for cell in cells(head.text))
        found[head.number] = tuple(
            Block((head.number,), (text,), is_head=True, cell=at) for at, text in enumerate(cells(head.text))
        )
        found[line.number] = ()
        for row in lines[place + 1 :]:
            if row.kind is not LineKind.PROSE or "|" not in row.text:
                break
            found[row.number] = _row(row, names)
    return found


def _heads(head: NoteLine, line: NoteLine) -> bool:
    prose = head.kind is LineKind.PROSE and line.kind is LineKind.PROSE
    if not prose or not 0 < head.text.count("|") <= _MOST_COLUMNS or "-" not in line.text:
        return False
    return _DELIMITER.match(_QUOTE.sub("", line.text)) is not None


def _row(line: NoteLine, names: Sequence[str]) -> tuple[Block, ...]:
    pairs = list(zip(names, cells(line.text), strict=False))
    row = {name: plain(text) for name, text in pairs}
    return tuple(Block((line.number,), (text,), column=name, cell=at, row=row) for at, (name, text) in enumerate(pairs))


def plain(text: str) -> str:
    """Text without markup; of a link its words.

    Examples:
        >>> plain("**see** [the sweep](sweep.md)")
        'see the sweep'
    """
    return bare(_LINK.sub(r"\1", text)) if _MARKUP.search(text) else " ".join(text.split())


def cells(line: str) -> list[str]:
    """The cells of a line of a table.

    Examples:
        >>> cells("| a | `b` |")
        ['a', '`b`']
    """
    text = _QUOTE.sub("", line).strip().removeprefix("|")
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    return [cell.strip() for cell in _CELL_END.split(text)]
