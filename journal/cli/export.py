"""`journal export`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.out_file import write
from journal.cli.output import answer


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    html: Annotated[bool, typer.Option("--html", help="As one HTML file; there is no other form yet.")] = True,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here instead of printing; replaces a file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print an entry as one HTML file that needs nothing else.

    Works from the entry and its evidence alone; no run needs to be there.

    Example: journal export 2026-02-21-clamp --html --output clamp.html
    """
    from journal.site.alone.one_file import one_file

    del html
    journal = open_journal()
    path = journal.find(entry)
    raw = one_file(journal, path)
    if output is not None:
        write(output, raw, journal.config)
    if as_json:
        shown = {"html": raw.decode()} if output is None else {"output": str(output)}
        answer({"path": path, "bytes": len(raw), **shown})
    elif output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
