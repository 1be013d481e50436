"""What a tree of nested values is made of, and how much of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from journal.changes.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

MAX_DEPTH = 100
"""Levels of nesting that are compared."""

MAX_NODES = 100_000
"""Values that are compared; what is repeated by an alias counts each time."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A plain value.

    Attributes:
        meaning: What is compared.
        written: What is shown: the value as the file writes it.
        computed: Whether only running the code would tell the value; told only where it took the place of a plain one.
    """

    meaning: Hashable
    written: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mapping or list with a tag of its own, such as `!Net {width: 3}`."""

    tag: str
    value: Tree


Tree: TypeAlias = "Leaf | Tagged | dict[str, Tree] | list[Tree]"


def within_limits(tree: Tree) -> Tree:
    """The tree, if it is of a size that is compared.

    Raises:
        Unread: It is nested too deeply, or holds too much.
    """
    level, held = [tree], 0
    for _ in range(MAX_DEPTH + 1):
        held += len(level)
        if held > MAX_NODES:
            raise Unread(TOO_MUCH)
        level = [below for node in level for below in _children(node)]
        if not level:
            return tree
    raise Unread(TOO_DEEP)


def _children(tree: Tree) -> Iterable[Tree]:
    if isinstance(tree, Tagged):
        return (tree.value,)
    return tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()


TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
"""Why a tree is not compared."""

TOO_MUCH = f"holds more than {MAX_NODES} values"
"""Why a tree is not compared."""
