"""Whether what a commit changed stands in the files that a run ran: by their contents, whatever history says.

A commit can be contained in another one and yet be gone: undone by hand, by a revert, by a merge that did not keep it.
And it can be there without being contained, as after a squash. The files tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from journal.model.patch import files_of, results_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.model.revision import Code
    from journal.revisions.repository import Repository

MOST_FILES = 1_000
"""Of a commit that changed more files, nobody looks at them."""


class Standing(NamedTuple):
    """How the files of a commit stand in what a run ran.

    Attributes:
        kept: The files that are as the commit left them.
        lost: Those that are as they were before it, or not there.
        other: Those that were changed further, and those of which nothing can be told.
    """

    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of it stands, to the byte."""
        return bool(self.kept) and not self.lost and not self.other

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it is left."""
        return bool(self.lost) and not self.kept and not self.other


@dataclass(frozen=True)
class Tree:
    """The files that a run ran: those of its commit, with what was not committed.

    Attributes:
        repository: Where the commit lies.
        sha: Full sha of the commit.
        changed: Contents of files that were not committed: the first digits of their object names, None for no file.
        untold: Files that differed from the commit, of which it is not known how.
    """

    repository: Repository
    sha: str
    changed: Mapping[str, str | None]
    untold: frozenset[str] = frozenset()

    @classmethod
    def of(cls, code: Code, sha: str, repository: Repository) -> Tree:
        """The files of a run.

        Args:
            code: What is known of what it ran.
            sha: Full sha of its commit.
            repository: Where that lies.
        """
        results = results_of(code.patch) if code.patch and code.dirty else {}
        named = {*code.changed, *(files_of(code.patch) if code.patch and code.dirty else ())}
        return cls(repository, sha, results, frozenset(named - results.keys()))

    def standing(self, commit: str, besides: Iterable[str] = ()) -> Standing:
        """How the files of a commit stand in this tree.

        Args:
            commit: Full sha of the commit.
            besides: Full shas of commits whose own changes to the same files are as good.

        Raises:
            RevisionError: Git cannot be asked.
        """
        if self.repository.ancestry.is_cut(commit):
            return Standing()
        delta = self.repository.deltas([commit])[commit]
        others = {path for found in self.repository.deltas(besides).values() for path in found}
        paths = [path for path in delta if path not in others and "\n" not in path]
        if len(paths) > MOST_FILES:
            return Standing(other=tuple(paths))
        found: dict[str, list[str]] = {"kept": [], "lost": [], "other": []}
        for path in paths:
            found[self._of_one(path, *delta[path])].append(path)
        if found["lost"] and self.repository.ancestry.contains(self.sha, commit):  # else it was never there
            self._forgive_renamed(commit, found)
        return Standing(*map(tuple, found.values()))

    def _of_one(self, path: str, before: str | None, after: str | None) -> str:
        if path in self.untold:
            return "other"
        now = self.changed[path] if path in self.changed else self.repository.blob(self.sha, path)
        if _same(now, after):
            return "kept"
        return "lost" if now is None or _same(now, before) else "other"

    def _forgive_renamed(self, commit: str, found: dict[str, list[str]]) -> None:
        """Take files that have another name now for such as were changed further."""
        absent = [path for path in found["lost"] if self.repository.blob(self.sha, path) is None]
        moved = self.repository.renamed(commit, self.sha) if absent else frozenset()
        for path in absent:
            if path in moved and path not in self.changed:
                found["lost"].remove(path)
                found["other"].append(path)


def _same(one: str | None, other: str | None) -> bool:
    """Whether two contents are the same, of which one may be told by the first digits of its name."""
    if one is None or other is None:
        return one is other
    return one.startswith(other) or other.startswith(one)
