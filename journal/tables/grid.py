"""A table as structure: headings, rows, alignment, the evidence of its cells, and a caption; and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from journal.tables.markdown import plain

if TYPE_CHECKING:
    from journal.model.evidence import CellEvidence


class Align(StrEnum):
    """On which side the cells of a column stand."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Grid:
    """A table before it has a format.

    Every text is raw, as a run or an author gave it: each format escapes for itself.

    Attributes:
        head: The headings; none for a table that has nothing to show but its caption.
        rows: Cells, as many a row as there are headings.
        aligned: The side of each column.
        caption: The line below, without the asterisks that Markdown puts around it.
        cells: The evidence of each cell, in the shape of `rows`; None for labels, notes and everything else that is no
            number. Empty where there is no evidence at all.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligned: tuple[Align, ...]
    caption: str | None = None
    cells: tuple[tuple[CellEvidence | None, ...], ...] = ()

    def __post_init__(self) -> None:
        wide = len(self.head)
        if {len(self.aligned), *map(len, self.rows), *map(len, self.cells)} != {wide} or (self.rows and not wide):
            raise ValueError(f"a table of {wide} headings needs as many cells in each row, and as many alignments")
        if self.cells and len(self.cells) != len(self.rows):
            raise ValueError(f"{len(self.rows)} rows, but evidence of {len(self.cells)}")

    @property
    def evidence(self) -> tuple[tuple[CellEvidence | None, ...], ...]:
        """The evidence of each cell, in the shape of `rows`, whether there is any or not."""
        return self.cells or tuple((None,) * len(row) for row in self.rows)


def sides(wide: int, *, right: int | None = None, left: int = 0) -> tuple[Align, ...]:
    """The usual alignment of a table.

    Args:
        wide: How many columns it has.
        right: How many of the last columns are aligned to the right; all but the first by default.
        left: How many columns after those are aligned to the left again.

    Examples:
        >>> [str(side) for side in sides(4, left=1)]
        ['left', 'right', 'right', 'left']
    """
    numbers = max(0, wide - 1 - left) if right is None else right
    return (Align.LEFT,) * (wide - numbers - left) + (Align.RIGHT,) * numbers + (Align.LEFT,) * left


def markdown(grid: Grid) -> str:
    """A pipe table with its caption below, harmless in every Markdown dialect; without outer blank lines."""
    parts = ["\n".join(_lines(grid))] if grid.head else []
    if grid.caption:
        parts.append(f"*{plain(grid.caption)}*")
    return "\n\n".join(parts)


def _lines(grid: Grid) -> list[str]:
    rules = ["--:" if side is Align.RIGHT else "---" for side in grid.aligned]
    return [_line(grid.head), f"|{'|'.join(rules)}|", *map(_line, grid.rows)]


def _line(texts: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(plain, texts))} |"
