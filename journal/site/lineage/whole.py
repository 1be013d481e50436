"""The page of the whole lineage: a picture or lists without JavaScript, and what a script draws all of it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.wording import counted
from journal.site.contents import CHRONICLE, LINEAGE
from journal.site.lineage.graph import COMMIT, KINDS, RUN, WORDS, entries_of, in_order, neighbours, threads, whole
from journal.site.lineage.layout import lay
from journal.site.lineage.map import drawn
from journal.site.lineage.routes import routes
from journal.site.markup import badge, page
from journal.site.script_text import assignment
from journal.site.sheet import Sheet
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.site.contents import Contents
    from journal.site.lineage.graph import Graph
    from journal.site.lineage.layout import Layout

SCRIPT = "lineage/graph.js"
DRAWN = 150
"""Nodes up to which the page holds a picture."""
LISTED = 300
"""Entries that the page lists."""
ROUTED = 2_500
"""Edges up to which they are led around nodes; more of them are drawn straight."""
_MARKS = 120
_DEEPEST = 5
"""Steps in of a list, for which there is a style."""


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page, and the script that holds the graph."""
    graph = whole(contents)
    folders = contents.site.folders
    yield Sheet(LINEAGE, (graph, folders), lambda: index(graph, contents))
    yield Sheet(SCRIPT, (graph, folders, "script"), lambda: script(graph, contents))


def index(graph: Graph, contents: Contents) -> bytes:
    """The page of the whole lineage."""
    count = len(entries_of(graph))
    if not count:
        return page("Lineage", "No entries yet. Write the first one with `journal new`.", listing=True)
    few = len(graph.nodes) <= DRAWN and len(graph.edges) <= ROUTED
    picture = drawn(graph, lay(graph), contents) if few else ""
    box = f'<div class="journal-graph" data-graph="{SCRIPT}">{picture}</div>'
    told = f"{_counts(graph)}. Time runs downwards; what follows one another stands below."
    lead = f'<p class="journal-graph-lead">{told}</p>'
    lists = "\n".join(_lists(graph, contents))
    return page("Lineage", f"<div>\n{lead}\n{box}\n{lists}\n</div>", hide="navigation, toc", listing=True)


def _counts(graph: Graph) -> str:
    """How much there is; not all of the journal's commits and runs, so it says which."""
    told = counted(len(entries_of(graph)), "entry")
    numbers = ((sum(node.kind == kind for node in graph.nodes), kind) for kind in (COMMIT, RUN))
    others = " and ".join(counted(number, kind) for number, kind in numbers if number)
    return f"{told}, with {others} that entries are about or cite" if others else told


def _lists(graph: Graph, contents: Contents) -> Iterator[str]:
    """The threads as nested lists, the newest first; all of them folded once a script has drawn the graph."""
    yield '<details class="journal-threads" open><summary>Entries as lists</summary>'
    left, parents = LISTED, neighbours(graph, ["follows"])
    rank = {entry: number for number, entry in enumerate(in_order(parents, len(entries_of(graph))))}
    for thread in threads(graph):
        if left <= 0:
            break
        kept = thread[:left]
        left -= len(kept)
        yield from _thread(graph, _nested(kept, parents, rank), contents)
    if len(entries_of(graph)) > LISTED:
        rest = counted(len(entries_of(graph)) - LISTED, "older entry")
        yield f'<p><a href="{contents.address(LINEAGE, CHRONICLE)}">{rest} in the chronicle</a></p>'
    yield "</details>"


def _thread(graph: Graph, nested: Iterable[tuple[int, int]], contents: Contents) -> Iterator[str]:
    yield "<ul>"
    for entry, depth in nested:
        yield f'<li class="d{min(depth, _DEEPEST)}">{_item(graph, entry, contents)}</li>'
    yield "</ul>"


def _nested(
    thread: Iterable[int], parents: Sequence[Sequence[int]], rank: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Entries and how far in they stand: each below the first that it follows, before that one's next."""
    kept = frozenset(thread)
    below: dict[int | None, list[int]] = {}
    for entry in sorted(kept, key=rank.__getitem__):
        # In a circle there is one that goes first: what it follows comes later, and is passed over here.
        earlier = (each for each in parents[entry] if each in kept and rank[each] < rank[entry])
        below.setdefault(next(earlier, None), []).append(entry)
    left = [(entry, 0) for entry in reversed(below[None])]
    while left:
        entry, depth = left.pop()
        yield entry, depth
        left += [(each, depth + 1) for each in reversed(below.get(entry, ()))]


def _item(graph: Graph, entry: int, contents: Contents) -> str:
    node = graph.nodes[entry]
    title = plain(node.label) or plain(node.key)
    word = f" {badge(node.standing)}" if node.standing else ""
    return f'<time>{plain(node.day)}</time> <a href="{contents.address(LINEAGE, node.page)}">{title}</a>{word}'


def script(graph: Graph, contents: Contents) -> bytes:
    """The graph for the script, in columns: a place in one list is the same node in all of them."""
    layout = lay(graph)
    standings = sorted({node.standing for node in graph.nodes})
    at = {word: index for index, word in enumerate(standings)}
    relations = list(WORDS)
    told = {
        "standings": standings,
        "relations": list(WORDS.values()),
        "kind": [KINDS.index(node.kind) for node in graph.nodes],
        "key": [node.key for node in graph.nodes],
        "label": [node.label for node in graph.nodes],
        "note": [node.note for node in graph.nodes],
        "standing": [at[node.standing] for node in graph.nodes],
        "page": [contents.address("index.md", node.page) if node.page else "" for node in graph.nodes],
        "place": [number for place in layout.places for number in place],
        "edge": [part for edge in graph.edges for part in (edge.start, edge.end, relations.index(edge.relation))],
        "route": [sum(route, ()) for route in routes(graph, layout)] if len(graph.edges) <= ROUTED else None,
        "marks": marks(graph, layout),
    }
    return assignment("window.journalLineage", told)


def marks(graph: Graph, layout: Layout) -> list[tuple[int, str]]:
    """Months, or years where those are too many, and how far down each begins."""
    for letters in (7, 4):
        found: dict[str, int] = {}
        latest = ""
        rows: dict[int, str] = {}
        for entry in entries_of(graph):
            day = graph.nodes[entry].day[:letters]
            row = layout.rows[entry]
            rows[row] = max(rows.get(row, ""), day)
        for row in sorted(rows):
            if rows[row] > latest:
                latest = rows[row]
                found[latest] = layout.tops[row]
        if len(found) <= _MARKS:
            break
    return [(top, word) for word, top in found.items()]
