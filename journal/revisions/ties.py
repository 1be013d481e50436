"""What is known of a run and the commits of an entry, as the judgement takes it, and the words it is told in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from journal.model.revision import CommitVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from journal.model.revision import Code

MOST_NAMED = 3
"""Names that a reason gives before it counts."""

PROVEN, CONSISTENT, CONTRADICTED, UNKNOWN = CommitVerdict
_WEAKEST = (CONTRADICTED, UNKNOWN, CONSISTENT, PROVEN)


def weakest(*verdicts: CommitVerdict) -> CommitVerdict:
    """The verdict that is worth least."""
    return min(verdicts, key=weakness)


def weakness(verdict: CommitVerdict) -> int:
    """The place of a verdict, that which is worth least first."""
    return _WEAKEST.index(verdict)


class Bond(Enum):
    """How what a run ran stands to one commit of an entry; the nearest first."""

    SAME = "same"
    """It is the run's commit."""
    CONTAINED = "contained"
    """The run's commit is made of it."""
    COPIED = "copied"
    """The run's commit is made of another one that makes the same change: a cherry-pick, or what a rebase left."""
    ALIKE = "alike"
    """The run's commit is not made of it, but has its files as it left them, as after a squash."""
    UNCOMMITTED = "uncommitted"
    """The run had its files as it left them, by changes that were not committed yet."""
    CUT = "cut"
    """The clone is too shallow to tell."""
    UNDONE = "undone"
    """The run's commit is made of it, and of one that says it undoes it; its files were changed since."""
    GONE = "gone"
    """The run's commit is made of it, but its files are as they were before it."""
    LATER = "later"
    """It was made on top of the run's commit."""
    APART = "apart"
    """The run's commit is on another line of work."""
    CLOCK = "clock"
    """No commit of the run is known here: clocks alone tell."""


HELD = frozenset({Bond.SAME, Bond.CONTAINED, Bond.COPIED, Bond.ALIKE, Bond.UNCOMMITTED})
LACKED = frozenset({Bond.LATER, Bond.APART, Bond.GONE})
UNTOLD = frozenset({Bond.CUT, Bond.UNDONE})


class Tie(NamedTuple):
    """How what a run ran stands to one commit of an entry.

    Attributes:
        sha: The commit.
        bond: How they stand to each other.
        authored: When the commit was first made; None where it is not here.
        committed: When it got its present form.
        next: The first commit made on top of it on a branch, with its time.
        via: The commit that makes the same change, for a copy; the one that undoes it.
        files: The files that it changes, as far as somebody asked.
        lost: Those of them that are as they were before it, where others are as it left them.
        exact: Of uncommitted changes, whether they are just its own.
        replaced: Whether it took the place of the one that the entry is about, and makes another change.
    """

    sha: str
    bond: Bond
    authored: datetime | None = None
    committed: datetime | None = None
    next: tuple[str, datetime] | None = None
    via: str | None = None
    files: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    exact: bool = False
    replaced: bool = False

    @property
    def short(self) -> str:
        """The first seven digits."""
        return self.sha[:7]


class Part(NamedTuple):
    """What one part of a run ran, and why its commit cannot be looked up, if so.

    Attributes:
        code: What is known of it.
        ties: How it stands to each commit of the entry that is here.
        absent: In words, why its commit is not to be had; None where it is here, or none was recorded.
        committed: When its commit got its present form; None where it is not here.
    """

    code: Code
    ties: tuple[Tie, ...]
    absent: str | None = None
    committed: datetime | None = None


class Said(NamedTuple):
    """A verdict on one part of a run, with its reasons, the weightiest first."""

    verdict: CommitVerdict
    reasons: list[str]


def short(part: Part) -> str:
    """The first seven digits of the commit of a run."""
    return (part.code.commit or "")[:7]


def unknown(files: Sequence[str]) -> str:
    """Files that git did not know, by their number: nobody chose to publish their names."""
    return f"{len(files)} file{'s' if len(files) > 1 else ''} of code that git did not know"


def named(names: Iterable[str]) -> str:
    """Names in a row, as many as someone may want to read."""
    each = list(dict.fromkeys(names))
    rest = len(each) - MOST_NAMED
    shown = each if rest <= 0 else [*each[:MOST_NAMED], f"{rest} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
