"""What happened in a journal, by month: entries, updates, corrections, reviews, retractions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import REPLACING
from journal.site.here import Here, badges, iso, row, when
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.site.abstract import Abstract
    from journal.site.contents import Contents

_MONTH = 7  # characters of `2026-02`
_SAID = {
    "written": "",
    "updated": "Update of",
    "corrected": "Correction in",
    "reviewed": "Review of",
    "invalidates": "Found invalid:",
    "supersedes": "Superseded:",
}
"""What a row begins with, by the kind of what happened."""


class Happening(NamedTuple):
    """Something that happened.

    Attributes:
        moment: Seconds since 1970, to order by.
        at: As pages tell it.
        kind: `written`, `updated`, `corrected`, `reviewed`, `invalidates` or `supersedes`.
        title: The entry's.
        page: The entry's page.
        anchor: Where on it.
        words: What its badges say.
        by: Who did it.
        said: More about it, raw.
        other: Title and page of the entry by which it happened.
    """

    moment: float
    at: str
    kind: str
    title: str
    page: str
    anchor: str = ""
    words: tuple[str, ...] = ()
    by: str = ""
    said: str = ""
    other: tuple[str, str] | None = None

    @property
    def month(self) -> str:
        """`2026-02`, where it happened."""
        return self.at[:_MONTH]

    def html(self, here: Here) -> str:
        """Its row."""
        main = f"{_SAID[self.kind]} {here.entry(self.title, self.page, self.anchor)} {badges(self.words)}".strip()
        by = f"by {here.link(*self.other)}" if self.other else plain(self.by)
        return row(when(self.at), main, plain(self.said), by)


def by_month(contents: Contents) -> dict[str, list[Happening]]:
    """What happened in each month, in order, the newest month first; what nobody dated is left out."""
    found: dict[str, list[Happening]] = {}
    for each in contents.abstracts:
        for what in _of(each, contents):
            found.setdefault(what.month, []).append(what)
    for happenings in found.values():
        happenings.sort(key=lambda what: (what.moment, what.page))
    return dict(sorted(found.items(), reverse=True))


def _of(each: Abstract, contents: Contents) -> Iterator[Happening]:
    title, page = each.title, each.page
    by = ", ".join(person.name for person in each.authors)
    words = contents.standing(each)
    yield Happening(each.moment, each.created, "written", title, page, words=words, by=by)
    for update in each.updates:
        words = tuple(word for word in (update.status, update.outcome) if word)
        said = update.section or ""
        yield Happening(update.moment, update.at, "updated", title, page, update.anchor, words, update.by or "", said)
    for correction in each.corrections:
        if correction.at is not None:
            said = correction.was if correction.now is None else f"{correction.was} → {correction.now}"
            yield _dated(correction.at, "corrected", each, by=correction.by or "", said=said)
    for review in each.reviews:
        if review.at is not None:
            yield _dated(review.at, "reviewed", each, words=(review.verdict,), by=review.by)
    for relation in REPLACING:
        for name in contents.relations.by(relation, each.id):
            new = contents.by_id[name]
            yield Happening(new.moment, new.created, relation, title, page, other=(new.title, new.page))


def _dated(
    at: str, kind: str, each: Abstract, *, words: tuple[str, ...] = (), by: str = "", said: str = ""
) -> Happening:
    moment = datetime.fromisoformat(iso(at))
    seconds = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    return Happening(seconds, at, kind, each.title, each.page, words=words, by=by, said=said)
