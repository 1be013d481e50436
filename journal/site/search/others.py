"""The other pages that the search finds: runs, commits, metrics, tags, authors, and the user's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.site.contents import author_page, commit_page, metric_page, run_page, tag_page
from journal.site.things.known_commits import known_commits, newest_runs
from journal.site.things.known_metrics import known_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.site.contents import Contents
    from journal.site.search.own import OwnPage

Row = tuple[str | int | list[str], ...]
"""What it is called, its page without the suffix, what else is known of it, and how many entries name it.

A page that is called like its thing is left empty. What is known of a run is its display name, by which entries that
cite it are found too, and its project. Of a part of an own page, the anchor and the words come after.
"""


def others(contents: Contents, own: Iterable[OwnPage]) -> dict[str, list[Row]]:
    """The rows by kind, the one that is looked for most often first.

    Args:
        contents: The journal.
        own: The user's own pages.
    """
    found = {
        "run": list(_runs(contents)),
        "commit": list(_commits(contents)),
        "metric": [
            _row(each.name, metric_page(each.name), each.entries) for each in contents.once(known_metrics).values()
        ],
        "tag": list(_named(contents.tags, tag_page)),
        "author": list(_named(contents.authors, author_page)),
        "page": list(_own(own)),
    }
    return {kind: rows for kind, rows in found.items() if rows}


def _runs(contents: Contents) -> Iterator[Row]:
    for run in newest_runs(contents):
        project = "/".join(part for part in (run.entity, run.project) if part)
        yield _row(run.id, run_page(run.key), contents.citing.get(run.key, ()), [run.name or "", project])


def _commits(contents: Contents) -> Iterator[Row]:
    for commit in contents.once(known_commits).values():
        yield _row(commit.sha, commit_page(commit.sha), commit.entries, commit.subject or "")


def _named(found: Mapping[str, Sequence[object]], page_of: Callable[[str], str]) -> Iterator[Row]:
    for name, entries in found.items():
        yield _row(name, page_of(name), entries)


def _own(own: Iterable[OwnPage]) -> Iterator[Row]:
    for each in own:
        for part in each.parts:
            below = part.heading if part.heading != each.title else ""
            yield below or each.title, each.page, each.title if below else "", 0, part.anchor, part.words


def _row(name: str, page: str, entries: Sequence[object], told: str | list[str] = "") -> Row:
    path = page.removesuffix(".md")
    return name, "" if path.partition("/")[2] == name else path, told, len(entries)
