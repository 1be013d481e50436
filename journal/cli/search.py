"""`journal search`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal
from journal.cli.filtering import AuthorName, Commit, Metric, Run, Since, StatusWord, Tags, Until, entry_filter
from journal.cli.output import answer, failure, point, problem, put, put_marked, say
from journal.cli.shapes import listed
from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.index.catalog import Catalog
    from journal.index.search import Hit, Query

FEW = 20
"""How many entries are told of without being asked."""


def command(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What to look for.")],
    tag: Tags = None,
    run: Run = None,
    commit: Commit = None,
    metric: Metric = None,
    author: AuthorName = None,
    status: StatusWord = None,
    since: Since = None,
    until: Until = None,
    regex: Annotated[bool, typer.Option("--regex", help="WORDS is a regular expression of Python's.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many entries to show at most.")] = FEW,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Search the entries for words, the best first.

    All words must be there. Within WORDS, "several words" stand in a row, word* begins a word, -word must not be there.
    Exit code: 0 fine, 1 an entry could not be read, 2 nothing can be looked for.

    Example: journal search "sigma floor" --status concluded
    """
    from journal.index.catalog import Catalog
    from journal.index.search import Query

    config = open_journal().config
    wanted = entry_filter(config, tag, run, commit, metric, author, status, since, until)
    with Catalog(config).update() as catalog:
        hits = _hits(catalog, Query(" ".join(words), regex, wanted, limit + 1), as_json=as_json)
        if as_json:
            answer({"entries": _shapes(catalog, hits[:limit]), "problems": list(map(problem, catalog.problems))})
        else:
            _print(hits[:limit], more=len(hits) > limit)
            for error in catalog.problems:
                failure(error, as_json=False)
        if catalog.problems:
            raise typer.Exit(1)


def _hits(catalog: "Catalog", query: "Query", *, as_json: bool) -> "list[Hit]":
    from journal.index.search import search

    try:
        return search(catalog, query)
    except UsageError as error:
        if error.column is not None and not as_json:
            point(query.words, error.column)
        raise


def _shapes(catalog: "Catalog", hits: "Sequence[Hit]") -> "list[dict[str, Any]]":
    shapes = listed(catalog, [hit.card for hit in hits])
    return [
        shape | {"score": hit.score, "line": hit.line, "text": hit.text}
        for shape, hit in zip(shapes, hits, strict=True)
    ]


def _print(hits: "Sequence[Hit]", *, more: bool) -> None:
    for hit in hits:
        put(f"{hit.card.id}: {hit.card.title}")
        if hit.line is not None:
            put_marked(f"  {hit.card.path}:{hit.line}: ", hit.text, hit.spans)
    if not hits:
        say("nothing found")
    if more:
        say(f"the first {len(hits)}; `--limit` shows more")
