"""The runs of W&B servers that were fetched before, kept in the journal's derived folder."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import NotWritable
from journal.model.run import RunHead
from journal.sources.column_store.store import MANIFEST, ColumnStore, clear
from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.statement import Statement
from journal.sources.wandb_folder.head_cache import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from journal.config import Config

FORMAT = 1
"""Raised whenever rows are read otherwise than before, so that what was kept is fetched anew."""

FOLDER, INDEX = "online", "online-heads"
"""Folders in the derived one: of the runs, and of their list."""


class KeptRun:
    """What is kept of one run: the last statement about it, how far its history was fetched, and the columns.

    What the disk does not take is held in memory, as long as this object lives.

    Args:
        store: Where it is kept; None for nowhere.
        writable: Whether anything may be written there.
    """

    def __init__(self, store: ColumnStore | None, *, writable: bool) -> None:
        self._store = store
        self._writable = writable
        self._state: dict[str, Any] | None = None
        self._held: dict[str, NDArray[Any]] = {}

    @property
    def state(self) -> dict[str, Any]:
        """What was written last; empty for nothing."""
        if self._state is None:
            found = self._store.state() if self._store is not None else None
            self._state = dict(found) if found is not None and found.get("format") == FORMAT else {}
        return self._state

    @property
    def statement(self) -> Statement | None:
        """The last statement that was noted; None if there is none."""
        return _statement(self.state)

    def array(self, name: str) -> NDArray[Any] | None:
        """A whole array; None if it is gone."""
        held = self._held.get(name)
        return held if held is not None or self._store is None else self._store.array(name)

    def write(self, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replace everything."""
        self._state, self._held = {**state, "format": FORMAT}, {}
        if not self._kept(self._store is not None and self._writable and self._store.write(self._state, arrays)):
            self._store, self._held = None, dict(arrays)

    def extend(self, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Append to arrays, or add new ones, and replace the state."""
        import numpy as np

        before, self._state = self.state, {**state, "format": FORMAT}
        if not before:
            self.write(state, arrays)
        elif not self._kept(self._store is not None and self._writable and self._store.extend(self._state, arrays)):
            for name, array in arrays.items():
                base = self.array(name)
                self._held[name] = array if base is None else np.concatenate([base, array])

    def note(self, state: Mapping[str, Any]) -> None:
        """Replace the state alone."""
        if not self.state:
            self.write(state, {})
            return
        self._state = {**state, "format": FORMAT}
        self._kept(self._store is not None and self._writable and self._store.replace_state(self._state))

    def _kept(self, kept: bool) -> bool:
        """Write no more where a write was refused: what follows would not fit what lies there."""
        self._writable = kept
        return kept


class KeptRuns:
    """All runs that are kept.

    Nothing is kept outside of a journal, or where its folder refuses.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._folder = config.derived / FOLDER
        self._runs: dict[RunPlace, KeptRun] = {}
        self._has_room = False

    def run(self, place: RunPlace) -> KeptRun:
        """What is kept of a run; the same object for the same place."""
        if place not in self._runs:
            store = ColumnStore(self._folder / _key(place)) if self._config.is_journal else None
            self._runs[place] = KeptRun(store, writable=self._is_writable())
        return self._runs[place]

    def heads(self) -> dict[RunPlace, RunHead]:
        """The runs of which the history is kept, or some of it, in the order of their places."""
        if not self._config.is_journal:
            return {}
        store = ColumnStore(self._config.derived / INDEX)
        before = (store.state() or {}).get("runs", {})
        now = {folder.name: _entry(folder, before.get(folder.name)) for folder in self._folders()}
        if now != before and self._is_writable():
            store.write({"runs": now}, {})
        entries = (_Entry(*entry) for entry in now.values())
        found = {RunPlace(*entry.place): RunHead.model_validate(entry.head) for entry in entries if entry.head}
        return dict(sorted(found.items()))

    def watched(self) -> tuple[Path, ...]:
        """The files and folders that `heads` rests on."""
        return (self._folder, *(folder / MANIFEST for folder in self._folders()))

    def manifest(self, place: RunPlace) -> Path:
        """The file that changes whenever anything of a run is kept."""
        return self._folder / _key(place) / MANIFEST

    def _folders(self) -> list[Path]:
        with suppress(OSError):
            return sorted(self._folder.iterdir())
        return []

    def _is_writable(self) -> bool:
        """Whether runs can be kept; the first time, those that were not used for long make room."""
        if self._config.read_only or not self._config.is_journal:
            return False
        if not self._has_room:
            try:
                self._config.make_derived()
            except NotWritable:
                return False
            clear(self._folder)
            self._has_room = True
        return True


class _Entry(NamedTuple):
    """A line of the list: the manifest's stamp, and what it says; nothing where no history is kept."""

    stamp: list[int]
    place: list[str]
    head: dict[str, Any] | None


def _entry(folder: Path, before: list[Any] | None) -> list[Any]:
    now = stamp(os.fspath(folder / MANIFEST))
    if before is not None and before[0] == now:
        return before
    state = ColumnStore(folder).state() or {}
    statement = _statement(state) if state.get("format") == FORMAT and state.get("history") else None
    if statement is None:
        return list(_Entry(now, [], None))
    return list(_Entry(now, list(statement.place), statement.head.model_dump(mode="json")))


def _statement(state: Mapping[str, Any]) -> Statement | None:
    dumped = state.get("statement")
    with suppress(KeyError, TypeError, ValueError):
        return None if dumped is None else Statement.load(dumped)
    return None


def _key(place: RunPlace) -> str:
    return blake2b("\n".join(place).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
