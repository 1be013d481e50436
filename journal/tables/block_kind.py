"""What filling a block comes to, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journal.model.evidence import CellEvidence


@dataclass(frozen=True)
class Filled:
    """A block's text and what it rests on.

    Attributes:
        text: Markdown, without outer blank lines.
        spec: What was asked, with every default filled in.
        handles: The runs it shows.
        cells: Its cells, row by row.
        pending: What is not there yet, one phrase each.
        recalled: What could not be looked up and stands from the last fill, one phrase each.
        lost: What could not be looked up and that no evidence holds either, one phrase each.
    """

    text: str
    spec: dict[str, Any]
    handles: tuple[str, ...]
    cells: tuple[CellEvidence, ...] = ()
    pending: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
