"""Options by which entries are chosen, for the verbs that list them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import repository_of
from journal.errors import UsageError
from journal.model.life import Status

if TYPE_CHECKING:
    from journal.config import Config
    from journal.index.filters import EntryFilter
    from journal.model.when import When

Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only entries with this tag; repeat for more.")]
Run = Annotated[
    str | None, typer.Option("--run", metavar="REF", help="Only entries about this run: id, URL, handle or label.")
]
Commit = Annotated[str | None, typer.Option("--commit", metavar="SHA", help="Only entries about this commit.")]
Metric = Annotated[
    str | None, typer.Option("--metric", metavar="NAME", help="Only entries that ask for this metric, or part of one.")
]
AuthorName = Annotated[str | None, typer.Option("--author", metavar="NAME", help="Only entries by this author.")]
StatusWord = Annotated[
    Status | None, typer.Option("--status", metavar="STATUS", help=f"Only entries that are {', '.join(Status)}.")
]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only entries of this day or later.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Only entries of this day or earlier.")]

_SHA = re.compile(r"[0-9A-Fa-f]{4,64}")


def entry_filter(
    config: Config,
    tag: list[str] | None,
    run: str | None,
    commit: str | None,
    metric: str | None,
    author: str | None,
    status: Status | None,
    since: str | None,
    until: str | None,
) -> EntryFilter:
    """The filter that these options mean.

    Raises:
        UsageError: A day is none, or a commit is no sha and there is no repository.
        RevisionError: Git knows no such commit.
    """
    from journal.index.filters import EntryFilter

    return EntryFilter(
        tags=tuple(tag or ()),
        run=run,
        commit=commit_meant(config, commit),
        metric=metric,
        author=author,
        status=status,
        since=_when("--since", since),
        until=_when("--until", until),
    )


def commit_meant(config: Config, given: str | None) -> str | None:
    """A sha, or the beginning of one, as it stands; a branch, tag or anything else as the commit that git names.

    Raises:
        UsageError: It is no sha, and there is no repository.
        RevisionError: Git knows no such commit.
    """
    if given is None or _SHA.fullmatch(given):
        return given
    repository = repository_of(config)
    if repository is None:
        raise UsageError(f"{given!r} is not the sha of a commit", hint="give at least 4 hex digits of it")
    return repository.resolve(given)


def _when(option: str, given: str | None) -> When | None:
    from journal.model.when import When

    try:
        return None if given is None else When(given)
    except ValueError as error:
        hint = "write it like 2026-02-21, or 2026-02-21T19:01+08:00"
        raise UsageError(f"{option}: {given!r} is no day", hint=hint) from error
