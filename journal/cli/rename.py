"""`journal rename`."""

import os
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, say
from journal.cli.shapes import brief
from journal.model.wording import counted


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The entry.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new id, or a new title for the same date.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Give an entry another id; evidence, relations and links follow.

    Its title and its words stay. Commit the change like any other: git sees the rename by itself.

    Example: journal rename 2026-02-21-sigma-floor "A floor for sigma"
    """
    from journal.authoring.rename import rename

    journal = open_journal()
    done = rename(journal, entry, new)
    left = [{"path": each.path, "line": each.line} for each in done.left]
    if as_json:
        answer({"entry": brief(done.entry), "was": done.was, "rewritten": list(done.rewritten), "left": left})
        return
    typer.echo(os.path.relpath(journal.config.root / done.entry.path))
    others = f", {counted(len(done.rewritten), 'other entry')} rewritten" if done.rewritten else ""
    say(f"was {done.was}{others}")
    for each in done.left:
        say(f"{each.path}:{each.line}: a link in imported words leads to {done.was}.md still, which is no more")
