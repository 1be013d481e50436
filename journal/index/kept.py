"""The SQLite file in which a catalogue is kept: opened, made anew where it cannot be used, or held in memory.

Nothing rests on it: where it is damaged, of another version, locked for long, or may not be written, its content is
worked out again. Between commits it is an ordinary file in rollback mode, so that it can be read where nothing may be
written; two programmes may use it at once.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from journal.errors import NotWritable
from journal.index.stamps import programme

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from journal.config import Config

NAME = "search.sqlite"
"""The file's name in the folder of what is derived."""

BUSY_SECONDS = 20.0
"""How long to wait for another programme that writes the same file."""

FORMAT = 1
"""Counted up whenever the file means something else than before."""

# `ascii` takes every character beyond ASCII for a part of a word: what comes in is cut already.
_TABLES = """
CREATE TABLE version (name TEXT NOT NULL);
CREATE TABLE entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, sum BLOB NOT NULL,
    moment INTEGER, created TEXT NOT NULL, id TEXT NOT NULL, card BLOB NOT NULL
);
CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE states (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL, states TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(title, tags, headings, names, notes, body, content='', tokenize='ascii');
"""


def open_kept(config: Config) -> sqlite3.Connection:
    """The journal's file, ready to be written; made where it is missing, emptied where it is of another version.

    Raises:
        NotWritable: It lies elsewhere, or the disk refuses.
        sqlite3.Error: It can be neither read nor made.
    """
    path = config.make_derived() / NAME
    if os.path.islink(path):  # noqa: PTH114  (a link could lead anywhere)
        raise NotWritable("is a symbolic link", path=path, hint="remove it")
    import sqlite3

    connection = _connected(str(path))
    try:
        if not _is_ours(connection, config):
            _begin(connection, config)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_memory(config: Config) -> sqlite3.Connection:
    """The same in memory, from the journal's file where that can be read."""
    connection = _connected(":memory:")
    if _is_copied(connection, config):
        return connection
    connection.close()
    return open_empty(config)


def open_empty(config: Config) -> sqlite3.Connection:
    """The same in memory, with nothing in it yet."""
    connection = _connected(":memory:")
    _begin(connection, config)
    return connection


def _is_copied(connection: sqlite3.Connection, config: Config) -> bool:
    """Copy the journal's file into memory; whether that could be done."""
    import sqlite3

    try:
        with closing(_connected(f"{(config.derived / NAME).as_uri()}?mode=ro")) as there:
            if _is_ours(there, config):
                there.backup(connection)
                return True
    except sqlite3.Error:
        pass
    return False


def remove(config: Config) -> None:
    """Remove the journal's file; whoever has it open keeps it until they close it."""
    path = config.derived / NAME
    for each in (path, path.with_name(f"{NAME}-journal")):
        with suppress(OSError):
            each.unlink()


def _connected(path: str) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, uri=path.startswith("file:"))
    try:
        for setting in ("trusted_schema = OFF", "synchronous = NORMAL", "cache_size = -65536"):
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_ours(connection: sqlite3.Connection, config: Config) -> bool:
    """Whether a file holds what this programme, with these settings, would write."""
    import sqlite3

    try:
        return connection.execute("SELECT name FROM version").fetchall() == [(_version(config),)]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return False
        raise


def _begin(connection: sqlite3.Connection, config: Config) -> None:
    """Make the tables, in place of those of another version, unless another programme made them just now.

    The file stays the same one: who has it open goes on with it, and nobody takes another's rollback for their own.
    """
    with _in_one(connection, "BEGIN IMMEDIATE"):
        if _is_ours(connection, config):
            return
        old = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
        old += connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in old:
            if not name.startswith("sqlite_"):
                connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO version VALUES (?)", (_version(config),))


@contextmanager
def writing(connection: sqlite3.Connection, config: Config) -> Iterator[None]:
    """All changes made inside, or none if something fails; nobody else writes meanwhile.

    Raises:
        NotWritable: A programme of another version has taken the file over.
    """
    with _in_one(connection, "BEGIN IMMEDIATE"):
        _refuse_other(connection, config)
        yield


@contextmanager
def reading(connection: sqlite3.Connection, config: Config) -> Iterator[None]:
    """Everything that is read inside is of one moment.

    Raises:
        NotWritable: A programme of another version has taken the file over.
    """
    with _in_one(connection, "BEGIN"):
        _refuse_other(connection, config)
        yield


@contextmanager
def _in_one(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _refuse_other(connection: sqlite3.Connection, config: Config) -> None:
    if not _is_ours(connection, config):
        raise NotWritable("is of another version now", path=config.derived / NAME)


def _version(config: Config) -> str:
    """What the content follows from besides the entries: settings and programme, also while somebody works on it."""
    return f"{FORMAT} {programme()} {config.settings.model_dump_json()}"
