"""`journal new`."""

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.editor import edit as open_editor
from journal.cli.editor import editor
from journal.cli.output import answer, counted, say, table
from journal.cli.shapes import brief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.authoring.template import Template


def command(
    title: Annotated[
        str | None,
        typer.Argument(metavar="TITLE", help="The entry's title; a commit's subject by default."),
    ] = None,
    from_commit: Annotated[
        list[str] | None, typer.Option("--from-commit", metavar="SHA", help="A commit it is about; repeat for more.")
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="[ROLE:]REF", help="A run it is about, such as baseline:fej59g91."),
    ] = None,
    results_of: Annotated[
        str | None,
        typer.Option("--results-of", metavar="ENTRY", help="Hold the results of an entry: take over runs and tables."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="The template to use: experiment, or results for a follow-up."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the templates and write nothing.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Open it in $EDITOR.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Start an entry from a title, commits and runs.

    Example: journal new --from-commit 721e94a --run baseline:fej59g91
    """
    from journal.authoring.new import Wanted, create
    from journal.authoring.template import templates
    from journal.sources.registry import Sources

    journal = open_journal()
    if list_:
        _list(templates(journal.config), as_json=as_json)
        return
    words = editor() if edit else []
    wanted = Wanted(title, tuple(from_commit or ()), tuple(run or ()), template, results_of)
    entry = create(journal, Sources(journal.config), repository_of(journal.config), wanted)
    if words:
        open_editor(words, journal.config.root / entry.path)
    if as_json:
        answer({"entry": brief(entry)})
    else:
        typer.echo(os.path.relpath(journal.config.root / entry.path))
        runs = counted(len(entry.front_matter.runs), "run")
        say(f"{runs}; next: write, then journal fill-results {shlex.quote(entry.id)}")


def _list(templates: "Sequence[Template]", *, as_json: bool) -> None:
    if as_json:
        shapes = [{"name": each.name, "description": each.description, "path": each.path} for each in templates]
        answer({"templates": shapes})
    else:
        rows = [(each.name, each.path or "built in", each.description) for each in templates]
        table(("template", "from", "for"), rows, yielding=("for",))
