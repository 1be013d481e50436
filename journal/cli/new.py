"""`journal new`."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.output import answer, counted, say
from journal.cli.shapes import brief
from journal.errors import UsageError


def command(
    title: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="The entry's title; a commit's subject by default.")
    ] = None,
    from_commit: Annotated[
        list[str] | None, typer.Option("--from-commit", metavar="SHA", help="A commit it is about; repeat for more.")
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="[ROLE:]REF", help="A run it is about, such as baseline:fej59g91."),
    ] = None,
    template: Annotated[str, typer.Option("--template", metavar="NAME", help="The template to use.")] = "experiment",
    edit: Annotated[bool, typer.Option("--edit", help="Open it in $EDITOR.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Start an entry from a title, commits and runs.

    Example: journal new --from-commit 721e94a --run baseline:fej59g91
    """
    from journal.authoring.new import Wanted, create
    from journal.sources.registry import Sources

    editor = _editor() if edit else []
    journal = open_journal()
    wanted = Wanted(title, tuple(from_commit or ()), tuple(run or ()), template)
    entry = create(journal, Sources(journal.config), repository_of(journal.config), wanted)
    if editor:
        _edit(editor, journal.config.root / entry.path)
    if as_json:
        answer({"entry": brief(entry)})
    else:
        typer.echo(os.path.relpath(journal.config.root / entry.path))
        runs = counted(len(entry.front_matter.runs), "run")
        say(f"{runs}; next: write, then journal fill-results {shlex.quote(entry.id)}")


def _editor() -> list[str]:
    """The words of the user's editor command."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"$EDITOR is {command!r}: {error}", hint="mend it, or leave out --edit") from error
    if not words:
        raise UsageError("--edit needs $EDITOR", hint="set it, or leave out --edit and open the entry yourself")
    return words


def _edit(editor: list[str], path: Path) -> None:
    try:
        subprocess.run([*editor, str(path)], check=True)  # noqa: S603  (the user's own editor)
    except (OSError, subprocess.CalledProcessError) as error:
        hint = "the entry is written: open it yourself"
        raise UsageError(f"the editor {shlex.join(editor)!r} failed: {error}", path=path, hint=hint) from error
