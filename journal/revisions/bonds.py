"""How the commit of a run stands to another one: what git knows of the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.revisions.judging import Bond

if TYPE_CHECKING:
    from journal.model.revision import Code
    from journal.revisions.repository import Repository


@dataclass(frozen=True)
class Bonds:
    """How commits of one repository stand to each other.

    Attributes:
        repository: The repository.
    """

    repository: Repository

    def bond(self, code: Code, here: str | None, sha: str) -> tuple[Bond, str | None]:
        """How a run stands to a commit, and by way of which other commit, if of any.

        Args:
            code: What is known of what the run ran.
            here: Full sha of its commit; None where that is not in this repository.
            sha: Full sha of the commit, which is in this repository.

        Raises:
            RevisionError: Git cannot be asked.
        """
        if here is None:
            return Bond.CLOCK, None
        if here == sha:
            return Bond.SAME, None
        contains = self.repository.history().contains(here, sha)
        if contains:
            return self._contained(here, sha)
        copy = self._copy(here, sha)
        if copy is not None:
            return Bond.COPIED, copy
        return (Bond.CUT if contains is None else self._outside(code, here, sha)), None

    def _contained(self, here: str, sha: str) -> tuple[Bond, str | None]:
        """A commit that is contained in another one, where it may have been undone or lost, and made again."""
        undoing, dropping = self.repository.reverts.undone(sha, here), None
        if undoing is None:
            dropping = self._dropping(here, sha)
            if dropping is None:
                return Bond.CONTAINED, None
        copy = self._copy(here, sha)
        again = copy is not None and self.repository.history().contains(copy, undoing or dropping or "")
        if again:
            return Bond.COPIED, copy
        return (Bond.UNDONE, undoing) if undoing is not None else (Bond.DROPPED, dropping)

    def _dropping(self, here: str, sha: str) -> str | None:
        """The merge on the way from a commit to another one that kept nothing of what the first one changed."""
        history = self.repository.history()
        merges = [merge for merge in history.merged(sha) if history.contains(here, merge)]
        if not merges or history.is_cut(sha):
            return None
        changed = self.repository.paths_changed([sha, *merges])
        lost = [merge for merge in merges if changed[sha] and not set(changed[sha]) & set(changed[merge])]
        return next((merge for merge in lost if self._drops(merge, sha, set(changed[sha]))), None)

    def _drops(self, merge: str, sha: str, paths: set[str]) -> bool:
        """Whether a merge that has files as its first parent has them differs in them from the side of a commit."""
        history = self.repository.history()
        sides = [parent for parent in history.parents(merge)[1:] if history.contains(parent, sha)]
        return all(paths & set(self.repository.paths_between(side, merge)) for side in sides)

    def _outside(self, code: Code, here: str, sha: str) -> Bond:
        """A commit that is not contained in that of a run."""
        history = self.repository.history()
        if history.parents(sha) == (here,) and code.patch and self._is_change(code.patch, sha):
            return Bond.UNCOMMITTED
        return Bond.LATER if history.contains(sha, here) else Bond.APART

    def _is_change(self, patch: bytes, sha: str) -> bool:
        change = self.repository.patches.id_of(patch)
        return change is not None and change == self.repository.patches.ids([sha])[sha]

    def _copy(self, here: str, sha: str) -> str | None:
        """A commit below another one that makes the same change as a third; rewriting and picking keep author dates."""
        history = self.repository.history()
        copies = [each for each in history.written_with(sha) if history.contains(here, each)]
        ids = self.repository.patches.ids([sha, *copies]) if copies else {}
        return next((each for each in reversed(copies) if ids[each] is not None and ids[each] == ids[sha]), None)
