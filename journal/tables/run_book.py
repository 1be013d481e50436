"""The runs of one entry: each opened once, remembered from the evidence when out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import BlockError, RunNotFound, SourceUnavailable
from journal.model.evidence import CellEvidence, Evidence, RunEvidence
from journal.model.table import AxisItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from journal.model.entry import Entry, RunRef
    from journal.sources.open_run import OpenRun

    class Opener(Protocol):
        """What opens a run by its reference."""

        def open(self, reference: str) -> OpenRun:
            """The run, or RunNotFound, or SourceUnavailable."""
            ...


class RunBook:
    """What an entry's handles stand for, and what is known about each.

    Args:
        entry: The entry.
        opener: Opens runs by reference; None reads nothing, so that evidence alone speaks.
        old: The evidence of the last fill.
    """

    def __init__(self, entry: Entry, opener: Opener | None, old: Evidence) -> None:
        self._entry = entry
        self._refs = {ref.handle: ref for ref in entry.front_matter.runs}
        self._opener = opener
        self._old = old
        self._cells = {
            (cell.expression, cell.run): cell
            for block in old.blocks.values()
            for cell in block.cells
            if cell.run is not None
        }
        self._opened: dict[str, OpenRun | None] = {}
        self.missing: dict[str, str] = {}

    def axis(self, items: Sequence[AxisItem] | None) -> tuple[AxisItem, ...]:
        """The axis of runs: the items given, or every run of the entry.

        Raises:
            BlockError: A handle that the front matter does not know, or gives to two runs.
        """
        chosen = tuple(AxisItem(value=handle) for handle in self._refs) if items is None else tuple(items)
        handles = [ref.handle for ref in self._entry.front_matter.runs]
        for item in chosen:
            if handles.count(item.value) > 1:
                raise BlockError(f"two runs are called {item.value!r}", hint="give each run its own `as:`")
            if item.value not in self._refs:
                known = ", ".join(self._refs) or "none yet"
                raise BlockError(f"no run {item.value!r} in this entry", hint=f"runs in its front matter: {known}")
        return chosen

    @property
    def looks(self) -> bool:
        """Whether runs are looked up at all, or evidence alone speaks."""
        return self._opener is not None

    def ref(self, handle: str) -> RunRef:
        """The run that a handle stands for."""
        return self._refs[handle]

    def open(self, handle: str) -> OpenRun | None:
        """The run behind a handle, read; None if it cannot be had here.

        Raises:
            SourceError: It is there but cannot be read, or the reference is ambiguous.
        """
        reference = self._refs[handle].id
        if reference not in self._opened:
            self._opened[reference] = self._try(reference)
        return self._opened[reference]

    def _try(self, reference: str) -> OpenRun | None:
        if self._opener is None:
            return None
        try:
            return self._opener.open(reference)
        except (RunNotFound, SourceUnavailable) as error:
            self.missing[reference] = error.message
            return None

    def recall(self, expression: str, handle: str) -> CellEvidence | None:
        """What the last fill found for an expression of this very run."""
        return self._cells.get((expression, self._refs[handle].id))

    def evidence(self, handle: str) -> RunEvidence | None:
        """The run as it is now, or as the last fill saw it."""
        opened = self.open(handle)
        if opened is None:
            return self._old.runs.get(self._refs[handle].id)
        shared = opened.run.model_dump(include=set(RunEvidence.model_fields) - {"problems"})
        return RunEvidence(**shared, problems=len(opened.run.problems))
