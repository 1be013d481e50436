"""`journal build`."""

import os
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, failure, problem, say
from journal.model.wording import counted


def command(
    strict: Annotated[
        bool, typer.Option("--strict", help="Let warnings about links and settings fail the build.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Build the site from entries and evidence.

    It is built whatever the numbers are: `journal check` is for those, and --strict for links and settings.

    Example: journal build
    """
    from journal.site.build import build

    journal = open_journal()
    built = build(journal, strict=strict)
    problems = built.generated.problems
    if as_json:
        shapes = [problem(error) for error in problems]
        answer({"page": str(built.page), "warnings": built.warnings, "problems": shapes})
    else:
        typer.echo(os.path.relpath(built.page))
        for warning in built.warnings:
            say(f"warning: {warning}")
        say(f"{counted(built.generated.entries, 'entry')}; open {built.page.as_uri()}")
        for error in problems:
            failure(error, as_json=False)
    if problems:
        raise typer.Exit(1)
