"""The evidence below a block: where each number came from, so that it can be found again in its run's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.evidence import CellState
from journal.model.run_page import page_of
from journal.model.wording import counted
from journal.site.markup import SHORT_SHA, SHORT_SUM, UNKNOWN, clock, code, html_table, outside
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.model.entry import RunRef
    from journal.model.evidence import BlockEvidence, CellEvidence, Evidence, RunEvidence
    from journal.model.run import Origin

CELLS = ("row", "column", "value", "rows", "steps used", "non-finite", "run", "expression")
SOURCES = ("run", "read from", "size", "SHA-256", "commit", "started")


def fold(block: BlockEvidence, evidence: Evidence, refs: Sequence[RunRef]) -> str:
    """A block's evidence as HTML that opens on a click; nothing for a block without evidence.

    Args:
        block: The block's evidence.
        evidence: The entry's, which knows the runs.
        refs: The entry's runs, for their handles.
    """
    handles = {ref.id: ref.handle for ref in refs}
    runs = {reference: evidence.runs[reference] for reference in block.runs if reference in evidence.runs}
    if not block.cells and not runs:
        return ""
    rows = [_cell(cell, handles) for cell in block.cells]
    numbers = sum(cell.value is not None for cell in block.cells)
    facts = [counted(numbers, "number")] if block.cells else []
    summary = " from ".join([*facts, counted(len(runs), "run")])
    tables = [html_table(CELLS, rows, right=frozenset({2, 3, 4, 5}))] if rows else []
    if runs:
        tables.append(source_table(runs, handles))
    lines = ['<details class="journal-evidence" data-search-exclude>', f"<summary>Evidence: {summary}</summary>"]
    return "\n".join([*lines, *tables, "</details>"])


def _cell(cell: CellEvidence, handles: Mapping[str, str]) -> list[str]:
    value = cell.state.value if cell.value is None else repr(cell.value)
    return [
        plain(cell.row),
        plain(cell.column),
        plain(value) if cell.state is CellState.VALUE else f"<em>{plain(value)}</em>",
        *cell_facts(cell, handles),
        code(cell.expression),
    ]


def cell_facts(cell: CellEvidence, handles: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Rows and steps used, rows left out, and the runs of a number."""
    of = [cell.run] if cell.run is not None else [part.run for part in cell.parts]
    runs = dict.fromkeys(handles.get(run, run) for run in of if run is not None)
    return _number(cell.n), _steps(cell), _number(cell.nonfinite), ", ".join(map(plain, runs)) or UNKNOWN


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def _steps(cell: CellEvidence) -> str:
    if cell.first_step is None or cell.last_step is None:
        return UNKNOWN
    return f"{cell.first_step}..{cell.last_step}"


def source_table(runs: Mapping[str, RunEvidence], handles: Mapping[str, str]) -> str:
    """What the numbers of some runs were read from.

    Args:
        runs: The runs by reference.
        handles: The entry's names for them, by reference.
    """
    rows = [_source(handles.get(reference, reference), run) for reference, run in runs.items()]
    return html_table(SOURCES, rows, right=frozenset({2}))


def _source(handle: str, run: RunEvidence) -> list[str]:
    return [
        plain(handle),
        _place(run),
        _size(run),
        _sum(run.origin),
        commit_of(run),
        clock(run.started) if run.started else UNKNOWN,
    ]


def _place(run: RunEvidence) -> str:
    """Where a run was read from, when a server gave it, and what is otherwise where it also lies."""
    words = [place(run.origin)]
    if run.origin.fetched is not None:
        words.append(f"fetched {clock(run.origin.fetched)}")
    if run.elsewhere is not None:
        words.append(f"also {place(run.elsewhere.origin)}: {plain('; '.join(run.elsewhere.unlike) or 'the same')}")
    return "<br>".join(words)


def place(origin: Origin) -> str:
    """A file, or a run on a server, with a link to its page where that is known."""
    return outside(code(origin.path), page_of(origin))


def _size(run: RunEvidence) -> str:
    """How much was read: of a run that is no file of its own, its rows, for the sum is of a text about them."""
    return counted(run.rows, "row") if run.origin.is_online or run.origin.extract else counted(run.origin.bytes, "byte")


def _sum(origin: Origin) -> str:
    """The sum, and of what it is where that is no file."""
    shown = code(origin.sha256[:SHORT_SUM], title=origin.sha256)
    if origin.extract:
        return f"{shown}<br>of the values in it"
    return f"{shown}<br>of what the server says of it" if origin.is_online else shown


def commit_of(run: RunEvidence) -> str:
    """The commit a run recorded, short, and whether its work tree was dirty."""
    if run.commit is None:
        return UNKNOWN
    return code(run.commit[:SHORT_SHA], title=run.commit) + (" (dirty)" if run.dirty else "")
