"""Commits that undo others: what is contained in a commit need not be in its files any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import RevisionError
from journal.model.revision import reverted
from journal.revisions import command

if TYPE_CHECKING:
    from pathlib import Path

    from journal.revisions.ancestry import Ancestry

_LIST = ("rev-list", "--stdin", "--no-walk=unsorted", "--encoding=UTF-8", "--fixed-strings")
_SAYING = ("--grep=This reverts commit", "--format=%H%x00%b%x00")


class Reverts:
    """What commits undo, by what their messages say; of a long ancestry no more is read than what could matter.

    Args:
        root: Top of the work tree.
        ancestry: All commits.
    """

    def __init__(self, root: Path, ancestry: Ancestry) -> None:
        self._root = root
        self._ancestry = ancestry
        self._undoing: dict[str, list[str]] = {}
        self._read = len(ancestry.shas), len(ancestry.shas)

    def undone(self, sha: str, below: str) -> str | None:
        """The commit that undoes another one among those that a third is made of; None where the change still stands.

        A commit that was undone itself undoes nothing.

        Args:
            sha: Full sha of the commit that may have been undone.
            below: Full sha of the commit whose files matter.

        Raises:
            RevisionError: Git cannot be asked.
        """
        if sha not in self._ancestry:
            return None
        self._read_behind(sha)
        return next((each for each in self._undoing.get(sha, ()) if self._counts(each, sha, below)), None)

    def _counts(self, undoing: str, sha: str, below: str) -> bool:
        """Whether a commit undoes another one for good; it always comes later, so this ends."""
        inside = self._ancestry.contains(below, undoing) and self._ancestry.contains(undoing, sha)
        return bool(inside) and undoing != sha and self.undone(undoing, below) is None

    def _read_behind(self, sha: str) -> None:
        """Read the messages of all commits that may have been made after one, unless that was done."""
        shas, (first, last) = self._ancestry.shas, self._read
        behind = self._ancestry.place(sha) + 1
        new = [*shas[behind:first], *shas[last:]]
        if not new:
            return
        answer = command.fed(self._root, new, *_LIST, *_SAYING)
        if answer.status:
            raise RevisionError(f"messages cannot be read: {answer.reason}", path=self._root, hint=command.FETCH)
        self._read = min(behind, first), len(shas)
        fields = iter(answer.text.split("\0")[:-1])
        for header in fields:
            undoing = header.rpartition("\n")[2]
            for named in reverted(next(fields)):
                whole = self._ancestry.starting(named)
                if len(whole) == 1:
                    self._undoing.setdefault(whole[0], []).append(undoing)
