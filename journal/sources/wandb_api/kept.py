"""The runs of W&B servers that were fetched before, kept in the journal's derived folder."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import NotWritable
from journal.model.run import RunHead
from journal.sources.column_store.store import MANIFEST, ColumnStore, clear
from journal.sources.paths import stamp
from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from journal.config import Config
    from journal.sources.wandb_api.gathering import Gathered

FORMAT = 2
"""Raised whenever rows are read otherwise than before, so that what was kept is fetched anew."""

FOLDER, INDEX = "online", "online-heads"
"""Folders in the derived one: of the runs, and of their list."""

_DRAFT = "-draft"


class KeptRun:
    """What is kept of one run: a history that is complete, the statement that it belongs to, and its columns.

    Beside it may lie the draft of another. What the disk does not take is held in memory, as long as this object lives.
    Another process may replace what lies on the disk at any time: this object then still shows what it showed, and
    those of its arrays that are gone are None.

    Args:
        folder: Where it is kept; None for nowhere.
        writable: Whether anything may be written there.

    Attributes:
        draft: How far a fetch came that was cut short.
        is_fresh: Whether no newer history is to be had: it was fetched through this object, or the run is deleted.
        fresh_metrics: The metrics that were added through this object.
    """

    def __init__(self, folder: Path | None, *, writable: bool) -> None:
        self._folder = folder
        self._store = None if folder is None else ColumnStore(folder)
        self._writable = writable
        self._state: dict[str, Any] | None = None
        self._held: dict[str, NDArray[Any]] = {}
        self.draft = Draft(folder and folder.with_name(folder.name + _DRAFT), writable=writable)
        self.is_fresh = False
        self.fresh_metrics: set[str] = set()

    @property
    def state(self) -> dict[str, Any]:
        """What was written last; empty for nothing."""
        if self._state is None:
            self._state = _state_of(self._store)
        return self._state

    @property
    def statement(self) -> Statement | None:
        """What the server said of the history that is kept, or the newest that speaks for the same; None without."""
        return _statement(self.state)

    @property
    def history(self) -> dict[str, Any]:
        """What belongs to the arrays; empty if none is kept."""
        found: dict[str, Any] = self.state.get("history") or {}
        return found

    @property
    def stands(self) -> bool:
        """Whether nobody need be asked about it: the run had ended, and all rows came."""
        said, told = self.statement, self.history
        return said is not None and said.has_ended and bool(told.get("settled")) and not told["short"]

    def array(self, name: str) -> NDArray[Any] | None:
        """A whole array; None if it is gone."""
        held = self._held.get(name)
        return held if held is not None or self._store is None else self._store.array(name)

    def write(self, statement: Statement, history: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replace everything by another complete history, and drop its draft."""
        self._state = {"format": FORMAT, "statement": statement.dump(), "history": dict(history)}
        self.is_fresh, self.fresh_metrics = True, set()
        if self._store is not None and self._writable and self._store.write(self._state, arrays):
            self._held = {}
            self.draft.remove()
        else:
            self._store, self._held = None, dict(arrays)

    def add(self, metric: str, history: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep the arrays of a metric that has none yet; in memory alone, where another process has written since."""
        self._state = {**self.state, "history": dict(history)}
        self.fresh_metrics.add(metric)
        if not (self._store is not None and self._writable and self._store.extend(self._state, arrays)):
            self._held.update(arrays)

    def note(self, statement: Statement) -> None:
        """Replace the statement by one that speaks for the same history."""
        self._state = {**self.state, "statement": statement.dump()}
        if self._store is not None and self._writable:
            self._store.replace_state(self._state)

    def look_again(self) -> None:
        """Show what lies on the disk now; what was held in memory beside it is dropped."""
        if self._folder is not None and self._store is not None:
            self._store, self._state, self._held = ColumnStore(self._folder), None, {}
            self.is_fresh, self.fresh_metrics = False, set()

    def forget(self) -> None:
        """Show nothing any more, and have nothing kept, unless another process has replaced it."""
        if self._store is not None and self._writable:
            self._store.replace_state({"format": FORMAT})
        self.look_again()


class Draft:
    """How far a fetch came that was cut short: the statement that it was about, and the rows.

    Where another process writes to it, this one leaves off: what it fetches is in its memory anyway.

    Args:
        folder: Where it is kept; None for nowhere.
        writable: Whether anything may be written there.
    """

    def __init__(self, folder: Path | None, *, writable: bool) -> None:
        self._store = None if folder is None else ColumnStore(folder)
        self._writable = writable and folder is not None
        self._saved: tuple[Gathered, int] | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What was saved with the rows; empty if there are none."""
        found: dict[str, Any] = _state_of(self._store).get("draft") or {}
        return found

    @property
    def statement(self) -> Statement | None:
        """What the fetch was about; None if there is no draft."""
        return _statement(_state_of(self._store)) if self.told else None

    def gathered(self) -> Gathered | None:
        """The rows; None where they are not whole."""
        from journal.sources.wandb_api.gathering import Gathered

        told = self.told
        if self._store is None or not told:
            return None
        found = Gathered.restored(told, self._store.array)
        self._saved = None if found is None else (found, found.pieces)
        return found

    def save(self, statement: Statement, told: Mapping[str, Any], gathered: Gathered) -> None:
        """Write down the rows that are not written down yet."""
        if self._store is None or not self._writable or not gathered.pieces:
            return
        state = {"format": FORMAT, "statement": statement.dump(), "draft": {**told, **gathered.told}}
        if self._saved is not None and self._saved[0] is gathered:
            self._writable = self._store.extend(state, gathered.arrays(self._saved[1]))
        else:
            self._writable = self._store.write(state, gathered.arrays())
        self._saved = gathered, gathered.pieces

    def remove(self) -> None:
        """Take it away."""
        if self._store is not None and self._writable:
            self._store.remove()
        self._saved = None


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
            folder = self._folder / _key(place) if self._config.is_journal else None
            self._runs[place] = KeptRun(folder, writable=self._is_writable())
        return self._runs[place]

    def heads(self) -> dict[RunPlace, RunHead]:
        """The runs of which a history is kept, in the order of their places."""
        if not self._config.is_journal:
            return {}
        store = ColumnStore(self._config.derived / INDEX)
        before = _state_of(store).get("runs", {})
        now = {folder.name: _entry(folder, before.get(folder.name)) for folder in self._folders()}
        if now != before and self._is_writable():
            store.write({"format": FORMAT, "runs": now}, {})
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
            return sorted(path for path in self._folder.iterdir() if not path.name.endswith(_DRAFT))
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
    state = _state_of(ColumnStore(folder))
    statement = _statement(state) if state.get("history") else None
    if statement is None:
        return list(_Entry(now, [], None))
    return list(_Entry(now, list(statement.place), statement.head.model_dump(mode="json")))


def _state_of(store: ColumnStore | None) -> dict[str, Any]:
    """The state of a store; empty where there is none, or it is of another version."""
    found = store.state() if store is not None else None
    return dict(found) if found is not None and found.get("format") == FORMAT else {}


def _statement(state: Mapping[str, Any]) -> Statement | None:
    dumped = state.get("statement")
    with suppress(KeyError, TypeError, ValueError):
        return None if dumped is None else Statement.load(dumped)
    return None


def _key(place: RunPlace) -> str:
    return blake2b("\n".join(place).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
