"""Where the nodes of the whole graph stand: time runs downwards, threads of entries have lanes, as `git log --graph`.

Every entry has a cell: its box, and right of it in a small grid the commits and runs that it is the first to name. A
cell's row lies below those of the entries that it follows, and hardly ever above that of an older one. All of it takes
time in proportion to the edges, but for a logarithm.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from heapq import heappop, heappush
from itertools import accumulate
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

from journal.site.lineage.graph import ENTRY, entries_of, in_order, neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.site.lineage.graph import Graph

BOX = (152, 40)
"""Width and height of an entry's box."""
DOT = (42, 12)
"""Width and height of a commit or run."""
GAP = 6
"""Between dots, and between a box and its dots."""
LANE, ROW = 26, 24
"""Between lanes, and between rows."""
SLACK = 6
"""How many rows a younger entry may stand above an older one that it has nothing to do with."""

_FEW = 6  # dots that stand in two rows
_PER_ROW = 0.4
"""Unrelated entries that share a row, by the square root of how many there are: makes the whole a little wide."""


class Layout(NamedTuple):
    """Where nodes stand.

    Attributes:
        places: The middle of each node, in units of a box's width and height.
        rows: The row of each entry.
        tops: The upper edge of each row.
        width: Of the whole, from 0.
        height: Of the whole, from 0.
    """

    places: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]
    tops: tuple[int, ...]
    width: int
    height: int


def size(kind: str) -> tuple[int, int]:
    """Width and height of a node of this kind."""
    return BOX if kind == ENTRY else DOT


def lay(graph: Graph) -> Layout:
    """Give every node a place; no two overlap."""
    count = len(entries_of(graph))
    parents = neighbours(graph, ["follows"])
    order = in_order(parents, count)
    rows = _rows(order, parents, ceil(_PER_ROW * sqrt(count) - 1))
    order.sort(key=rows.__getitem__)
    lanes = _lanes(order, parents, rows)
    dots = _dots(graph, count)
    grids = [_grid(len(dots.get(entry, ()))) for entry in range(count)]
    lefts = _edges(zip(lanes, (_cell(grid)[0] for grid in grids), strict=True), LANE)
    tops = _edges(zip(rows, (_cell(grid)[1] for grid in grids), strict=True), ROW)
    places = [(0, 0)] * len(graph.nodes)
    for entry in range(count):
        corner = (lefts[lanes[entry]], tops[rows[entry]])
        places[entry] = (corner[0] + BOX[0] // 2, corner[1] + BOX[1] // 2)
        for number, dot in enumerate(dots.get(entry, ())):
            places[dot] = _dot(corner, number, grids[entry][1])
    return Layout(tuple(places), tuple(rows), tuple(tops[:-1]), max(lefts[-1] - LANE, 0), max(tops[-1] - ROW, 0))


def _rows(order: Sequence[int], parents: Sequence[Sequence[int]], most: int) -> list[int]:
    """A row for each entry, below those that it follows, and at most `SLACK` rows above that of an older one."""
    rows = [-1] * len(order)
    lowest, filled = 0, 0
    for entry in order:
        rows[entry] = max([lowest, *(rows[parent] + 1 for parent in parents[entry])])
        filled += 1
        if filled >= max(most, 1) or rows[entry] - SLACK > lowest:
            lowest, filled = max(lowest + 1, rows[entry] - SLACK), 0
    used = {row: index for index, row in enumerate(sorted(set(rows)))}
    return [used[row] for row in rows]


def _lanes(order: Sequence[int], parents: Sequence[Sequence[int]], rows: Sequence[int]) -> list[int]:
    """A lane for each entry: that of the first entry that it follows, unless another one went on there already."""
    heir, ends = _heirs(order, parents, rows)
    lanes = [-1] * len(order)
    free: list[int] = []
    busy: list[tuple[int, int]] = []  # until which row, and the lane
    opened = 0
    for entry in order:
        before = next((parent for parent in parents[entry] if heir.get(parent) == entry), None)
        if before is not None:
            lanes[entry] = lanes[before]
            continue
        while busy and busy[0][0] < rows[entry]:
            insort(free, heappop(busy)[1])
        near = next((lanes[parent] for parent in parents[entry] if lanes[parent] >= 0), 0)
        if free:
            lanes[entry] = _nearest(free, near)
        else:
            lanes[entry], opened = opened, opened + 1
        heappush(busy, (ends[entry], lanes[entry]))
    return lanes


def _heirs(
    order: Sequence[int], parents: Sequence[Sequence[int]], rows: Sequence[int]
) -> tuple[Mapping[int, int], Sequence[int]]:
    """Which entry goes on in whose lane, and the row that each entry's lane is needed until."""
    heir: dict[int, int] = {}
    for entry in order:
        found = next((each for each in parents[entry] if each not in heir and rows[each] < rows[entry]), None)
        if found is not None:
            heir[found] = entry
    ends = list(rows)
    for entry in reversed(order):
        if entry in heir:
            ends[entry] = ends[heir[entry]]
    return heir, ends


def _nearest(free: list[int], near: int) -> int:
    """Take from lanes in order the one that is nearest."""
    right = bisect_left(free, near)
    around = [index for index in (right - 1, right) if 0 <= index < len(free)]
    return free.pop(min(around, key=lambda index: abs(free[index] - near)))


def _dots(graph: Graph, count: int) -> Mapping[int, Sequence[int]]:
    """The commits and runs by the first entry that names them."""
    found: dict[int, list[int]] = {}
    seen = set(range(count))
    for edge in graph.edges:
        if edge.end not in seen:
            seen.add(edge.end)
            found.setdefault(edge.start, []).append(edge.end)
    return found


def _grid(dots: int) -> tuple[int, int]:
    """Columns and rows of a grid for so many dots: at most as high as a box, while they are few."""
    high = 2 if dots <= _FEW else max(3, ceil(sqrt(dots * DOT[0] / DOT[1] / 3)))
    return ceil(dots / high), min(dots, high)


def _cell(grid: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a box and its dots."""
    wide = BOX[0] + grid[0] * (GAP + DOT[0])
    return wide, max(BOX[1], grid[1] * (DOT[1] + GAP) - GAP)


def _dot(corner: tuple[int, int], number: int, high: int) -> tuple[int, int]:
    """The middle of a dot in the cell with this upper left corner."""
    column, row = divmod(number, high)
    down = max(0, BOX[1] - (high * (DOT[1] + GAP) - GAP)) // 2
    x = corner[0] + BOX[0] + GAP + column * (GAP + DOT[0]) + DOT[0] // 2
    return x, corner[1] + down + row * (DOT[1] + GAP) + DOT[1] // 2


def _edges(sizes: Iterable[tuple[int, int]], gap: int) -> list[int]:
    """Where lanes (or rows) begin, and behind the last where one more would."""
    found: dict[int, int] = {}
    for index, extent in sizes:
        found[index] = max(found.get(index, 0), extent)
    return list(accumulate(_spans(found, gap), initial=0))


def _spans(found: Mapping[int, int], gap: int) -> Iterator[int]:
    return (found[index] + gap for index in range(len(found)))
