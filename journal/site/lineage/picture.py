"""A picture of the graph around an entry: time runs from left to right, every node is a link, no script is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.index.relations import INVERSE
from journal.model.wording import counted
from journal.site.contents import COMMITS, LINEAGE, RUNS
from journal.site.lineage.graph import COMMIT, ENTRY, RUN, WORDS
from journal.site.markup import literal
from journal.site.svg_text import cut, in_page, text, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.contents import Contents
    from journal.site.lineage.graph import Node
    from journal.site.lineage.near import Graph, Group, Neighbour

LEFT, MIDDLE, RIGHT = 22, 290, 558
WIDE = 216
"""Of a box."""
ACROSS = RIGHT + WIDE + 22
"""Of the whole."""

_LETTER, _BOLD = 12.0, 13.2
_GROUPS = ("before", "commits", "runs", "after")
_LISTS = {"commits": COMMITS, "runs": RUNS}
_REPLACED = ("superseded", "invalid")


class Shown(NamedTuple):
    """Where the picture is shown."""

    here: str
    """The page."""
    contents: Contents
    whole: str
    """Address of the entry in the whole lineage."""

    def to(self, page: str) -> str:
        """The address of a page."""
        return self.contents.address(self.here, page)


class Placed(NamedTuple):
    """Something that is drawn: a neighbour, or the rest of its group."""

    group: str
    neighbour: Neighbour | None
    words: tuple[str, ...]
    high: int
    more: int = 0


def picture(graph: Graph, here: str, contents: Contents) -> str:
    """The graph around an entry as HTML with a picture in it; nothing where nothing is around it.

    Args:
        graph: What `neighbourhood.around` found.
        here: The page that shows it.
        contents: Gives addresses.
    """
    left = [placed for name in _GROUPS[:3] for placed in _placed(name, graph)]
    right = list(_placed("after", graph))
    if not left and not right:
        return ""
    middle = wrapped(graph.entry.label, (WIDE - 24) / _BOLD, 3)
    own = 26 + 16 * len(middle)
    high = max(_height(left), _height(right), own)
    centre = 8 + high / 2
    # Without neighbours on a side the picture ends there: so a narrow window begins at this entry.
    first = 0 if left else MIDDLE - LEFT
    wide = (ACROSS if right else MIDDLE + WIDE + LEFT) - first
    end = "" if right else " journal-lineage-scroll--end"
    whole = contents.address(here, LINEAGE, f"entry-{graph.entry.key}")
    shown = Shown(here, contents, whole)
    drawn = [*_side(left, LEFT, high, shown), *_side(right, RIGHT, high, shown)]
    lines = "".join(line for line, _ in drawn)
    nodes = "".join(node for _, node in drawn)
    box = _box((MIDDLE, centre - own / 2), own, graph.entry.standing, "this entry", middle)
    label = f"{counted(len(drawn), 'neighbour')} of this entry, the earlier on the left"
    return (
        f'<div class="journal-lineage"><div class="journal-lineage-scroll{end}" role="region" tabindex="0"'
        ' aria-label="Lineage of this entry">'
        f'<svg viewBox="{first} 0 {wide} {high + 16:g}" width="{wide}" height="{high + 16:g}" role="group"'
        f' aria-label="{literal(label)}">{lines}<g class="here">{box}</g>{nodes}</svg></div>'
        f"{_list(graph, here, contents)}"
        f'<p class="journal-lineage-more"><a href="{whole}">In the whole lineage</a></p></div>'
    )


def _placed(name: str, graph: Graph) -> Iterator[Placed]:
    group: Group = getattr(graph, name)
    for each in group.shown:
        if each.node.kind == ENTRY:
            words = tuple(wrapped(each.node.label, (WIDE - 24) / _LETTER, 2))
            yield Placed(name, each, words, 26 + 16 * len(words))
        else:
            yield Placed(name, each, (cut(each.node.label, 15),), 22)
    if group.more:
        kind = {"commits": "commit", "runs": "run"}.get(name, "entry")
        yield Placed(name, None, (f"and {counted(group.more, f'more {kind}')}",), 22, group.more)


def _height(column: Sequence[Placed]) -> int:
    return sum(each.high for each in column) + 10 * max(len(column) - 1, 0)


def _side(column: Sequence[Placed], x: int, high: int, shown: Shown) -> Iterator[tuple[str, str]]:
    """For each node of a column its edge and itself."""
    y = 8 + (high - _height(column)) / 2
    centre = 8 + high / 2
    for number, each in enumerate(column):
        port = centre + (number - (len(column) - 1) / 2) * 3
        middle = y + each.high / 2
        ends = (x + WIDE, MIDDLE) if x == LEFT else (MIDDLE + WIDE, x)
        yield (
            _edge(each, ends, (middle, port) if x == LEFT else (port, middle)),
            _drawn(each, x, y, shown),
        )
        y += each.high + 10


def _edge(each: Placed, ends: tuple[int, int], heights: tuple[float, float]) -> str:
    """A curve, dressed by its first relation; its title says all of them."""
    bend = (ends[1] - ends[0]) / 2
    relations = each.neighbour.relations if each.neighbour else ("more",)
    style = relations[0].removeprefix("by ")
    way = f"M{ends[0]} {heights[0]:g}c{bend:g} 0 {bend:g} {heights[1] - heights[0]:g} {ends[1] - ends[0]}"
    return f'<path class="e {style}" d="{way} {heights[1] - heights[0]:g}"/>'


def _drawn(each: Placed, x: int, y: float, shown: Shown) -> str:
    if each.neighbour is None:
        target = _LISTS.get(each.group)
        address = shown.to(target) if target else shown.whole
        words = text(x + 14, y + 15, each.words[0])
        return (
            f'<a href="{address}" class="rest"><rect x="{x}" y="{y:g}" width="{WIDE}" height="22" rx="4"/>{words}</a>'
        )
    node = each.neighbour.node
    if node.kind == ENTRY:
        relations = said(each.neighbour.relations)
        body = _box((x, y), each.high, node.standing, relations, each.words) + _further(
            each.neighbour, x, y + each.high / 2
        )
    else:
        body = _dot(node, each.words[0], x, y)
    titled = f"<title>{in_page(_title(node))}</title>{body}"
    return f'<a href="{shown.to(node.page)}">{titled}</a>' if node.page else f"<g>{titled}</g>"


def _title(node: Node) -> str:
    return ", ".join(word for word in (node.label, node.note, node.standing) if word)


def said(relations: Sequence[str]) -> str:
    """What a node on the other side is to the entry: `superseded by`, `follows and related`."""
    words = [INVERSE[each[3:]] if each.startswith("by ") else WORDS[each] for each in relations]
    return " and ".join(dict.fromkeys(word.replace("_", " ") for word in words))


def _box(corner: tuple[int, float], high: int, standing: str, relation: str, words: Sequence[str]) -> str:
    """A box with a word above its title: what it is to the entry, and how it stands as mark, colour and word."""
    x, y = corner
    style = (standing or "none").replace(" ", "-")
    struck = " struck" if standing in _REPLACED else ""
    rest = WIDE - 24
    status = f'<tspan class="s">{mark(standing)} {in_page(standing)}</tspan> \N{MIDDLE DOT} ' if standing else ""
    over = cut(relation, (rest - (len(standing) + 4) * 6) / 10)
    lines = "".join(text(x + 12, y + 34 + 16 * number, line, "t") for number, line in enumerate(words))
    return (
        f'<g class="n {style}{struck}"><rect x="{x}" y="{y:g}" width="{WIDE}" height="{high}" rx="5"/>'
        f'<path class="s" d="M{x + 2.5} {y + 6:g}v{high - 12}"/>'
        f'<text x="{x + 12}" y="{y + 17:g}" class="w">{status}{in_page(over)}</text>{lines}</g>'
    )


def mark(standing: str) -> str:
    """A sign for how an entry stands, which needs no colour."""
    signs = {
        "planned": "\N{WHITE CIRCLE}",
        "running": "\N{CIRCLE WITH LEFT HALF BLACK}",
        "blocked": "\N{BLACK SQUARE}",
        "concluded": "\N{BLACK CIRCLE}",
        "inconclusive": "\N{WHITE DIAMOND}",
        "superseded": "\N{RIGHTWARDS ARROW}",
    }
    return signs.get(standing, "\N{MULTIPLICATION SIGN}")


def _further(neighbour: Neighbour, x: int, y: float) -> str:
    """How much there is beyond: a number outside of the box."""
    if not neighbour.further:
        return ""
    outer = (x - 3, "end") if x == LEFT else (x + WIDE + 3, "start")
    return f'<text x="{outer[0]}" y="{y + 4:g}" class="f" text-anchor="{outer[1]}">+{neighbour.further}</text>'


def _dot(node: Node, words: str, x: int, y: float) -> str:
    """A commit as a circle with its short sha, a run as a pill with its name; what is known of it in grey behind."""
    end = x + WIDE
    if node.kind == COMMIT:
        note = text(end - 78, y + 15, cut(node.note, 11), "w") if node.note else ""
        note = note.replace("<text", '<text text-anchor="end"', 1)
        sha = f'<text x="{end - 20}" y="{y + 15:g}" class="c" text-anchor="end">{in_page(words)}</text>'
        return f'<g class="commit">{note}{sha}<circle cx="{end - 8}" cy="{y + 11:g}" r="6"/></g>'
    wide = 126
    name = cut(node.note, 7) if node.note and node.note != node.label else ""
    note = (
        f'<text x="{end - wide - 8}" y="{y + 15:g}" class="w" text-anchor="end">{in_page(name)}</text>' if name else ""
    )
    pill = f'<rect x="{end - wide}" y="{y:g}" width="{wide}" height="22" rx="11"/>'
    label = f'<text x="{end - wide / 2:g}" y="{y + 15:g}" text-anchor="middle">{in_page(cut(words, 8.5))}</text>'
    return f'<g class="run{"" if node.page else " unfilled"}">{note}{pill}{label}</g>'


def _list(graph: Graph, here: str, contents: Contents) -> str:
    """The same in words, folded."""
    found: dict[str, list[str]] = {}
    for name in _GROUPS:
        group: Group = getattr(graph, name)
        for each in group.shown:
            label = in_page(cut(each.node.label, 40))
            address = contents.address(here, each.node.page) if each.node.page else ""
            item = f'<a href="{address}">{label}</a>' if address else label
            found.setdefault(said(each.relations), []).append(item + _aside(each.node))
        if group.more:
            found.setdefault("besides", []).append(counted(group.more, "more " + _kind(name)))
    items = "".join(f"<li>{words.capitalize()}: {'; '.join(nodes)}</li>" for words, nodes in found.items())
    return f"<details><summary>The same as a list</summary><ul>{items}</ul></details>"


def _kind(name: str) -> str:
    return {"commits": COMMIT, "runs": RUN}.get(name, ENTRY)


def _aside(node: Node) -> str:
    return f" ({node.standing})" if node.kind == ENTRY and node.standing else ""
