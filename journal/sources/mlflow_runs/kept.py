"""The runs of tracking servers that were fetched before, kept in the journal's derived folder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import NotWritable
from journal.sources.column_store.store import MANIFEST, ColumnStore, clear
from journal.sources.mlflow_runs.points import Points
from journal.sources.mlflow_runs.recorded import Recorded, unbounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from journal.config import Config

FORMAT = 1
"""Raised whenever what is kept is read otherwise than before, so that it is fetched anew."""

FOLDER = "online-mlflow"
"""The folder of the runs in the derived one."""


class Kept(NamedTuple):
    """What a server said of a run, without the history.

    Attributes:
        address: The server's.
        recorded: What it said.
        fetched: When it did.
    """

    address: str
    recorded: Recorded
    fetched: datetime


class KeptRuns:
    """All runs that are kept; nothing is outside of a journal, or where its folder refuses.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._folder = config.derived / FOLDER

    def __iter__(self) -> Iterator[Kept]:
        for folder in self._folders():
            kept = _kept(ColumnStore(folder))
            if kept is not None and folder.name == _key(kept.address, kept.recorded.id):
                yield kept

    def find(self, address: str, run: str) -> Kept | None:
        """A run, if it is kept."""
        return _kept(self._store(address, run)) if self._config.is_journal else None

    def points(self, kept: Kept) -> Points | None:
        """Every value of a run; None if they are gone."""
        store = self._store(kept.address, kept.recorded.id)
        names = (store.state() or {}).get("keys", [])
        columns = [store.array(name) for name in ("key", "step", "time", "value")]
        keys, steps, times, values = (None if column is None else column.tolist() for column in columns)
        if keys is None or steps is None or times is None or values is None:
            return None
        return Points(kept.recorded.id, [names[key] for key in keys], steps, times, values)

    def keep(self, kept: Kept, points: Points) -> None:
        """Keep a run; nothing is said where that cannot be."""
        import numpy as np

        if not self._is_writable():
            return
        told = asdict(kept.recorded)
        latest = told.pop("latest")
        keys = sorted(set(points.keys))
        numbers = {key: number for number, key in enumerate(keys)}
        state = {"format": FORMAT, "address": kept.address, "fetched": kept.fetched.isoformat()}
        self._store(kept.address, kept.recorded.id).write(
            {**state, "recorded": told, "latest": {key: repr(value) for key, value in latest.items()}, "keys": keys},
            {
                "key": np.array([numbers[key] for key in points.keys], np.uint32),
                "step": np.array(points.steps, np.int64),
                "time": np.array(points.times, np.int64),
                "value": np.array(points.values, np.float64),
            },
        )

    def watched(self) -> tuple[Path, ...]:
        """The files and folders that it rests on which runs are kept."""
        return (self._folder, *(path for folder in self._folders() for path in (folder, folder / MANIFEST)))

    def files(self, kept: Kept) -> tuple[Path, ...]:
        """The files that a run is kept in."""
        folder = self._folder / _key(kept.address, kept.recorded.id)
        with suppress(OSError):
            return (folder, *sorted(folder.iterdir()))
        return (folder,)

    def _store(self, address: str, run: str) -> ColumnStore:
        return ColumnStore(self._folder / _key(address, run))

    def _folders(self) -> list[Path]:
        with suppress(OSError):
            return sorted(self._folder.iterdir()) if self._config.is_journal else []
        return []

    def _is_writable(self) -> bool:
        if self._config.read_only or not self._config.is_journal:
            return False
        with suppress(NotWritable):
            self._config.make_derived()
            clear(self._folder)
            return True
        return False


def _kept(store: ColumnStore) -> Kept | None:
    """What a store says of its run; None if it is none of these."""
    state: dict[str, Any] = store.state() or {}
    if state.get("format") != FORMAT:
        return None
    latest = {key: unbounded(float(text)) for key, text in state["latest"].items()}
    recorded = Recorded(**{**state["recorded"], "latest": latest})
    return Kept(state["address"], recorded, datetime.fromisoformat(state["fetched"]))


def _key(address: str, run: str) -> str:
    return blake2b(f"{address}\n{run}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
