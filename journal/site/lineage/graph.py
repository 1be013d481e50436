"""The whole journal as a graph in plain values: its entries, commits and runs, and what joins them."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import RELATIONS
from journal.site.contents import commit_page, run_page
from journal.site.markup import SHORT_SHA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

ENTRY, COMMIT, RUN = KINDS = ("entry", "commit", "run")
WORDS = {
    "follows": "follows",
    "results_of": "results of",
    "supersedes": "supersedes",
    "invalidates": "invalidates",
    "related": "related",
    "commit": "is about",
    "run": "cites",
}
"""What each edge is called: its start does that to its end."""

MOST = 120
"""Characters of a title or subject that are kept."""


class Node(NamedTuple):
    """An entry, a commit or a run."""

    kind: str
    key: str
    """The entry's id, the commit's sha, the run's key."""
    label: str
    """Title, short sha, name; raw text, at most `MOST` characters."""
    page: str
    """Its page in the generated folder; empty where it has none."""
    standing: str = ""
    """Where an entry stands, or a run's state; empty where nobody says."""
    note: str = ""
    """A commit's subject, a run's id; raw text."""
    day: str = ""
    """When an entry was written."""


class Edge(NamedTuple):
    """Something that one node says of another, both by their place among the nodes."""

    start: int
    end: int
    relation: str


class Graph(NamedTuple):
    """Nodes, and the edges between them; no edge stands there twice, and none leads back to its start.

    Entries come first, the oldest before the others.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def whole(contents: Contents) -> Graph:
    """Everything that the journal's entries are about. Entries that are named and do not exist are left out."""
    entries = list(reversed(contents.abstracts))
    place = {(ENTRY, each.id): index for index, each in enumerate(entries)}
    nodes = [entry_node(each, contents) for each in entries]
    edges: dict[Edge, None] = {}
    for each in entries:
        start = place[ENTRY, each.id]
        for node in (*_commits(each, contents), *_runs(each, contents)):
            end = place.setdefault((node.kind, node.key), len(nodes))
            if end == len(nodes):
                nodes.append(node)
            edges[Edge(start, end, node.kind)] = None
        for relation in RELATIONS:
            for target in getattr(each, relation):
                found = place.get((ENTRY, target), start)
                if found != start:
                    edges[Edge(start, found, relation)] = None
    return Graph(tuple(nodes), tuple(edges))


def entry_node(of: Abstract, contents: Contents) -> Node:
    """An entry; how it stands is said by itself, or by the entry that takes its place."""
    return Node(ENTRY, of.id, of.title[:MOST], of.page, standing(of, contents), "", of.day)


def standing(of: Abstract, contents: Contents) -> str:
    """How an entry stands: what another one says of it goes before its own status."""
    replaced = contents.replaced(of)
    return replaced.value if replaced is not None else of.status or ""


def commit_node(sha: str, subject: str | None) -> Node:
    """A commit of this repository, by its sha as it is known in full."""
    return Node(COMMIT, sha, sha[:SHORT_SHA], commit_page(sha), "", (subject or "")[:MOST])


def run_node(key: str, handle: str, contents: Contents) -> Node:
    """A run; it has a page where evidence keeps its digest."""
    run = contents.runs.get(key)
    if run is None:
        return Node(RUN, key, handle[:MOST], "")
    return Node(RUN, key, (run.name or run.id)[:MOST], run_page(key), run.state, run.id)


def _commits(of: Abstract, contents: Contents) -> Iterator[Node]:
    own = (commit for commit in of.commits if commit.origin is None)
    return (commit_node(contents.full(commit.sha), commit.subject or commit.note) for commit in own)


def _runs(of: Abstract, contents: Contents) -> Iterator[Node]:
    return (run_node(key, handle, contents) for key, handle in cited(of).items())


def cited(of: Abstract) -> dict[str, str]:
    """The runs that an entry is about or takes numbers from: what it calls them, by their keys."""
    found: dict[str, str] = {}
    for run in of.runs:
        if run.key is not None:
            found.setdefault(run.key, run.handle)
    for number in of.numbers:
        if number.key is not None:
            found.setdefault(number.key, number.handle)
    return found


def threads(graph: Graph) -> Sequence[Sequence[int]]:
    """The entries by threads, that is, joined by `follows`; the thread with the newest entry first."""
    parent = list(range(len(graph.nodes)))

    def top(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for start, end, relation in graph.edges:
        if relation == "follows":
            parent[top(start)] = top(end)
    found: dict[int, list[int]] = {}
    for index in reversed(entries_of(graph)):
        found.setdefault(top(index), []).append(index)
    return list(found.values())


def entries_of(graph: Graph) -> range:
    """The places of the entries among the nodes."""
    return range(next((index for index, node in enumerate(graph.nodes) if node.kind != ENTRY), len(graph.nodes)))


def neighbours(graph: Graph, relations: Iterable[str]) -> list[list[int]]:
    """For each node the ends of its edges of these relations."""
    wanted = frozenset(relations)
    found: list[list[int]] = [[] for _ in graph.nodes]
    for start, end, relation in graph.edges:
        if relation in wanted:
            found[start].append(end)
    return found


def in_order(parents: Sequence[Sequence[int]], count: int) -> list[int]:
    """Entries, the older first, but each behind those that it follows; in a circle the oldest goes first."""
    waiting = [len(parents[entry]) for entry in range(count)]
    children: list[list[int]] = [[] for _ in range(count)]
    for entry in range(count):
        for parent in parents[entry]:
            children[parent].append(entry)
    free = [entry for entry in range(count) if not waiting[entry]]
    heapify(free)
    order: list[int] = []
    done = [False] * count
    oldest = 0
    while len(order) < count:
        while oldest < count and done[oldest]:
            oldest += 1
        entry = heappop(free) if free else oldest
        if done[entry]:
            continue
        done[entry] = True
        order.append(entry)
        for child in children[entry]:
            waiting[child] -= 1
            if not waiting[child]:
                heappush(free, child)
    return order
