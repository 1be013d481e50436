"""How edges of the whole graph are led: through the gaps between rows and lanes, so that none crosses a node.

An edge leaves an entry at the upper or lower side, runs along the gap there, changes to another gap where a lane is
free or in the gutter between two lanes, and so to its end. What stands in an entry's own cell is reached from the right
side of its box. Edges in one gap or gutter have tracks, in an order in which few of them cross.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.site.lineage.graph import ENTRY, entries_of
from journal.site.lineage.layout import BOX, DOT, GAP, LANE, ROW, size
from journal.site.lineage.tracks import Key, Stretch, tracks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.site.lineage.graph import Graph
    from journal.site.lineage.layout import Layout

Point = tuple[int, int]
Route = tuple[Point, ...]

_CLEAR = 4
"""At least so far from a node an edge passes it in a lane that is free."""
_TRACKS, _DETOUR = 4, 40
"""How many edges fit well into a gutter, and how far one goes for each that would be too many there."""
_SLOT, _SLOTS = 12, 5
"""Between the places where edges leave an entry, and how many of them each half of a side has."""
_STRAIGHT = (0, *(way * step * _SLOT for step in range(1, _SLOTS + 1) for way in (1, -1)))
_COMMIT = -15
"""From the middle of a dot to where it is left: the ring of a commit, whose name stands right of it."""


class _End(NamedTuple):
    """Where an edge leaves a node: by these points into the gap above the row of this number, from above or below."""

    gap: int
    above: bool
    points: tuple[Point, ...]

    @property
    def x(self) -> int:
        """Where it comes into the gap."""
        return self.points[-1][0]


class _Way(NamedTuple):
    """An edge between two ends, and where it changes gaps: at an x, that of a gutter if there is one."""

    ends: tuple[_End, _End]
    x: int
    gutter: int | None


def routes(graph: Graph, layout: Layout) -> list[Route]:
    """The points of each edge, from its start to its end; neighbouring points share an x or a y.

    Only the ends' own boxes and dots are touched. Takes time in proportion to the square of the edges.
    """
    ground = _Ground(graph, layout)
    found: list[Route] = [()] * len(graph.edges)
    led = []
    for index, (start, end, _) in enumerate(graph.edges):
        if ground.home.get(end) == start:
            found[index] = _inside(layout.places[start], layout.places[end])
        else:
            led.append(index)
    ends = _ends(ground, [graph.edges[index][:2] for index in led])
    for index, route in zip(led, _laid(ground, _ways(ground, ends)), strict=True):
        found[index] = route
    return found


class _Ground:
    """What stands where."""

    def __init__(self, graph: Graph, layout: Layout) -> None:
        self.places = layout.places
        self.tops = (*layout.tops, layout.height + ROW)
        self.kinds = [node.kind for node in graph.nodes]
        self.home: dict[int, int] = {}
        for start, end, _ in graph.edges:
            if graph.nodes[end].kind != ENTRY:
                self.home.setdefault(end, start)
        self.rows = [*layout.rows, *(layout.rows[self.home[dot]] for dot in range(len(layout.rows), len(self.places)))]
        self.lefts = sorted({self.places[entry][0] - BOX[0] // 2 for entry in entries_of(graph)})
        self.gutters = [left - LANE for left in self.lefts] + [layout.width]
        self._in_row: list[list[int]] = [[] for _ in layout.tops]
        for node, row in enumerate(self.rows):
            self._in_row[row].append(node)

    def is_free(self, x: int, rows: Iterable[int]) -> bool:
        """Whether nothing stands at or near an x in these rows."""
        return not any(self._spans(node, x) for row in rows for node in self._in_row[row])

    def is_entry(self, node: int) -> bool:
        """Whether it is no commit and no run."""
        return self.kinds[node] == ENTRY

    def ways(self, node: int) -> Sequence[int]:
        """The gaps that a node can be left to; from between others of its cell the nearer one, past these."""
        below, above = self.rows[node] + 1, self.rows[node]
        if self.is_entry(node):
            return below, above
        found = [gap for gap in (below, above) if self._is_open(node, gap)]
        x, y = self.places[node]
        column = [self.places[each][1] for each in self._in_row[above] if self.places[each][0] == x]
        return found or [below if y * 2 > min(column) + max(column) else above]

    def end(self, node: int, gap: int, offset: int) -> _End:
        """How a node is left to a gap, so far from its middle."""
        (x, y), above = self.places[node], gap > self.rows[node]
        down = 1 if above else -1
        if self.is_entry(node):
            return _End(gap, above, ((x + offset, y + down * (BOX[1] // 2)),))
        if self._is_open(node, gap):
            return _End(gap, above, ((x + _COMMIT - 2 * down, y + down * (DOT[1] // 2 - 2)),))
        left = x - DOT[0] // 2
        return _End(gap, above, ((left + 2, y), (left - GAP + 1, y)))

    def _is_open(self, dot: int, gap: int) -> bool:
        """Whether nothing stands between a dot and a gap at its row."""
        (x, y), upwards = self.places[dot], gap == self.rows[dot]
        others = (node for node in self._in_row[self.rows[dot]] if node != dot and self._spans(node, x + _COMMIT))
        return all((self.places[node][1] > y) == upwards for node in others)

    def _spans(self, node: int, x: int) -> bool:
        return abs(self.places[node][0] - x) < size(self.kinds[node])[0] // 2 + _CLEAR


def _inside(box: Point, dot: Point) -> Route:
    """From an entry to what stands in its own cell: first between two rows of dots, then between two columns."""
    (x, y), (left, middle) = (box[0] + BOX[0] // 2, box[1]), (dot[0] - DOT[0] // 2, dot[1])
    beside = left - GAP // 2
    along = middle if beside < x + GAP else middle + (DOT[1] + GAP) // 2 * (-1 if middle > y else 1)
    start = min(max(along, y - BOX[1] // 2 + 5), y + BOX[1] // 2 - 5)
    first = x + GAP // 2
    turns = ((x, start), (first, start), (first, along), (beside, along), (beside, middle), (left + 2, middle))
    return _simple(turns)


def _ends(ground: _Ground, edges: Sequence[tuple[int, int]]) -> list[tuple[_End, _End]]:
    """Both ends of each edge. Those at one side of an entry stand side by side, the farthest outermost."""
    gaps = [_gaps(ground, *edge) for edge in edges]
    offsets: dict[tuple[int, int], int] = {}  # by edge and node
    taken: dict[tuple[int, int], set[int]] = {}
    asking: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for index, (edge, its) in enumerate(zip(edges, gaps, strict=True)):
        sides = list(zip(edge, its, strict=True))
        offset = _straight(ground, edge, [taken.setdefault(side, set()) for side in sides])
        for side, other in zip(sides, reversed(edge), strict=True):
            if offset is not None:
                taken[side].add(offset)
                offsets[index, side[0]] = offset
            elif ground.is_entry(side[0]):
                far = ground.places[other][0] - ground.places[side[0]][0]
                asking.setdefault(side, []).append((abs(far), index, 1 if far > 0 else -1))
    for (node, gap), wanted in asking.items():
        phase = _SLOT // 2 if gap == ground.rows[node] else 0  # nothing above stands right over something below
        for way in (-1, 1):
            steps = [way * (_SLOT * step - phase) for step in range(1, _SLOTS + 1)]
            free = [step for step in steps if step not in taken[node, gap]] or steps
            for place, (_, index, _) in enumerate(sorted(each for each in wanted if each[2] == way)):
                offsets[index, node] = free[min(place, len(free) - 1)]
    both = zip(edges, gaps, strict=True)
    return [
        (ground.end(start, a, offsets.get((index, start), 0)), ground.end(end, b, offsets.get((index, end), 0)))
        for index, ((start, end), (a, b)) in enumerate(both)
    ]


def _gaps(ground: _Ground, start: int, end: int) -> tuple[int, int]:
    """The gaps into which an edge leaves its ends, those that lie nearest to each other."""
    ways = ((a, b) for a in ground.ways(start) for b in ground.ways(end))
    return min(ways, key=lambda gaps: abs(gaps[0] - gaps[1]))


def _straight(ground: _Ground, edge: tuple[int, int], taken: Sequence[set[int]]) -> int | None:
    """How far from the middle an edge can run straight down from one entry to another."""
    (x, _), (x2, _) = (ground.places[node] for node in edge)
    upper, lower = sorted(ground.rows[node] for node in edge)
    if x != x2 or upper == lower or not all(ground.is_entry(node) for node in edge):
        return None
    free = (offset for offset in _STRAIGHT if not any(offset in side for side in taken))
    return next((offset for offset in free if ground.is_free(x + offset, range(upper + 1, lower))), None)


def _ways(ground: _Ground, ends: Iterable[tuple[_End, _End]]) -> list[_Way]:
    """Where edges change gaps: above or below one of their ends, or in a gutter that is near and not yet full."""
    middles = [left + LANE // 2 for left in ground.gutters]
    held: list[list[range]] = [[] for _ in middles]
    ways = []
    for start, end in ends:
        low, high = sorted((start.gap, end.gap))
        lower, upper = (start, end) if start.gap == high else (end, start)
        free = next((each.x for each in (lower, upper) if ground.is_free(each.x, range(low, high))), None)
        if free is not None:
            ways.append(_Way((start, end), free, None))
            continue
        full = [sum(each.start < high and low < each.stop for each in gutter) for gutter in held]
        longer = [max(0, each - _TRACKS) * _DETOUR for each in full]
        length = [abs(start.x - x) + abs(end.x - x) + more for x, more in zip(middles, longer, strict=True)]
        gutter = length.index(min(length))
        held[gutter].append(range(low, high + 1))
        ways.append(_Way((start, end), middles[gutter], gutter))
    return ways


def _laid(ground: _Ground, ways: Sequence[_Way]) -> Iterator[Route]:
    """The points of each edge, once all tracks are known."""
    gutters: dict[int, dict[Key, Stretch]] = {}
    for index, way in enumerate(ways):
        if way.gutter is not None:
            (a, b), x = way.ends, way.x
            low, high = sorted(((a.gap, a.x < x), (b.gap, b.x < x)))
            gutters.setdefault(way.gutter, {})[index, 0] = Stretch(*low, *high)
    crossing = [way.x for way in ways]
    for gutter, stretches in gutters.items():
        for (index, _), x in tracks(stretches, ground.gutters[gutter], LANE, (5, 5)).items():
            crossing[index] = x
    gaps: dict[int, dict[Key, Stretch]] = {}
    for index, way in enumerate(ways):
        for gap, x, x2, stub, stub2 in _along(way, crossing[index]):
            low, high = sorted(((x, stub), (x2, stub2)))
            gaps.setdefault(gap, {})[index, gap] = Stretch(*low, *high)
    heights: dict[Key, int] = {}
    for gap, lying in gaps.items():
        heights |= tracks(lying, ground.tops[gap] - ROW, ROW, (4, 8))
    for index, way in enumerate(ways):
        (start, end), x = way.ends, crossing[index]
        from_y, to_y = (heights.get((index, each.gap), each.points[-1][1]) for each in (start, end))
        middle = ((start.x, from_y), (x, from_y), (x, to_y), (end.x, to_y))
        yield _simple((*start.points, *middle, *reversed(end.points)))


def _along(way: _Way, x: int) -> Iterator[tuple[int, int, int, bool, bool]]:
    """The parts of an edge that lie in gaps: gap, both ends, and whether the edge comes or goes there from above."""
    start, end = way.ends
    if start.gap == end.gap:
        if start.x != end.x:
            yield start.gap, start.x, end.x, start.above, end.above
        return
    for this, other in ((start, end), (end, start)):
        if this.x != x:
            yield this.gap, this.x, x, this.above, other.gap < this.gap


def _simple(points: Iterable[Point]) -> Route:
    """Points without those between which, or at which, nothing turns."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and any(found[-2][way] == found[-1][way] == point[way] for way in (0, 1)):
            found.pop()
        found.append(point)
    return tuple(found)
