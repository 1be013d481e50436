"""`journal supersede`."""

import os
from typing import Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.output import answer, put, say
from journal.cli.shapes import brief
from journal.model.wording import counted


def command(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The entry whose place is taken.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The entry that takes it.")],
    invalidate: Annotated[bool, typer.Option("--invalidate", help="The conclusions of the old one are wrong.")] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="R", help="Why, as a dated section of the old one.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; git's user by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Let one entry take the place of another, and list what rests on the old one.

    Example: journal supersede 2026-02-21-clamp 2026-02-23-floor --reason "the clamp hid the cause"
    """
    from journal.authoring.change import signature
    from journal.authoring.supersede import Wanted, supersede
    from journal.index.resting import resting_on

    journal = open_journal()
    wanted = Wanted(invalidate, reason, signature(by, repository_of(journal.config)))
    done = supersede(journal, old, new, wanted)
    resting = resting_on(open_journal(), done.old.id)
    if as_json:
        shapes = [{"id": each.entry_id, "path": each.path, "why": each.why} for each in resting]
        answer({"entry": brief(done.new), "superseded": brief(done.old), "changed": done.changed, "resting": shapes})
        return
    for entry in (done.old, done.new):
        typer.echo(os.path.relpath(journal.config.root / entry.path))
    if not done.changed:
        say("both said so already")
    if resting:
        count = counted(len(resting), "entry")
        say(f"resting on {done.old.id}: {count}; bring each up to date, or let it name {done.new.id}")
    for each in resting:
        put(f"{os.path.relpath(journal.config.root / each.path)}: {each.why}")
