"""How the edges of the whole graph are led, for graphs made here."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.site.lineage.graph import COMMIT, ENTRY, RUN, WORDS, Edge, Graph, Node
from journal.site.lineage.layout import BOX, lay, size
from journal.site.lineage.routes import routes

if TYPE_CHECKING:
    from journal.site.lineage.layout import Layout
    from journal.site.lineage.routes import Route

BETWEEN = [word for word in WORDS if word not in (COMMIT, RUN)]


def graph_of(entries: int, *edges: tuple[int, int, str]) -> Graph:
    """A graph of entries, and behind them whatever else its edges lead to."""
    kinds = {end: relation for _, end, relation in edges if relation in (COMMIT, RUN)}
    nodes = [Node(kinds.get(each, ENTRY), str(each), "", "") for each in range(max([entries - 1, *kinds]) + 1)]
    return Graph(tuple(nodes), tuple(Edge(*edge) for edge in dict.fromkeys(edges)))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs of every relation, with circles, commits and runs that several entries name, and some that name many."""
    count = draw(st.integers(1, 16))
    number = st.integers(0, count - 1)
    related = draw(st.lists(st.tuples(number, number, st.sampled_from(BETWEEN)), max_size=40))
    edges = [each for each in related if each[0] != each[1]]
    for dot in range(count, count + draw(st.integers(0, 24))):
        kind = draw(st.sampled_from([COMMIT, RUN]))
        named = draw(st.lists(st.one_of(st.just(0), number), min_size=1, max_size=3, unique=True))
        edges += [(entry, dot, kind) for entry in named]
    return graph_of(count, *edges)


def crossed(graph: Graph, layout: Layout) -> list[tuple[Edge, int]]:
    """Edges, and nodes that they do not join and whose inside they cross."""
    found = []
    boxes = [(*place, *size(node.kind)) for node, place in zip(graph.nodes, layout.places, strict=True)]
    for edge, route in zip(graph.edges, routes(graph, layout), strict=True):
        for (x1, y1), (x2, y2) in pairwise(route):
            for node, (x, y, wide, high) in enumerate(boxes):
                beside = max(x1, x2) * 2 <= x * 2 - wide or min(x1, x2) * 2 >= x * 2 + wide
                apart = max(y1, y2) * 2 <= y * 2 - high or min(y1, y2) * 2 >= y * 2 + high
                if node not in edge[:2] and not beside and not apart:
                    found.append((edge, node))
    return found


def along(route: Route) -> set[tuple[int, int]]:
    """Every place that a route runs through, but for its turns."""
    found = set()
    for (x, y), (x2, y2) in pairwise(route):
        found |= {(x, each) for each in range(min(y, y2) + 1, max(y, y2))}
        found |= {(each, y) for each in range(min(x, x2) + 1, max(x, x2))}
    return found


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_no_edge_crosses_a_node_that_it_does_not_join(graph: Graph) -> None:
    assert crossed(graph, lay(graph)) == []


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_an_edge_begins_and_ends_at_its_nodes_and_turns_at_right_angles(graph: Graph) -> None:
    layout = lay(graph)
    for edge, route in zip(graph.edges, routes(graph, layout), strict=True):
        for node, (x, y) in ((edge.start, route[0]), (edge.end, route[-1])):
            (middle, centre), (wide, high) = layout.places[node], size(graph.nodes[node].kind)
            assert abs(middle - x) * 2 <= wide
            assert abs(centre - y) * 2 <= high
        assert all((x == x2) != (y == y2) for (x, y), (x2, y2) in pairwise(route))


@given(graphs())
@settings(max_examples=20, deadline=None)
def test_the_same_graph_gives_the_same_routes(graph: Graph) -> None:
    assert json.dumps(routes(graph, lay(graph))) == json.dumps(routes(Graph(*graph), lay(graph)))


def test_an_entry_right_below_the_one_it_follows_is_joined_straight_down() -> None:
    graph = graph_of(3, (1, 0, "follows"), (2, 1, "follows"))
    layout = lay(graph)
    for (start, end, _), route in zip(graph.edges, routes(graph, layout), strict=True):
        (x, y), (_, y2) = layout.places[start], layout.places[end]
        assert route == ((x, y - BOX[1] // 2), (x, y2 + BOX[1] // 2))


def test_two_edges_between_the_same_entries_run_side_by_side() -> None:
    graph = graph_of(2, (1, 0, "follows"), (1, 0, "supersedes"))
    first, second = routes(graph, lay(graph))
    assert len(first) == len(second) == 2
    assert {x for x, _ in first}.isdisjoint(x for x, _ in second)


def test_an_edge_past_an_entry_of_its_own_lane_goes_around_it() -> None:
    graph = graph_of(3, (1, 0, "follows"), (2, 1, "follows"), (2, 0, "supersedes"))
    assert [len(route) for route in routes(graph, lay(graph))] == [2, 2, 6]
    assert crossed(graph, lay(graph)) == []


def test_edges_around_the_same_entry_keep_apart() -> None:
    between = [(number, number - 1, "follows") for number in range(1, 6)]
    graph = graph_of(6, *between, (5, 0, "related"), (4, 1, "related"), (5, 2, "supersedes"), (3, 0, "invalidates"))
    led = [along(route) for route in routes(graph, lay(graph))]
    shared = [len(one & other) for one, other in combinations(led, 2)]
    assert max(shared) <= 2  # they cross at most


def test_an_edge_into_an_entry_does_not_lie_on_one_out_of_the_entry_above() -> None:
    graph = graph_of(6, (2, 0, "related"), (3, 0, "follows"), (3, 1, "related"))
    into, _, out = (along(route) for route in routes(graph, lay(graph)))
    assert len(into & out) <= 1


def test_a_run_that_another_entry_cites_too_is_reached_through_the_gaps_between_the_runs() -> None:
    own = [(0, run, RUN) for run in range(2, 14)]
    for shared in range(2, 14):
        graph = graph_of(2, *own, (1, shared, RUN))
        assert crossed(graph, lay(graph)) == []


def test_a_commit_that_its_own_entry_names_is_reached_from_the_box_s_right_side() -> None:
    graph = graph_of(1, *((0, dot, COMMIT) for dot in range(1, 12)))
    layout = lay(graph)
    right = layout.places[0][0] + BOX[0] // 2
    assert {route[0][0] for route in routes(graph, layout)} == {right}
