"""One free-form note as it was read: what it states, and what it only seems to say."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from journal.document.steps import steps
from journal.document.synonyms import canonical
from journal.errors import EntryError
from journal.imports.readers import headline, people
from journal.imports.readers.commits import commits
from journal.imports.readers.corrections import corrections
from journal.imports.readers.created import created, heading_times
from journal.imports.readers.dated import dated_sections
from journal.imports.readers.files import files
from journal.imports.readers.interface import (
    CitedCommit,
    CitedRun,
    Confidence,
    DatedSection,
    Fact,
    NotedCorrection,
    NotedReview,
    Person,
)
from journal.imports.readers.other_notes import NamedNote, notes_named
from journal.imports.readers.reviews import reviews
from journal.imports.readers.runs import runs
from journal.model.life import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.imports.guide import Guide, Told
    from journal.imports.readers.dated import Part
    from journal.imports.readers.known import Known
    from journal.imports.readers.page import Page
    from journal.model.life import Outcome, Status
    from journal.model.when import When

T = TypeVar("T")
TOLD = "as you said"
_SECTION = 2
MAX_UNSURE = 50
"""How many uncertain facts are listed of one note."""


@dataclass(frozen=True)
class Note:
    """What a note states, field by field; what is not sure stands apart.

    Attributes:
        title: Its title.
        created: When it was written; None where nothing tells.
        authors: Who wrote it.
        status: Where its work stood at last.
        outcome: What came of it.
        tags: Words to find it by.
        commits: The commits that it is about.
        runs: The runs that it is about.
        files: The files that it touched.
        updates: Its dated updates.
        corrections: Values that it says were wrong.
        reviews: Looks at it by others.
        named: Other notes that it names: the relation, and the file.
        sections: Headings that stand for a section of an entry: the heading, an arrow and the section.
        boxes: What its open boxes say.
        unsure: What is left out because it is not certain, with the field that it would stand in.
    """

    title: Fact[str]
    created: Fact[When] | None
    authors: tuple[Fact[Author], ...]
    status: Fact[Status] | None
    outcome: Fact[Outcome] | None
    tags: tuple[Fact[str], ...]
    commits: tuple[Fact[CitedCommit], ...]
    runs: tuple[Fact[CitedRun], ...]
    files: tuple[Fact[str], ...]
    updates: tuple[Fact[DatedSection], ...]
    corrections: tuple[Fact[NotedCorrection], ...]
    reviews: tuple[Fact[NotedReview], ...]
    named: tuple[Fact[NamedNote], ...]
    sections: tuple[Fact[str], ...]
    boxes: tuple[Fact[str], ...]
    unsure: tuple[tuple[str, Fact[Any]], ...] = ()

    @property
    def facts(self) -> list[tuple[str, Fact[Any]]]:
        """Every fact with its field, the sure ones first."""
        one: list[tuple[str, Fact[Any] | None]] = [
            ("title", self.title),
            ("time", self.created),
            ("status", self.status),
            ("outcome", self.outcome),
        ]
        many: dict[str, Sequence[Fact[Any]]] = {
            "author": self.authors,
            "tag": self.tags,
            "commit": self.commits,
            "run": self.runs,
            "file": self.files,
            "update": self.updates,
            "correction": self.corrections,
            "review": self.reviews,
            "note": self.named,
            "section": self.sections,
            "open box": self.boxes,
        }
        found: list[tuple[str, Fact[Any]]] = [(name, fact) for name, fact in one if fact is not None]
        for name, facts in many.items():
            found += [(name, fact) for fact in facts]
        return [*found, *self.unsure]

    def below(self, lines: int) -> Note:
        """The same note, whose facts stand so many lines further down in the file."""
        moved: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Fact):
                moved[each.name] = value.below(lines)
            elif isinstance(value, tuple) and each.name != "unsure":
                moved[each.name] = tuple(fact.below(lines) for fact in value)
        return replace(self, **moved, unsure=tuple((name, fact.below(lines)) for name, fact in self.unsure))


def read(
    page: Page,
    known: Known,
    guide: Guide,
    told: Told,
    *,
    part: Part | None = None,
    first_commit: Callable[[], When | None] = lambda: None,
) -> Note:
    """What a note, or a part of a log, states.

    Args:
        page: Its text.
        known: Runs, commits and files that are known beside it.
        guide: What the author says about all notes.
        told: What the author says about this one.
        part: The dated heading that it begins with, if it is a part of a log.
        first_commit: Gives when git first had the file; asked only where nothing else tells a time.
    """
    unsure = _Unsure()
    unsure.sift("status", headline.unclear(page, guide.status))
    when = _created(page, guide, told, part, unsure)
    if when is None and (seen := first_commit()) is not None:
        when = Fact(seen, "git's first commit")
    if when is None and guide.created is not None:
        when = Fact(guide.placed(guide.created), TOLD)
    found_runs = unsure.sift("run", runs(page, known))
    return Note(
        title=_title(page, told, part),
        created=when,
        authors=_authors(page, guide, told, unsure),
        status=_status(page, guide, told, unsure),
        outcome=_told(told.outcome) or _last(unsure.sift("outcome", headline.outcomes(page))),
        tags=_tags(page, guide, told, unsure),
        commits=unsure.sift("commit", commits(page, known, [fact.value.id for fact in found_runs])),
        runs=found_runs,
        files=unsure.sift("file", files(page, known)),
        updates=unsure.sift("update", _updates(page, guide, part)),
        corrections=unsure.sift("correction", corrections(page)),
        reviews=unsure.sift("review", reviews(page)),
        named=unsure.sift("note", notes_named(page)),
        sections=tuple(_sections(page)),
        boxes=tuple(_boxes(page)),
        unsure=tuple(unsure.found[:MAX_UNSURE]),
    )


class _Unsure:
    """Gathers what is not certain."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Fact[Any]]] = []

    def sift(self, field: str, facts: Iterable[Fact[T]]) -> tuple[Fact[T], ...]:
        """The facts that are stated; the others are remembered under their field."""
        sure = []
        for fact in facts:
            if fact.confidence is Confidence.STATED:
                sure.append(fact)
            else:
                self.found.append((field, fact))
        return tuple(sure)


def _created(page: Page, guide: Guide, told: Told, part: Part | None, unsure: _Unsure) -> Fact[When] | None:
    if told.created is not None:
        return Fact(guide.placed(told.created), TOLD)
    if part is not None and part.at is not None:
        return Fact(guide.placed(part.at), "dated heading", _dated_line(page, part))
    sure = unsure.sift("time", created(page))
    return replace(sure[0], value=guide.placed(sure[0].value)) if sure else None


def _dated_line(page: Page, part: Part) -> int | None:
    """Line of the dated heading that a part is about; further up stands only what has no time of its own."""
    found = (line for line in page.headings if part.at is None or heading_times(line.words))
    return next((line.number for line in found), None)


def _title(page: Page, told: Told, part: Part | None) -> Fact[str]:
    if told.title is not None:
        return Fact(told.title, TOLD)
    if part is not None and part.title:
        return Fact(part.title, "dated heading", _dated_line(page, part))
    return replace(headline.title(page), confidence=Confidence.STATED)  # an entry has a title: its source says how sure


def _authors(page: Page, guide: Guide, told: Told, unsure: _Unsure) -> tuple[Fact[Author], ...]:
    if told.authors is not None:
        return tuple(Fact(author, TOLD) for author in told.authors)
    who = {name.casefold(): author for name, author in guide.authors.items()}
    found = unsure.sift("author", people.authors(page))
    return tuple(Fact(_meant(fact.value, who), fact.source, fact.line) for fact in found)


def _meant(person: Person, who: dict[str, Author]) -> Author:
    return who.get(person.name.casefold()) or Author(name=person.name, kind=person.kind)


def _status(page: Page, guide: Guide, told: Told, unsure: _Unsure) -> Fact[Status] | None:
    if told.status is not None:
        return Fact(told.status, TOLD)
    return _last(unsure.sift("status", headline.statuses(page, guide.status)))


def _tags(page: Page, guide: Guide, told: Told, unsure: _Unsure) -> tuple[Fact[str], ...]:
    own = tuple(Fact(tag, TOLD) for tag in told.tags or ()) or unsure.sift("tag", headline.tags(page))
    return (*own, *(Fact(tag, TOLD) for tag in guide.tags))


def _updates(page: Page, guide: Guide, part: Part | None) -> Iterator[Fact[DatedSection]]:
    headings = {line.number: line for line in page.headings}
    opening = _dated_line(page, part) if part is not None else None
    for fact in dated_sections(page, guide.status):
        line = headings[fact.line or 0]
        if fact.value.is_update and line.number != opening:
            update = replace(fact.value, at=guide.placed(fact.value.at), heading=page.as_it_stands(line))
            yield replace(fact, value=update)


def _sections(page: Page) -> Iterator[Fact[str]]:
    for line in page.headings:
        meant = canonical(line.words) if line.level == _SECTION else None
        if meant is not None and meant != line.words:
            yield Fact(f"{line.words} -> {meant}", "heading", line.number)


def _boxes(page: Page) -> Iterator[Fact[str]]:
    try:
        found = steps(page.text.encode("utf-8", "replace"), page.name)
    except EntryError:
        return  # its markers are wrong, which is told where it becomes an entry
    yield from (Fact(step.text, "open box", step.line) for step in found if step.is_box and not step.done)


def _told(value: T | None) -> Fact[T] | None:
    return Fact(value, TOLD) if value is not None else None


def _last(facts: Sequence[Fact[T]]) -> Fact[T] | None:
    """What was said last: banners go stale."""
    return facts[-1] if facts else None


def shown(value: object) -> str:
    """What a fact says, for people."""
    return " ".join(str(word) for word in _words(value) if word)


def _words(value: object) -> Sequence[object]:
    for kind, words in _SHOWN.items():
        if isinstance(value, kind):
            return words(value)
    return (value,)


_SHOWN: dict[type, Callable[[Any], Sequence[object]]] = {
    CitedRun: lambda run: (run.id, run.role, run.label and f"({run.label})"),
    CitedCommit: lambda commit: (commit.sha, commit.note and f"({commit.note})"),
    Author: lambda who: (who.name, who.kind and f"({who.kind})"),
    Person: lambda who: (who.name, who.kind and f"({who.kind})"),
    NotedCorrection: lambda each: (f"was {each.was}", each.now and f"now {each.now}", each.by and f"by {each.by.name}"),
    NotedReview: lambda review: (review.verdict, "by", review.by.name),
    DatedSection: lambda update: (update.at, update.status, update.title),
    NamedNote: lambda note: (note.relation, note.path),
}
