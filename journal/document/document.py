"""An entry's file as pieces: everything the author wrote, kept byte for byte, and the blocks between."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document import blocks, front_matter, lines, sections
from journal.errors import EntryError
from journal.model.entry import Block, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.document.blocks import Region
    from journal.document.lines import Line

# Far more than anybody writes; a file of nothing else would fill the memory.
MAX_SHAPING = 10_000


@dataclass(frozen=True)
class Document:
    """An entry and its exact bytes.

    Attributes:
        entry: What the file says.
        pieces: The file, cut so that block number i owns piece 3i + 1 (its text) and 3i + 2 (its closing marker);
            all other pieces are the author's and are never changed.
        eols: Line ending above each block's text, which a new text takes over.
    """

    entry: Entry
    pieces: tuple[bytes, ...]
    eols: tuple[bytes, ...]

    def render(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.pieces)

    def with_bodies(self, bodies: Mapping[str, str]) -> Document:
        """The same document with other text in the named blocks, each closed with its sum.

        Lines are still counted as in the file that was read.

        Args:
            bodies: Text by block name, with line feeds and no outer blank lines.
        """
        pieces = list(self.pieces)
        found = []
        for number, block in enumerate(self.entry.blocks):
            body = bodies.get(block.name)
            if body is not None:
                block = _filled(block, body)  # noqa: PLW2901  (the block as it will stand)
                eol = self.eols[number]
                pieces[3 * number + 1] = block.body.encode().replace(b"\n", eol)
                pieces[3 * number + 2] = blocks.closing_marker(block.kind, body)
            found.append(block)
        return replace(self, entry=self.entry.model_copy(update={"blocks": tuple(found)}), pieces=tuple(pieces))


def _filled(block: Block, body: str) -> Block:
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
        EntryError: There is no end of headings and markers.
    """
    matter, start = front_matter.read(raw, path)
    shaping = list(islice(lines.shaping(raw, start), MAX_SHAPING + 1))
    if len(shaping) > MAX_SHAPING:
        raise EntryError(
            f"more than {MAX_SHAPING} headings and markers", hint="split the entry", path=path, line=shaping[-1].number
        )
    regions = blocks.find(raw, shaping, path)
    entry = Entry(
        id=PurePosixPath(path).stem,
        path=path,
        front_matter=matter,
        sections=sections.find(raw, _outside(regions, shaping)),
        blocks=tuple(region.block for region in regions),
    )
    return Document(entry, _pieces(raw, regions), tuple(region.eol for region in regions))


def _outside(regions: list[Region], shaping: list[Line]) -> Iterator[Line]:
    """The lines that stand in no block: what the tool writes makes no section."""
    starts = [region.body[0] for region in regions]
    for line in shaping:
        above = bisect_right(starts, line.start)
        if not above or line.start >= regions[above - 1].body[1]:
            yield line


def _pieces(raw: bytes, regions: list[Region]) -> tuple[bytes, ...]:
    cuts = [0, *chain.from_iterable((*region.body, region.closing[1]) for region in regions), len(raw)]
    return tuple(raw[a:b] for a, b in pairwise(cuts))
