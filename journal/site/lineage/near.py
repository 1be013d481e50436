"""What is one step away from an entry, in plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from journal.site.lineage.graph import Node


class Neighbour(NamedTuple):
    """A node beside the entry, and what it has to do with it."""

    node: Node
    relations: tuple[str, ...]
    """Names of relations, each once; `by follows` where the neighbour is the one that says so."""
    further: int = 0
    """Relations of its own with entries other than this one."""


class Group(NamedTuple):
    """Nodes of a kind on one side of the entry."""

    shown: tuple[Neighbour, ...]
    more: int
    """How many are not shown."""


class Graph(NamedTuple):
    """An entry and what is one step away from it."""

    entry: Node
    before: Group
    """Entries that it names."""
    commits: Group
    runs: Group
    after: Group
    """Entries that name it, and that it does not name."""
