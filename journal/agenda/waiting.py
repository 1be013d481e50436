"""What may wait in a journal, and the list of all that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.document.steps import Step
    from journal.index.held_results import Held
    from journal.index.run_list import ListedRun
    from journal.model.entry import Entry

SECTION = "section"
"""The kind of a section without results, among the kinds of blocks."""


@dataclass(frozen=True)
class Waiting:
    """A block, cited value, prediction or section of an entry that is not as it should be yet.

    Attributes:
        entry: The entry.
        line: Line, from 1.
        kind: Its kind; `SECTION` for a section without results.
        name: Its name; the claim of a prediction, the heading of a section.
        message: Why, in words; may be empty.
        days: Whole days since the entry was written or last updated.
    """

    entry: Entry
    line: int
    kind: str
    name: str
    message: str
    days: int


@dataclass(frozen=True)
class OpenStep:
    """A step that an entry leaves open."""

    entry: Entry
    step: Step


@dataclass(frozen=True)
class Agenda:
    """All that waits.

    Attributes:
        pending: Results that are not there yet, the one that has waited longest first.
        stale: Blocks that were not filled since they changed.
        drifted: Blocks whose source gives another value.
        edited: Blocks whose text was changed by hand.
        open_predictions: Predictions without a verdict.
        open_steps: Boxes that are not ticked, and what is to be done next.
        untracked_runs: Runs that no entry cites, newest first.
        answered: Entries whose follow-up already holds their result.
    """

    pending: tuple[Waiting, ...] = ()
    stale: tuple[Waiting, ...] = ()
    drifted: tuple[Waiting, ...] = ()
    edited: tuple[Waiting, ...] = ()
    open_predictions: tuple[Waiting, ...] = ()
    open_steps: tuple[OpenStep, ...] = ()
    untracked_runs: tuple[ListedRun, ...] = ()
    answered: tuple[Held, ...] = ()
