"""What every kind of block must answer: its text now, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """

    text: str
    spec: dict[str, Any]
    handles: tuple[str, ...]
    cells: tuple[CellEvidence, ...] = ()
    pending: tuple[str, ...] = field(default=())
    recalled: tuple[str, ...] = field(default=())
