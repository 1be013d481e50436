"""How a catalogue is brought up to date: what was touched since is read, what is gone is forgotten.

An entry's row is believed as long as the stamp of its file is the one that was recorded, as git believes its index. A
stamp is recorded only where the file had been left alone for a while when it was read; one that was touched just before
is read again the next time, and if it says the same, nothing else is done.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from journal.document import store
from journal.document.lines import plain
from journal.errors import EntryNotFound, JournalError
from journal.index import stamps
from journal.index.card import Card
from journal.index.columns import WEIGHTS, columns
from journal.index.kept import writing
from journal.model.when import When

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from journal.config import Config

AT_ONCE = 500
"""Entries that are written in one go; others may read in between."""

WORN = 16
"""The words of what changed stay behind: with so many more of these than a fourth of the entries, all are laid anew."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS = f"INSERT INTO words (rowid, {', '.join(WEIGHTS)}) VALUES (?{', ?' * len(WEIGHTS)})"  # noqa: S608


class _Row(NamedTuple):
    """What is kept of one file, and its text."""

    path: str
    stamp: str
    sum: bytes
    moment: int | None
    created: str
    id: str
    card: bytes
    text: str


_FIELDS = _Row._fields[:-1]
_ENTRY = f"INSERT INTO entries ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608


class Upkeep:
    """One time of bringing a catalogue up to date.

    Args:
        config: The journal.
        connection: Its catalogue.
        paths: The files of all its entries.
    """

    def __init__(self, config: Config, connection: sqlite3.Connection, paths: Sequence[str]) -> None:
        self._config = config
        self._connection = connection
        self._paths = paths
        self._since = time.time_ns()

    def run(self) -> None:
        """Read what was touched, and forget what is gone."""
        rows = self._connection.execute("SELECT path, stamp, sum FROM entries")
        known = {path: (stamp, sum_) for path, stamp, sum_ in rows}
        gone = known.keys() - set(self._paths)
        if gone:
            self._forget(gone)
        touched = (path for path in self._paths if known.get(path, ("",))[0] != str(stamps.stamp(self._file(path))))
        while some := list(islice(touched, AT_ONCE)):
            self._take_in([row for row in self._read(some) if known.get(row.path) != (row.stamp, row.sum)])
        self._relay_worn()

    def _file(self, path: str) -> str:
        return f"{self._config.root}{os.sep}{path}"

    def _read(self, touched: Sequence[str]) -> Iterator[_Row]:
        for path in touched:
            settled = stamps.settled(self._file(path), self._since)
            try:
                raw = store.read(self._config.root / path).raw
            except EntryNotFound:  # it has gone since
                continue
            except JournalError as error:
                yield _row(path, "", str(error).encode(), _broken(path, error), "")
                continue
            yield _row(path, "" if settled is None else str(settled), raw, _card(path, raw), plain(raw))

    def _take_in(self, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        with writing(self._connection, self._config):
            for row in rows:
                found = self._connection.execute(
                    "SELECT number, sum FROM entries WHERE path = ?", (row.path,)
                ).fetchone()
                if found is not None and found[1] == row.sum:
                    self._connection.execute("UPDATE entries SET stamp = ? WHERE number = ?", (row.stamp, found[0]))
                    continue
                if found is not None:
                    self._drop(found[0])
                self._add(row)

    def _add(self, row: _Row) -> None:
        number = self._connection.execute(_ENTRY, row[:-1]).lastrowid
        self._connection.execute("INSERT INTO texts VALUES (?, ?)", (number, row.text))
        self._connection.execute(_WORDS, (number, *columns(_loaded(row.card), row.text)))

    def _forget(self, gone: set[str]) -> None:
        with writing(self._connection, self._config):
            for path in gone:
                found = self._connection.execute("SELECT number FROM entries WHERE path = ?", (path,)).fetchone()
                if found is not None:
                    self._drop(found[0])

    def _drop(self, number: int) -> None:
        """Forget an entry but for its words: a number is never given again, so they lead nowhere."""
        for table in ("entries", "texts", "states"):
            self._connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608

    def _relay_worn(self) -> None:
        """Lay all words anew where too many lead nowhere: they would count when it is told how rare a word is."""
        if not self._is_worn():
            return
        with writing(self._connection, self._config):
            self._connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
            rows = self._connection.execute("SELECT number, card, text FROM entries JOIN texts USING (number)")
            for number, card, text in rows.fetchall():
                self._connection.execute(_WORDS, (number, *columns(_loaded(card), text)))

    def _is_worn(self) -> bool:
        counts = "SELECT (SELECT count(*) FROM words_docsize), (SELECT count(*) FROM entries)"
        laid, live = self._connection.execute(counts).fetchone()
        return bool(laid - live > WORN + live // 4)


def _card(path: str, raw: bytes) -> Card:
    from journal.document.document import parse
    from journal.index.describe import card_of

    try:
        return card_of(parse(raw, path).entry)
    except JournalError as error:
        return _broken(path, error)


def _broken(path: str, error: JournalError) -> Card:
    from journal.index.describe import card_without_entry

    return card_without_entry(path, PurePosixPath(path).stem, error.placed(path, error.line, error.column, anew=True))


def _row(path: str, stamp: str, raw: bytes, card: Card, text: str) -> _Row:
    import orjson

    created = When(card.matter["created"]) if card.problem is None else None
    return _Row(
        path=path,
        stamp=stamp,
        sum=blake2b(raw, digest_size=16).digest(),
        moment=None if created is None else (created.moment - _BEGINNING) // timedelta(microseconds=1),
        created="" if created is None else created.isoformat(),
        id=card.id,
        card=orjson.dumps({name: value for name, value in vars(card).items() if value}),
        text=text,
    )


def _loaded(card: bytes) -> Card:
    import orjson

    return Card(**orjson.loads(card))
