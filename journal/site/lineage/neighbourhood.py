"""The graph around one entry: what it builds on, its commits and runs, and what builds on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.entry import RELATIONS
from journal.site.lineage.graph import ENTRY, RUN, Node, cited, commit_node, entry_node, run_node
from journal.site.lineage.near import Graph, Group, Neighbour
from journal.site.lineage.picture import picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

__all__ = ["Graph", "Group", "Neighbour", "around", "picture"]  # an entry's page needs this module alone

MOST = {"before": 6, "commits": 5, "runs": 6, "after": 6}
"""Nodes that are shown of each group, one of them for the rest."""


def around(contents: Contents, of: Abstract) -> Graph:
    """The graph around an entry.

    Args:
        contents: All that the site shows.
        of: One of its entries; another one may have its id by mistake.
    """
    named: dict[str, list[str]] = {}
    for relation in RELATIONS:
        for target in getattr(of, relation):
            named.setdefault(target, []).append(relation)
    naming: dict[str, list[str]] = {}
    for relation in RELATIONS:
        for start in contents.relations.by(relation, of.id):
            (named if start in named else naming).setdefault(start, []).append(f"by {relation}")
    named.pop(of.id, None)
    naming.pop(of.id, None)
    return Graph(
        entry_node(of, contents),
        _entries("before", named, contents),
        _group("commits", (Neighbour(node, ("commit",)) for node in _commits(of, contents))),
        _group("runs", (Neighbour(node, ("run",)) for node in _runs(of, contents))),
        _entries("after", naming, contents),
    )


def _entries(name: str, found: Mapping[str, Iterable[str]], contents: Contents) -> Group:
    """Entries of one side; only those that are shown are looked into."""
    ids = list(found)
    most = _shown(name, len(ids))
    shown = (_entry(each, tuple(dict.fromkeys(found[each])), contents) for each in ids[:most])
    return Group(tuple(shown), len(ids) - most)


def _entry(entry_id: str, relations: tuple[str, ...], contents: Contents) -> Neighbour:
    known = contents.by_id.get(entry_id)
    if known is None:
        return Neighbour(Node(ENTRY, entry_id, entry_id, "", "no such entry"), relations)
    return Neighbour(
        entry_node(known, contents), relations, max(contents.relation_counts[entry_id] - len(relations), 0)
    )


def _group(name: str, neighbours: Iterable[Neighbour]) -> Group:
    found = list({(each.node.key, each.node.label): each for each in neighbours}.values())
    most = _shown(name, len(found))
    return Group(tuple(found[:most]), len(found) - most)


def _shown(name: str, count: int) -> int:
    return count if count <= MOST[name] else MOST[name] - 1


def _commits(of: Abstract, contents: Contents) -> Iterator[Node]:
    """Its commits; one of another repository has no page here."""
    for each in of.commits:
        here = each.origin is None
        node = commit_node(contents.full(each.sha) if here else each.sha, each.subject or each.note)
        yield node if here else node._replace(page="")


def _runs(of: Abstract, contents: Contents) -> Iterator[Node]:
    """Its runs, by the names that it gives them; before the first fill they have no page."""
    handles = cited(of)
    for key, handle in handles.items():
        node = run_node(key, handle, contents)
        yield node._replace(label=handle, note=node.label)
    yield from (Node(RUN, run.reference, run.handle, "", "not filled yet") for run in of.runs if run.key is None)
