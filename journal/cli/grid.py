"""Aligned columns of text that fit a terminal: some are cut, some left out, where there is no room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "

NARROWEST = 6
"""Cells that a column keeps when it is cut, where nothing else is asked for."""


@dataclass(frozen=True)
class Column:
    """One column of a grid.

    Attributes:
        name: What stands above it.
        cells: Its cells, each of one line.
        least: Cells that it keeps at least where it may be cut; None where it may not.
        right: Whether its cells stand at the right.
        rank: Columns of the highest rank are left out first; those of rank 0 never.
    """

    name: str
    cells: Sequence[str]
    least: int | None = None
    right: bool = False
    rank: int = 0

    @cached_property
    def widest(self) -> int:
        """Cells of the terminal that it would like to have."""
        return max(map(width_of, (self.name, *self.cells)))

    @cached_property
    def narrowest(self) -> int:
        """Cells that it needs."""
        return self.widest if self.least is None else min(self.widest, max(self.least, width_of(self.name)))

    def set(self, width: int) -> list[str]:
        """Its name and its cells, each exactly `width` wide."""
        return [self._set(cell, width) for cell in (self.name, *self.cells)]

    def _set(self, cell: str, width: int) -> str:
        room = width - width_of(cell)
        if room < 0:
            return _cut(cell, width)
        return " " * room + cell if self.right else cell + " " * room


def grid(columns: Sequence[Column], width: int | None) -> list[str]:
    """The lines of a grid, names first.

    Args:
        columns: At least one; of the same length.
        width: Cells of the terminal; None for as many as it takes.
    """
    shown = _shown(list(columns), width)
    widths = _widths(shown, width)
    blocks = [column.set(cells) for column, cells in zip(shown, widths, strict=True)]
    return [GAP.join(line).rstrip() for line in zip(*blocks, strict=True)]


def width_of(text: str) -> int:
    """Cells of the terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _shown(columns: list[Column], width: int | None) -> list[Column]:
    """The columns that there is room for."""
    while width is not None and _total([column.narrowest for column in columns]) > width:
        least = max(columns, key=lambda column: column.rank)
        if not least.rank:
            break
        columns.remove(least)
    return columns


def _widths(columns: Sequence[Column], width: int | None) -> list[int]:
    """How wide each column gets: the widest gives first."""
    least = [column.narrowest for column in columns]
    widths = [
        column.widest if width is None else max(column.narrowest, min(column.widest, width)) for column in columns
    ]
    while width is not None and _total(widths) > width:
        giving = [number for number, cells in enumerate(widths) if cells > least[number]]
        if not giving:
            break
        widths[max(giving, key=lambda number: widths[number])] -= 1
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _cut(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1) + "…"
