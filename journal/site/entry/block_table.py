"""A block on a page: its table, each number a link to its evidence; or its text, where that is somebody's own."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from journal.model.evidence import BlockState, CellState
from journal.site import anchors
from journal.site.entry.boxed import wrapped
from journal.site.entry.prediction_table import linked_number, timing
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
WRITTEN = 4
"""The column of such a block that tells whether a prediction was written down before its runs."""


LONG = 18
"""Characters of a heading, or of a text in a column, that a narrow column breaks into many lines."""


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
        _link_runs(grid, cells, view, leads)
    elif block.kind == PREDICTIONS:
        _link_predictions(grid, cells, view, leads)
    parts = (picture, _table(grid, block.name, cells), _caption(grid))
    return "\n".join([f"{start}>", *(part for part in parts if part), "</div>"])


def own_table(block: Block, view: EntryView) -> Grid | None:
    """The table that a block says, where its text says just that."""
    grid, report = view.grids.get(block.name), view.reports.get(block.name)
    edited = report is None or report.state is BlockState.EDITED
    return None if grid is None or edited or markdown(grid) != block.body.strip() else grid


def _link_runs(grid: Grid, cells: Sequence[list[str]], view: EntryView, leads: Leads) -> None:
    """A run leads to its page by its handle and its id, what it recorded as its commit to the commit's."""
    columns = {name: place for place, name in enumerate(grid.head)}
    handles = {ref.handle: ref.id for ref in view.entry.front_matter.runs}
    for row, line in zip(grid.rows, cells, strict=True):
        if (ref := handles.get(row[0])) is None:
            continue
        line[0], line[columns["id"]] = leads.run(ref), leads.run(ref, line[columns["id"]])
        run, commit = view.evidence.runs.get(ref), columns["commit"]
        if run is not None and run.commit and run.commit.startswith(row[commit]):
            line[commit] = leads.recorded_commit(run, dirty=False)


def _link_predictions(grid: Grid, cells: Sequence[list[str]], view: EntryView, leads: Leads) -> None:
    """What a prediction came to leads to its evidence, and that it came first is told with its times."""
    known = {asked(item): (place, found) for place, (item, found) in enumerate(scored(view))}
    for row, line in zip(grid.rows, cells, strict=True):
        place, found = known.get((row[0], row[1]), (0, None))
        if found is not None and VALUE in sides(found):
            line[2] = linked_number(place, VALUE, line[2])
        if found is not None and found.preregistered and len(line) > WRITTEN:
            line[WRITTEN] = timing(found, view, leads)


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
    styles = [_styles(grid, column) for column in range(len(grid.head))]
    head = "".join(
        f'<th{head} scope="col">{breakable(text)}</th>' for (head, _), text in zip(styles, grid.head, strict=True)
    )
    sides = [body for _, body in styles]
    return wrapped(f"Table {name}", head, [_row(sides, line) for line in cells], "journal-grid")


def _styles(grid: Grid, column: int) -> tuple[str, str]:
    """The classes of a column's heading and of its cells: what needs room rather than become very tall says so."""
    if grid.aligned[column] is Align.RIGHT:
        return (' class="n long"' if len(grid.head[column]) > LONG else ' class="n"'), ' class="n"'
    if column and any(len(row[column]) > LONG for row in grid.rows):
        return ' class="wide"', ' class="wide"'
    texts = [grid.head[column], *(row[column] for row in grid.rows)]
    return (' class="long"' if any(len(text) > LONG for text in texts) else ""), ""


def _row(sides: Sequence[str], cells: Sequence[str]) -> str:
    found = [f'<th{sides[0]} scope="row">{cells[0]}</th>']
    found += [f"<td{side}>{text}</td>" for side, text in zip(sides[1:], cells[1:], strict=True)]
    return f"<tr>{''.join(found)}</tr>"


def _caption(grid: Grid) -> str:
    return f'<p class="journal-caption">{plain(grid.caption)}</p>' if grid.caption else ""
