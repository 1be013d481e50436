"""SQLite databases that others write, read without a trace: nothing is written, made or locked beside them."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.paths import ABSENT

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

Answer = TypeVar("Answer")

SIDES = ("-wal", "-journal")
"""What the name of a file ends in that holds a part of what its database says: commits to come, or to take back."""

MAGIC = b"SQLite format 3\0"
"""How every SQLite database begins."""

_TABLE = b"CREATE TABLE"
_DESCRIPTION = 1 << 22  # bytes; tables may be described anywhere, but are made first
_TRIES = 7
_PAUSE = 0.005  # seconds before the second try; twice as long before each further one
_HEADER = 100  # bytes, in which databases count their commits; a tick of the clock may see several


def files_of(database: Path) -> tuple[Path, ...]:
    """The files that what a database says rests on, whether or not they are there."""
    return (database, *(database.with_name(database.name + side) for side in SIDES))


def is_sqlite(file: Path) -> bool:
    """Whether a file begins as a SQLite database does. An empty one does not, nor one that cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def damaged(database: Path, error: CorruptLog, marks: Iterable[bytes]) -> SourceUnavailable | None:
    """What a list of runs says of a database that cannot be read; None if it is clearly somebody else's.

    Args:
        database: The database.
        error: Why it cannot be read.
        marks: What stands in every database of the kind that is looked for, where it describes its tables. One in which
            no description of a table is left can be of any kind.
    """
    begin = b""
    with suppress(OSError), database.open("rb") as stream:
        begin = stream.read(_DESCRIPTION)
    if _TABLE in begin and not all(mark in begin for mark in marks):
        return None
    return SourceUnavailable(error.message, path=database, hint="restore it from a copy, or move it elsewhere")


def ask(database: Path, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """Ask a database something, as of its last commit. Nothing of it is locked, and no file is made beside it.

    Where all of it stands in its one file, it is asked there. Where commits lie in a file beside it, as while somebody
    writes to it, all its files are copied to a temporary folder and the copy is asked. What changed meanwhile is asked
    again, so `question` may be called several times; it must not keep the connection. Text that is no UTF-8 comes with
    replacement characters.

    Raises:
        CorruptLog: It is no SQLite database, or is damaged where it was asked.
        SourceUnavailable: It may not be read, is gone, or does not stop changing.
    """
    import sqlite3

    for tried in range(_TRIES):
        time.sleep(_PAUSE * 2**tried if tried else 0)
        before = _state(database)
        try:
            with _connected(database, alone=not any(before[1:])) as connection:
                answer = question(connection)
        except (sqlite3.Error, UnicodeError) as error:  # what SQLite says of damage may hold bytes of it
            if _state(database) != before:
                continue
            raise CorruptLog(f"the database cannot be read: {error}", path=database) from error
        if _state(database) == before:
            return answer
    raise SourceUnavailable("the database is being written to all the time", path=database, hint="try again later")


def _state(database: Path) -> tuple[tuple[int, int, int, bytes] | None, ...]:
    """By what a change of a database is known: size, time, inode and header of its file and of each beside it.

    None stands for a file that is not there or empty, the database itself excepted.

    Raises:
        SourceUnavailable: There is no such database, or nobody lets us look.
    """
    found: list[tuple[int, int, int, bytes] | None] = []
    for file in files_of(database):
        try:
            with file.open("rb") as stream:
                stat = os.fstat(stream.fileno())
                header = stream.read(_HEADER)
        except OSError as error:
            if file == database or error.errno not in ABSENT:
                raise SourceUnavailable.of(file, error) from error
            found.append(None)
        else:
            known = stat.st_size, stat.st_mtime_ns, stat.st_ino, header
            found.append(known if stat.st_size or file == database else None)
    return tuple(found)


@contextmanager
def _connected(database: Path, *, alone: bool) -> Iterator[sqlite3.Connection]:
    """A connection to a database where it lies, if its file is all of it, or to a copy."""
    if alone:
        with closing(_connection(database, "mode=ro&immutable=1")) as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="journal-") as folder:
        for file in files_of(database):
            _copy(file, Path(folder) / file.name)
        with closing(_connection(Path(folder) / database.name, "mode=rw")) as connection:
            yield connection


def _copy(file: Path, copy: Path) -> None:
    """Copy what a file holds, if it is there; who asks knows from its state whether it is the right one."""
    try:
        shutil.copyfile(file, copy)
    except OSError as error:
        if error.errno not in ABSENT:
            raise SourceUnavailable.of(file, error) from error


def _connection(database: Path, how: str) -> sqlite3.Connection:
    """A connection that runs nothing that stands in the database, and believes none of its sizes unchecked."""
    import sqlite3

    connection = sqlite3.connect(f"file:{quote(str(database))}?{how}", uri=True, isolation_level=None)
    try:
        connection.text_factory = _text
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
