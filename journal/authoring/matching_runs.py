"""The runs that belong to commits: those that recorded one, and those that started while one was the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.errors import SourceError
from journal.model.entry import CommitRef
from journal.model.revision import Code, CommitVerdict, Judgement
from journal.model.span import span
from journal.revisions.verdicts import Judge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from journal.model.revision import Commit
    from journal.model.run import RunHead
    from journal.revisions import Repository
    from journal.sources.registry import Sources

MOST_TAKEN = 50
"""Runs that an entry is given by itself; a sweep may have thousands."""
MOST_BEFORE = 20
"""Runs from before the commits that are opened to see whether they ran the change: the last ones."""


@dataclass(frozen=True)
class Match:
    """A run and whether it belongs to the commits.

    Attributes:
        head: The run.
        judgement: The verdict with its reasons.
        since: How long after the commit it started; negative for one that started before. None where that is not known.
    """

    head: RunHead
    judgement: Judgement
    since: timedelta | None = None

    def __str__(self) -> str:
        reasons = list(self.judgement.reasons)
        if not any(reason.startswith("it started ") for reason in reasons):
            reasons.insert(0, started(self.since))
        return f"{self.judgement.verdict}: {'; '.join(reasons)}"


@dataclass(frozen=True)
class Matches:
    """The runs around some commits.

    Attributes:
        taken: Those that belong to them, as far as anybody can tell, in the order they started.
        refused: Those that recorded one of the commits, but are contradicted.
        more: How many others belong to them.
        later: How many runs are of later commits that contain one of these.
    """

    taken: tuple[Match, ...] = ()
    refused: tuple[Match, ...] = ()
    more: int = 0
    later: int = 0


NO_MATCHES = Matches()
"""What is found where nobody looks."""


def started(since: timedelta | None) -> str:
    """When a run started, seen from the commit, in words."""
    if since is None:
        return "nobody knows when it started"
    return f"started {span(since)} {'before' if since.total_seconds() < 0 else 'after'} the commit"


def matching(
    sources: Sources, repository: Repository, commits: Sequence[Commit], former: Sequence[str] = ()
) -> Matches:
    """The runs that belong to commits.

    A run that recorded one of them belongs to it unless it is contradicted. A run that recorded none belongs to them if
    it started behind the newest and before anything was committed on top of that. A run that recorded what stood in
    the place of one belongs to them if its code speaks for that: the commit right before, with the change in the work
    tree, or a commit that became one of them.

    Args:
        sources: Where the runs are.
        repository: Where the commits lie.
        commits: The commits.
        former: Shas that became one of them, in lower case, perhaps short.

    Raises:
        RevisionError: Git cannot be asked.
    """
    own = {commit.sha for commit in commits}
    taken, refused, more = list[Match](), list[Match](), 0
    for head in sorted([*_heads(sources, commits), *_before(sources, commits, former)], key=_when):
        if len(taken) == MOST_TAKEN and head.commit is not None:  # to open thousands of a sweep would take long
            more += head.commit in own
            continue
        match = of_run(sources, repository, commits, head, compared=False)
        verdict = match.judgement.verdict
        if head.commit in own:
            (refused if verdict is CommitVerdict.CONTRADICTED else taken).append(match)
        elif verdict in {CommitVerdict.PROVEN, CommitVerdict.CONSISTENT}:
            taken.append(match)
    more += max(0, len(taken) - MOST_TAKEN)
    return Matches(tuple(taken[:MOST_TAKEN]), tuple(refused), more, _later(sources, repository, commits))


def needs_history(sources: Sources, commits: Sequence[Commit]) -> bool:
    """Whether `matching` will ask how all commits hang together: some run may be of these commits, or of others."""
    own = {commit.sha for commit in commits}
    near = own.union(*(commit.parents for commit in commits))
    return any(head.commit in near or _may_be_later(head, commits) for head in sources.heads()) if commits else False


def of_run(
    sources: Sources, repository: Repository, commits: Sequence[Commit], head: RunHead, *, compared: bool
) -> Match:
    """A run with the verdict on it.

    Args:
        sources: Where it is opened.
        repository: Where the commits lie.
        commits: The commits.
        head: The run.
        compared: Whether the commits' entry only compares with it.

    Raises:
        RevisionError: Git cannot be asked.
    """
    refs = [CommitRef(sha=commit.sha) for commit in commits]
    judgement = Judge(repository).judge(refs, _code(sources, head), compared=compared)
    return Match(head, judgement, _since(head, commits))


def _heads(sources: Sources, commits: Sequence[Commit]) -> list[RunHead]:
    """The runs that may belong to the commits: those that recorded one, and those of their time that recorded none."""
    own = {commit.sha for commit in commits}
    return [
        head
        for head in sources.heads()
        if head.commit in own or (head.commit is None and head.started is not None and _may_be_later(head, commits))
    ]


def _before(sources: Sources, commits: Sequence[Commit], former: Sequence[str]) -> list[RunHead]:
    """The runs that may have run a change before it had its commit; of many, the last that started."""
    own = {commit.sha for commit in commits}
    made = {parent: commit.committed or commit.authored for commit in commits for parent in commit.parents}
    found = [
        head
        for head in sources.heads()
        if head.commit is not None
        and head.commit not in own
        and (
            head.commit.startswith(tuple(former))
            or (head.commit in made and head.started is not None and head.started <= made[head.commit])
        )
    ]
    return sorted(found, key=_when)[-MOST_BEFORE:]


def _may_be_later(head: RunHead, commits: Sequence[Commit]) -> bool:
    """Whether a run may have started when one of the commits was there."""
    return head.started is None or any(head.started >= commit.authored for commit in commits)


def _code(sources: Sources, head: RunHead) -> tuple[Code, ...]:
    """What a run ran; of one that recorded no commit or cannot be opened, what its head says."""
    if head.commit is None:
        return (Code(remote=head.remote, started=head.started),)
    try:
        return sources.open(head, keep=False).code
    except SourceError:
        return (Code(commit=head.commit, remote=head.remote, started=head.started),)


def _since(head: RunHead, commits: Sequence[Commit]) -> timedelta | None:
    """How long after its commit a run started; without one, after the last of them that was there."""
    if head.started is None:
        return None
    moments = {commit.sha: commit.committed or commit.authored for commit in commits}
    if head.commit in moments:
        return head.started - moments[head.commit]
    before = [moment for moment in moments.values() if moment <= head.started]
    return head.started - (max(before) if before else min(moments.values())) if moments else None


def _later(sources: Sources, repository: Repository, commits: Sequence[Commit]) -> int:
    """How many runs are of other commits that contain one of these."""
    own = {commit.sha for commit in commits}
    recorded = [
        head.commit
        for head in sources.heads()
        if head.commit is not None and head.commit not in own and _may_be_later(head, commits)
    ]
    if not recorded:
        return 0
    ancestry = repository.ancestry
    # What contains one of them contains one that is built on none of them.
    first = [commit.sha for commit in commits if own.isdisjoint(commit.parents) and repository.full(commit.sha)]
    ancestry.expect(first)
    held = {sha: any(ancestry.contains(sha, each) for each in first) for sha in dict.fromkeys(recorded)}
    return sum(held[sha] for sha in recorded)


def _when(head: RunHead) -> tuple[bool, float, str]:
    return head.started is None, head.started.timestamp() if head.started is not None else 0.0, head.id
