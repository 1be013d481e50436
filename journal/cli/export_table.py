"""`journal export-table`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.out_file import write
from journal.cli.output import say
from journal.config import Config
from journal.errors import JournalError
from journal.exports.table import Format, render
from journal.model.evidence import BlockState

_UNLIKE = "exported is what the evidence says, not what the text does"


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    block: Annotated[str, typer.Argument(metavar="BLOCK", help="The block's name.")],
    form: Annotated[Format, typer.Option("--format", help="What to write the table as.")] = Format.MD,
    full: Annotated[bool, typer.Option("--full", help="Show every digit of the numbers.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write here instead of printing; replaces a file.")
    ] = None,
) -> None:
    """Print one table of an entry as Markdown, CSV, JSON, LaTeX or HTML.

    Works from the entry and its evidence alone; no run needs to be there.

    Example: journal export-table 2026-02-21-clamp matched --format latex --output table.tex
    """
    from journal.tables.fill import grid_of

    journal = open_journal()
    path = journal.find(entry)
    raw = render(grid_of(journal.config, path, block), form, full=full).encode()
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
    else:
        write(output, raw, journal.config)
    _tell_state(journal.config, path, block)


def _tell_state(config: Config, path: str, block: str) -> None:
    """Say how the block stands by text and evidence, unless all is well with it."""
    from journal.tables.fill import plan
    from journal.tables.promises import SPECS

    try:
        planned = plan(config, path, None)
    except JournalError as error:  # of another block, for this one has been printed
        say(f"note: whether the text of {block!r} is what was exported cannot be told: {error}")
        return
    named = {each.name for each in planned.entry.blocks} & {block}
    for report in planned.blocks:
        if report.name in named and report.kind in SPECS and report.state is not BlockState.FRESH:
            unlike = "" if report.state is BlockState.PENDING else f"; {_UNLIKE}"
            say(f"note: {report.kind} {report.name!r} is {report.state}: {report.message}{unlike}")
