"""The predictions of one entry, scored: how each stands to its runs and to what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.document import front_matter
from journal.errors import BlockError, ExpressionError, JournalError
from journal.model.evidence import BlockState, PredictionEvidence, Verdict
from journal.model.expression import calls
from journal.model.table import AxisItem
from journal.model.window import Window
from journal.stats.expression import parse_expectation
from journal.tables.cells import Evaluation, place
from journal.tables.other_rows import others
from journal.tables.predictions import score
from journal.tables.preregistration import dated
from journal.tables.report import BlockReport
from journal.tables.standing import Standing, some

if TYPE_CHECKING:
    from datetime import datetime

    from journal.config import Config
    from journal.document.front_matter import Places
    from journal.model.entry import Prediction
    from journal.model.evidence import CellEvidence
    from journal.model.expression import Expression
    from journal.revisions import Repository
    from journal.tables.preregistration import Dated
    from journal.tables.run_book import RunBook

PREDICTION = "prediction"
"""The kind of a prediction, among the kinds of blocks."""


_NEVER = "not scored yet"


@dataclass(frozen=True)
class Scores:
    """The predictions of an entry.

    Attributes:
        evidence: Each as it was scored, or as it was recorded where it must not be scored anew.
        reports: How each stands.
        handles: The runs that they are about.
        runs: Their references.
        resting: The references of the runs that predictions rest on which are kept as they were recorded.
    """

    evidence: tuple[PredictionEvidence, ...] = ()
    reports: tuple[BlockReport, ...] = ()
    handles: tuple[str, ...] = ()
    runs: frozenset[str] = frozenset()
    resting: frozenset[str] = frozenset()


def score_entry(
    raw: bytes, runs: RunBook, repository: Repository | None, config: Config, *, force: bool = False
) -> Scores:
    """What became of an entry's predictions.

    Args:
        raw: The entry's file.
        runs: The entry's runs.
        repository: What knows since when a prediction has been committed; None keeps what is recorded of that.
        config: The journal.
        force: Score also where what is recorded would be kept.

    Raises:
        ExpressionError: What is expected is no expectation, or cannot be evaluated.
        BlockError: It names a run that the entry does not know.
        SourceError: A run is there but cannot be read.
    """
    if not runs.entry.front_matter.predictions:
        return Scores()
    places = front_matter.places(raw, runs.entry.path)
    scored = _scored(runs, places)
    handles = tuple(dict.fromkeys(handle for each in scored for handle in each.handles))
    found = _dated([each.evidence for each in scored], runs, handles, repository, config)
    kept = [each.settled(new.evidence, told=new.told, force=force) for each, new in zip(scored, found, strict=True)]
    rests = [evidence for evidence, standing in kept if standing.kept and not force]
    return Scores(
        evidence=tuple(evidence for evidence, _ in kept),
        reports=tuple(
            _report(evidence, standing, places(("predictions", number))[0], force=force)
            for number, (evidence, standing) in enumerate(kept)
        ),
        handles=handles,
        runs=frozenset(runs.ref(handle).id for handle in handles),
        resting=frozenset(call.run for evidence in rests for call in evidence.parts if call.run is not None),
    )


def _scored(runs: RunBook, places: Places) -> list[_Scored]:
    """Each prediction on its runs; an error is told at the place of what it expects."""
    scored = []
    for number, prediction in enumerate(runs.entry.front_matter.predictions):
        try:
            scored.append(_Scored(prediction, runs))
        except JournalError as error:
            if error.path is None or isinstance(error, ExpressionError):
                error.path, (error.line, error.column) = runs.entry.path, places(("predictions", number, "expect"))
            raise
    return scored


def _report(evidence: PredictionEvidence, standing: Standing, line: int, *, force: bool) -> BlockReport:
    return BlockReport(
        name=evidence.claim,
        kind=PREDICTION,
        line=line,
        standing=standing,
        text=None if standing.kept and not force else "",
        cells=1,
    )


def _dated(
    scored: list[PredictionEvidence],
    runs: RunBook,
    handles: tuple[str, ...],
    repository: Repository | None,
    config: Config,
) -> tuple[Dated, ...]:
    """The predictions with the commits that they have stood in since."""
    starts = {runs.ref(handle).id: _start(runs, handle) for handle in handles}
    versions = None if repository is None else repository.versions(config.root / runs.entry.path)
    return dated(scored, runs.entry, versions, starts, runs.recorded.predictions)


def _start(runs: RunBook, handle: str) -> datetime | None:
    """When a run started; None where its rows do not begin at step 0 or 1: an earlier part may be missing."""
    run = runs.evidence(handle)
    return None if run is None or (run.first_step or 0) > 1 else run.started


class _Scored:
    """One prediction, scored on its runs."""

    def __init__(self, prediction: Prediction, runs: RunBook) -> None:
        self._runs = runs
        expectation = parse_expectation(prediction.expect)
        self._sides = [self._placed(side, prediction) for side in (expectation.left, expectation.right)]
        named = [call.handle for side in self._sides for call in calls(side) if call.handle is not None]
        self.handles = tuple(dict.fromkeys(named))
        runs.axis([AxisItem(value=handle) for handle in self.handles])
        self._evaluation = Evaluation(runs, self.handles)
        runs.turn_to(None)
        (self.evidence,) = score([prediction], self._evaluate)
        alike = [each for each in runs.recorded.predictions if each.expect == self.evidence.expect]
        exactly = (each for each in alike if each.claim == self.evidence.claim)
        self._old = next(exactly, None) or next(iter(alike), None)

    def _placed(self, side: Expression, prediction: Prediction) -> Expression:
        """A side of the expectation, on the only run of the entry where it names none."""
        handles = self._runs.handles
        open_ = any(call.handle is None for call in calls(side))
        if open_ and len(handles) > 1:
            hint = f"write statistic(metric)@handle with one of {', '.join(handles)}"
            raise BlockError(f"prediction {prediction.claim!r} does not say which run it is about", hint=hint)
        return place(side, metric=None, window=Window(), handle=handles[0] if handles else None)

    def _evaluate(self, side: Expression) -> CellEvidence:
        sole = self._runs.handles[0] if self._runs.handles else None
        return self._evaluation.cell("", "", place(side, metric=None, window=Window(), handle=sole))

    def settled(self, new: PredictionEvidence, *, told: bool, force: bool) -> tuple[PredictionEvidence, Standing]:
        """The evidence to go by, and how the prediction stands; `told` if git could tell since when it has stood."""
        old, evaluation = self._old, self._evaluation
        objections = [said for handle in self.handles if (said := self._objection(handle, new)) is not None]
        if old is not None and (objections or evaluation.lost):
            state = BlockState.DRIFTED if objections else BlockState.UNVERIFIABLE
            away = bool(evaluation.lost)
            standing = Standing(state, some([*objections, *evaluation.lost]), kept=True, unreached=away)
            return (new if force else old), standing
        standing = self._standing(old, new)
        if standing.state is BlockState.FRESH and new.preregistered and not told and self._runs.looks:
            said = f"git cannot tell here since when it has been committed: {new.commit} is only what its evidence says"
            return new, Standing(BlockState.UNVERIFIABLE, said, unreached=True)
        return new, standing

    def _objection(self, handle: str, new: PredictionEvidence) -> str | None:
        moved = self._old is None or self._old.parts != new.parts
        before = () if self._old is None else self._old.parts
        said = self._runs.objection(handle) or (self._runs.overtaken(handle) if moved else None)
        return said or next(iter(others(before, new.parts, [handle], self._runs)), None)

    def _standing(self, old: PredictionEvidence | None, new: PredictionEvidence) -> Standing:
        evaluation = self._evaluation
        unreached = bool(evaluation.recalled or evaluation.lost)
        waiting = some([*evaluation.pending] or ["it has no data to be scored by"])
        if old is None:
            state, said = (BlockState.PENDING, waiting) if new.verdict is Verdict.OPEN else (BlockState.STALE, _NEVER)
            return Standing(state, said, unreached=unreached)
        if (old.verdict, old.value, old.threshold) != (new.verdict, new.value, new.threshold):
            why = [grown for handle in self.handles if (grown := self._runs.growth(handle)) is not None]
            because = f" ({some(why)})" if why else ""
            state = BlockState.STALE if old.verdict is Verdict.OPEN else BlockState.DRIFTED
            return Standing(state, f"{_told(old)} is now {_told(new)}{because}", unreached=unreached)
        unlike = [name for name in PredictionEvidence.model_fields if getattr(old, name) != getattr(new, name)]
        if unlike:
            said = f"its evidence is not what git and its runs say: {', '.join(unlike)}"
            return Standing(BlockState.STALE, said, unreached=unreached)
        if new.verdict is Verdict.OPEN:
            return Standing(BlockState.PENDING, waiting, unreached=unreached)
        if evaluation.recalled:
            return Standing(BlockState.UNVERIFIABLE, some([*evaluation.recalled]), unreached=True)
        return Standing(BlockState.FRESH)


def _told(evidence: PredictionEvidence) -> str:
    return evidence.verdict.value if evidence.value is None else f"{evidence.verdict.value} with {evidence.value}"
