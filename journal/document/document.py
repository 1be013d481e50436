"""An entry's file as pieces: everything the author wrote, kept byte for byte, and the tool's own texts between."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from journal.document import blocks, citations, front_matter, lines, sections
from journal.document.ignores import WORD as IGNORE
from journal.document.ignores import find as found_ignores
from journal.document.lines import plain
from journal.document.loose_links import loose
from journal.errors import EntryError
from journal.model.entry import Block, Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from journal.document.blocks import Region
    from journal.document.citations import Citation
    from journal.document.ignores import Ignore
    from journal.document.lines import Line
    from journal.document.loose_links import LooseLink
    from journal.model.entry import FrontMatter

# Far more than anybody writes; a file of nothing else would fill the memory.
MAX_SHAPING = 10_000

_LINE_END = re.compile(rb"\r\n|[\r\n]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of the tool's: a block's text with its closing marker, or the text of a cited value.

    Attributes:
        number: Which of the entry's blocks it is, or which of its cited values.
        is_block: Whether it is a block.
        before: How many bytes of the piece before it lead to it: the opening marker with its spec, or a bracket.
        behind: How many bytes of the piece behind it belong to it: none, or the rest of a cited value's link.
        body: How many of its own bytes are text; a closing marker follows.
        eol: Line ending above a block's text, which a new text takes over.
    """

    number: int
    is_block: bool
    before: int
    behind: int
    body: int
    eol: bytes = b""


@dataclass(frozen=True)
class Document:
    """An entry and its exact bytes.

    Attributes:
        entry: What the file says.
        pieces: The file, cut so that the author's pieces and the tool's take turns; the author's are never changed.
        slots: For each piece of the tool's, what it is.
        start: Where the text below the front matter begins, in the first piece.
    """

    entry: Entry
    pieces: tuple[bytes, ...]
    slots: tuple[Slot, ...]
    start: int

    @property
    def author(self) -> tuple[bytes, ...]:
        """What belongs to the author alone: all but blocks' texts, closing markers and the texts of cited values."""
        return self.pieces[::2]

    def render(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.pieces)

    def replaced(self, bodies: Mapping[str, str], values: Mapping[int, str]) -> Document:
        """The same document with other texts in blocks, each closed with its sum, and in cited values.

        Lines and columns are still counted as in the file that was read.

        Args:
            bodies: Text by block name, with line feeds and no outer blank lines.
            values: Text by the cited value's place in `entry.citations`.

        Raises:
            ValueError: A cited value's text is not `citations.writable`.
        """
        for text in values.values():
            if not citations.writable(text):
                raise ValueError(f"no text for a cited value: {text!r}")
        entry = self.entry.model_copy(
            update={
                "blocks": tuple(_filled(block, bodies.get(block.name)) for block in self.entry.blocks),
                "citations": tuple(
                    cited.model_copy(update={"text": values.get(number, cited.text)})
                    for number, cited in enumerate(self.entry.citations)
                ),
            }
        )
        pieces, slots = list(self.pieces), list(self.slots)
        for place, slot in enumerate(self.slots):
            if slot.is_block and (block := entry.blocks[slot.number]).name in bodies:
                body = block.body.encode().replace(b"\n", slot.eol)
                pieces[2 * place + 1] = body + blocks.closing_marker(block.kind, bodies[block.name])
                slots[place] = replace(slot, body=len(body))
            elif not slot.is_block and slot.number in values:
                pieces[2 * place + 1] = values[slot.number].encode()
                slots[place] = replace(slot, body=len(pieces[2 * place + 1]))
        return replace(self, entry=entry, pieces=tuple(pieces), slots=tuple(slots))

    def released(self, names: Collection[str]) -> Document:
        """The document with the text of the named blocks as the author's: their markers' lines are gone, specs and all.

        What stood between them stays byte for byte. Blocks without a name of their own may be called otherwise then.

        Raises:
            EntryError: What is left is no entry; `parse` says why.
        """
        pieces = list(self.pieces)
        for place, slot in self._blocks():
            if self.entry.blocks[slot.number].name in names:
                before, text, behind = pieces[2 * place : 2 * place + 3]
                end = _LINE_END.match(behind)
                pieces[2 * place] = before[: len(before) - slot.before]
                pieces[2 * place + 1] = text[: slot.body]
                pieces[2 * place + 2] = behind[end.end() if end else 0 :]
        return parse(b"".join(pieces), self.entry.path)

    def unlinked(self, name: str, text: str) -> Document:
        """The document with the cited values of this name and text as the author's: the links are gone, the text stays.

        Raises:
            EntryError: What is left is no entry; `parse` says why.
        """
        pieces, names = list(self.pieces), self.entry.citation_names
        for place, slot in enumerate(self.slots):
            if slot.is_block or (names[slot.number], self.entry.citations[slot.number].text) != (name, text):
                continue
            before = pieces[2 * place]
            pieces[2 * place] = before[: len(before) - slot.before]
            pieces[2 * place + 2] = pieces[2 * place + 2][slot.behind :]
        return parse(b"".join(pieces), self.entry.path)

    def with_text_behind(self, name: str, text: str) -> Document:
        """The document with a text of the author's below the named block, blank lines around it.

        Args:
            name: The block.
            text: Lines with line feeds between; they get the line ending of the closing marker.

        Raises:
            EntryError: The text would change what stands around it.
            KeyError: There is no such block.
        """
        pieces = list(self.pieces)
        place = {self.entry.blocks[slot.number].name: place for place, slot in self._blocks()}[name]
        behind = pieces[2 * place + 2]
        end = _LINE_END.match(behind)
        eol = end[0] if end else self.slots[place].eol
        pieces[2 * place + 2] = eol + eol + text.encode().replace(b"\n", eol)
        if end:
            rest = behind[end.end() :]
            blank = _LINE_END.match(rest) and not (eol == b"\r" and rest.startswith(b"\n"))
            pieces[2 * place + 2] += eol + (eol if rest and not blank else b"") + rest
        found = parse(b"".join(pieces), self.entry.path)
        if [block.name for block in found.entry.blocks] != [block.name for block in self.entry.blocks]:
            message = f"the text cannot stand below block {name!r}: it would change the blocks around it"
            raise EntryError(message, path=self.entry.path, line=self.entry.blocks[self.slots[place].number].line)
        return found

    def prose(self) -> tuple[tuple[str | int, ...], ...]:
        """The author's text with line feeds, without front matter, blocks and markers, cut where the blocks stand.

        Each part is text by turns with cited values, a value as its place in `entry.citations`.
        """
        parts: list[list[str | int]] = [[]]
        text = self.pieces[0][self.start :]
        for slot, behind in zip(self.slots, self.pieces[2::2], strict=True):
            parts[-1].append(plain(text[: len(text) - slot.before]))
            if slot.is_block:
                parts.append([])
            else:
                parts[-1].append(slot.number)
            text = behind[slot.behind :]
        parts[-1].append(plain(text))
        return tuple(tuple(part) for part in parts)

    def _blocks(self) -> Iterator[tuple[int, Slot]]:
        return ((place, slot) for place, slot in enumerate(self.slots) if slot.is_block)


def _filled(block: Block, body: str | None) -> Block:
    if body is None:
        return block
    digest = blocks.digest(body)
    return block.model_copy(update={"body": f"\n{body}\n\n", "recorded": digest, "digest": digest})


def parse(raw: bytes, path: str) -> Document:
    """The document in a file's bytes; `parse(raw, path).render() == raw` for every input that parses.

    Args:
        raw: The file.
        path: Its path relative to the journal, with forward slashes; the entry's id is its stem.

    Raises:
        FrontMatterError: The front matter is missing or wrong.
        BlockError: A block's markers are wrong.
        EntryError: There is no end of headings and markers, or of cited values.
    """
    found = _parts(raw, path)
    cited = citations.find(raw, found.spans, path)
    entry = Entry(
        id=PurePosixPath(path).stem,
        path=path,
        front_matter=found.matter,
        sections=sections.find(raw, found.outside),
        blocks=tuple(region.block for region in found.regions),
        citations=tuple(citation.value for citation in cited),
    )
    return _cut(raw, entry, found.start, [*_block_slots(found.regions), *_value_slots(cited)])


def loose_links(raw: bytes, path: str) -> list[LooseLink]:
    """The links to runs in a file's bytes that are no cited values, so that nothing fills or checks them.

    Args:
        raw: The file.
        path: Its path relative to the journal.

    Raises:
        EntryError: As `parse` does.
    """
    return loose(raw, _parts(raw, path).spans, path) if b"run:" in raw else []


def ignores(raw: bytes, path: str) -> list[Ignore]:
    """The comments in a file's bytes that say which findings are to be ignored, outside code and blocks.

    Args:
        raw: The file.
        path: Its path relative to the journal.

    Raises:
        EntryError: As `parse` does.
    """
    return found_ignores(raw, _parts(raw, path).spans) if IGNORE in raw else []


class _Parts(NamedTuple):
    """What a file is made of: front matter and where it ends, blocks, and the author's lines and text outside them."""

    matter: FrontMatter
    start: int
    regions: list[Region]
    outside: list[Line]
    spans: list[tuple[int, int]]


def _parts(raw: bytes, path: str) -> _Parts:
    matter, start = front_matter.read(raw, path)
    shaping = list(islice(lines.shaping(raw, start), MAX_SHAPING + 1))
    if len(shaping) > MAX_SHAPING:
        raise EntryError(
            f"more than {MAX_SHAPING} headings and markers", hint="split the entry", path=path, line=shaping[-1].number
        )
    regions = blocks.find(raw, shaping, path)
    outside = list(_outside(regions, shaping))
    return _Parts(matter, start, regions, outside, list(_spans(raw, start, regions, outside)))


def _outside(regions: list[Region], shaping: list[Line]) -> Iterator[Line]:
    """The lines that stand in no block: what the tool writes makes no section."""
    starts = [region.body[0] for region in regions]
    for line in shaping:
        above = bisect_right(starts, line.start)
        if not above or line.start >= regions[above - 1].body[1]:
            yield line


def _spans(raw: bytes, start: int, regions: list[Region], outside: list[Line]) -> Iterator[tuple[int, int]]:
    """The author's text outside blocks, cut before each heading: start and end of each part."""
    blocks_ = ((region.opening, region.closing[1]) for region in regions)
    headings = ((line.start, line.start) for line in outside)
    for first, last in sorted(chain(blocks_, headings)):
        if start < first:
            yield start, first
        start = max(start, last)
    if start < len(raw):
        yield start, len(raw)


Placed = tuple[tuple[int, int], Slot]
"""A slot with the start and end of its piece."""


def _block_slots(regions: Sequence[Region]) -> Iterator[Placed]:
    for number, region in enumerate(regions):
        start, end = region.body
        slot = Slot(number, True, before=start - region.opening, behind=0, body=end - start, eol=region.eol)
        yield (start, region.closing[1]), slot


def _value_slots(cited: Sequence[Citation]) -> Iterator[Placed]:
    for number, citation in enumerate(cited):
        (start, end), (first, last) = citation.text, citation.link
        yield (start, end), Slot(number, False, before=start - first, behind=last - end, body=end - start)


def _cut(raw: bytes, entry: Entry, start: int, placed: list[Placed]) -> Document:
    placed.sort(key=lambda pair: pair[0])
    cuts = [0, *chain.from_iterable(place for place, _ in placed), len(raw)]
    return Document(entry, tuple(raw[a:b] for a, b in pairwise(cuts)), tuple(slot for _, slot in placed), start)
