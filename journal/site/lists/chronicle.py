"""The chronicle: what happened month by month, and how much in each."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.wording import counted, listed
from journal.site.contents import CHRONICLE
from journal.site.here import Here, rows
from journal.site.leaves import oldest_first
from journal.site.lists.happenings import by_month
from journal.site.markup import MONTHS, bar, page
from journal.site.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.site.contents import Contents
    from journal.site.leaves import Leaf
    from journal.site.lists.happenings import Happening

_KINDS = {
    "written": "entry",
    "updated": "update",
    "corrected": "correction",
    "reviewed": "review",
    "invalidates": "retraction",
    "supersedes": "replacement",
}

Counts = dict[str, int]


def month_page(month: str) -> str:
    """The page of a month, `2026-02`."""
    return f"chronicle/{month}.md"


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The list of months, and a page for each."""
    months = by_month(contents)
    counts = {month: _counted(happened) for month, happened in months.items()}
    yield Sheet(CHRONICLE, (contents.site, counts), lambda: _index(counts, contents))
    beside = list(months)
    for number, (month, happened) in enumerate(months.items()):
        near = (beside[number + 1] if number + 1 < len(beside) else "", beside[number - 1] if number else "")
        for leaf in oldest_first(month_page(month), happened):
            made_of = (contents.site, month, near, counts[month], leaf)
            yield Sheet(leaf.page, made_of, partial(_month, month, near, counts[month], leaf, contents))


def _counted(happened: Sequence[Happening]) -> Counts:
    """How much happened of each kind, in the order of the kinds."""
    found = Counter(what.kind for what in happened)
    return {kind: found[kind] for kind in _KINDS if found[kind]}


def _index(counts: Mapping[str, Counts], contents: Contents) -> bytes:
    """The years and their months, each with a bar as long as much happened."""
    here = Here(CHRONICLE, contents)
    most = max((sum(each.values()) for each in counts.values()), default=0)
    parts = []
    for year, months in groupby(counts, key=lambda month: month[:4]):
        lines = [_line(month, counts[month], most, here) for month in months]
        parts += [f"## {year}", "\n".join(['<ul class="journal-chronicle">', *lines, "</ul>"])]
    return page("Chronicle", *(parts or ["Nothing has happened yet."]), hide="navigation, toc", listing=True)


def _line(month: str, counts: Counts, most: int, here: Here) -> str:
    share = 100 * sum(counts.values()) / most
    name = here.link(MONTHS[int(month[5:]) - 1], month_page(month))
    drawn = bar([("", round(share, 1))], 100, "journal-bar")
    return f"<li>{name}{drawn}<span>{_told(counts)}</span></li>"


def _told(counts: Counts) -> str:
    words = [counted(number, _KINDS[kind]) for kind, number in counts.items()]
    return listed(words, len(words))


def _month(month: str, near: tuple[str, str], counts: Counts, leaf: Leaf[Happening], contents: Contents) -> bytes:
    here = Here(leaf.page, contents)
    lead = f'<p class="journal-lead">{_told(counts)}. {here.link("All months", CHRONICLE)}</p>'
    before, after = near
    turning = [here.link(f"← {month_name(before)}", month_page(before))] if before else []
    turning += [here.link(f"{month_name(after)} →", month_page(after))] if after else []
    nav = f'<nav class="journal-turning" aria-label="Other months">{" ".join(turning)}</nav>' if turning else ""
    return page(
        month_name(month),
        lead,
        rows(what.html(here) for what in leaf.items),
        leaf.turning(here, "before", "more"),
        nav,
        hide="navigation, toc",
        listing=True,
    )


def month_name(month: str) -> str:
    """`February 2026`."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"
