"""The settings in which two versions of a file differ, as keys and values."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.changes import plain_files, yaml_files
from journal.changes.nodes import Leaf
from journal.changes.python import code_of
from journal.changes.python_settings import python_tree
from journal.changes.tree import key_changes
from journal.changes.unread import Unread, read_both
from journal.model.change import KeyChanges

if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.changes.nodes import Tree


def _documents(text: str) -> list[Tree]:
    return yaml_files.documents(text)


def _notebook(text: str) -> list[Tree]:
    return [python_tree(code_of(text))]


def _single(read: Callable[[str], Tree]) -> Callable[[str], list[Tree]]:
    return lambda text: [read(text)]


_READERS: dict[str, Callable[[str], list[Tree]]] = {
    **dict.fromkeys((".yaml", ".yml"), _documents),
    **dict.fromkeys((".ini", ".cfg", ".conf"), _single(plain_files.ini_tree)),
    ".json": _single(plain_files.json_tree),
    ".toml": _single(plain_files.toml_tree),
    ".py": _single(python_tree),
    ".ipynb": _notebook,
}
# Nobody sets these: a tool writes them.
_LOCK_FILES = {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "conda-lock.yml", "pixi.lock"}


def reads(path: str) -> bool:
    """Whether a file of this name may hold settings: worth fetching both its versions for `changed`."""
    return _reader(path) is not None


def _reader(path: str) -> Callable[[str], list[Tree]] | None:
    name = PurePosixPath(path)
    return None if name.name in _LOCK_FILES else _READERS.get(name.suffix.lower())


def changed(path: str, before: bytes | None, after: bytes | None) -> KeyChanges:
    """The settings that differ between two versions of a file; None for a version that is not there.

    Values are compared by what they mean in their format and shown as they are written: comments, layout, the order of
    keys, quotes, and `1e-4` for `0.0001` are no change; `1` for `1.0` is one, and so is `1e-4` for `0.0001` in YAML,
    where PyYAML takes the first for a text. Of Python code only what is plain counts (`python_settings`), and nothing
    is ever run. Items of lists are compared side by side. Where a version holds several YAML documents, keys begin
    with the document's place: `[1].name`.

    Of a file that `reads` does not know there are none. Never raises for what a file holds: `unreadable` tells what is
    wrong with it.
    """
    read = _reader(path)
    if read is None or before == after:
        return KeyChanges()
    try:
        one, other = read_both(read, before, after)
        several = max(len(one or ()), len(other or ())) > 1
        return KeyChanges(changes=key_changes(_top(one, several=several), _top(other, several=several)))
    except Unread as reason:
        return KeyChanges(unreadable=str(reason))


def _top(documents: list[Tree] | None, *, several: bool) -> Tree | None:
    """What keys begin at; None where no key stands: no file, an empty one, or one that says null."""
    held: list[Tree] = [
        {} if isinstance(each, Leaf) and each.meaning == ("null",) else each for each in documents or ()
    ]
    if several:
        return held or None
    return held[0] if held and held[0] != {} else None
