"""Nested plain values, such as the configs of runs, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.changes import scalars, wording
from journal.changes.nodes import MAX_DEPTH, Leaf
from journal.changes.tree import key_changes, leaves

if TYPE_CHECKING:
    from journal.changes.nodes import Tree
    from journal.model.change import KeyChange

_CUT = Leaf("cut", "…")


def flat(value: Any) -> dict[str, str]:
    """Every plain value by its dotted key (`layers[2].width`), as text on one line.

    A short list of plain values is one value, an empty mapping or list another. The key of a value that holds no
    others is the empty text.
    """
    return {key: wording.shown(key, leaf) for key, leaf in leaves("", _tree(value, 0))}


def differences(one: Any, other: Any) -> tuple[KeyChange, ...]:
    """The keys in which two nested values differ, by what is shown of them by `flat`.

    Numbers are equal when they are as numbers (`1` and `1.0`: whoever wrote the config may have rounded the spelling),
    NaN is equal to NaN, and `True` is no 1. Below 100 levels nothing is compared.

    Raises:
        Unread: The differences would fill a book.
    """
    return key_changes(_tree(one, 0), _tree(other, 0))


def _tree(value: Any, depth: int) -> Tree:
    if depth > MAX_DEPTH:
        return _CUT
    if isinstance(value, dict):
        return {str(key): _tree(below, depth + 1) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_tree(below, depth + 1) for below in value]
    return _leaf(value)


def _leaf(value: Any) -> Leaf:
    """A plain value as JSON spells it."""
    if value is None or isinstance(value, bool):
        return Leaf(value, {None: "null", True: "true", False: "false"}[value])
    if isinstance(value, int | float):
        return Leaf(("number", "nan" if value != value else value), scalars.spelt(value))  # noqa: PLR0124 - NaN
    if isinstance(value, str):
        return Leaf(("text", value), wording.quoted(value))
    return Leaf(("other", type(value).__name__, str(value)), str(value))
