"""A picture of the whole graph, for a journal that is small enough to be drawn without a script."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from journal.site.contents import LINEAGE
from journal.site.lineage.graph import COMMIT, ENTRY
from journal.site.lineage.layout import BOX, DOT
from journal.site.lineage.picture import mark
from journal.site.lineage.routes import routes
from journal.site.svg_text import cut, in_page, text, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.contents import Contents
    from journal.site.lineage.graph import Edge, Graph, Node
    from journal.site.lineage.layout import Layout
    from journal.site.lineage.routes import Route

_MARGIN = 8
_LETTER = 10.5


def drawn(graph: Graph, layout: Layout, contents: Contents) -> str:
    """The whole graph as a picture in a box that scrolls; every node that has a page is a link."""
    lines = list(_lines(graph, layout))
    turns = [(0, 0), (layout.width, layout.height), *(point for _, route in lines for point in route)]
    left, top = (min(each) - _MARGIN for each in zip(*turns, strict=True))
    wide, high = (max(each) - min(each) + 2 * _MARGIN for each in zip(*turns, strict=True))
    edges = "".join(_line(edge, route) for edge, route in lines)
    nodes = "".join(_node(node, *place, contents) for node, place in zip(graph.nodes, layout.places, strict=True))
    view = f"{left} {top} {wide} {high}"
    return (
        '<div class="journal-lineage-scroll" role="region" tabindex="0" aria-label="Lineage of the whole journal">'
        f'<svg class="journal-map" viewBox="{view}" width="{wide}" height="{high}" role="group"'
        f' aria-label="Entries, commits and runs, the oldest at the top">{edges}{nodes}</svg></div>'
    )


def _lines(graph: Graph, layout: Layout) -> Iterator[tuple[Edge, Route]]:
    """The edges and their ways; what stands beside the first entry that names it needs none to that."""
    beside: set[int] = set()
    for edge, route in zip(graph.edges, routes(graph, layout), strict=True):
        if graph.nodes[edge.end].kind == ENTRY or edge.end in beside:
            yield edge, route
        beside.add(edge.end)


def _line(edge: Edge, route: Route) -> str:
    (x, y), *_ = route
    turns = "".join(f"V{b[1]}" if a[0] == b[0] else f"H{b[0]}" for a, b in pairwise(route))
    return f'<path class="e {edge.relation}" d="M{x} {y}{turns}"/>'


def _node(node: Node, x: int, y: int, contents: Contents) -> str:
    body = _box(node, x - BOX[0] / 2, y - BOX[1] / 2) if node.kind == ENTRY else _dot(node, x, y)
    told = ", ".join(word for word in (node.label, node.note, node.standing) if word)
    shown = f"<title>{in_page(told)}</title>{body}"
    return f'<a href="{contents.address(LINEAGE, node.page)}">{shown}</a>' if node.page else f"<g>{shown}</g>"


def _box(node: Node, x: float, y: float) -> str:
    struck = " struck" if node.standing in ("superseded", "invalid") else ""
    lines = wrapped(node.label or node.key, (BOX[0] - 30) / _LETTER, 2)
    top = y + (17 if lines[1:] else 25)
    words = "".join(text(x + 22, top + 13 * number, line, "t") for number, line in enumerate(lines))
    sign = f'<text x="{x + 7:g}" y="{y + 24:g}" class="s">{mark(node.standing) if node.standing else ""}</text>'
    box = f'<rect x="{x:g}" y="{y:g}" width="{BOX[0]}" height="{BOX[1]}" rx="5"/>'
    return f'<g class="n {node.standing or "none"}{struck}">{box}{sign}{words}</g>'


def _dot(node: Node, x: int, y: int) -> str:
    if node.kind == COMMIT:
        label = text(x - 8, y + 3, node.label[:5], "c")
        return f'<g class="commit"><circle cx="{x - DOT[0] // 2 + 6}" cy="{y}" r="4"/>{label}</g>'
    box = f'<rect x="{x - DOT[0] / 2:g}" y="{y - DOT[1] / 2:g}" width="{DOT[0]}" height="{DOT[1]}" rx="6"/>'
    label = f'<text x="{x}" y="{y + 3}" text-anchor="middle">{in_page(cut(node.label, 4.4))}</text>'
    return f'<g class="run">{box}{label}</g>'
