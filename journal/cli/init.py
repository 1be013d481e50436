"""`journal init`."""

from pathlib import Path
from typing import Annotated

import typer

from journal.authoring.ci import Host
from journal.cli.output import answer, say
from journal.model.wording import counted


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The journal's folder, inside a git repository.")
    ] = Path(),
    ci: Annotated[
        Host | None, typer.Option("--ci", help="Add what lets this host check the journal and publish its site.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Make this git repository a journal.

    Nothing that stands there is overwritten.

    Example: journal init
    """
    from journal.authoring.init import begin
    from journal.revisions import Repository

    begun = begin(folder, Repository.find(folder.resolve()), ci)
    if as_json:
        told = {"written": begun.written, "kept": begun.kept, "runs": begun.runs, "notes": begun.notes}
        answer({"root": str(begun.config.root), **told})
        return
    for path in begun.written:
        typer.echo(f"wrote {path}")
    for path in begun.kept:
        typer.echo(f"kept  {path}")
    settings = begun.config.settings
    where = "/".join(part for part in (settings.entity, settings.project) if part)
    typer.echo(f"found {counted(begun.runs, 'run')}{f' of {where}' if where and begun.runs else ''}")
    for note in begun.notes:
        say(f"note: {note}")
    say('next: journal new "What I tried", or journal new --from-commit HEAD')
