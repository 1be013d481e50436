"""What happens to an entry after it was written: updates, corrections, reviews; and where an imported one came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from journal.model.base import Frozen, Natural
from journal.model.when import When

Word = Annotated[str, Field(min_length=1)]


def listed(value: object) -> object:
    """A bare string stands for a list of one."""
    return (value,) if isinstance(value, str) else value


def keyed(key: str) -> BeforeValidator:
    """A bare string in a list stands for a mapping with this one key."""

    def widen(value: object) -> object:
        return {key: value} if isinstance(value, str) else value

    return BeforeValidator(widen)


Words = Annotated[tuple[Word, ...], BeforeValidator(listed)]


class Status(StrEnum):
    """Where an entry's work stands."""

    PLANNED = "planned"
    RUNNING = "running"
    BLOCKED = "blocked"
    CONCLUDED = "concluded"
    INCONCLUSIVE = "inconclusive"
    ABANDONED = "abandoned"
    SUPERSEDED = "superseded"
    INVALID = "invalid"


REPLACED = frozenset({Status.SUPERSEDED, Status.INVALID})
"""Where an entry stands whose place another one took."""

CLOSED = REPLACED | {Status.ABANDONED}
"""Where an entry stands from which nobody awaits a result any more."""

ENDED = CLOSED | {Status.CONCLUDED}
"""Where an entry stands on which nobody works any more."""


class Outcome(StrEnum):
    """What came of it, once that is known."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"


class Kind(StrEnum):
    """What an author or reviewer is."""

    HUMAN = "human"
    AGENT = "agent"


class Verdict(StrEnum):
    """What a reviewer found."""

    VERIFIED = "verified"
    CORRECTED = "corrected"
    DISPUTED = "disputed"
    UNVERIFIED = "could not verify"


class Author(Frozen):
    """Who wrote an entry."""

    name: Word
    """Their name."""
    kind: Kind | None = None
    """Person or agent; absent where nobody said."""


class Update(Frozen):
    """A dated section that was added to an entry."""

    at: When
    """When it was written."""
    by: Word | None = None
    """Who wrote it."""
    status: Status | None = None
    """Where the work stood from then on."""
    outcome: Outcome | None = None
    """What had come of it by then."""
    section: Word | None = None
    """The heading under which its words stand."""


class Correction(Frozen):
    """A value of an entry that was wrong."""

    was: Word
    """The wrong value, as it stood."""
    now: Word | None = None
    """The right value; absent where nobody said."""
    reason: Word | None = None
    """Why it was wrong."""
    by: Word | None = None
    """Who corrected it."""
    at: When | None = None
    """When it was corrected."""


class Review(Frozen):
    """What somebody who looked again found."""

    by: Word
    """The reviewer."""
    kind: Kind | None = None
    """Person or agent; absent where nobody said."""
    at: When | None = None
    """When they looked."""
    verdict: Verdict
    """What they found."""
    method: Word | None = None
    """How they looked."""
    evidence: Word | None = None
    """Short sum of the evidence that they looked at; `none` where there was none."""


class Imported(Frozen):
    """Where an imported note came from."""

    source: Word = Field(alias="from")
    """The file, as it was named relative to the journal, or its name alone if it lay elsewhere."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Sum of the original file, in hexadecimal."""
    bytes_: Annotated[str | None, Field(alias="bytes", pattern=r"^\d+\.\.\d+$")] = None
    """Which bytes of it, or of its repair, stand here: the first, and the one behind the last; absent for all."""
    length: Natural | None = None
    """How many bytes of its words stand below the front matter; what stands behind them was added here."""
    heading: Word | None = None
    """The dated heading that it is about, if it is a part of a log."""
    repaired: Word | None = None
    """The encoding that was undone, such as `cp1252`; the words then are not the original's bytes."""
    words: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    """Sum of what stands below the front matter, where that is not the whole original."""
    created: Word | None = None
    """Where the entry's time comes from, in words."""
