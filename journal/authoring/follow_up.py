"""What a follow-up takes over from the entry whose results it holds: tags, blocks without numbers, expectations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from journal.authoring import first_tables
from journal.document import store
from journal.document.document import parse

if TYPE_CHECKING:
    from journal.index.journal import Journal
    from journal.model.entry import Block, Entry

# A block of predictions shows those of its own entry, and they stay where they were written.
_CARRIED = frozenset({"table", "align", "plot", "runs"})


@dataclass(frozen=True)
class Earlier:
    """An entry whose results another one holds.

    Attributes:
        entry: The entry.
    """

    entry: Entry

    @property
    def title(self) -> str:
        """The follow-up's title, unless its author gives another."""
        return f"Results of: {self.entry.title}"

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that are taken over."""
        return tuple(block for block in self.entry.blocks if block.kind in _CARRIED)

    @property
    def metrics(self) -> list[str]:
        """The metrics that its tables name, in order."""
        return first_tables.metrics_of(self.entry)

    def context(self) -> dict[str, Any]:
        """What a template may use of it."""
        matter = self.entry.front_matter
        return {
            "results_of": {"id": self.entry.id, "title": self.entry.title},
            "tags": list(matter.tags),
            "predictions": [prediction.model_dump(mode="json") for prediction in matter.predictions],
            "blocks": [first_tables.marked(block) for block in self.blocks],
        }


NOTHING: dict[str, Any] = {"results_of": None, "tags": [], "predictions": [], "blocks": []}
"""The same for an entry that holds the results of none."""


def earlier(journal: Journal, reference: str) -> Earlier:
    """The entry that a reference means, as a follow-up sees it.

    Raises:
        EntryNotFound: None or several answer.
        EntryError: Its file cannot be read.
    """
    path = journal.find(reference)
    return Earlier(parse(store.read(journal.config.root / path).raw, path).entry)
