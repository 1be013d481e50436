"""A server of runs to test with, whose runs have notes."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from typing import TYPE_CHECKING, ClassVar

from faraway import Faraway, far_run
from journal.errors import SourceUnavailable
from journal.sources import registry

if TYPE_CHECKING:
    import pytest

    from journal.model.run import RunHead


class NotedRuns(Faraway):
    """A server that keeps notes of its runs in `book`."""

    book: ClassVar[dict[str, str]] = {}
    """The notes by the runs' ids."""
    mute: ClassVar[set[str]] = set()
    """Runs about whose notes it does not answer."""

    def notes(self, head: RunHead) -> str:
        """The notes of a run."""
        self._ask("notes", head.id)
        self._refuse(head)
        return self.book[head.id]

    def write_notes(self, head: RunHead, notes: str) -> None:
        """Replace the notes of a run."""
        self._ask("write_notes", head.id)
        self._refuse(head)
        self.book[head.id] = notes

    def page(self, head: RunHead) -> str:
        """Where a run is shown."""
        return f"https://{head.place}"

    def _refuse(self, head: RunHead) -> None:
        if head.id in self.mute:
            raise SourceUnavailable(f"far.example does not answer about {head.id}", hint="try again later")


def with_notes(monkeypatch: pytest.MonkeyPatch, **book: str) -> type[NotedRuns]:
    """Have a server with runs of these ids, and these notes of them."""
    far = EntryPoint("faraway", f"{__name__}:NotedRuns", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", EntryPoints([far]).select)
    monkeypatch.setattr(Faraway, "shelf", [far_run(run_id, name=f"name of {run_id}") for run_id in book])
    monkeypatch.setattr(Faraway, "asked", [])
    monkeypatch.setattr(Faraway, "down", False)
    monkeypatch.setattr(NotedRuns, "book", dict(book))
    monkeypatch.setattr(NotedRuns, "mute", set())
    return NotedRuns
