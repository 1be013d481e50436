"""How a block stands to what it promises, and whether its text may be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.model.evidence import BlockEvidence, BlockState, CallEvidence, CellEvidence, CellState, RunEvidence
from journal.tables.drift import cells_come_and_gone, moved_cells, repointed
from journal.tables.other_rows import others, rows_of, slid
from journal.tables.run_book import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.model.entry import Block
    from journal.model.evidence import Evidence
    from journal.tables.block_kind import Filled
    from journal.tables.run_book import RunBook

MAX_REASONS = 3

_WORST = (
    BlockState.EDITED,
    BlockState.DRIFTED,
    BlockState.STALE,
    BlockState.UNVERIFIABLE,
    BlockState.PENDING,
    BlockState.FRESH,
)


def worst(states: Iterable[BlockState]) -> BlockState:
    """The state that needs attention first; fresh for none."""
    return min(states, key=_WORST.index, default=BlockState.FRESH)


@dataclass(frozen=True)
class Standing:
    """How a block stands.

    Attributes:
        state: Its state.
        message: Why, in words; empty when it is fresh.
        kept: Whether its text may only be replaced by force: hand-made, or more than can be had now.
        unreached: Whether something could not be looked at.
    """

    state: BlockState
    message: str = ""
    kept: bool = False
    unreached: bool = False


@dataclass(frozen=True)
class Case:
    """What there is to judge a block by.

    Attributes:
        block: The block as it stands.
        filled: What it should say now.
        evidence: The evidence that would be written for that.
        before: The evidence that is there, if any.
        remembered: Gives what the evidence alone would have it say.
        runs: The entry's runs.
        old: All of the entry's evidence.
    """

    block: Block
    filled: Filled
    evidence: BlockEvidence
    before: BlockEvidence | None
    remembered: Callable[[], Filled]
    runs: RunBook
    old: Evidence

    @property
    def absent(self) -> list[str]:
        """The handles of the runs that were looked for and are out of reach."""
        return [handle for handle in self.filled.handles if self.runs.looks and self.runs.open(handle) is None]


def judge(case: Case) -> Standing:
    """How a block stands to its runs and its evidence.

    A number that was filled may only be replaced by one from the same run, whose log goes on from where it was.
    Whatever cannot be shown to be that is kept.
    """
    block = case.block
    if block.edited:
        return Standing(BlockState.EDITED, _edited(case), kept=True)
    if objections := _objections(case):
        return Standing(BlockState.DRIFTED if block.filled else BlockState.STALE, some(objections), kept=True)
    if block.filled and case.before is not None and (said := _unlike(case, case.before)):
        return Standing(BlockState.DRIFTED, said, kept=True)
    change = next(_reasons_to_keep(case), None) or next(_changes(case), None) if block.filled else _not_filled(case)
    return change or _as_it_says(case)


def _objections(case: Case) -> list[str]:
    """Why runs at hand must not be gone by; of a run that is not what it was as a whole, nothing more is said."""
    said = {handle: case.runs.objection(handle) for handle in case.filled.handles}
    wrong = {case.runs.ref(handle).id for handle, objection in said.items() if objection is not None}
    whole = [objection for objection in said.values() if objection is not None]
    return [*whole, *_fewer_rows(case, besides=wrong), *_overtaken(case, besides=wrong)]


def _edited(case: Case) -> str:
    if isinstance(case.filled.content, str):
        return f"the text says {case.block.body}; {case.filled.spec['expression']} is {case.filled.content}"
    return "text between the markers was changed by hand"


def _not_filled(case: Case) -> Standing | None:
    waiting = case.runs.looks and (case.filled.pending or case.filled.lost)
    return None if waiting else Standing(BlockState.STALE, "not filled yet", unreached=bool(case.filled.recalled))


def _as_it_says(case: Case) -> Standing:
    """How a block stands whose text is what it should be, as far as that can be known now."""
    filled, runs = case.filled, case.runs
    away = filled.recalled + filled.lost
    unlooked = [runs.absence(handle) for handle in filled.handles if runs.unavailable(handle)]
    unreached = bool(away or unlooked)
    if filled.pending:
        return Standing(BlockState.PENDING, some(unlooked or list(filled.pending)), unreached=unreached)
    if away:
        return Standing(BlockState.UNVERIFIABLE, some(away), unreached=True)
    return Standing(BlockState.FRESH)


def _unlike(case: Case, before: BlockEvidence) -> str | None:
    """In words, that numbers are of rows that are not those which they were taken from."""
    said = others(_calls(before.cells), _calls(case.filled.cells), case.filled.handles, case.runs)
    return f"{some(moved_cells(before, case.filled))} ({some(said)})" if said else None


def _calls(cells: Iterable[CellEvidence]) -> list[CallEvidence]:
    return list(dict.fromkeys(call for cell in cells for call in cell.calls))


def _fewer_rows(case: Case, *, besides: set[str]) -> list[str]:
    """Calls that were filled from more rows of the same window than the log gives now, or whose metric is gone."""
    here = {case.runs.ref(handle).id for handle in case.filled.handles if case.runs.open(handle) is not None}
    told = (call for call in _calls(case.filled.cells) if call.state is not CellState.PENDING or call.run in here)
    now = {ask(call): call for call in told}
    found: dict[str, None] = {}
    for call in _calls(case.before.cells if case.before is not None else ()):
        if call.run in besides:
            continue
        rows = rows_of(now.get(ask(call), call))
        if rows < rows_of(call) and not slid(call, now[ask(call)]):
            found[f"{call.metric} of run {call.run} had {rows_of(call)} rows, and now {rows}"] = None
    return list(found)


def _overtaken(case: Case, *, besides: set[str]) -> list[str]:
    """Runs of which rows were taken back or overtaken, where that moves a number."""
    before = {ask(call): call for call in _calls(case.before.cells if case.before is not None else ())}
    moved = set()
    for call in _calls(case.filled.cells):
        then = before.get(ask(call))
        if then is not None and then.state is CellState.VALUE and (then.value, then.n) != (call.value, call.n):
            moved.add(call.run)
    handles = [handle for handle in case.filled.handles if case.runs.ref(handle).id in moved - besides]
    return [said for handle in handles if (said := case.runs.overtaken(handle)) is not None]


def _reasons_to_keep(case: Case) -> Iterator[Standing]:
    """Why a filled block must not be filled anew while some of its runs are out of reach."""
    if not case.absent:
        return
    away = some([case.runs.absence(handle) for handle in case.absent])
    before = case.before
    if before is None:
        yield _keep(BlockState.STALE, f"it has no evidence (was the entry renamed? rename that too), and {away}")
        return
    if before.sum != case.block.recorded or not _whole(case, before):
        yield _keep(BlockState.STALE, f"its text and its evidence are not of one fill, and {away}")
    if turned := repointed(before, case.filled, case.runs):
        yield _keep(BlockState.STALE, f"{some(turned)}; and {away}")
    same_spec = _asked(before.spec) == _asked(case.filled.spec)
    if case.filled.lost or _unnamed(case, before):
        yield (
            _keep(BlockState.UNVERIFIABLE, away)
            if same_spec
            else _keep(BlockState.STALE, f"its spec changed since it was filled, and {away}")
        )
    if same_spec and case.remembered().sum != before.sum:
        yield _keep(BlockState.STALE, f"its text is not what its evidence says, and {away}")


def _asked(spec: dict[str, Any]) -> dict[str, Any]:
    """What a spec asks for, without the groups that a key of the config has made: they are what was found."""
    return {name: value for name, value in spec.items() if name != "groups" or "grouped_by" not in spec}


def _keep(state: BlockState, message: str) -> Standing:
    return Standing(state, message, kept=True, unreached=True)


def _whole(case: Case, before: BlockEvidence) -> bool:
    """Whether the evidence holds every run that the block rests on."""
    return all(reference in case.old.runs for reference in before.runs)


def _unnamed(case: Case, before: BlockEvidence) -> bool:
    """Whether a run is out of reach that nobody knows, and the evidence holds one that no run here is known to be."""
    known = {handle: case.runs.known_as(handle) for handle in case.filled.handles}
    strange = any(known[handle] is None for handle in case.absent)
    named = {case.runs.known_as(handle) for handle in case.runs.handles}
    return strange and any(reference not in named for reference in before.runs)


def _changes(case: Case) -> Iterator[Standing]:
    """Why a filled block no longer says what it should, the weightiest reason first."""
    for state, words in _changes_in_words(case):
        yield Standing(state, words, unreached=bool(case.filled.recalled))


def _changes_in_words(case: Case) -> Iterator[tuple[BlockState, str]]:
    before, filled = case.before, case.filled
    if before is None:
        yield BlockState.STALE, "it has no evidence"
        return
    if before.spec != filled.spec:
        yield BlockState.STALE, "its spec changed since it was filled"
    if turned := repointed(before, filled, case.runs):
        yield BlockState.STALE, some(turned)
    reasons = _reasons(case, before)
    if moved := moved_cells(before, filled) + (cells_come_and_gone(before, filled) if reasons else []):
        yield BlockState.DRIFTED, f"{some(moved)} ({some(reasons) or _unexplained(case)})"
    if outdated := [said for handle in filled.handles if (said := _outdated(handle, case)) is not None]:
        yield BlockState.STALE, some(outdated)
    if before.cells != filled.cells and any(cell.state is CellState.PENDING for cell in before.cells):
        yield BlockState.STALE, "results have arrived"
    if filled.text.strip() != case.block.body.strip():
        yield BlockState.STALE, "its text is not what its runs say" + (f" ({some(reasons)})" if reasons else "")
    then, now = (_without_grown(evidence, case) for evidence in (before, case.evidence))
    unlike = [name for name in BlockEvidence.model_fields if getattr(then, name) != getattr(now, name)]
    if unlike:
        yield BlockState.STALE, f"its evidence is not what its text says: {', '.join(unlike)}"


def _reasons(case: Case, before: BlockEvidence) -> list[str]:
    """Why numbers moved: runs of which there is more, or that were not there."""
    grown = [said for handle in case.filled.handles if (said := case.runs.growth(handle)) is not None]
    new = [each for each in case.filled.handles if case.runs.open(each) and case.runs.known_as(each) not in before.runs]
    return grown + [f"run {case.runs.named(handle)} has arrived" for handle in new]


def some(reasons: Sequence[str]) -> str:
    """The first reasons, and how many more there are."""
    more = len(reasons) - MAX_REASONS
    return "; ".join(reasons[:MAX_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _unexplained(case: Case) -> str:
    """What is to be said of numbers that moved although no log did."""
    if any(case.runs.open(handle) is None for handle in case.filled.handles):
        return "its runs are not all at hand"
    if any(run is not None and run.origin.is_online for run in map(case.runs.evidence, case.filled.handles)):
        return "the server tells of the rows it told of, so its evidence was changed, or what is beside the rows was"
    return "the logs are what they were, so its evidence was changed, or the way of computing was"


def _without_grown(evidence: BlockEvidence, case: Case) -> BlockEvidence:
    """A block's evidence without the sums of logs that have grown: that alone makes nothing stale."""
    grown = {case.runs.ref(handle).id for handle in case.filled.handles if case.runs.growth(handle) is not None}
    runs = {reference: sum_ for reference, sum_ in evidence.runs.items() if reference not in grown}
    return evidence.model_copy(update={"runs": runs})


# What a log that grows may change of its run.
_GROWS = {"rows", "last_step", "state", "problems", "origin", "segments", "elsewhere"}


def _passed(then: RunEvidence, now: RunEvidence) -> set[str]:
    """What of a run of which there is more may be otherwise.

    On a server it can be given another name; and its sum is of what the server says, which no begin of it bears out.
    """
    if not now.origin.is_online:
        return _GROWS
    return (_GROWS if now.rows > then.rows else _GROWS - {"origin"}) | {"name"}


def _outdated(handle: str, case: Case) -> str | None:
    """In words, that the evidence tells of a run what its log does not say, if so; a run out of reach is believed."""
    then, now = case.old.runs.get(case.runs.ref(handle).id), case.runs.evidence(handle)
    if now is None or case.runs.open(handle) is None:
        return None
    if then is None:
        return f"its evidence does not hold run {case.runs.named(handle)}"
    if case.runs.is_in_another_place(handle):
        return None  # another place tells of it in other words; its identity and its rows were compared
    passed = _passed(then, now) if case.runs.growth(handle) is not None else set()
    unlike = [name for name in RunEvidence.model_fields if getattr(then, name) != getattr(now, name)]
    unlike = [name for name in unlike if name not in passed]
    if not unlike:
        return None
    if unlike == ["elsewhere"] and now.elsewhere is not None:
        return f"run {case.runs.named(handle)}: {some(now.elsewhere.unlike) or 'both places agree by now'}"
    return f"its evidence of run {case.runs.named(handle)} is not what the log says now: {', '.join(unlike)}"
