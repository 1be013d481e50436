"""`journal build`."""

import os
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, counted, failure, problem, say


def command(
    strict: Annotated[bool, typer.Option("--strict", help="Let MkDocs' warnings fail the build.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Build the site from entries and evidence."""
    from journal.site.build import build

    journal = open_journal()
    page = build(journal, strict=strict)
    if as_json:
        answer({"page": str(page), "problems": [problem(error) for error in journal.problems]})
    else:
        typer.echo(os.path.relpath(page))
        say(f"{counted(len(journal.entries), 'entry')}; open {page.as_uri()}")
        for error in journal.problems:
            failure(error, as_json=False)
    if journal.problems:
        raise typer.Exit(1)
