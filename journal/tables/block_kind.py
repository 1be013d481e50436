"""What filling a block comes to, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.document.blocks import digest
from journal.tables.grid import markdown

if TYPE_CHECKING:
    from journal.model.comparison import Difference
    from journal.model.evidence import CellEvidence
    from journal.tables.grid import Grid


@dataclass(frozen=True)
class Filled:
    """A block's content and what it rests on.

    Attributes:
        content: A table, or for a cited value its text.
        spec: What was asked, with every default filled in.
        handles: The runs it shows.
        cells: Its cells, row by row.
        pending: What is not there yet, one phrase each.
        recalled: What could not be looked up and stands from the last fill, one phrase each.
        lost: What could not be looked up and that no evidence holds either, one phrase each.
        difference: What two runs differ in besides numbers, for a block that compares them.
    """

    content: Grid | str
    spec: dict[str, Any]
    handles: tuple[str, ...]
    cells: tuple[CellEvidence, ...] = ()
    pending: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    difference: Difference | None = None

    @property
    def text(self) -> str:
        """Markdown, without outer blank lines."""
        return self.content if isinstance(self.content, str) else markdown(self.content)

    @property
    def sum(self) -> str:
        """The sum that a hand edit is told by: of the text, or of a cited value at full precision."""
        told = [(cell.value, cell.text) for cell in self.cells]
        return digest(repr(told)) if isinstance(self.content, str) else digest(self.text)
