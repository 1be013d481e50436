"""Names that share their beginnings, as a tree that a reader can fold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")

DEEPEST = 12
"""Levels of a tree; what lies deeper keeps the rest of its name in one piece."""


@dataclass
class Node(Generic[T]):
    """A beginning of names.

    Attributes:
        leaves: What has just this name.
        below: What goes on, by the next part of the name.
    """

    leaves: list[T] = field(default_factory=list)
    below: dict[str, Node[T]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many things there are in it."""
        return len(self.leaves) + sum(node.size for node in self.below.values())


def parts(name: str, separator: str) -> list[str]:
    """A name cut where it branches; whole where a part would be empty."""
    found = name.split(separator, DEEPEST - 1)
    return found if all(found) else [name]


def grown(items: Iterable[tuple[Sequence[str], T]]) -> Node[T]:
    """A tree of things by the parts of their names."""
    root: Node[T] = Node()
    for path, item in items:
        node = root
        for part in path[:DEEPEST]:
            node = node.below.setdefault(part, Node())
        node.leaves.append(item)
    return root


def lines(
    root: Node[T], separator: str, leaf: Callable[[str, T], str], group: Callable[[str, Node[T]], str], room: int
) -> Iterator[str]:
    """A tree as nested lists in HTML, a line a thing; groups unfold.

    Args:
        root: The tree.
        separator: What stands between the parts of a name.
        leaf: Makes what is said of a thing, of the rest of its name; harmless HTML.
        group: The same of a group.
        room: How many things a group may hold to stand open.
    """
    yield '<ul class="journal-tree">'
    for name, node in root.below.items():
        label, under = _without_single_steps(name, node, separator)
        for item in under.leaves:
            yield f"<li>{leaf(label, item)}</li>"
        if under.below:
            further = Node(below=under.below)
            shown = " open" if further.size <= room else ""
            yield f"<li><details{shown}><summary>{group(label + separator, further)}</summary>"
            yield from lines(further, separator, leaf, group, room)
            yield "</details></li>"
    yield "</ul>"


def _without_single_steps(name: str, node: Node[T], separator: str) -> tuple[str, Node[T]]:
    """A name with all that follows it without a choice."""
    while not node.leaves and len(node.below) == 1:
        ((part, node),) = node.below.items()
        name = f"{name}{separator}{part}"
    return name, node
