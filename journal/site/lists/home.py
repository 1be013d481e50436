"""The home page: what the journal is, where it stands, what is new, what needs attention, and the ways into it."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import Status
from journal.model.wording import counted
from journal.site.boards import alike, needs
from journal.site.boards.attention import ATTENTION
from journal.site.boards.predictions import LEFT, PREDICTIONS, tally, verdict_badge
from journal.site.contents import (
    AUTHORS,
    BOARDS,
    CHRONICLE,
    COMMITS,
    ENTRIES,
    FEED,
    HOME,
    LINEAGE,
    METRICS,
    RUNS,
    TAGS,
)
from journal.site.here import Here, badges, rows, when
from journal.site.markup import badge, bar, page
from journal.site.sheet import Sheet
from journal.site.things.known_commits import known_commits
from journal.site.things.known_metrics import known_metrics
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract
    from journal.site.boards.alike import Cause
    from journal.site.contents import Contents

NEWEST = 6
"""How many entries it shows as cards."""
MOST = 3
"""How many entries of each cause for attention it shows."""
_TAGS = 5
_NONE = "no status"


class Card(NamedTuple):
    """An entry that is new, or was updated.

    Attributes:
        title: Raw text.
        page: Its page.
        created: When it was written, as pages tell it.
        updated: When it was last updated; empty where it was not.
        anchor: Where that update stands.
        words: What its badges say.
        summary: Its first words.
        tags: The first of its tags.
        runs: How many runs it is about.
    """

    title: str
    page: str
    created: str
    updated: str
    anchor: str
    words: tuple[str, ...]
    summary: str
    tags: tuple[str, ...]
    runs: int

    def html(self, here: Here) -> str:
        """The card."""
        updated = f"<span>updated {self._update(here)}</span>" if self.updated else ""
        top = f'<div class="journal-news__top">{when(self.created)}{updated}{badges(self.words)}</div>'
        words = f'<p class="journal-news__words">{plain(self.summary)}</p>' if self.summary else ""
        runs = f"<span>{counted(self.runs, 'run')}</span>" if self.runs else ""
        foot = " ".join([*here.tags(self.tags), runs]).strip()
        below = f'<div class="journal-news__foot">{foot}</div>' if foot else ""
        return f'<li class="journal-news__one">{top}{here.entry(self.title, self.page)}{words}{below}</li>'

    def _update(self, here: Here) -> str:
        time = when(self.updated)
        return here.around(time, self.page, anchor=self.anchor) if self.anchor else time


class Home(NamedTuple):
    """All that the page shows.

    Attributes:
        title: The journal's name.
        entries: How many there are.
        first: The day of the oldest.
        last: The day of the newest.
        statuses: How many entries stand where; "no status" for those that do not say.
        needs: What needs attention, by cause, the most urgent first.
        cards: What is new.
        predictions: How many there are by verdict.
        places: Title, page and number of what each way leads to; no number where nothing is counted.
    """

    title: str
    entries: int
    first: str
    last: str
    statuses: dict[str, int]
    needs: tuple[Cause, ...]
    cards: tuple[Card, ...]
    predictions: dict[str, int]
    places: tuple[tuple[str, str, int | None], ...]


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The home page."""
    found = gathered(contents)
    yield Sheet(HOME, (contents.site, found), lambda: home(found, contents))


def gathered(contents: Contents) -> Home:
    """All that the page shows."""
    abstracts = contents.abstracts
    counts = Counter(contents.gone(each) or each.status or _NONE for each in abstracts)
    return Home(
        title=contents.title,
        entries=len(abstracts),
        first=abstracts[-1].day if abstracts else "",
        last=abstracts[0].day if abstracts else "",
        statuses={word: counts[word] for word in (*(status.value for status in Status), _NONE) if counts[word]},
        needs=alike.by_cause(needs.of(contents), MOST),
        cards=tuple(_card(each, contents) for each in nlargest(NEWEST, abstracts, key=lambda each: each.touched)),
        predictions=tally(contents),
        places=_places(contents),
    )


def _places(contents: Contents) -> tuple[tuple[str, str, int | None], ...]:
    return (
        ("Entries", ENTRIES, len(contents.abstracts)),
        ("Runs", RUNS, len(contents.runs)),
        ("Metrics", METRICS, len(contents.once(known_metrics))),
        ("Commits", COMMITS, len(contents.once(known_commits))),
        ("Tags", TAGS, len(contents.tags)),
        ("Authors", AUTHORS, len(contents.authors)),
        ("Boards", BOARDS, None),
        ("Lineage", LINEAGE, None),
        ("Chronicle", CHRONICLE, None),
        ("Feed", FEED, None),
    )


def _card(each: Abstract, contents: Contents) -> Card:
    last = max(each.updates, key=lambda update: update.moment, default=None)
    return Card(
        title=each.title,
        page=each.page,
        created=each.created,
        updated="" if last is None else last.at,
        anchor="" if last is None else last.anchor,
        words=contents.standing(each),
        summary=each.summary,
        tags=each.tags[:_TAGS],
        runs=len(each.runs),
    )


def home(found: Home, contents: Contents) -> bytes:
    """The page."""
    here = Here(HOME, contents)
    if not found.entries and not found.needs:
        start = "No entries yet. Write the first one with `journal new`."
        return page(found.title, start, hide="navigation, toc", listing=True, is_home=True)
    return page(
        found.title,
        f'<p class="journal-lead">{_about(found)}</p>',
        _counts(found, here),
        *_new(found, here),
        *_attention(found, here),
        *_predictions(found, here),
        "## Browse",
        _ways(found, here),
        hide="navigation, toc",
        listing=True,
        is_home=True,
    )


def _about(found: Home) -> str:
    """What the journal is, in a line."""
    span = f"from {found.first} to {found.last}" if found.first != found.last else f"of {found.last}"
    kept = f"{counted(found.entries, 'entry')} {span}" if found.entries else "No entry can be read yet"
    return f"A journal of experiments: {kept}. Every filled number leads to the run that it was taken from."


def _counts(found: Home, here: Here) -> str:
    """Each status with its number of entries, as a link to where those are listed."""
    lines = []
    for word, number in found.statuses.items():
        inner = f"<b>{number:,}</b>{badge(word, kind='none' if word == _NONE else word)}"
        chosen = "" if word == _NONE else f"status={word}"  # as the page of all entries has it in its address
        address = here.address(ENTRIES) + (f"#{chosen}" if chosen else "")
        lines.append(f'<li><a class="journal-count" href="{address}">{inner}</a></li>')
    return "\n".join(['<ul class="journal-counts">', *lines, "</ul>"]) if lines else ""


def _new(found: Home, here: Here) -> Iterator[str]:
    if found.cards:
        yield "## New"
        yield "\n".join(['<ul class="journal-news">', *(card.html(here) for card in found.cards), "</ul>"])
    if found.entries > len(found.cards):
        every = here.link(f"All {counted(found.entries, 'entry')}", ENTRIES)
        yield f'<p class="journal-more">{every}</p>'


def _attention(found: Home, here: Here) -> Iterator[str]:
    if found.needs:
        yield "## Needs attention"
        yield rows((cause.html(here, ATTENTION) for cause in found.needs), "journal-rows--tight")
        yield f'<p class="journal-more">{here.link("All that needs attention", ATTENTION)}</p>'


def _predictions(found: Home, here: Here) -> Iterator[str]:
    """How many predictions came true, as a bar and in words."""
    told = {verdict: number for verdict, number in found.predictions.items() if number and verdict != LEFT}
    if not told:
        return
    yield "## Predictions"
    words = " ".join(f"<span><b>{number:,}</b> {verdict_badge(word, number)}</span>" for word, number in told.items())
    every = here.link("What was expected, and what came of it", PREDICTIONS)
    parts = [(f"journal-tally__{word}", number) for word, number in told.items()]
    drawn = bar(parts, sum(told.values()), "journal-tally")
    yield f'<div>{drawn}\n<p class="journal-tally-words">{words} {every}</p></div>'


def _ways(found: Home, here: Here) -> str:
    lines = [_way(here.link(title, target), number) for title, target, number in found.places]
    return "\n".join(['<ul class="journal-names">', *lines, "</ul>"])


def _way(link: str, number: int | None) -> str:
    return f"<li>{link}</li>" if number is None else f"<li>{link} <span>{number:,}</span></li>"
