"""`journal new`."""

import os
import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.editor import edit as open_editor
from journal.cli.editor import editor
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, say, table
from journal.cli.shapes import brief
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.authoring.matching_runs import Match
    from journal.authoring.new import Created
    from journal.authoring.template import Template
    from journal.model.entry import Role

MOST_TOLD = 10
"""Runs that are told of one by one."""


def command(
    title: Annotated[
        str | None,
        typer.Argument(metavar="TITLE", help="The entry's title; a commit's subject by default."),
    ] = None,
    from_commit: Annotated[
        list[str] | None,
        typer.Option("--from-commit", metavar="SHA|A..B", help="A commit it is about, or a range; repeat for more."),
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="[ROLE:]REF", help="A run it is about, such as baseline:fej59g91."),
    ] = None,
    follows: Annotated[
        list[str] | None,
        typer.Option("--follows", metavar="ENTRY", help="An entry it continues; else found by its commits."),
    ] = None,
    no_follow: Annotated[bool, typer.Option("--no-follow", help="Continue no entry, and take over nothing.")] = False,
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
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Start an entry from a title, commits and runs.

    Example: journal new --from-commit 721e94a --run baseline:fej59g91
    """
    from journal.authoring.new import Wanted, create
    from journal.authoring.template import templates
    from journal.sources.registry import Sources

    journal = open_journal(reach=reach_of(online, refresh))
    if list_:
        _list(templates(journal.config), as_json=as_json)
        return
    words = editor() if edit else []
    wanted = Wanted(
        title,
        commits=tuple(from_commit or ()),
        runs=tuple(run or ()),
        template=template,
        results_of=results_of,
        follows=tuple(follows or ()),
        alone=no_follow,
    )
    created = create(journal, Sources(journal.config), repository_of(journal.config), wanted)
    if words:
        open_editor(words, journal.config.root / created.entry.path)
    if as_json:
        answer(_shape(created))
    else:
        typer.echo(os.path.relpath(journal.config.root / created.entry.path))
        _tell(created)


def _tell(created: "Created") -> None:
    """What the entry was given, for people: what it takes up, and each of its runs with its verdict."""
    entry, about, found = created.entry, created.about, created.runs
    for card in about.around.about:
        say(f"entry {card.id} is already about {'this commit' if len(about.commits) == 1 else 'one of these commits'}")
    for id_ in about.undoes:
        say(f"undoes entry {id_}")
    if entry.front_matter.follows:
        say(f"follows {', '.join(entry.front_matter.follows)}")
    for relation, id_ in created.left_out:
        say(f"the template wrote no `{relation}`: journal link {shlex.quote(entry.id)} --{relation} {shlex.quote(id_)}")
    judged = [(run.handle, run.match) for run in found.runs if run.match is not None]
    for handle, match in judged[:MOST_TOLD]:
        say(f"{handle}: {match}")
    if judged[MOST_TOLD:]:
        say(f"{counted(len(judged) - MOST_TOLD, 'more run')}: --json tells of each")
    for match in found.matches.refused[:MOST_TOLD]:
        say(f"left out {match.head.id}: {match}")
    link = f"`journal link {shlex.quote(entry.id)} --run ID`"
    if found.matches.more:
        say(f"{counted(found.matches.more, 'more run')} of this commit not listed ({link} adds one)")
    if found.matches.later:
        say(f"{counted(found.matches.later, 'run')} of later commits not listed ({link} adds one)")
    count, id_ = len(entry.front_matter.runs), shlex.quote(entry.id)
    naming = "" if count else f"journal link {id_} --run RUN, "
    say(f"{counted(count, 'run')}; next: write, then {naming}journal fill-results {id_}")


def _shape(created: "Created") -> "dict[str, Any]":
    """The entry as JSON, with what it was given."""
    about, matches = created.about, created.runs.matches
    return {
        "entry": brief(created.entry),
        "commits": [
            {"sha": commit.sha, "subject": commit.subject, "author": commit.author, "files": len(commit.files)}
            | {"authored": commit.authored.isoformat()}
            for commit in about.commits
        ],
        "follows": list(created.entry.front_matter.follows),
        "undoes": [
            {"sha": each.sha, "by": each.by, "entries": [card.id for card in each.entries]}
            for each in about.around.undone
        ],
        "already_about": [card.id for card in about.around.about],
        "runs": [_run(run.head.id, run.role, run.match) | {"handle": run.handle} for run in created.runs.runs],
        "left_out": [_run(match.head.id, None, match) for match in matches.refused],
        "more_runs": matches.more,
        "later_runs": matches.later,
    }


def _run(run_id: str, role: "Role | None", match: "Match | None") -> "dict[str, Any]":
    """A run with the verdict on it, where there is one."""
    judgement = match.judgement if match is not None else None
    return {
        "id": run_id,
        "role": role,
        "verdict": judgement.verdict if judgement is not None else None,
        "reasons": list(judgement.reasons) if judgement is not None else [],
        "started_after_s": int(match.since.total_seconds()) if match is not None and match.since is not None else None,
    }


def _list(templates: "Sequence[Template]", *, as_json: bool) -> None:
    if as_json:
        shapes = [{"name": each.name, "description": each.description, "path": each.path} for each in templates]
        answer({"templates": shapes})
    else:
        rows = [(each.name, each.path or "built in", each.description) for each in templates]
        table(("template", "from", "for"), rows, yielding=("for",))
