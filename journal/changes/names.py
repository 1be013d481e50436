"""The functions, methods and classes in which two versions of a file of code differ."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.changes.other_names import LANGUAGES, other_names
from journal.changes.python import code_of
from journal.changes.python_names import Definition, python_names
from journal.changes.unread import Unread, read_both
from journal.model.change import NameChange, NameChanges, NameKind
from journal.model.revision import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Names = dict[str, Definition]


def _notebook(text: str) -> _Names:
    return python_names(code_of(text))


def _readers() -> dict[str, Callable[[str], _Names]]:
    others: dict[str, Callable[[str], _Names]] = {
        suffix: partial(other_names, language) for suffix, language in LANGUAGES.items()
    }
    return {**others, ".py": python_names, ".pyi": python_names, ".ipynb": _notebook}


_READERS = _readers()


def reads(path: str) -> bool:
    """Whether definitions are found in a file of this name: worth fetching both its versions for `touched`."""
    return PurePosixPath(path).suffix.lower() in _READERS


def touched(path: str, before: bytes | None, after: bytes | None) -> NameChanges:
    """The functions, methods and classes that were added, deleted or modified; None for a version that is not there.

    A method whose body changed is named, and its class is not; a class is, where its bases, decorators or attributes
    changed. Of a class that is new or gone the members are not named. Functions in functions belong to the outermost.
    Comments, docstrings, layout, and moves within the file are no change; a function with a new name is one deleted and
    one added. In Python, UPPER_CASE constants of the module are named too. Other languages are read line by line
    (`other_names`).

    Of a file that `reads` does not know there are none. Never raises for what a file holds: `unreadable` tells what is
    wrong with it.
    """
    read = _READERS.get(PurePosixPath(path).suffix.lower())
    if read is None or before == after:
        return NameChanges()
    try:
        one, other = read_both(read, before, after)
    except Unread as reason:
        return NameChanges(unreadable=str(reason))
    return NameChanges(changes=tuple(_changes(one or {}, other or {})))


def _changes(one: _Names, other: _Names) -> Iterator[NameChange]:
    for name, definition in other.items():
        earlier = one.get(name)
        if earlier is None:
            if not _within(name, other, one):
                yield NameChange(name=name, kind=definition.kind, change=Change.ADDED)
        elif earlier != definition:
            yield NameChange(name=name, kind=definition.kind, change=Change.MODIFIED)
    for name, definition in one.items():
        if name not in other and not _within(name, one, other):
            yield NameChange(name=name, kind=definition.kind, change=Change.DELETED)


def _within(name: str, here: _Names, there: _Names) -> bool:
    """Whether a name belongs to a class that is in one version only: the class is named then."""
    parts = name.split(".")
    scopes = [".".join(parts[:end]) for end in range(1, len(parts))]
    return any(scope in here and here[scope].kind is NameKind.CLASS and scope not in there for scope in scopes)
