"""Edits of the front matter: one value is set or added, and every other byte of the file stays as it was.

The new text is spliced in by the places that the loader gives. What comes out is read again and must hold what stood
there before and the one change; else nothing is given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from journal.document import splicing
from journal.document.quoting import Value, flow, holdable, quoted
from journal.errors import EntryError

if TYPE_CHECKING:
    from journal.document.splicing import Location


def set_value(raw: bytes, path: str, location: Location, value: Value) -> bytes:
    """The file with another value at one place of its front matter.

    Args:
        raw: The file.
        path: The file, for errors.
        location: Where the value stands; what stands there now is text or nothing. A key that is not there is added
            behind the others of its mapping.
        value: What shall stand there. Text keeps the quoting of the text before it where it can.

    Raises:
        FrontMatterError: The place cannot be edited safely, or the value does not fit there.
        EntryError: The edit would change more than this value.
    """
    matter = splicing.read(raw, path)
    node = matter.find(location)
    if node is not None:
        edit = matter.replacing(node, location, value)
    elif len(location) == 1:
        edit = matter.adding(f"{quoted(str(location[0]))}: {flow(value)}", location)
    else:
        edit = matter.extending(location, value)
    return matter.spliced(edit, location, _changed(matter.tree, location, _plain(value, path)))


def append_item(raw: bytes, path: str, key: str, value: Value) -> bytes:
    """The file with one more item at the end of a list of its front matter's top level.

    Args:
        raw: The file.
        path: The file, for errors.
        key: The list. Where it is empty or absent it begins, and where one text stands for it, it becomes a list.
        value: The item, written as its neighbours are.

    Raises:
        FrontMatterError: The list cannot be edited safely, or the item does not fit there.
        EntryError: The edit would change more than this list.
    """
    matter, location = splicing.read(raw, path), (key,)
    node = matter.find(location)
    before: list[Any] = []
    if node is None:
        edit = matter.adding(f"{quoted(key)}:{matter.begun(value)}", location)
    elif node.value is None:
        edit = matter.beginning(node, location, value)
    elif isinstance(node.value, str):
        before, edit = [node.value], matter.widening(node, node.value, value)
    elif isinstance(node.value, list):
        before = matter.tree[key]
        edit = matter.lengthening(node, node.value, value)
    else:
        matter.refuse(f"{key!r} is a mapping, not a list", node, "write it as a list")
    return matter.spliced(edit, location, _changed(matter.tree, location, [*before, _plain(value, path)]))


def _plain(value: Value, path: str) -> Any:
    """A value as the loader gives it back."""
    if isinstance(value, str):
        if not holdable(value):
            hint = "leave it out"
            raise EntryError("a character that no text should hold; nothing was written", hint=hint, path=path)
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item, path) for key, item in value.items()}
    return [_plain(item, path) for item in value]


def _changed(tree: Any, location: Location, value: Any) -> Any:
    """A copy of a tree with another value at one place."""
    if not location:
        return value
    first, *rest = location
    if isinstance(tree, list):
        return [_changed(item, tuple(rest), value) if number == first else item for number, item in enumerate(tree)]
    return {**tree, first: _changed(tree.get(first), tuple(rest), value)}
