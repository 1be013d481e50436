"""The commits that entries of this repository are about or that runs recorded, with all that tells of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from journal.site.contents import RUNS, run_page
from journal.site.things import crossing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.site.abstract import Abstract, Claim, Commit, RunAbstract
    from journal.site.contents import Contents


class Predicted(NamedTuple):
    """A prediction and the entry that makes it.

    Attributes:
        of: The entry.
        place: Its place in the front matter, from 0.
        claim: The prediction.
    """

    of: Abstract
    place: int
    claim: Claim


@dataclass
class KnownCommit:
    """One commit.

    Attributes:
        sha: In full where that is known.
        subject: First line of its message, where evidence has it.
        authored: ISO 8601, where evidence has it.
        origin: The repository that it lies in, where entries know it of another one alone.
        entries: Entries about it, newest first.
        notes: What each of them says that it did, by the entry's file.
        runs: Runs that recorded it, newest first.
        predicted: Predictions that were first committed with it, those of the newest entry first.
        committed: When it was made, ISO 8601, where evidence of those has it.
    """

    sha: str
    subject: str | None = None
    authored: str | None = None
    origin: str | None = None
    entries: list[Abstract] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    runs: list[RunAbstract] = field(default_factory=list)
    predicted: list[Predicted] = field(default_factory=list)
    committed: str | None = None

    @property
    def told(self) -> tuple[str | None, str | None, str | None, str | None]:
        """What is known of the commit itself."""
        return self.subject, self.authored, self.origin, self.committed

    @property
    def naming(self) -> int:
        """How many entries know it: those about it, and those that made predictions with it."""
        return len({each.page for each in (*self.entries, *(found.of for found in self.predicted))})

    @property
    def when(self) -> str | None:
        """When it was authored, or else committed, or else when the first run of it started; ISO 8601."""
        started = [run.started for run in self.runs if run.started is not None]
        return self.authored or self.committed or min(started, key=crossing.moment, default=None)


def known_commits(contents: Contents) -> Mapping[str, KnownCommit]:
    """The commits that have a page, by sha: in full where that is known, in small letters."""
    found: dict[str, KnownCommit] = {}
    for run in newest_runs(contents):
        if (sha := contents.sha_of(run.commit)) is not None:
            found.setdefault(sha, KnownCommit(sha)).runs.append(run)
    for entry in contents.abstracts:
        for own in entry.commits:
            if own.origin is None and (sha := contents.sha_of(own.sha)) is not None:
                _tell(found.setdefault(sha, KnownCommit(sha)), entry, own)
        for place, claim in enumerate(entry.predictions):
            if (sha := contents.sha_of(claim.commit)) is not None:
                commit = found.setdefault(sha, KnownCommit(sha))
                commit.predicted.append(Predicted(entry, place, claim))
                commit.committed = commit.committed or claim.committed
    _tell_of_others(found, contents)
    return found


def newest_runs(contents: Contents) -> list[RunAbstract]:
    """All runs that have a page, newest first; last those of which nobody knows when they started."""
    held = [run for run in contents.runs.values() if run_page(run.key) != RUNS]
    return sorted(held, key=lambda run: (-crossing.moment(run.started), run.key))


def _tell(commit: KnownCommit, entry: Abstract, own: Commit) -> None:
    if not commit.entries or commit.entries[-1] is not entry:
        commit.entries.append(entry)
    if own.note:
        commit.notes.setdefault(entry.path, own.note)
    commit.subject = commit.subject or own.subject
    commit.authored = commit.authored or own.authored


def _tell_of_others(found: Mapping[str, KnownCommit], contents: Contents) -> None:
    """Runs may have recorded a commit that entries know of another repository."""
    for entry in contents.abstracts:
        for own in entry.commits:
            sha = contents.sha_of(own.sha) if own.origin is not None else None
            commit = found.get(sha or "")
            if commit is not None and not commit.entries:
                commit.origin = commit.origin or own.origin
                commit.subject = commit.subject or own.subject
                commit.authored = commit.authored or own.authored
