"""The history of one file, out of the commits that changed the folder it lies in.

A file has the commits that `git rev-list --full-history --simplify-merges` lists for it alone; asking git for each
file would walk the whole history each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from journal.revisions.listing import Contents, Step

Changes = dict[tuple[str, str | None], "Contents"]
"""What differs between a commit and each commit right before it; None stands for what was before the first."""


class Version(NamedTuple):
    """A file as one commit left it.

    Attributes:
        step: The commit.
        parents: The commits of the versions right before it.
        blob: Object name of its contents; None where the commit has no such file.
    """

    step: Step
    parents: tuple[str, ...]
    blob: str | None


def simplified(steps: Sequence[Step], changes: Changes) -> tuple[tuple[Step, ...], Changes]:
    """The commits without those that matter to no file: merges that took one side as it was, when the others are older.

    Args:
        steps: Commits that changed a folder, and merges, each before its parents.
        changes: What they changed there.
    """
    known = _Ancestry()
    left: list[Step] = []
    differences: Changes = {}
    latest: dict[str | None, str | None] = {None: None}  # by commit, the one that stands for it
    for step in reversed(steps):
        before = {parent: latest[parent] for parent in step.parents or (None,)}
        same = {found for parent, found in before.items() if not changes[step.sha, parent]}
        near = known.nearest(before.values(), same)
        if _only(near) in same and not near[1:]:
            latest[step.sha] = _only(near)
            continue
        parents = tuple(dict.fromkeys(found for found in before.values() if found is not None))
        differences |= {(step.sha, found): changes[step.sha, parent] for parent, found in before.items()}
        left.append(step._replace(parents=parents))
        known.add(step.sha, parents)
        latest[step.sha] = step.sha
    return tuple(reversed(left)), differences


class Line:
    """A file's history under one name.

    Args:
        path: The file.
        steps: Commits that changed the folder, each before its parents.
        changes: What they changed there.
    """

    def __init__(self, path: str, steps: Sequence[Step], changes: Changes) -> None:
        self.path = path
        self._changes = changes
        self._ancestry = _Ancestry()
        self._versions: dict[str, Version] = {}  # the oldest first
        self._latest: dict[str | None, str | None] = {None: None}  # by commit, the version that it has
        for step in reversed(steps):
            self._latest[step.sha] = self._take(step)

    def until(self, commit: str | None) -> list[Version]:
        """The versions that a commit is made of, each before its parents."""
        wanted = {self._latest.get(commit)}
        found = []
        for sha, version in reversed(self._versions.items()):
            if sha in wanted:
                found.append(version)
                wanted.update(version.parents)
        return found

    def begins_at(self, version: Version) -> bool:
        """Whether the file is there at a version and at none right before it."""
        return version.blob is not None and all(self._versions[sha].blob is None for sha in version.parents)

    def _take(self, step: Step) -> str | None:
        """The version that a commit has: its own, or that of a commit before it."""
        before = {parent: self._latest[parent] for parent in step.parents or (None,)}
        changed = [files for parent in before if self.path in (files := self._changes[step.sha, parent])]
        same = {found for parent, found in before.items() if self.path not in self._changes[step.sha, parent]}
        near = self._ancestry.nearest(before.values(), same)
        if _only(near) in same and not near[1:]:
            return _only(near)
        # Where branches met that had done the same, the merge differs from none of them.
        blob = changed[0][self.path] if changed else self._versions[near[0]].blob
        self._versions[step.sha] = Version(step, tuple(near), blob)
        self._ancestry.add(step.sha, near)
        return step.sha


class _Ancestry:
    """Which commit comes before which; they are added from the oldest on."""

    def __init__(self) -> None:
        self._parents: dict[str, Sequence[str]] = {}
        self._place: dict[str, int] = {}

    def add(self, sha: str, parents: Sequence[str]) -> None:
        self._place[sha] = len(self._place)
        self._parents[sha] = parents

    def nearest(self, commits: Collection[str | None], same: set[str | None]) -> list[str]:
        """Of what branches bring, that which nothing else of it comes after.

        Of those that the merge is the same as (`same`), one always stays: if need be the first, as in git, which may be
        what was before any commit (None).
        """
        found = list(dict.fromkeys(sha for sha in commits if sha is not None))
        if not found[1:]:
            return found
        oldest = min(self._place[sha] for sha in found)
        older = {sha for later in found for sha in self._before(later, oldest)}
        nearest = [sha for sha in found if sha not in older]
        if same.isdisjoint(nearest):
            first = next((sha for sha in commits if sha in same), None)
            nearest += [] if first is None else [first]
        return nearest

    def _before(self, sha: str, oldest: int) -> Iterator[str]:
        """The commits that come before one, back to a place."""
        seen: set[str] = set()
        waiting = [sha]
        while waiting:
            new = {each for each in self._parents[waiting.pop()] if self._place[each] >= oldest} - seen
            seen |= new
            waiting += new
            yield from new


def _only(commits: Sequence[str]) -> str | None:
    return commits[0] if commits else None
