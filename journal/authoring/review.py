"""Somebody has looked again: who, how, at what evidence, and what they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.authoring.change import Change
from journal.errors import UsageError
from journal.model.clock import now
from journal.model.life import Kind, Verdict
from journal.model.when import When
from journal.tables.reviews import evidence_sum, standing_of

if TYPE_CHECKING:
    from journal.config import Settings
    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.tables.reviews import ReviewStanding


@dataclass(frozen=True)
class Looked:
    """What a reviewer says.

    Attributes:
        verdict: What they found.
        by: Who they are.
        kind: What they are; by default what the journal's settings say of that name.
        method: How they looked.
    """

    verdict: Verdict
    by: str | None = None
    kind: Kind | None = None
    method: str | None = None


@dataclass(frozen=True)
class Reviewed:
    """An entry with one review more.

    Attributes:
        entry: The entry; the review is its last.
        standing: How its reviews stand together now.
    """

    entry: Entry
    standing: ReviewStanding


def review(journal: Journal, reference: str, looked: Looked) -> Reviewed:
    """Record a review of an entry, with the sum of the evidence that it is of.

    Raises:
        UsageError: Nobody says who reviewed, or whether that is a person or an agent.
        EntryError: The entry is not there, or cannot be edited.
        EvidenceError: Its evidence cannot be believed, so nobody can have reviewed it.
        ChangedOnDisk: Somebody else wrote the file meanwhile.
    """
    if not looked.by:
        raise UsageError("a review needs a name", hint="--by NAME, or `git config user.name NAME`")
    kind = kind_of(looked.by, looked.kind, journal.config.settings)
    change = Change.begin(journal, reference)
    evidence = evidence_sum(change.entry, journal.config)
    change = change.append(
        "reviews",
        {
            "by": looked.by,
            "kind": kind.value,
            "at": When.of(now()).isoformat(),
            "verdict": looked.verdict.value,
            "method": looked.method,
            "evidence": evidence,
        },
    )
    entry = change.write(journal.config)
    return Reviewed(entry, standing_of(entry.front_matter.reviews, evidence))


def kind_of(name: str, given: Kind | None, settings: Settings) -> Kind:
    """Whether a reviewer is a person or an agent: as the settings have it, or as it is given for somebody they omit.

    Raises:
        UsageError: Nobody says, or the settings say otherwise.
    """
    known = settings.people.get(name)
    if known is None and given is None:
        hint = f'--kind human or --kind agent, or `people = {{"{name}" = "human"}}` in the configuration'
        raise UsageError(f"is {name} a person or an agent?", hint=hint)
    if known is not None and given is not None and given != known:
        raise UsageError(
            f"{name} is said to be {given}, and the setting `people` says {known}", hint="mend one of them"
        )
    return given or Kind(str(known))
