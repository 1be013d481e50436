"""The runs of one entry: each opened once, remembered from the evidence when out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import BlockError, RunNotFound, SourceError, SourceUnavailable
from journal.model.evidence import CellEvidence, CellState, Evidence, RunEvidence
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
            (old.runs[cell.run], cell.metric, cell.statistic, cell.window): cell
            for block in old.blocks.values()
            for cell in block.cells
            if cell.run in old.runs and cell.state is not CellState.PENDING
        }
        self._opened: dict[str, OpenRun | None] = {}
        self._missing: dict[str, SourceError] = {}

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
            self._missing[reference] = error
            return None

    def unavailable(self, handle: str) -> bool:
        """Whether the run could not be looked for, as opposed to not being there."""
        return isinstance(self._missing.get(self._refs[handle].id), SourceUnavailable)

    def absence(self, handle: str) -> str:
        """In words, that a run is out of reach, and why if there is more to say than that it was not found."""
        error = self._missing.get(self._refs[handle].id)
        why = f": {error}" if isinstance(error, SourceUnavailable) else ""
        return f"run {self.named(handle)} is out of reach{why}"

    def named(self, handle: str) -> str:
        """A run's handle and, where it says more, its reference."""
        reference = self._refs[handle].id
        return handle if handle == reference else f"{handle} ({reference})"

    def known(self, handle: str) -> RunEvidence | None:
        """What the last fill saw of the run, however its reference was spelt then."""
        reference = self._refs[handle].id
        if reference in self._old.runs:
            return self._old.runs[reference]
        same = {run.origin.sha256: run for run in self._old.runs.values() if _answers(run, reference)}
        return next(iter(same.values())) if len(same) == 1 else None

    def recall(self, handle: str, metric: str, statistic: str, window: str) -> CellEvidence | None:
        """What the last fill found for a statistic of this very run, whatever its handle was then."""
        run = self.known(handle)
        return self._cells.get((run, metric, statistic, window)) if run is not None else None

    def evidence(self, handle: str) -> RunEvidence | None:
        """The run as it is now, or as the last fill saw it."""
        opened = self.open(handle)
        if opened is None:
            return self.known(handle)
        shared = opened.run.model_dump(include=set(RunEvidence.model_fields) - {"problems"})
        now, then = RunEvidence(**shared, problems=len(opened.run.problems)), self.known(handle)
        if then is not None and then.origin.sha256 == now.origin.sha256:
            # The same bytes in another folder are the same evidence.
            return now.model_copy(update={"origin": then.origin})
        return now

    def shrunk(self, handle: str) -> str | None:
        """In words, that a run's log holds less than at the last fill; logs only ever grow."""
        then, opened = self.known(handle), self.open(handle)
        if then is None or opened is None:
            return None
        rows, size = opened.run.rows, opened.run.origin.bytes
        if rows >= then.rows and size >= then.origin.bytes:
            return None
        was = f"{then.rows} rows in {then.origin.bytes} bytes"
        return f"the log of run {self.named(handle)} held {was}, and now {rows} in {size}"


def _answers(run: RunEvidence, reference: str) -> bool:
    """Whether a bare id or `entity/project/id` means this run."""
    parts = [part for part in reference.split("/") if part != "runs"]
    own = [part for part in (run.entity, run.project, run.id) if part]
    return len(parts) <= len(own) and own[len(own) - len(parts) :] == parts
