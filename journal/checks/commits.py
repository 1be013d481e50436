"""Rules about commits: those that moved, and runs that do not belong to the commits of their entry."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.document.edits import set_value
from journal.errors import EntryError, RevisionError
from journal.model.address import named
from journal.model.entry import COMPARED_WITH
from journal.model.finding import Severity
from journal.model.life import ENDED, Outcome
from journal.model.revision import CommitVerdict
from journal.revisions.moved import Lost
from journal.tables.fill import EntryFill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import CommitRef, Entry, RunRef
    from journal.model.finding import Finding
    from journal.revisions import Repository
    from journal.revisions.moved import Found

_SHORT = 7


def _own_commits(scene: Scene, repository: Repository) -> Iterator[tuple[Entry, int, CommitRef]]:
    """The commits that entries name of this very repository, with their place in the front matter."""
    ours = named(repository.origin() or "")
    for entry in scene.entries:
        for index, ref in enumerate(entry.front_matter.commits):
            if ref.origin is None or named(ref.origin) == ours:
                yield entry, index, ref


def _moved(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Commits that no branch leads to, with what they became as far as that is found."""
    repository = scene.repository
    if repository is None:
        return
    try:
        # What its author noted stands, be it here or not.
        own = [each for each in _own_commits(scene, repository) if each[2].became is None]
        gone = [each for each in own if not _stands(each[2], repository)]
        lost = {ref.sha: _lost(entry, ref, scene, repository) for entry, _, ref in gone}
        again = repository.found_again(list(lost.values()))
    except RevisionError:
        return  # git cannot be asked; REF001 could not look either
    for entry, index, ref in gone:
        found = again.get(lost[ref.sha].sha)
        if found is not None or repository.full(ref.sha) is not None:
            yield _told_of(rule, scene, entry, index, found)


def _stands(ref: CommitRef, repository: Repository) -> bool:
    """Whether a branch leads to a commit."""
    full = repository.full(ref.sha)
    return full is not None and repository.ancestry.is_reachable(full)


def _lost(entry: Entry, ref: CommitRef, scene: Scene, repository: Repository) -> Lost:
    """All that is known of a commit: from git where it is still here, else from the evidence, else from its note."""
    full = repository.full(ref.sha)
    if full is not None:
        told = repository.messages([full])[0]
        if repository.ancestry.is_cut(full):
            return Lost(ref.sha, told.subject, told.authored)
        patch, files = repository.patches.ids([full])[full], frozenset(repository.deltas([full])[full])
        return Lost(full, told.subject, told.authored, patch, files)
    recorded = scene.evidence(entry).commits.get(ref.sha)
    if recorded is not None:
        return Lost(ref.sha, recorded.subject, recorded.authored, recorded.patch)
    return Lost(ref.sha, ref.note)


def _told_of(rule: Rule, scene: Scene, entry: Entry, index: int, found: Found | None) -> Finding:
    ref = entry.front_matter.commits[index]
    place = scene.at(entry, "commits", index, "sha")
    if found is None:
        said = f"commit {ref.sha[:_SHORT]} is on no branch any more, so others may not have it"
        return rule.finding(entry.path, said, place=place, hint="tag it, or note what took its place: `became: SHA`")
    word = "it became" if found.sure else "perhaps it became"
    said = f"commit {ref.sha[:_SHORT]} is on no branch any more; {word} {found.sha[:_SHORT]}: {found.how}"
    note = f"note that it became {found.sha[:_SHORT]}"
    fix = scene.fix(entry, note, partial(_became, entry, index, found.sha)) if found.sure else None
    hint = f"`journal check --fix {entry.id}` notes that" if fix is not None else f"add `became: {found.sha[:_SHORT]}`"
    return rule.finding(entry.path, said, place=place, hint=hint, fix=fix)


def _became(entry: Entry, index: int, sha: str, raw: bytes) -> bytes:
    """The entry with what a commit became."""
    try:
        return set_value(raw, entry.path, ("commits", index, "became"), sha)
    except EntryError:  # the sha stands there alone
        item = {"sha": entry.front_matter.commits[index].sha, "became": sha}
        return set_value(raw, entry.path, ("commits", index), item)


def _contradicted(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        verdicts = fill.evidence.verdicts if isinstance(fill, EntryFill) else {}
        for index, ref in enumerate(entry.front_matter.runs):
            found = verdicts.get(ref.id)
            if found is not None and found.verdict is CommitVerdict.CONTRADICTED:
                roles = " or ".join(f"`role: {role}`" for role in sorted(COMPARED_WITH))
                yield rule.finding(
                    entry.path,
                    f"run {ref.handle} contradicts the entry's commits: {'; '.join(found.reasons)}",
                    place=scene.at(entry, "runs", index, "id"),
                    hint=f"name the commit that it ran, or say {roles} where it is only compared with",
                )


def _verdict_moved(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Runs that stand otherwise by their commits than was recorded; those that went one way are told together."""
    for entry, fill in scene.fills:
        if not isinstance(fill, EntryFill):
            continue
        moved: dict[tuple[CommitVerdict, CommitVerdict], list[int]] = {}
        for index, ref in enumerate(entry.front_matter.runs):
            then, now = fill.recorded.verdicts.get(ref.id), fill.evidence.verdicts.get(ref.id)
            if then is not None and now is not None and then.verdict is not now.verdict:
                moved.setdefault((then.verdict, now.verdict), []).append(index)
        for (then_was, now_is), places in moved.items():
            runs = [entry.front_matter.runs[index] for index in places]
            were, are = ("was", "is") if len(runs) == 1 else ("were", "are")
            reason = fill.evidence.verdicts[runs[0].id].reasons[0]
            yield rule.finding(
                entry.path,
                f"{_named(runs)} {were} {then_was} by the entry's commits, and {are} {now_is} now: {reason}",
                place=scene.at(entry, "runs", places[0], "id"),
                hint=f"`journal fill-results {entry.id}` records that",
            )


def _named(runs: list[RunRef]) -> str:
    """Runs by their handles: `run a`, `runs a, b and c`."""
    *most, last = [ref.handle for ref in runs]
    return f"runs {', '.join(most)} and {last}" if most else f"run {last}"


def _undone(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Commits that were undone since, where the entry goes on as if nothing had happened."""
    repository = scene.repository
    head = repository.head() if repository is not None else None
    if repository is None or head is None:
        return
    known = {full for _, _, ref in _own_commits(scene, repository) if (full := repository.full(ref.sha)) is not None}
    for entry, index, ref in _own_commits(scene, repository):
        full = repository.full(ref.sha)
        by = _undoing(repository, full, head) if full is not None else None
        if by is not None and by not in known and _goes_on(entry):
            yield rule.finding(
                entry.path,
                f"commit {ref.sha[:_SHORT]} was undone by {by[:_SHORT]}, and no entry speaks of that",
                place=scene.at(entry, "commits", index, "sha"),
                hint=f"`journal new --from-commit {by[:_SHORT]}`, or say so: `journal update {entry.id} WHY`",
            )


def _undoing(repository: Repository, sha: str, head: str) -> str | None:
    try:
        return repository.reverts.undone(sha, head) if repository.ancestry.contains(head, sha) else None
    except RevisionError:
        return None  # what cannot be read undoes nothing that anybody could name


def _goes_on(entry: Entry) -> bool:
    """Whether an entry has not come to an end, or claims that something came of it."""
    matter = entry.front_matter
    return matter.status not in ENDED or matter.outcome is Outcome.POSITIVE


RULES = (
    Rule("COM001", Severity.WARNING, "a commit that is on no branch any more", _moved, fixable=True),
    Rule("COM002", Severity.WARNING, "a run that contradicts the commits of its entry", _contradicted, own=True),
    Rule("COM003", Severity.WARNING, "a commit verdict that is not what was recorded", _verdict_moved, own=True),
    Rule("COM004", Severity.WARNING, "a commit that was undone since, unmentioned", _undone),
)
