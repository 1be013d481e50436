"""How what a run ran stands to a commit: what git knows of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from journal.revisions.contents import Standing, Tree
from journal.revisions.ties import Bond

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.revision import Code
    from journal.revisions.repository import Repository


class Bound(NamedTuple):
    """How what a run ran stands to a commit.

    Attributes:
        bond: In a word.
        via: The commit by way of which it does, if of any.
        lost: The files that are as they were before the commit, where others are as it left them.
        exact: Of uncommitted changes, whether they are just those of the commit, and nothing else.
    """

    bond: Bond
    via: str | None = None
    lost: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True)
class Bonds:
    """How one part of a run stands to commits of one repository.

    Attributes:
        repository: The repository.
        code: What is known of what the run ran.
        here: Full sha of its commit; None where that is not in this repository.
        besides: Full shas of all commits of the entry.
    """

    repository: Repository
    code: Code
    here: str | None
    besides: Sequence[str] = ()

    def to(self, sha: str) -> Bound:
        """How it stands to a commit of the repository, by its full sha.

        Raises:
            RevisionError: Git cannot be asked.
        """
        if self.here is None:
            return Bound(Bond.CLOCK)
        ancestry = self.repository.ancestry
        contains = ancestry.contains(self.here, sha)
        later = [each for each in self.besides if each != sha and contains and self._follows(each, sha)]
        standing = Tree.of(self.code, self.here, self.repository).standing(sha, later)
        if contains:
            return self._contained(sha, standing)
        if standing.is_whole:
            return self._alike(sha)
        copy = self._copy(sha) if not standing.is_gone else None
        if copy is not None:
            return Bound(Bond.COPIED, copy, standing.lost)
        if contains is None:
            return Bound(Bond.CUT)
        return Bound(Bond.LATER if ancestry.contains(sha, self.here) else Bond.APART)

    def _follows(self, later: str, sha: str) -> bool:
        """Whether another commit of the entry was made after one, and is contained as well."""
        ancestry = self.repository.ancestry
        return bool(ancestry.contains(later, sha) and ancestry.contains(self.here or "", later))

    def _contained(self, sha: str, standing: Standing) -> Bound:
        """A commit that is contained: whether it still stands is for the files to say, before any message."""
        undoing = None if standing.is_whole else self.repository.reverts.undone(sha, self.here or "")
        if standing.is_gone:
            return Bound(Bond.GONE, undoing)
        if undoing is not None and undoing not in self.besides and not standing.kept:
            return Bound(Bond.UNDONE, undoing)
        return Bound(Bond.SAME if sha == self.here else Bond.CONTAINED, lost=standing.lost)

    def _alike(self, sha: str) -> Bound:
        """A commit that is not contained, whose files are all as it left them."""
        tree = Tree.of(self.code, self.here or "", self.repository)
        delta = self.repository.deltas([sha])[sha]
        if not tree.changed.keys() & delta.keys():
            return Bound(Bond.ALIKE)
        is_next = self.repository.ancestry.parents(sha) == (self.here,)
        return Bound(Bond.UNCOMMITTED, exact=is_next and tree.changed.keys() == delta.keys() and not tree.untold)

    def _copy(self, sha: str) -> str | None:
        """A commit below that makes the same change as another one; rewriting and picking keep author dates."""
        ancestry = self.repository.ancestry
        copies = [each for each in ancestry.written_with(sha) if ancestry.contains(self.here or "", each)]
        ids = self.repository.patches.ids([sha, *copies]) if copies else {}
        return next((each for each in reversed(copies) if ids[each] is not None and ids[each] == ids[sha]), None)
