"""What a reader of free-form notes finds: facts, each with the place it stands at and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from journal.model.entry import Role
    from journal.model.life import Kind, Outcome, Status, Verdict
    from journal.model.when import When

T = TypeVar("T")


class Confidence(StrEnum):
    """How sure a fact is. Only what is stated goes into the front matter; the rest is listed for the author."""

    STATED = "stated"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Fact(Generic[T]):
    """One thing that a note says.

    Attributes:
        value: What it says.
        source: Where that was read, in a few words: "line `Time:`", "title", "file name", "git's first commit".
        line: Line of the note, from 1; None for what stands outside of it.
        confidence: How sure it is.
    """

    value: T
    source: str
    line: int | None = None
    confidence: Confidence = Confidence.STATED

    def below(self, lines: int) -> Fact[T]:
        """The same fact, so many lines further down."""
        return self if self.line is None else replace(self, line=self.line + lines)


@dataclass(frozen=True)
class Person:
    """Somebody who wrote or reviewed a note; `kind` is None where nobody can tell."""

    name: str
    kind: Kind | None = None


@dataclass(frozen=True)
class CitedRun:
    """A run that a note names.

    Attributes:
        id: The run's id, or its reference where the note gives one with entity and project.
        role: Its part in the comparison, where the note says so.
        label: What the note calls it.
    """

    id: str
    role: Role | None = None
    label: str | None = None


@dataclass(frozen=True)
class CitedCommit:
    """A commit that a note names, and what it says that the commit did."""

    sha: str
    note: str | None = None


@dataclass(frozen=True)
class NotedCorrection:
    """A wrong value that a note tells of.

    Attributes:
        was: The wrong value.
        now: The right one, where it is said.
        reason: The note's own sentence, without its markup.
        by: Who corrected it.
        at: When.
    """

    was: str
    now: str | None = None
    reason: str | None = None
    by: Person | None = None
    at: When | None = None


@dataclass(frozen=True)
class NotedReview:
    """A look at the note by somebody else, as the note tells of it."""

    by: Person
    verdict: Verdict
    method: str | None = None
    at: When | None = None


@dataclass(frozen=True)
class DatedSection:
    """A heading that carries a date: an update of the note, or the next note of a long log.

    Attributes:
        heading: The heading's text as it stands, markup included.
        title: Its words, without the date, pictures and emphasis.
        level: Its level, 1 to 6.
        at: Its date.
        is_update: Whether it calls itself an update of what stands above it.
        status: Where the work stood by then, where its words state that.
    """

    heading: str
    title: str
    level: int
    at: When
    is_update: bool
    status: Status | None = None
    outcome: Outcome | None = None
