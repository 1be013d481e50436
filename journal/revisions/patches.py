"""Patch ids: what a change is, whatever it was made on top of and whoever rewrote it since."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# As `git diff` shows it by itself, which is how trackers save it: three lines around each change, renames found.
_PATCHES = (
    *("diff-tree", "--stdin", "--root", "-r", "-p", "-M", "-l1000", "-U3", "--diff-algorithm=myers"),
    *("--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--no-indent-heuristic", "--inter-hunk-context=0"),
)
_ID = ("patch-id", "--stable")


class Patches:
    """The patch ids of commits; each is made once.

    Args:
        root: Top of the work tree.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ids: dict[str, str | None] = {}

    def ids(self, shas: Iterable[str]) -> dict[str, str | None]:
        """The patch id of each commit, by its full sha; None for a merge, and for a commit that changes nothing.

        Raises:
            RevisionError: One of them cannot be read.
        """
        asked = list(dict.fromkeys(shas))
        missing = [sha for sha in asked if sha not in self._ids]
        if missing:
            answer = command.fed(self._root, missing, *_PATCHES)
            command.checked(answer, self._root, "what commits changed cannot be read")
            self._ids.update(dict.fromkeys(missing))
            self._ids.update(self._told(answer.raw))
        return {sha: self._ids[sha] for sha in asked}

    def id_of(self, patch: bytes) -> str | None:
        """The patch id of a patch that was saved somewhere; None for one that changes nothing."""
        return next((name for _, name in self._told(patch)), None)

    def _told(self, patches: bytes) -> Iterable[tuple[str, str]]:
        """Commits, or zeros for a patch of none, with their patch ids."""
        with TemporaryFile() as given:
            given.write(patches)
            given.seek(0)
            answer = command.run(self._root, *_ID, given=given)
        command.checked(answer, self._root, "patch ids cannot be made", hint=None)
        lines = (line.split(" ") for line in answer.text.splitlines())
        return [(sha, name) for name, sha in lines]
