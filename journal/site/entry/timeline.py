"""What happened to an entry, in order: written, commits, runs, updates, reviews, corrections, evidence recorded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from journal.model.wording import counted
from journal.site.entry.boxed import fold
from journal.site.entry.facts import verdict
from journal.site.markup import badge, literal, named, timed, timed_when, told
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from journal.model.life import Correction, Update
    from journal.model.when import When
    from journal.site.contents import Committed
    from journal.site.entry.leads import Leads
    from journal.site.view import EntryView

COMMIT, RUN = "commit", "run"
"""Kinds of happenings that are told together where nothing else lies between them."""
SHOWN = 6
"""How many commits or runs of one line are named."""


class Happening(NamedTuple):
    """Something that happened; its words are HTML."""

    moment: datetime
    time: Callable[[bool], str]
    """Gives it as HTML, with its seconds or without."""
    words: str
    kind: str = ""


def timeline(view: EntryView, leads: Leads, places: Mapping[int, str], filled: Committed | None = None) -> str:
    """The timeline of an entry as HTML; nothing where it was only written.

    Args:
        view: The entry.
        leads: Where its links lead.
        places: Where on the page its updates stand, by their number.
        filled: The commit that recorded its evidence, where git knows.
    """
    found = [*_written(view), *_work(view, leads), *_life(view, places)]
    if filled is not None:
        found.append(_at_clock(filled.at, f"evidence recorded in {leads.commit(filled.sha)}", view))
    found.sort(key=lambda each: each.moment)
    groups = [(kind, list(group)) for kind, group in _alike(found)]
    if len(groups) < 2:  # noqa: PLR2004  (that it was written stands in its head)
        return ""
    minutes = Counter(_minute(group[0]) for _, group in groups)
    items = [_item(group, kind, minutes[_minute(group[0])] > 1) for kind, group in groups]
    return fold("journal-timeline", f"Timeline: {counted(len(items), 'event')}", "<ol>", *items, "</ol>")


def _alike(found: Iterable[Happening]) -> Iterator[tuple[str, Iterator[Happening]]]:
    """Runs and commits with nothing between them together, everything else alone."""
    numbered = enumerate(found)
    for (kind, _), group in groupby(numbered, lambda pair: (pair[1].kind, 0 if pair[1].kind else pair[0])):
        yield kind, (each for _, each in group)


def _minute(happening: Happening) -> datetime:
    return happening.moment.astimezone(UTC).replace(second=0, microsecond=0)


def _item(group: Sequence[Happening], kind: str, seconds: bool) -> str:
    """A line; with seconds where another one is of the same minute, for then only they tell which came first."""
    words = group[0].words
    if kind == RUN:
        words = f"{'run' if len(group) == 1 else 'runs'} {_some(group)} started"
    elif kind == COMMIT and len(group) > 1:
        words = f"commits {_some(group)}"
    elif kind == COMMIT:
        words = f"commit {words}"
    return f"<li>{group[0].time(seconds)} <span>{words}</span></li>"


def _some(group: Sequence[Happening]) -> str:
    more = len(group) - SHOWN
    return ", ".join(each.words for each in group[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _written(view: EntryView) -> Iterator[Happening]:
    matter = view.entry.front_matter
    by = ", ".join(named(author.name, author.kind) for author in matter.authors)
    yield _at(matter.created, f"written by {by}" if by else "written")


def _work(view: EntryView, leads: Leads) -> Iterator[Happening]:
    """The commits and the starts of runs, as far as the evidence knows their times."""
    for commit in view.entry.front_matter.commits:
        known = view.evidence.commits.get(commit.sha)
        if known is not None:
            yield _at_clock(known.authored, leads.commit(known.sha, commit.origin), view, COMMIT)
    for ref in view.entry.front_matter.runs:
        run = view.evidence.runs.get(ref.id)
        if run is not None and run.started is not None:
            yield _at_clock(run.started, leads.run(ref.id), view, RUN)


def _life(view: EntryView, places: Mapping[int, str]) -> Iterator[Happening]:
    """What its front matter tells of the time after it was written; what has no time stands elsewhere on the page."""
    matter = view.entry.front_matter
    for number, update in enumerate(matter.updates):
        yield _at(update.at, _update(update, places.get(number)))
    for review in matter.reviews:
        if review.at is not None:
            by = named(review.by, review.kind)
            yield _at(review.at, f"reviewed by {by}: {verdict(review, review in view.reviews.overtaken)}")
    for correction in matter.corrections:
        if correction.at is not None:
            yield _at(correction.at, _correction(correction))


def _at_clock(moment: datetime, words: str, view: EntryView, kind: str = "") -> Happening:
    """What a machine noted, in the zone in which the entry was written, so that times can be compared."""
    zone = view.entry.front_matter.created.local.tzinfo
    local = moment if zone is None else moment.astimezone(zone)
    return Happening(moment, lambda seconds: timed(local, seconds=seconds), words, kind)


def _at(when: When, words: str) -> Happening:
    return Happening(when.moment, lambda seconds: timed_when(when, seconds=seconds), words)


def _update(update: Update, place: str | None) -> str:
    """A link to its words where they stand on the page, under which heading; what it changed; by whom."""
    heading = update.section or ""
    words = [f'<a href="#{place}" title="{literal(heading)}">update</a>' if place else "update"]
    words += [f"by {named(update.by, None)}"] if update.by else []
    words += [badge(word.value) for word in (update.status, update.outcome) if word is not None]
    if told_more := heading.removeprefix(f"Update {told(update.at)}").lstrip(": "):
        words.append(f'<span class="journal-aside">{plain(told_more)}</span>')
    return " ".join(words)


def _correction(correction: Correction) -> str:
    by = f" by {named(correction.by, None)}" if correction.by else ""
    now = "" if correction.now is None else f" → {plain(correction.now)}"
    return f"corrected{by}: <del>{plain(correction.was)}</del>{now}"
