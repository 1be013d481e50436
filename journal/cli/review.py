"""`journal review`."""

import os
from typing import Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.output import answer, say
from journal.cli.shapes import brief
from journal.model.life import Kind, Verdict


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    verdict: Annotated[Verdict, typer.Option("--verdict", help="What you found.")],
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who looked; git's user by default.")] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="What they are; the setting `people` knows too.")] = None,
    method: Annotated[str | None, typer.Option("--method", metavar="TEXT", help="How they looked.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Record a review of an entry and of the evidence that it is of.

    Example: journal review 2026-02-21-clamp --verdict verified --kind human --method "recomputed both means"
    """
    from journal.authoring.change import signature
    from journal.authoring.review import Looked, review

    journal = open_journal()
    done = review(journal, entry, Looked(verdict, signature(by, repository_of(journal.config)), kind, method))
    if as_json:
        recorded = done.entry.front_matter.reviews[-1].model_dump(mode="json")
        answer({"entry": brief(done.entry), "review": recorded, "verified": done.standing.verified})
        return
    typer.echo(os.path.relpath(journal.config.root / done.entry.path))
    if done.standing.verified:
        say("counts as verified")
    elif verdict is Verdict.VERIFIED:
        say("recorded; only a human's review counts as verified")
