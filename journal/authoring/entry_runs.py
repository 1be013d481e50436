"""The runs of a new entry: those of the entry before it, those asked for, those that belong to its commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journal.authoring import found_runs
from journal.authoring.matching_runs import NO_MATCHES, Match, Matches, matching, of_run
from journal.errors import SourceError
from journal.model.entry import COMPARED_WITH, Role
from journal.model.run import RunHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from journal.authoring.from_commit import FromCommits
    from journal.model.entry import FrontMatter, RunRef
    from journal.model.revision import Commit
    from journal.revisions import Repository
    from journal.sources.registry import Sources

MOST_REFERENCES = 3
"""Candidates of the entry before that the new one is compared with too; more are a sweep."""


@dataclass(frozen=True)
class NewRun:
    """A run as the new entry names it.

    Attributes:
        head: What is known of it; for one that is not on this machine, no more than its id.
        reference: Its reference.
        alias: Its short name, if any.
        role: Its part in the comparison.
        label: Its name for people.
        carried: Whether an earlier entry has it; it need not be on this machine then.
        match: The verdict on it and the commits; None where there are no commits, or nobody asked.
    """

    head: RunHead
    reference: str
    alias: str | None
    role: Role | None
    label: str | None
    carried: bool = False
    match: Match | None = None

    @property
    def handle(self) -> str:
        """The name that tables use."""
        return self.alias or self.reference

    def context(self) -> dict[str, Any]:
        """What a template may use of it."""
        return self.head.model_dump(mode="json") | {
            "reference": self.reference,
            "alias": self.alias,
            "handle": self.handle,
            "role": self.role.value if self.role else None,
            "label": self.label,
            "carried": self.carried,
        }


@dataclass(frozen=True)
class EntryRuns:
    """The runs of a new entry, and those that are not among them.

    Attributes:
        runs: Its runs.
        matches: What was found of the runs around its commits.
    """

    runs: tuple[NewRun, ...] = ()
    matches: Matches = NO_MATCHES


def inherited(before: FrontMatter, asked: Iterable[Role | None]) -> list[RunRef]:
    """The runs of the entry before that the new one is compared with, in their new roles.

    Its baseline stays the baseline. Its candidate becomes a reference: what comes next is compared with it too. Where
    it had no baseline, its only candidate becomes the baseline. Runs that it only referred to are carried on while it
    has no candidate of its own.

    Args:
        before: The front matter of the entry before.
        asked: The roles of runs that the author named; a baseline of the author's takes the place of the old one.
    """
    baselines = [ref for ref in before.runs if ref.role is Role.BASELINE]
    candidates = [ref for ref in before.runs if ref.role is Role.CANDIDATE] or _unnamed(before.runs)
    if not baselines:
        baselines, candidates = candidates if len(candidates) == 1 else [], []
    elif not candidates:
        candidates = [ref for ref in before.runs if ref.role is Role.REFERENCE]
    candidates = [_as(ref, Role.REFERENCE) for ref in candidates] if len(candidates) <= MOST_REFERENCES else []
    if Role.BASELINE in asked:
        baselines = []
    return [*(_as(ref, Role.BASELINE) for ref in baselines), *candidates]


def _unnamed(runs: Sequence[RunRef]) -> list[RunRef]:
    """The runs of an entry that gives no roles to its own."""
    return [ref for ref in runs if ref.role is None]


def _as(ref: RunRef, role: Role) -> RunRef:
    return ref.model_copy(update={"role": role})


def gathered(
    sources: Sources,
    repository: Repository | None,
    about: FromCommits,
    asked: Sequence[str],
    earlier: Sequence[RunRef],
) -> EntryRuns:
    """An earlier entry's runs, those asked for, then those that belong to the commits; no run and no handle twice.

    Raises:
        SourceError: A run does not resolve.
        RevisionError: Git cannot be asked.
    """
    commits = about.commits
    named = [found_runs.asked(sources, reference) for reference in asked]
    former = about.around.former
    matches = matching(sources, repository, commits, former) if repository is not None and commits else NO_MATCHES
    own = {match.head.place: match for match in matches.taken}
    roles = {head.place: role for role, head in named if role is not None}
    found = [_carried(sources, ref, roles, own) for ref in earlier]
    for role, head in [*named, *((Role.CANDIDATE, match.head) for match in matches.taken)]:
        if any(run.head == head for run in found):
            continue
        alias = found_runs.alias(head, {run.handle for run in found})
        label = head.name if alias is None else None
        found.append(NewRun(head, found_runs.shortest(sources, head), alias, role, label, match=own.get(head.place)))
    if repository is not None and commits:
        found = [_judged(run, sources, repository, commits) for run in found]
    return EntryRuns(tuple(found), matches)


def _carried(sources: Sources, ref: RunRef, roles: Mapping[str, Role], own: Mapping[str, Match]) -> NewRun:
    """A run as the earlier entry has it, perhaps in another role."""
    try:
        head = sources.find(ref.id)
    except SourceError:
        head = RunHead(id=ref.id, place="")
    role = Role.CANDIDATE if head.place in own and ref.role is Role.REFERENCE else ref.role
    return NewRun(
        *(head, ref.id, ref.alias, roles.get(head.place, role), ref.label), carried=True, match=own.get(head.place)
    )


def _judged(run: NewRun, sources: Sources, repository: Repository, commits: Sequence[Commit]) -> NewRun:
    """A run that was asked for, with the verdict on it; what an earlier entry hands on is the matter of that one."""
    compared = run.role in COMPARED_WITH
    if run.carried or (run.match is not None and not compared):
        return run
    return replace(run, match=of_run(sources, repository, commits, run.head, compared=compared))
