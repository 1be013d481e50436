"""A block on a page: its table, each number a link to its evidence; or its text, where that is somebody's own."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from journal.model.evidence import BlockState, CellState
from journal.site import anchors
from journal.site.entry.boxed import wrapped
from journal.site.entry.prediction_table import linked_number
from journal.site.entry.scored import VALUE, asked, scored, sides
from journal.site.markup import breakable
from journal.tables.grid import Align, markdown
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.entry import Block
    from journal.model.evidence import BlockEvidence, CellEvidence
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView
    from journal.tables.grid import Grid

    Places = Sequence[Sequence[int | None]]
    """For each cell of a grid the place of its evidence in the block's, from 0."""

RUNS = "runs"
"""The kind of block whose rows are the entry's runs, each by its handle."""
PREDICTIONS = "predictions"
"""The kind of block whose rows are the entry's predictions: the claim, what was expected, what was found, ..."""


def shown(block: Block, view: EntryView, leads: Leads, picture: str = "") -> str:
    """A block in a box of its own.

    It is a table of ours only where the text says just that, character for character; anything else is shown as it
    stands.

    Args:
        block: The block.
        view: Its entry.
        leads: Where its runs lead.
        picture: HTML that stands above the table.
    """
    grid = own_table(block, view)
    start = f'<div class="journal-block" id="{anchors.block(block.name)}"'
    if grid is None:
        body = block.body.strip("\n") or "*not filled yet*"
        return "\n\n".join(part for part in (picture, f"{start} markdown>", body, "</div>") if part)
    cells = _cells(grid, block.name, view.evidence.blocks.get(block.name))
    if block.kind == RUNS:
        handles = {ref.handle: ref.id for ref in view.entry.front_matter.runs}
        for row, line in zip(grid.rows, cells, strict=True):
            line[0] = leads.run(handles[row[0]]) if row[0] in handles else line[0]
    elif block.kind == PREDICTIONS:
        _link_predictions(grid, cells, view)
    parts = (picture, _table(grid, block.name, cells), _caption(grid))
    return "\n".join([f"{start}>", *(part for part in parts if part), "</div>"])


def own_table(block: Block, view: EntryView) -> Grid | None:
    """The table that a block says, where its text says just that."""
    grid, report = view.grids.get(block.name), view.reports.get(block.name)
    edited = report is None or report.state is BlockState.EDITED
    return None if grid is None or edited or markdown(grid) != block.body.strip() else grid


def _link_predictions(grid: Grid, cells: Sequence[list[str]], view: EntryView) -> None:
    """What a prediction came to leads to its evidence."""
    known = {asked(item): (place, found) for place, (item, found) in enumerate(scored(view))}
    for row, line in zip(grid.rows, cells, strict=True):
        place, found = known.get((row[0], row[1]), (0, None))
        if found is not None and VALUE in sides(found):
            line[2] = linked_number(place, VALUE, line[2])


def places(grid: Grid, recorded: BlockEvidence | None) -> Places:
    """Where the evidence of each cell stands: cells are recorded row by row, before whatever else a block rests on.

    Where the recorded cells are not the grid's own, in its order, none of them is linked.
    """
    asked = tuple(cell for line in grid.cells for cell in line if cell is not None)
    if recorded is None or recorded.cells[: len(asked)] != asked:
        return [[None] * len(row) for row in grid.rows]
    numbers = count()
    return [[None if cell is None else next(numbers) for cell in line] for line in grid.evidence]


def _cells(grid: Grid, name: str, recorded: BlockEvidence | None) -> list[list[str]]:
    """Each cell as HTML, a link where it has evidence."""
    lines = zip(grid.rows, grid.evidence, places(grid, recorded), strict=True)
    return [[_cell(*each, name) for each in zip(*line, strict=True)] for line in lines]


def _cell(text: str, evidence: CellEvidence | None, number: int | None, name: str) -> str:
    if number is None or evidence is None:
        return breakable(text)
    none = "" if evidence.state is CellState.VALUE else " journal-number--none"
    return f'<a class="journal-number{none}" href="#{anchors.cell(name, number)}">{plain(text)}</a>'


def _table(grid: Grid, name: str, cells: Sequence[Sequence[str]]) -> str:
    if not grid.head:
        return ""
    sides = [' class="n"' if side is Align.RIGHT else "" for side in grid.aligned]
    head = "".join(f'<th{side} scope="col">{breakable(text)}</th>' for side, text in zip(sides, grid.head, strict=True))
    return wrapped(f"Table {name}", head, [_row(sides, line) for line in cells], "journal-grid")


def _row(sides: Sequence[str], cells: Sequence[str]) -> str:
    found = [f'<th{sides[0]} scope="row">{cells[0]}</th>']
    found += [f"<td{side}>{text}</td>" for side, text in zip(sides[1:], cells[1:], strict=True)]
    return f"<tr>{''.join(found)}</tr>"


def _caption(grid: Grid) -> str:
    return f'<p class="journal-caption">{plain(grid.caption)}</p>' if grid.caption else ""
