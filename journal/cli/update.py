"""`journal update`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.editor import edit as open_editor
from journal.cli.editor import editor
from journal.cli.output import answer, say
from journal.cli.shapes import brief
from journal.errors import UsageError
from journal.model.life import Outcome, Status


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="What is new, in Markdown.")] = None,
    status: Annotated[Status | None, typer.Option("--status", help="Where the work stands from now on.")] = None,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="What has come of it.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; git's user by default.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="Words for the heading.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="PATH", help="Take the text from a file, or from - for stdin.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Open the entry in $EDITOR.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Add a dated section to an entry, and let its status follow.

    Example: journal update 2026-02-21-clamp "Holds at four times the batch." --status concluded
    """
    from journal.authoring.change import signature
    from journal.authoring.update import PROMPT, Said, update
    from journal.model.life import REPLACED

    words = editor() if edit else []
    said_text = _text(text, file) or (PROMPT if edit else "")
    journal = open_journal()
    said = Said(said_text, title, status, outcome, signature(by, repository_of(journal.config)))
    found = update(journal, entry, said)
    if words:
        open_editor(words, journal.config.root / found.path)
    if as_json:
        added = found.front_matter.updates[-1].model_dump(mode="json")
        answer({"entry": brief(found), "update": added})
        return
    typer.echo(os.path.relpath(journal.config.root / found.path))
    if found.front_matter.status in REPLACED:
        inverse = journal.relations.inverse(found.id)
        names = dict.fromkeys((*inverse["superseded_by"], *inverse["invalidated_by"]))
        say(f"note: {found.id} is {found.front_matter.status}" + (f", see {', '.join(names)}" if names else ""))
    elif found.front_matter.status is not None:
        say(f"status: {found.front_matter.status}")


def _text(text: str | None, file: str | None) -> str:
    """The text that was given, in either way."""
    if file is None:
        return text or ""
    if text is not None:
        raise UsageError("the text is given twice", hint="give TEXT or --file, not both")
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", path=file) from error
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8", path=file, hint="save it as UTF-8") from error
