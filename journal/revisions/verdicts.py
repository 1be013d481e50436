"""Whether a run and the commits of an entry belong together: what git knows of both, put before the judgement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from journal.model.address import named
from journal.model.evidence import CommitEvidence
from journal.model.revision import CommitVerdict, Judgement, is_full
from journal.revisions import judging
from journal.revisions.bonds import Bonds
from journal.revisions.ties import Bond, Part, Tie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from journal.model.entry import CommitRef
    from journal.model.revision import Code
    from journal.revisions.repository import Repository

_NEAREST = list(Bond)

_SURE = 7
"""Digits of a sha that can be no other commit's, as far as anybody meets them."""


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
        known: What is recorded of commits that may be gone since, by the sha that the entry gives.
    """

    repository: Repository
    clone: Callable[[str], Repository | None] = lambda _: None
    known: Mapping[str, CommitEvidence] = field(default_factory=dict)

    def judge(self, commits: Sequence[CommitRef], code: Sequence[Code], *, compared: bool = False) -> Judgement:
        """Whether a run belongs to the commits of an entry.

        Args:
            commits: The commits, at least one.
            code: What each part of the run ran.
            compared: Whether the entry only compares with the run, as with a baseline, which need not have the change.

        Raises:
            RevisionError: Git cannot be asked.
        """
        found = self._judged([self._place(ref) for ref in commits], code, compared=compared)
        return found.model_copy(update={"claim": claim(commits, compared=compared), "ran": ran(code)})

    def _judged(self, places: Sequence[_Place], code: Sequence[Code], *, compared: bool) -> Judgement:
        parts, untold = [], dict[str, None]()
        for each in code:
            part, reasons = self._part(each, places)
            untold |= dict.fromkeys(reasons)
            if part.ties or (compared and part.committed is not None):
                parts.append(part)
        if len(parts) < len(code) or not parts:
            why = tuple(untold) or ("nothing is known of what it ran",)
            return Judgement(verdict=CommitVerdict.UNKNOWN, reasons=why)
        found = judging.judge(parts, compared=compared)
        if not untold or compared:
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
        ancestry = repository.ancestry
        repository.look_up(names)
        shas = {sha for name in names if (sha := repository.full(name)) is not None}
        ancestry.expect(shas)
        repository.deltas(sha for sha in shas if not ancestry.is_cut(sha))
        if described:
            repository.messages(shas)
            repository.patches.ids(sha for sha in shas if not ancestry.is_cut(sha))

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
        ancestry = self.repository.ancestry
        told = {commit.sha: commit for commit in self.repository.messages(shas.values())}
        patches = self.repository.patches.ids(sha for sha in shas.values() if not ancestry.is_cut(sha))
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
            tie = self._tie(code, place, places)
            if tie is None:
                untold.append(_missing(place))
            else:
                ties.append(tie)
        if any(tie.bond is not Bond.CLOCK for tie in ties):  # the others lie in repositories that it did not run
            untold += [f"whether it ran {tie.short} is not known" for tie in ties if tie.bond is Bond.CLOCK]
            ties = [tie for tie in ties if tie.bond is not Bond.CLOCK]
        return Part(code, tuple(ties), self._absence(code, places), self._committed(code, places)), untold

    def _tie(self, code: Code, place: _Place, places: Sequence[_Place]) -> Tie | None:
        """How what a run ran stands to one commit; None where that commit is not here."""
        repository = place.repository
        here = repository.full(code.commit) if code.commit is not None and repository is not None else None
        if here is None and _is_named(code, place.ref):
            return Tie(code.commit or "", Bond.SAME)
        if repository is None or not place.shas:
            return None
        besides = [sha for each in places if each.repository is repository for sha in each.shas]
        bonds = Bonds(repository, code, here, besides)
        bound = {sha: bonds.to(sha) for sha in place.shas}
        sha = min(bound, key=lambda each: _NEAREST.index(bound[each].bond))
        known = bound[sha]
        replaced = sha != place.shas[0] or (place.ref.became is not None and repository.full(place.ref.sha) is None)
        return self._dated(sha, known.bond, place)._replace(
            via=known.via,
            files=tuple(self._files(code, sha, repository)),
            lost=known.lost,
            exact=known.exact,
            replaced=replaced and not self._makes_the_same(place),
        )

    def _makes_the_same(self, place: _Place) -> bool:
        """Whether the commit that took the place of another one is known to make the same change."""
        repository, recorded = place.repository, self.known.get(place.ref.sha)
        if repository is None or (recorded is None and len(place.shas) == 1):
            return False
        ids = {*repository.patches.ids(place.shas).values(), *([recorded.patch] if recorded is not None else [])}
        return None not in ids and len(ids) == 1

    def _files(self, code: Code, sha: str, repository: Repository) -> Iterable[str]:
        """The files of a commit, where something rests on whether the run had changed them."""
        if not (code.changed or code.untracked) or repository.ancestry.is_cut(sha):
            return ()
        return repository.deltas([sha])[sha]

    def _dated(self, sha: str, bond: Bond, place: _Place) -> Tie:
        """A tie to a commit with its times; of a commit that became another one, the earliest."""
        assert place.repository is not None  # noqa: S101  (its caller looked)
        ancestry = place.repository.ancestry
        moments = [ancestry.moments(each) for each in place.shas]
        following = [(child, ancestry.moments(child).committed) for child in ancestry.children(place.shas[-1])]
        return Tie(
            sha,
            bond,
            authored=min(each.authored for each in moments),
            committed=min(each.committed for each in moments),
            next=min(following, key=_second, default=None),
        )

    def _committed(self, code: Code, places: Sequence[_Place]) -> datetime | None:
        """When the commit of a run got its present form, where it is in one of the repositories."""
        if code.commit is None:
            return None
        looked = {id(place.repository): place.repository for place in places if place.repository is not None}
        for repository in looked.values():
            full = repository.full(code.commit)
            if full is not None:
                return repository.ancestry.moments(full).committed
        return None

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


def claim(commits: Sequence[CommitRef], *, compared: bool) -> tuple[str, ...]:
    """What a judgement was about, so that it is taken for no other: the commits, and whether a run is only compared."""
    named = (ref.sha if ref.became is None else f"{ref.sha} became {ref.became}" for ref in commits)
    return (*named, *(("compared",) if compared else ()))


def ran(code: Sequence[Code]) -> tuple[str, ...]:
    """What each part of a run ran, as far as it is known, in a word or two."""
    trees = {True: "dirty", False: "clean", None: "unknown"}
    return tuple(f"{part.commit or 'no commit'} {trees[part.dirty]}" for part in code)


def _is_named(code: Code, ref: CommitRef) -> bool:
    """Whether a run recorded the very commit that an entry names, wherever that is."""
    if code.commit is None or len(ref.sha) < _SURE or not code.commit.startswith(ref.sha.lower()):
        return False
    return is_full(ref.sha) or ref.origin is None or named(ref.origin) == named(code.remote or "")


def _second(pair: tuple[str, datetime]) -> datetime:
    return pair[1]


def _missing(place: _Place) -> str:
    """In words, that a commit of the entry is not here."""
    if place.repository is None:
        return f"{place.ref.sha[:7]} is of {named(place.ref.origin or '')}, of which no clone is configured"
    return f"{place.ref.sha[:7]} is not in this repository"
