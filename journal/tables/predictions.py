"""Predictions: what became of each, and whether it was in git before its runs began."""

from __future__ import annotations

import operator
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from journal.document import front_matter
from journal.errors import ExpressionError, FrontMatterError, RevisionError
from journal.model.evidence import CellState, PredictionEvidence, Verdict
from journal.model.expression import Relation, calls
from journal.sources.reference import parse_address
from journal.stats.expression import parse_expectation
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from journal.model.entry import Entry, FrontMatter, Prediction
    from journal.model.evidence import CellEvidence
    from journal.model.expression import Expression
    from journal.model.revision import FileVersion

HEAD = ("prediction", "expected", "found", "verdict", "written")
"""The columns of a table of predictions."""

PENDING = "TBD"
NOTHING = "—"

# Git dates are whole seconds, cut off: a commit dated 10:00:00 may be of 10:00:00.9.
_A_SECOND = timedelta(seconds=1)

_RUN_FOLDER = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(.+)", re.DOTALL)

_COMPARE: Mapping[Relation, Callable[[float, float], bool]] = {
    Relation.LESS: operator.lt,
    Relation.AT_MOST: operator.le,
    Relation.MORE: operator.gt,
    Relation.AT_LEAST: operator.ge,
    Relation.EQUAL: operator.eq,
    Relation.UNEQUAL: operator.ne,
}


def score(
    predictions: Sequence[Prediction], evaluate: Callable[[Expression], CellEvidence]
) -> tuple[PredictionEvidence, ...]:
    """What became of each prediction, in their order; when it was written is not looked at: see `dated`.

    A prediction is open while a side of it is pending, has no data, or is text. A run that goes on may still change
    the verdict.

    Args:
        predictions: The predictions of an entry.
        evaluate: Gives the value of an expression, of one without runs too.

    Raises:
        ExpressionError: What is expected is no expectation, or cannot be evaluated; the message names the claim, and
            `column` is counted in `expect`.
    """
    return tuple(_scored(prediction, evaluate) for prediction in predictions)


def _scored(prediction: Prediction, evaluate: Callable[[Expression], CellEvidence]) -> PredictionEvidence:
    try:
        expectation = parse_expectation(prediction.expect)
        left, right = evaluate(expectation.left), evaluate(expectation.right)
    except ExpressionError as error:
        error.message = f"prediction {prediction.claim!r}: {error.message}"
        raise
    return PredictionEvidence(
        claim=prediction.claim,
        expect=str(expectation),
        verdict=_verdict(expectation.relation, left, right),
        value=left.value,
        threshold=right.value,
        parts=left.calls + right.calls,
    )


def _verdict(relation: Relation, left: CellEvidence, right: CellEvidence) -> Verdict:
    told = all(side.state is CellState.VALUE for side in (left, right))
    if not told or left.value is None or right.value is None:
        return Verdict.OPEN
    return Verdict.CONFIRMED if _COMPARE[relation](left.value, right.value) else Verdict.REFUTED


def dated(
    scored: Sequence[PredictionEvidence],
    entry: Entry,
    versions: Iterable[FileVersion] | None,
    starts: Mapping[str, datetime | None],
    recorded: Sequence[PredictionEvidence] = (),
) -> tuple[PredictionEvidence, ...]:
    """The same predictions with the commit that each has stood in since, and whether that was before its runs.

    Where git cannot tell (there is no repository, or it fails, or a shallow clone ends before the prediction does),
    the commit stands that was recorded, if one was.

    Args:
        scored: What `score` gave.
        entry: The entry as it stands now.
        versions: What git knows of the entry's file, as `Repository.versions` gives it; None where it cannot be asked.
        starts: When each run started, by its reference; runs that have not started may be left out.
        recorded: The predictions as they were recorded before.
    """
    before = {evidence.expect: evidence for evidence in recorded}
    try:
        found = committed(entry, versions, [evidence.expect for evidence in scored]) if versions is not None else None
    except RevisionError:
        found = None
    return tuple(_dated(evidence, found, before.get(evidence.expect), starts) for evidence in scored)


def _dated(
    evidence: PredictionEvidence,
    found: Mapping[str, FileVersion] | None,
    before: PredictionEvidence | None,
    starts: Mapping[str, datetime | None],
) -> PredictionEvidence:
    version = None if found is None else found.get(evidence.expect)
    if found is not None and (version is None or not version.cut):
        commit, at = (None, None) if version is None else (version.sha, version.committed)
    elif before is not None and before.commit is not None:
        commit, at = before.commit, before.committed
    else:
        return evidence.model_copy(update={"preregistered": None if before is None else before.preregistered})
    known = [None if call.run is None else starts.get(call.run) for call in evidence.parts]
    before_its_runs = preregistered(at, known)
    # Of others the commit proves nothing; recorded, it would make the evidence stale when the entry is committed.
    commit, at = (commit, at) if before_its_runs else (None, None)
    update = {"commit": commit, "committed": at, "preregistered": before_its_runs}
    return evidence.model_copy(update=update)


def committed(entry: Entry, versions: Iterable[FileVersion], expected: Iterable[str]) -> dict[str, FileVersion]:
    """For each expectation, the version of the entry from which on it has stood there without a gap.

    An expectation stands in a version whose front matter has it among its predictions, whatever its claim's words or
    its spelling, with each handle in it standing for the run that it stands for now, or not given to a run yet.
    A version that is not there or cannot be read breaks the line. Where branches met, one unbroken line is enough:
    a prediction counts from the commit that brought it in, on whatever branch; of several such commits the earliest
    counts.

    Args:
        entry: The entry as it stands now.
        versions: Versions of its file, each before its parents; no more of them are taken than needed.
        expected: Expectations of the entry, in their canonical spelling.

    Returns:
        The versions by expectation; those that the newest version does not hold are left out.
    """
    lines = {text: _Line(text, entry.front_matter) for text in expected}
    for number, version in enumerate(versions):
        asking = [line for line in lines.values() if number == 0 or version.key in line.waiting]
        matter = _front_matter(version) if asking else None
        for line in asking:
            line.take(version, matter)
        if not any(line.waiting for line in lines.values()):
            break
    return {text: line.first for text, line in lines.items() if line.first is not None}


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


def rows(scored: Sequence[PredictionEvidence], digits: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings, and a row for each prediction, as raw texts; *preregistered* is only said of what was."""
    lines = (
        (evidence.claim, evidence.expect, _found(evidence, digits), evidence.verdict.value, _written(evidence))
        for evidence in scored
    )
    return HEAD, tuple(lines)


def _found(evidence: PredictionEvidence, digits: int) -> str:
    """What the left side came to; both sides, where the right one is measured too."""
    measured = any(calls(parse_expectation(evidence.expect).right))
    sides = [evidence.value, evidence.threshold] if measured else [evidence.value]
    return " against ".join(_side(evidence, value, digits) for value in sides)


def _side(evidence: PredictionEvidence, value: float | None, digits: int) -> str:
    if value is not None:
        return shown(value, digits)
    pending = any(call.state is CellState.PENDING for call in evidence.parts)
    texts = [call.text for call in evidence.parts if call.text is not None]
    return PENDING if pending else next(iter(texts), NOTHING)


def _written(evidence: PredictionEvidence) -> str:
    match evidence.preregistered:
        case True:
            return "preregistered"
        case False:
            return "not before its run"
    return NOTHING


class _Line:
    """The versions in which one expectation stands, followed back from the newest.

    Attributes:
        waiting: Versions that an unbroken line leads to, and that have not come yet.
    """

    def __init__(self, text: str, now: FrontMatter) -> None:
        self._text = text
        self._handles = _handles(text)
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
        return same_runs and any(_spelling(prediction.expect) == self._text for prediction in matter.predictions)


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
