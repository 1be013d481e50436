"""All commits of a repository and how they hang together: one git process, whatever is asked of them.

Asking git whether one commit contains another takes a process a pair. Here the whole graph is read once, and a pass
over it answers for any number of commits together.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.revisions import command

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

# Refs that are no line of work: what was put aside, notes, and what rewriting ancestry keeps for safety.
ASIDE = ("refs/stash", "refs/notes/", "refs/original/", "refs/bisect/", "refs/replace/", "refs/rewritten/")
_LIST = ("rev-list", "--topo-order", "--reverse", "--parents", "--format=%ct %at")
_WORK = (*(f"--exclude={ref}*" for ref in ASIDE), "--all")

_NEAR = 1_000
"""Commits that lie no further apart are asked about alone: a run mostly ran what was committed shortly before."""

_LATEST = 253_402_300_799  # the last second of the year 9999, beyond which there are no dates


class Moments(NamedTuple):
    """When a commit was made, in UTC.

    Attributes:
        authored: Author date, which a rebase keeps.
        committed: Committer date: when the commit got its present form.
    """

    authored: datetime
    committed: datetime


class _Listed(NamedTuple):
    sha: str
    parents: tuple[str, ...]
    committed: str
    authored: str


class Ancestry:
    """The commits of a repository.

    Args:
        root: Top of the work tree.
        listed: The commits that branches, tags and heads of work trees lead to, each behind its parents.
        cut: Those whose parents are not there, since the clone is shallow.
    """

    def __init__(self, root: Path, listed: Sequence[_Listed], cut: Collection[str] = ()) -> None:
        self._root = root
        self._listed: list[_Listed] = []
        self._shas: list[str] = []
        self._place: dict[str, int] = {}
        self._parents: list[list[int]] = []
        self._marks: dict[str, tuple[_Marks, int]] = {}
        self._cut = frozenset(cut)
        self._add(listed)
        self._reachable = len(listed)

    @classmethod
    def read(cls, root: Path) -> Ancestry:
        """The commits of the repository around a work tree.

        Raises:
            RevisionError: Git cannot list them.
        """
        return cls(root, _listed(root, *_WORK), cut(root))

    def add(self, shas: Iterable[str]) -> None:
        """Let commits be known that may be on no branch any more, with all that they are made of.

        Args:
            shas: Full shas of commits that are in the repository.

        Raises:
            RevisionError: Git cannot list them.
        """
        missed = [sha for sha in dict.fromkeys(shas) if sha not in self._place]
        if missed:
            tips = (f"^{sha}" for sha in self._tips())
            self._add(_listed(self._root, "--stdin", given=[*missed, *tips]))

    def __contains__(self, sha: str) -> bool:
        return sha in self._place

    @property
    def shas(self) -> Sequence[str]:
        """All commits, each behind its parents; those that were added come last."""
        return self._shas

    def place(self, sha: str) -> int:
        """The place of a commit among `shas`; behind it stand all that are made of it.

        Raises:
            KeyError: It is not here.
        """
        return self._place[sha]

    def is_cut(self, sha: str) -> bool:
        """Whether a shallow clone ends at a commit, so that what it changed is not known."""
        return sha in self._cut

    def is_reachable(self, sha: str) -> bool:
        """Whether a branch, a tag or the head of a work tree leads to a commit."""
        return self._place.get(sha, self._reachable) < self._reachable

    def starting(self, prefix: str) -> list[str]:
        """The commits whose sha begins with these digits."""
        first = bisect_left(self._sorted, prefix.lower())
        return list(takewhile(lambda sha: sha.startswith(prefix.lower()), islice(self._sorted, first, None)))

    def expect(self, shas: Iterable[str]) -> None:
        """Prepare to be asked about these commits: a pass or two over all commits serve them together."""
        new = [sha for sha in dict.fromkeys(shas) if sha in self._place and sha not in self._marks]
        if new:
            marks = _Marks({self._place[sha]: 1 << number for number, sha in enumerate(new)}, self._parents)
            self._marks.update({sha: (marks, 1 << number) for number, sha in enumerate(new)})

    def contains(self, later: str, earlier: str) -> bool | None:
        """Whether a commit is made of another one, or is it.

        None where nobody can tell: one of the two is not here, or the clone is cut somewhere below the later one.
        """
        if later == earlier:
            return True
        if later not in self._place or earlier not in self._place:
            return None
        if self._holds(later, earlier):
            return True
        return None if self._reaches_cut[self._place[later]] else False

    def _holds(self, later: str, earlier: str) -> bool:
        above, below = self._place[later], self._place[earlier]
        if below > above:  # each stands behind what it is made of
            return False
        if earlier not in self._marks and later in self._marks:
            marks, bit = self._marks[later]
            return bool(marks.above[below] & bit)
        if earlier not in self._marks and above - below <= _NEAR:
            return self._walks(above, below)
        self.expect((earlier,))
        marks, bit = self._marks[earlier]
        return bool(marks.below[above] & bit)

    def _walks(self, later: int, earlier: int) -> bool:
        """Whether a walk from one commit down comes to another one that is not far."""
        seen, waiting = {later}, [later]
        while waiting:
            new = {place for place in self._parents[waiting.pop()] if place >= earlier} - seen
            if earlier in new:
                return True
            seen |= new
            waiting += new
        return False

    def children(self, sha: str) -> tuple[str, ...]:
        """The commits made right on top of one, as far as a branch or tag leads to them."""
        return tuple(self._children.get(sha, ()))

    def parents(self, sha: str) -> tuple[str, ...]:
        """The commits that one was made on top of; none for one that is not here."""
        place = self._place.get(sha)
        return () if place is None else self._listed[place].parents

    def written_with(self, sha: str) -> tuple[str, ...]:
        """Other commits with the author date of one: copies that a rebase or a cherry-pick made are among them."""
        place = self._place.get(sha)
        same = () if place is None else self._by_date[self._listed[place].authored]
        return tuple(each for each in same if each != sha)

    def moments(self, sha: str) -> Moments:
        """When a commit was made.

        Raises:
            RevisionError: It is not here, or its dates are none.
        """
        place = self._place.get(sha)
        if place is None:
            raise RevisionError(f"commit {sha[:7]} is not in this repository", path=self._root, hint=command.FETCH)
        found = self._listed[place]
        return Moments(_moment(found.authored, sha), _moment(found.committed, sha))

    def _add(self, listed: Sequence[_Listed]) -> None:
        for each in listed:
            self._place[each.sha] = len(self._listed)
            self._shas.append(each.sha)
            self._parents.append([self._place[parent] for parent in each.parents if parent in self._place])
            self._listed.append(each)
        self._marks.clear()
        for name in ("_sorted", "_by_date", "_reaches_cut"):
            self.__dict__.pop(name, None)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._place)

    @cached_property
    def _by_date(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self._listed:
            found.setdefault(each.authored, []).append(each.sha)
        return found

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in islice(self._listed, self._reachable):
            for parent in each.parents:
                found.setdefault(parent, []).append(each.sha)
        return found

    @cached_property
    def _reaches_cut(self) -> Sequence[int]:
        return _Marks({self._place[sha]: 1 for sha in self._cut if sha in self._place}, self._parents).below

    def _tips(self) -> list[str]:
        """The commits that no other one is made of."""
        inner = {parent for each in self._listed for parent in each.parents}
        return [sha for sha in self._place if sha not in inner]


class _Marks:
    """Some commits, each with a bit of its own, and which of them hang together with each commit.

    Args:
        bits: The bit of each, by its place.
        parents: For each commit, behind what it is made of, the places of its parents.
    """

    def __init__(self, bits: Mapping[int, int], parents: Sequence[Sequence[int]]) -> None:
        self._bits = bits
        self._parents = parents

    @cached_property
    def below(self) -> Sequence[int]:
        """For each commit those of them that it is made of."""
        held = [0] * len(self._parents)
        for place in range(min(self._bits, default=len(held)), len(held)):  # what is older holds none of them
            mark = self._bits.get(place, 0)
            for parent in self._parents[place]:
                mark |= held[parent]
            held[place] = mark
        return held

    @cached_property
    def above(self) -> Sequence[int]:
        """For each commit those of them that are made of it."""
        held = [0] * len(self._parents)
        for place in range(max(self._bits, default=-1), -1, -1):
            mark = held[place] = held[place] | self._bits.get(place, 0)
            for parent in self._parents[place] if mark else ():
                held[parent] |= mark
        return held


def _listed(root: Path, *which: str, given: Iterable[str] = ()) -> list[_Listed]:
    asked = (*_LIST, *which)
    answer = command.fed(root, given, *asked) if "--stdin" in which else command.run(root, *asked)
    if answer.status:
        raise RevisionError(f"the commits cannot be listed: {answer.reason}", path=root, hint=command.FETCH)
    rows = answer.text.splitlines()
    return [_row(header, dates) for header, dates in zip(rows[::2], rows[1::2], strict=True)]


def _row(header: str, dates: str) -> _Listed:
    _, sha, *parents = header.split(" ")
    committed, _, authored = dates.partition(" ")
    return _Listed(sha, tuple(parents), committed, authored)


def cut(root: Path) -> list[str]:
    """The commits at which a shallow clone ends."""
    shallow = command.run(root, "rev-parse", "--is-shallow-repository").text.strip()
    if shallow != "true":
        return []
    place = command.run(root, "rev-parse", "--path-format=absolute", "--git-path", "shallow").text.removesuffix("\n")
    try:
        with open(place, encoding="ascii") as file:  # noqa: PTH123 - a path that git gave
            return file.read().split()
    except (OSError, UnicodeDecodeError) as error:
        said = "where this shallow clone ends cannot be read"
        raise RevisionError(said, path=root, hint="run `git fetch --unshallow`") from error


def _moment(seconds: str, sha: str) -> datetime:
    try:
        return datetime.fromtimestamp(min(int(seconds), _LATEST), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RevisionError(f"commit {sha[:7]} has a date that is no date: {seconds!r}") from error
