"""`journal list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.filtering import AuthorName, Commit, Metric, Run, Since, StatusWord, Tags, Until, entry_filter
from journal.cli.output import answer, failure, problem, say, table
from journal.cli.shapes import listed, states_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.index.card import Card


def command(
    tag: Tags = None,
    run: Run = None,
    commit: Commit = None,
    metric: Metric = None,
    author: AuthorName = None,
    status: StatusWord = None,
    since: Since = None,
    until: Until = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """List the entries, newest first.

    Exit code: 0 fine, 1 an entry could not be read.

    Example: journal list --status running --since 2026-03-01
    """
    from journal.index.catalog import Catalog

    config = open_journal().config
    wanted = entry_filter(config, tag, run, commit, metric, author, status, since, until)
    with Catalog(config).update() as catalog:
        cards = [card for card in catalog.entries if wanted.takes(card)]
        if as_json:
            answer({"entries": listed(catalog, cards), "problems": [problem(error) for error in catalog.problems]})
        else:
            _print(cards, states_of(catalog, cards), any_=bool(catalog.entries))
            for error in catalog.problems:
                failure(error, as_json=False)
        if catalog.problems:
            raise typer.Exit(1)


def _print(cards: "Sequence[Card]", states: "Mapping[str, Sequence[str]]", *, any_: bool) -> None:
    if not cards:
        say("no such entry" if any_ else 'no entries; `journal new "What I tried"` starts one')
        return
    rows = [
        [
            card.matter["created"][:10],
            card.id,
            card.matter.get("status", ""),
            card.matter.get("outcome", ""),
            ", ".join(states[card.path]),
            card.title,
        ]
        for card in cards
    ]
    head = ("created", "id", "status", "outcome", "results", "title")
    table(head, rows, {"id": 24, "title": 16}, optional=("created", "outcome", "results"))
