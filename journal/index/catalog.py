"""The catalogue of all entries: what each says of itself, and its words, so that nothing unchanged is read again."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

from journal.errors import NotWritable
from journal.index import kept, stamps
from journal.index.card import Card
from journal.index.journal import Journal
from journal.index.relations import Relations
from journal.index.upkeep import Upkeep
from journal.model.entry import RELATIONS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from journal.config import Config
    from journal.errors import JournalError

    Transaction = Callable[[sqlite3.Connection, Config], AbstractContextManager[None]]

T = TypeVar("T")

# How the names of SQLite's errors go on behind `SQLITE_`, where a file can be read but not written, or not now.
_REFUSED = {"PERM", "BUSY", "LOCKED", "READONLY", "IOERR", "FULL", "CANTOPEN", "AUTH", "NOLFS"}


class Catalog:
    """What is known of all entries of a journal, kept in a file that is brought up to date by what was touched.

    It works the same where that file cannot be used: then it is held in memory. To be closed, or used as a context.

    Args:
        config: The journal.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._connection: sqlite3.Connection | None = None
        self._is_current = False
        self._journal = Journal(config)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def update(self) -> Self:
        """Bring it up to date: read what was added or touched, and forget what is gone.

        Raises:
            ConfigError: The folder of entries is not there.
            EntryError: A folder of them may not be entered.
        """
        self._journal = Journal(self.config)
        self._is_current = False
        for known in ("cards", "relations"):
            self.__dict__.pop(known, None)
        try:
            self.ask(lambda _: None)
        except BaseException:
            self.close()
            raise
        return self

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """Every entry, newest first; then the files that are no entries, by their paths."""
        return self._selected("ORDER BY moment IS NULL, moment DESC, created DESC, id DESC, path")

    @property
    def entries(self) -> tuple[Card, ...]:
        """Every entry that can be read, newest first."""
        return tuple(card for card in self.cards if card.problem is None)

    @property
    def problems(self) -> tuple[JournalError, ...]:
        """Why some files under the entries folder are no entries, in path order."""
        broken = self._selected("WHERE moment IS NULL")
        found = [*self._journal.unnamed, *(card.error for card in broken if card.error is not None)]
        return tuple(sorted(found, key=lambda error: str(error.path)))

    @cached_property
    def relations(self) -> Relations:
        """Who names whom among the entries."""
        return Relations(card for card in self.entries if any(name in card.matter for name in RELATIONS))

    def _selected(self, clause: str) -> tuple[Card, ...]:
        import orjson

        statement = f"SELECT card FROM entries {clause}"  # noqa: S608  (our own words)
        rows = self.ask(lambda connection: connection.execute(statement).fetchall())
        return tuple(Card(**orjson.loads(card)) for (card,) in rows)

    def states(
        self, cards: Iterable[Card], evidence: Callable[[str], Path | None], work_out: Callable[[str], Sequence[str]]
    ) -> dict[str, list[str]]:
        """The states of entries' promises, worked out only where the entry or its evidence was touched since.

        Args:
            cards: The entries.
            evidence: Gives the file of an entry's evidence, by the entry's path; None where it can have none.
            work_out: Works the states out, by the entry's path.

        Returns:
            The states by path; none for an entry that promises nothing.
        """
        since = time.time_ns()
        before = self.ask(_known_states)
        found: dict[str, list[str]] = {}
        fresh: list[tuple[str, str, str]] = []
        for card in cards:
            file = evidence(card.path) if card.promises else None
            stamp = "" if file is None else str(stamps.stamp(str(file)))
            was, states = before.get(card.path, (None, ""))
            if not card.promises or (file is not None and stamp == was):
                found[card.path] = states.split(",") if states else []
                continue
            found[card.path] = list(work_out(card.path))
            if file is not None and stamps.settled(str(file), since) is not None:
                fresh.append((stamp, ",".join(found[card.path]), card.path))
        if fresh:
            self._within(kept.writing, lambda connection: _keep_states(connection, fresh))
        return found

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question to the database, once that is up to date; for `search`."""
        return self._within(kept.reading, question)

    def _within(self, transaction: Transaction, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question in a transaction.

        Where the file turns out to be damaged it is made anew, and where it cannot be used, memory takes its place.
        """
        import sqlite3

        begins = [kept.open_empty, kept.open_memory, kept.open_kept, kept.open_kept]
        while True:
            begin = begins.pop()
            try:
                connection = self._up_to_date(begin)
                with transaction(connection, self.config):
                    return question(connection)
            except (sqlite3.Error, NotWritable) as error:
                if not begins:
                    raise
                self.close()
                if _is_refused(error):
                    del begins[2:]
                else:
                    kept.remove(self.config)

    def _up_to_date(self, begin: Callable[[Config], sqlite3.Connection]) -> sqlite3.Connection:
        if self._connection is None:
            self._connection, self._is_current = begin(self.config), False
        if not self._is_current:
            Upkeep(self.config, self._connection, self._journal.paths).run()
            self._is_current = True
        return self._connection


def _is_refused(error: Exception) -> bool:
    """Whether a file may not be written, or not now; else it is damaged, as one that ends too early."""
    name = str(getattr(error, "sqlite_errorname", "SQLITE_PERM"))
    return name.split("_")[1] in _REFUSED and name != "SQLITE_IOERR_SHORT_READ"


def _known_states(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """For each entry whose states are remembered, the stamp of its evidence and the states."""
    rows = connection.execute("SELECT path, states.stamp, states FROM states JOIN entries USING (number)")
    return {path: (stamp, states) for path, stamp, states in rows}


def _keep_states(connection: sqlite3.Connection, fresh: Iterable[tuple[str, str, str]]) -> None:
    statement = "INSERT OR REPLACE INTO states SELECT number, ?, ? FROM entries WHERE path = ? AND stamp != ''"
    connection.executemany(statement, fresh)
