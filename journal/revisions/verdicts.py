"""Whether a run and the commits of an entry belong together: what git knows of both, put before the judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from journal.model.evidence import CommitEvidence
from journal.model.revision import CommitVerdict, Judgement
from journal.revisions import judging
from journal.revisions.address import named
from journal.revisions.bonds import Bonds
from journal.revisions.judging import Bond, Part, Tie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from journal.model.entry import CommitRef
    from journal.model.revision import Code
    from journal.revisions.repository import Repository

_NEAREST = list(Bond)


class _Place(NamedTuple):
    """Where a commit of an entry is looked for, and what is found there.

    Attributes:
        ref: The commit as the entry names it.
        repository: The repository, or None where no clone of it is configured.
        shas: Its full sha, and that of the commit that it became, as far as they are there.
    """

    ref: CommitRef
    repository: Repository | None
    shas: tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """Tells of runs whether they belong to commits.

    Attributes:
        repository: The repository of the entries.
        clone: Gives the clone of another repository by the address of its remote; None where none is configured.
    """

    repository: Repository
    clone: Callable[[str], Repository | None] = lambda _: None

    def judge(self, commits: Sequence[CommitRef], code: Sequence[Code], *, compared: bool = False) -> Judgement:
        """Whether a run belongs to the commits of an entry.

        Args:
            commits: The commits, at least one.
            code: What each part of the run ran.
            compared: Whether the entry only compares with the run, as with a baseline, which need not have the change.

        Raises:
            RevisionError: Git cannot be asked.
        """
        places = [self._place(ref) for ref in commits]
        parts, untold = [], dict[str, None]()
        for each in code:
            part, reasons = self._part(each, places)
            untold |= dict.fromkeys(reasons)
            if part.ties:
                parts.append(part)
        if len(parts) < len(code) or not parts:
            why = tuple(untold) or ("nothing is known of what it ran",)
            return Judgement(verdict=CommitVerdict.UNKNOWN, reasons=why)
        found = judging.judge(parts, compared=compared)
        if not untold:
            return found
        proven = found.verdict is CommitVerdict.PROVEN
        verdict = CommitVerdict.CONSISTENT if proven else found.verdict
        return Judgement(verdict=verdict, reasons=(*found.reasons, *untold))

    def expect(self, commits: Iterable[CommitRef], *, described: bool = False) -> None:
        """Prepare to be asked about many entries: what can be looked up together is.

        Args:
            commits: The commits of all of them.
            described: Whether `describe` will be asked for them too.

        Raises:
            RevisionError: Git cannot be asked.
        """
        repository = self.repository
        names = {ref.sha for ref in commits if self.repository_of(ref) is repository}
        if not names:
            return
        history = repository.history()
        repository.commits_known(names)
        shas = {sha for name in names if (sha := repository.full(name)) is not None}
        history.expect(shas)
        merges = {merge for sha in shas for merge in history.merged(sha)}
        history.expect(merges)
        repository.paths_changed(sha for sha in shas | merges if not history.is_cut(sha))
        if described:
            repository.messages(shas)
            repository.patches.ids(sha for sha in shas if not history.is_cut(sha))

    def describe(self, commits: Sequence[CommitRef]) -> dict[str, CommitEvidence]:
        """What commits can be found again by, by the shas that the entry gives; those that are not here are left out.

        Raises:
            RevisionError: Git cannot be asked.
        """
        shas = {
            ref.sha: place.shas[0]
            for ref in commits
            if (place := self._place(ref)).repository is self.repository and self.repository.full(ref.sha)
        }
        history = self.repository.history()
        told = {commit.sha: commit for commit in self.repository.messages(shas.values())}
        patches = self.repository.patches.ids(sha for sha in shas.values() if not history.is_cut(sha))
        return {
            name: CommitEvidence(
                sha=sha, subject=told[sha].subject, authored=told[sha].authored, patch=patches.get(sha)
            )
            for name, sha in shas.items()
        }

    def repository_of(self, ref: CommitRef) -> Repository | None:
        """The repository that a commit lies in; None where it is another one, of which no clone is configured.

        Raises:
            RevisionError: Git cannot be asked.
        """
        if ref.origin is None or named(ref.origin) == named(self.repository.origin() or ""):
            return self.repository
        return self.clone(ref.origin)

    def _place(self, ref: CommitRef) -> _Place:
        repository = self.repository_of(ref)
        if repository is None:
            return _Place(ref, None, ())
        found = (repository.full(sha) for sha in (ref.sha, ref.became) if sha is not None)
        return _Place(ref, repository, tuple(dict.fromkeys(sha for sha in found if sha is not None)))

    def _part(self, code: Code, places: Sequence[_Place]) -> tuple[Part, list[str]]:
        """How one part of a run stands to each commit, and what cannot be told of that, in words."""
        ties, untold = [], []
        for place in places:
            tie = self._tie(code, place)
            if tie is None:
                untold.append(_missing(place))
            else:
                ties.append(tie)
        if any(tie.bond is not Bond.CLOCK for tie in ties):  # the others lie in repositories that it did not run
            untold += [f"whether it ran {tie.short} is not known" for tie in ties if tie.bond is Bond.CLOCK]
            ties = [tie for tie in ties if tie.bond is not Bond.CLOCK]
        return Part(code, tuple(ties), self._absence(code, places)), untold

    def _tie(self, code: Code, place: _Place) -> Tie | None:
        """How what a run ran stands to one commit; None where that commit is not here."""
        if place.repository is None or not place.shas:
            same = code.commit is not None and code.commit.startswith(place.ref.sha.lower())
            return Tie(code.commit or "", Bond.SAME) if same else None
        here = place.repository.full(code.commit) if code.commit is not None else None
        known = Bonds(place.repository)
        bonds = {sha: known.bond(code, here, sha) for sha in place.shas}
        sha = min(bonds, key=lambda each: _NEAREST.index(bonds[each][0]))
        bond, via = bonds[sha]
        files = self._files(code, sha, place.repository)
        return self._dated(sha, bond, place)._replace(via=via, files=files)

    def _files(self, code: Code, sha: str, repository: Repository) -> tuple[str, ...]:
        """The files of a commit, where something rests on whether the run had changed them."""
        if not code.changed or repository.history().is_cut(sha):
            return ()
        return repository.paths_changed([sha])[sha]

    def _dated(self, sha: str, bond: Bond, place: _Place) -> Tie:
        """A tie to a commit with its times; of a commit that became another one, the earliest."""
        assert place.repository is not None  # noqa: S101  (its caller looked)
        history = place.repository.history()
        moments = [history.moments(each) for each in place.shas]
        following = [(child, history.moments(child).committed) for child in history.children(place.shas[-1])]
        return Tie(
            sha,
            bond,
            authored=min(each.authored for each in moments),
            committed=min(each.committed for each in moments),
            next=min(following, key=_second, default=None),
        )

    def _absence(self, code: Code, places: Sequence[_Place]) -> str | None:
        """In words, why the commit that a run recorded cannot be looked up."""
        if code.commit is None:
            return None
        looked = {id(place.repository): place.repository for place in places if place.repository is not None}
        if any(repository.full(code.commit) for repository in looked.values()):
            return None
        ours, theirs = named(self.repository.origin() or ""), named(code.remote or "")
        if ours and theirs and ours != theirs:
            return f"it recorded commit {code.commit[:7]} of {theirs}, which is another repository"
        return f"its commit {code.commit[:7]} is not in this repository"


def _second(pair: tuple[str, datetime]) -> datetime:
    return pair[1]


def _missing(place: _Place) -> str:
    """In words, that a commit of the entry is not here."""
    if place.repository is None:
        return f"{place.ref.sha[:7]} is of {named(place.ref.origin or '')}, of which no clone is configured"
    return f"{place.ref.sha[:7]} is not in this repository"
