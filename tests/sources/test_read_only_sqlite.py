"""Databases that others write are read as of their last commit, and nothing is left behind."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.contract import tree
from journal.sources.read_only_sqlite import ask, files_of, is_sqlite

if TYPE_CHECKING:
    from pathlib import Path


def count(connection: sqlite3.Connection) -> int:
    number: int = connection.execute("SELECT COUNT(*) FROM rows").fetchone()[0]
    return number


def made(file: Path, mode: str = "DELETE") -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.executescript("CREATE TABLE rows (x); INSERT INTO rows VALUES (1), ('two')")
    return file


@pytest.mark.parametrize("mode", ["DELETE", "WAL", "TRUNCATE", "PERSIST"])
def test_a_closed_database_is_read_where_it_lies(tmp_path: Path, mode: str) -> None:
    file = made(tmp_path / "odd ?#%name.db", mode)
    before = tree(tmp_path)
    assert ask(file, count) == 2
    assert tree(tmp_path) == before


def test_commits_that_are_not_yet_in_the_file_are_read_and_others_are_not(tmp_path: Path) -> None:
    file = made(tmp_path / "a.db", "WAL")
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("INSERT INTO rows VALUES (3)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO rows VALUES (4)")
        before = tree(tmp_path)
        assert set(before) == {"a.db", "a.db-wal", "a.db-shm"}
        assert ask(file, count) == 3
        assert tree(tmp_path) == before
        writer.execute("COMMIT")
        assert ask(file, count) == 4


def test_a_write_that_is_under_way_is_not_read(tmp_path: Path) -> None:
    file = made(tmp_path / "a.db")
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN EXCLUSIVE")
        writer.executemany("INSERT INTO rows VALUES (?)", [("x" * 500,) for _ in range(200)])
        assert (tmp_path / "a.db-journal").stat().st_size > 0
        before = tree(tmp_path)
        assert ask(file, count) == 2
        assert tree(tmp_path) == before
        writer.execute("ROLLBACK")


def test_what_changed_meanwhile_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = made(tmp_path / "a.db")
    asked: list[int] = []

    def disturbed(connection: sqlite3.Connection) -> int:
        asked.append(count(connection))
        if len(asked) == 1:
            with closing(sqlite3.connect(file)) as writer, writer:
                writer.execute("INSERT INTO rows VALUES (3)")
        return asked[-1]

    assert ask(file, disturbed) == 3
    assert asked == [2, 3]

    monkeypatch.setattr("journal.sources.read_only_sqlite._PAUSE", 0)

    def changes(connection: sqlite3.Connection) -> int:
        os.utime(file, ns=(0, len(asked)))
        asked.append(0)
        return count(connection)

    with pytest.raises(SourceUnavailable, match="written to all the time"):
        ask(file, changes)


def test_nobody_can_write_through_a_question(tmp_path: Path) -> None:
    file = made(tmp_path / "a.db", "WAL")
    with pytest.raises(CorruptLog, match="readonly"):
        ask(file, lambda connection: connection.execute("INSERT INTO rows VALUES (3)"))
    assert ask(file, count) == 2


def test_what_is_no_database_is_known_and_told(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    with pytest.raises(SourceUnavailable, match="No such file"):
        ask(file, count)
    file.write_bytes(b"")
    assert not is_sqlite(file)
    assert not is_sqlite(tmp_path)
    with pytest.raises(CorruptLog, match="no such table"):
        ask(file, count)
    file.write_text("this is no database, but it is long enough to be taken for one, if nobody looks" * 20)
    assert not is_sqlite(file)
    with pytest.raises(CorruptLog, match="not a database"):
        ask(file, count)
    assert is_sqlite(made(tmp_path / "b.db"))
    assert [path.name for path in files_of(file)] == ["a.db", "a.db-wal", "a.db-journal"]


def test_text_that_is_no_utf_8_is_read_all_the_same(tmp_path: Path) -> None:
    file = made(tmp_path / "a.db")
    with closing(sqlite3.connect(file)) as writer, writer:
        writer.execute("INSERT INTO rows VALUES (CAST(X'61FF' AS TEXT))")
    found = ask(file, lambda connection: connection.execute("SELECT x FROM rows").fetchall())
    assert found == [(1,), ("two",), ("a\ufffd",)]


def test_a_database_that_may_not_be_read_is_unavailable_and_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(tmp_path / "a.db")

    def refuse(*_: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "open", refuse)
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        ask(file, count)
