"""The pages that lead to entries: home, the list of all entries, and one page a tag."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from journal.model.life import Status
from journal.model.wording import counted
from journal.site import commit_verdicts
from journal.site.contents import ENTRIES, HOME, TAGS, between, tag_links, tag_page
from journal.site.entry_page import anchor
from journal.site.markup import UNKNOWN, badge, code, link, page, section, standing
from journal.tables.markdown import plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.site.contents import Contents
    from journal.site.view import EntryView

NEWEST = 10
"""How many entries the home page shows."""
MOST = 50
"""How many blocks the home page lists as needing attention."""

HEAD = ("date", "entry", "status", "outcome", "tags", "runs")


def home(contents: Contents) -> bytes:
    """The home page: how many entries stand where, what needs attention, and the newest entries."""
    if not contents.views and not contents.problems:
        start = "No entries yet. Write the first one with `journal new`."
        return page(contents.title, start, listing=True)
    return page(
        contents.title,
        _counts(contents),
        *_attention(contents),
        "## Newest entries",
        section("journal-newest", *(_card(view, contents) for view in contents.views[:NEWEST])),
        link(f"All {counted(len(contents.views), 'entry')}", ENTRIES, style="journal-more"),
        hide="navigation, toc",
        listing=True,
    )


def _counts(contents: Contents) -> str:
    """Each status with its number of entries."""
    found = Counter(view.entry.front_matter.status for view in contents.views)
    boxes = [(badge(status.value), found[status]) for status in Status if found[status]]
    if found[None]:
        boxes.append((badge("no status", kind="none"), found[None]))
    lines = [f'<div class="journal-count"><b>{number}</b>{word}</div>' for word, number in boxes]
    return "\n".join(['<div class="journal-counts">', *lines, "</div>"])


def _attention(contents: Contents) -> Iterator[str]:
    """Files that are no entries, and blocks whose promise is not kept."""
    rows = [
        [badge("broken"), code(error.place or "?"), plain(_advice(error.message, error.hint))]
        for error in contents.problems
    ]
    rows += [
        [
            badge(report.state.value),
            link(view.entry.title, view.page, anchor=anchor(report.name)),
            _why(report.name, report.message),
        ]
        for view in contents.views
        for report in view.attention
    ]
    rows += [
        [badge(found.verdict.value), link(view.entry.title, view.page), _why(handle, "".join(found.reasons[:1]))]
        for view in contents.views
        for handle, found in commit_verdicts.contradicted(view)
    ]
    if not rows:
        return
    yield "## Needs attention"
    yield section("journal-attention", table(("state", "where", "why"), rows[:MOST], right=0))
    if len(rows) > MOST:
        yield f"and {len(rows) - MOST} more"


def _advice(message: str, hint: str | None) -> str:
    return f"{message}; {hint}" if hint else message


def _why(name: str, message: str) -> str:
    return f"{code(name)} {plain(message)}".rstrip()


def _card(view: EntryView, contents: Contents) -> str:
    matter = view.entry.front_matter
    day = f"<time>{matter.created.day.isoformat()}</time>"
    title = link(view.entry.title, view.page, style="journal-title")
    parts = (day, title, standing(matter, contents.replaced(view)), *tag_links(matter.tags, HOME))
    return " ".join(part for part in parts if part)


def entries(contents: Contents) -> bytes:
    """The list of all entries, newest first, by year."""
    parts = []
    for year, group in groupby(contents.views, key=lambda view: view.entry.front_matter.created.day.year):
        parts += [f"## {year}", _table(list(group), ENTRIES, contents)]
    return page("Entries", *(parts or ["No entries yet."]), listing=True)


def _table(views: Sequence[EntryView], here: str, contents: Contents) -> str:
    rows = [_row(view, here, contents.replaced(view)) for view in views]
    return section("journal-entries", table(HEAD, rows, right=1))


def _row(view: EntryView, here: str, replaced: Status | None) -> list[str]:
    matter = view.entry.front_matter
    status = " ".join(badge(word.value) for word in (matter.status, replaced) if word)
    return [
        f"<time>{matter.created.day.isoformat()}</time>",
        link(view.entry.title, between(here, view.page)),
        status or UNKNOWN,
        badge(matter.outcome.value) if matter.outcome else UNKNOWN,
        " ".join(tag_links(matter.tags, here)),
        str(len(matter.runs)),
    ]


def tags(contents: Contents) -> bytes:
    """The list of all tags."""
    words = [f"- {tag_links([tag], TAGS)[0]} {len(views)}" for tag, views in contents.tags.items()]
    return page("Tags", section("journal-tags", "\n".join(words)) or "No tags yet.", listing=True)


def tag(name: str, contents: Contents) -> bytes:
    """The page of one tag: its entries, newest first."""
    return page(f"Tag: {name}", _table(contents.tags[name], tag_page(name), contents), listing=True)


def own_index(titles: Mapping[str, str]) -> bytes:
    """The first page of the user's own pages, where they have none.

    Args:
        titles: Titles by path, relative to their folder.
    """
    lines = [f"- {link(title, path)}" for path, title in sorted(titles.items())]
    return page("Documentation", "\n".join(lines), listing=True)
