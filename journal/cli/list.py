"""`journal list`."""

from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, failure, problem, say, table
from journal.cli.shapes import full, states
from journal.model.life import Status


def command(
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only entries with this tag; repeat for more.")] = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only entries with this status.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """List the entries, newest first."""
    journal = open_journal()
    wanted = set(tag or ())
    entries = [
        entry
        for entry in journal.entries
        if wanted <= set(entry.front_matter.tags) and (status is None or entry.front_matter.status is status)
    ]
    if as_json:
        problems = [problem(error) for error in journal.problems]
        answer({"entries": [full(journal, entry) for entry in entries], "problems": problems})
    else:
        rows = [
            [
                entry.front_matter.created.day.isoformat(),
                entry.id,
                entry.front_matter.status or "",
                entry.front_matter.outcome or "",
                ", ".join(states(journal, entry)),
                entry.title,
            ]
            for entry in entries
        ]
        if rows:
            table(("created", "id", "status", "outcome", "results", "title"), rows, yielding=("id", "title"))
        else:
            say('no entries; `journal new "What I tried"` starts one')
        for error in journal.problems:
            failure(error, as_json=False)
    if journal.problems:
        raise typer.Exit(1)
