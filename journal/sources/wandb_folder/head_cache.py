"""What earlier listings learnt of each log, kept on disk and believed as long as the files are as they were."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import NotWritable
from journal.sources.column_store.store import ColumnStore

if TYPE_CHECKING:
    from journal.config import Config
    from journal.sources.paths import Stamp

VERSION = 3
"""Counted up whenever heads are read otherwise than before; what another version kept is not believed."""


class Known(NamedTuple):
    """What is known of one log.

    Attributes:
        log: The log as it was when it was read.
        beside: The files beside it as they were; None where the log said everything, and they do not matter.
        learnt: What it says, in JSON's types.
        sum: SHA-256 of the log in hex, where it was needed to tell copies.
    """

    log: Stamp
    beside: Stamp | None
    learnt: Any
    sum: str | None = None


class HeadCache:
    """One file in the journal's derived folder, for all logs of a listing.

    Nothing is kept outside of a journal, or where the folder refuses. What is damaged, of another version, or about
    other files is as good as absent.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._store = ColumnStore(config.derived / "heads")
        self._before = self._load()
        self._now: dict[str, Known] = {}

    def get(self, path: str) -> Known | None:
        """What is known of the log at a path, to be compared with the files as they are now."""
        found = self._before.get(_key(path))
        return None if found is None else Known(*found)

    def noted(self, path: str) -> Known | None:
        """What was noted in this listing."""
        return self._now.get(_key(path))

    def keep(self, path: str, known: Known) -> None:
        """Note what is known of a log that is still there."""
        self._now[_key(path)] = known

    def save(self) -> None:
        """Write what was noted, if it differs from what was there: logs that are gone are forgotten."""
        logs = {key: list(known) for key, known in self._now.items()}
        if not self._config.is_journal or logs == self._before:
            return
        with suppress(NotWritable):
            self._config.make_derived()
            self._store.write({"version": VERSION, "logs": logs}, {})

    def _load(self) -> dict[str, Any]:
        if not self._config.is_journal or self._config.read_only:  # a store notes when it was used
            return {}
        state = self._store.state() or {}
        logs = state.get("logs")
        return logs if state.get("version") == VERSION and isinstance(logs, dict) else {}


def _key(path: str) -> str:
    """What stands for a path: what lies above the journal is nobody else's business, and it may be no text."""
    return blake2b(os.fsencode(path), digest_size=16).hexdigest()
