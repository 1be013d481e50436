"""`journal link`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, say
from journal.cli.shapes import brief

if TYPE_CHECKING:
    from journal.authoring.link import Link

_NOUNS = {"runs": "run", "commits": "commit"}
_ENTRIES = list[str] | None


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The entry that shall name them.")],
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="[ROLE:]REF", help="A run it is about, such as baseline:fej59g91."),
    ] = None,
    commit: Annotated[list[str] | None, typer.Option("--commit", metavar="SHA", help="A commit it is about.")] = None,
    follows: Annotated[_ENTRIES, typer.Option("--follows", metavar="ENTRY", help="An entry it continues.")] = None,
    results_of: Annotated[
        _ENTRIES, typer.Option("--results-of", metavar="ENTRY", help="An entry whose results it holds.")
    ] = None,
    related: Annotated[
        _ENTRIES, typer.Option("--related", metavar="ENTRY", help="An entry worth reading beside it.")
    ] = None,
    supersedes: Annotated[
        _ENTRIES, typer.Option("--supersedes", metavar="ENTRY", help="An entry that it replaces.")
    ] = None,
    invalidates: Annotated[
        _ENTRIES, typer.Option("--invalidates", metavar="ENTRY", help="An entry whose conclusions no longer hold.")
    ] = None,
    unseen: Annotated[bool, typer.Option("--unseen", help="Take runs that no source holds by the ids given.")] = False,
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Add runs, commits and relations to an entry.

    Only this entry is written; the other end shows it all the same. Every option may be repeated.

    Example: journal link 2026-02-21-sigma-floor --run candidate:bunuc9ei --follows 2026-02-20-clamp
    """
    from journal.authoring.link import Wanted, link
    from journal.sources.registry import Sources

    journal = open_journal(reach=reach_of(online, refresh))
    relations = {
        "follows": tuple(follows or ()),
        "results_of": tuple(results_of or ()),
        "related": tuple(related or ()),
        "supersedes": tuple(supersedes or ()),
        "invalidates": tuple(invalidates or ()),
    }
    wanted = Wanted(tuple(run or ()), tuple(commit or ()), relations, unseen)
    linked = link(journal, Sources(journal.config), repository_of(journal.config), entry, wanted)
    if as_json:
        links = [{"field": each.field, "target": each.target, "added": each.added} for each in linked.links]
        answer({"entry": brief(linked.entry), "links": links})
        return
    typer.echo(os.path.relpath(journal.config.root / linked.entry.path))
    for each in linked.links:
        say(_said(each))


def _said(link: "Link") -> str:
    shown = f"{_NOUNS.get(link.field, link.field.replace('_', ' '))} {link.target}"
    if not link.added:
        return f"{shown}: stands there already"
    hint = "; `journal supersede` also sets the status of that entry"
    return f"added {shown}{hint if link.field in {'supersedes', 'invalidates'} else ''}"
