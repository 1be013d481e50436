"""Preregistration: since when a prediction has stood in git, and whether that was before its runs began."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from journal.document import front_matter
from journal.errors import ExpressionError, FrontMatterError, RevisionError
from journal.model.expression import calls
from journal.sources.reference import parse_address
from journal.stats.expression import parse_expectation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from journal.model.entry import Entry, FrontMatter
    from journal.model.evidence import PredictionEvidence
    from journal.model.revision import FileVersion

Words = tuple[str, str]
"""A prediction's claim, and what it expects."""

# Git dates are whole seconds, cut off: a commit dated 10:00:00 may be of 10:00:00.9.
_A_SECOND = timedelta(seconds=1)

_RUN_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(.+)", re.DOTALL)


class Dated(NamedTuple):
    """A prediction with its commit, and whether git could tell since when it has been committed."""

    evidence: PredictionEvidence
    told: bool


def dated(
    scored: Sequence[PredictionEvidence],
    entry: Entry,
    versions: Iterable[FileVersion] | None,
    starts: Mapping[str, datetime | None],
    recorded: Sequence[PredictionEvidence] = (),
) -> tuple[Dated, ...]:
    """The same predictions with the commit that each has stood in since, and whether that was before its runs.

    Where git cannot tell (there is no repository, or it fails, or a shallow clone ends before the prediction does),
    the commit stands that was recorded, if one was.

    Args:
        scored: What `predictions.score` gave.
        entry: The entry as it stands now.
        versions: What git knows of the entry's file, as `Repository.versions` gives it; None where it cannot be asked.
        starts: When each run started, by its reference; runs that have not started may be left out.
        recorded: The predictions as they were recorded before.
    """
    before = {words(evidence): evidence for evidence in recorded}
    try:
        found = committed(entry, versions, map(words, scored)) if versions is not None else None
    except RevisionError:
        found = None
    return tuple(_dated(evidence, found, before.get(words(evidence)), starts) for evidence in scored)


def words(evidence: PredictionEvidence) -> Words:
    """What tells one prediction from another: its claim and what it expects, in its canonical spelling."""
    return evidence.claim, evidence.expect


def _dated(
    evidence: PredictionEvidence,
    found: Mapping[Words, FileVersion] | None,
    before: PredictionEvidence | None,
    starts: Mapping[str, datetime | None],
) -> Dated:
    version = None if found is None else found.get(words(evidence))
    told = found is not None and (version is None or not version.cut)
    if told:
        commit, at = (None, None) if version is None else (version.sha, version.committed)
    elif before is not None and before.commit is not None:
        commit, at = before.commit, before.committed
    else:
        then = None if before is None else before.preregistered
        return Dated(evidence.model_copy(update={"preregistered": then}), told=False)
    known = [None if call.run is None else starts.get(call.run) for call in evidence.parts]
    before_its_runs = preregistered(at, known)
    # Of others the commit proves nothing; recorded, it would make the evidence stale when the entry is committed.
    commit, at = (commit, at) if before_its_runs else (None, None)
    update = {"commit": commit, "committed": at, "preregistered": before_its_runs}
    return Dated(evidence.model_copy(update=update), told)


def committed(entry: Entry, versions: Iterable[FileVersion], expected: Iterable[Words]) -> dict[Words, FileVersion]:
    """For each prediction, the version of the entry from which on it has stood there without a gap.

    A prediction stands in a version whose front matter has it, with this claim and this expectation however that is
    spelt, and with each handle in it standing for the run that it stands for now, or not given to a run yet.
    A version that is not there or cannot be read breaks the line. Where branches met, one unbroken line is enough:
    a prediction counts from the commit that brought it in, on whatever branch; of several such commits the earliest
    counts.

    Args:
        entry: The entry as it stands now.
        versions: Versions of its file, each before its parents; no more of them are taken than needed.
        expected: Claims of the entry, each with its expectation in the canonical spelling.

    Returns:
        The versions by prediction; those that the newest version does not hold are left out.
    """
    lines = {prediction: _Line(prediction, entry.front_matter) for prediction in expected}
    for number, version in enumerate(versions):
        asking = [line for line in lines.values() if number == 0 or version.key in line.waiting]
        matter = _front_matter(version) if asking else None
        for line in asking:
            line.take(version, matter)
        if not any(line.waiting for line in lines.values()):
            break
    return {prediction: line.first for prediction, line in lines.items() if line.first is not None}


def preregistered(committed_at: datetime | None, starts: Sequence[datetime | None]) -> bool | None:
    """Whether a prediction was committed before every run of it started.

    The committer date counts, which a rebase or an amendment moves later, and a commit counts from the end of its
    second. So an error is on the safe side, as far as the clocks of both machines are right.

    Args:
        committed_at: Committer date of the commit that it has stood in since; None if it is not committed.
        starts: When each of its runs started; None for one that has not, or of which that is not known.

    Returns:
        None while it cannot be told: a run has not started, or there is none.
    """
    known = [start for start in starts if start is not None]
    if known and (committed_at is None or any(committed_at + _A_SECOND > start for start in known)):
        return False
    return True if committed_at is not None and starts and len(known) == len(starts) else None


class _Line:
    """The versions in which one prediction stands, followed back from the newest.

    Attributes:
        waiting: Versions that an unbroken line leads to, and that have not come yet.
    """

    def __init__(self, prediction: Words, now: FrontMatter) -> None:
        self._claim, self._text = prediction
        self._handles = _handles(self._text)
        self._now = now
        self._ends: dict[tuple[str, str], FileVersion] = {}
        self._after: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.waiting: set[tuple[str, str]] = set()

    @property
    def first(self) -> FileVersion | None:
        """The version that brought it in, the earliest where several did."""
        return min(self._ends.values(), key=lambda version: version.committed, default=None)

    def take(self, version: FileVersion, matter: FrontMatter | None) -> None:
        """Go on to a version, which has this front matter."""
        self.waiting.discard(version.key)
        if matter is None or not self._stands_in(matter):
            return
        for later in self._after.pop(version.key, ()):
            self._ends.pop(later, None)
        self._ends[version.key] = version
        for parent in version.parents:
            self._after.setdefault(parent, []).append(version.key)
            self.waiting.add(parent)

    def _stands_in(self, matter: FrontMatter) -> bool:
        same_runs = all(
            _same_run(then, now)
            for handle in self._handles
            for then in _references(handle, matter)
            for now in _references(handle, self._now)
        )
        return same_runs and any(
            prediction.claim == self._claim and _spelling(prediction.expect) == self._text
            for prediction in matter.predictions
        )


def _front_matter(version: FileVersion) -> FrontMatter | None:
    if version.raw is None:
        return None
    try:
        return front_matter.read(version.raw, version.path)[0]
    except FrontMatterError:
        return None


def _spelling(expect: str) -> str | None:
    """The canonical spelling of an expectation, or None if it is none."""
    try:
        return str(parse_expectation(expect))
    except ExpressionError:
        return None


def _handles(expect: str) -> set[str | None]:
    expectation = parse_expectation(expect)
    return {call.handle for side in (expectation.left, expectation.right) for call in calls(side)}


def _references(handle: str | None, matter: FrontMatter) -> list[str]:
    """The runs that a handle stands for; without a handle, all of them."""
    return [ref.id for ref in matter.runs if handle in {None, ref.handle}]


def _same_run(one: str, other: str) -> bool:
    """Whether two references can name the same run, as far as their words tell."""
    (*places, id_), (*other_places, other_id) = _parts(one), _parts(other)
    return id_ == other_id and all(
        None in pair or pair[0] == pair[1] for pair in zip(places, other_places, strict=True)
    )


def _parts(reference: str) -> tuple[str | None, str | None, str]:
    """Entity and project, as far as a reference gives them, and the id."""
    folder = _RUN_FOLDER.fullmatch(reference.rstrip("/").rpartition("/")[2])
    if folder is not None:
        return None, None, folder[1]
    address = parse_address(reference)
    return (None, None, reference) if address is None else (address.entity, address.project, address.id)
