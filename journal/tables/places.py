"""Where cells stand in a block, so that those of two fills of it can be paired."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.model.evidence import CellEvidence

Place = tuple[str, str, int]
"""Row, column, and how many cells of the same row and column come before."""


def placed(cells: Iterable[CellEvidence]) -> dict[Place, CellEvidence]:
    """Cells by their place, in order."""
    found: dict[Place, CellEvidence] = {}
    for cell in cells:
        number = 0
        while (cell.row, cell.column, number) in found:
            number += 1
        found[cell.row, cell.column, number] = cell
    return found
