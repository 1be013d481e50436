"""Rules about numbers: does every block still say what its runs say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.errors import JournalError
from journal.model.evidence import BlockState
from journal.model.finding import Finding, Severity
from journal.model.life import Status
from journal.model.wording import counted
from journal.tables import absence, record
from journal.tables.fill import EntryFill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.checks.interface import Scene
    from journal.model.entry import Entry
    from journal.tables.report import BlockReport

# Several entries may rest on one digest.
OF_DIGESTS = "TAB008"

_REFILL = "run `journal fill-results {id}`"
_LACKING = {BlockState.PENDING, BlockState.UNVERIFIABLE}
_UNSETTLED = {BlockState.STALE, BlockState.DRIFTED}
_KEPT = "it is kept: bring back what is missing, or `journal fill-results --force {id}` to go by what is here"


def _unfillable(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        if isinstance(fill, JournalError):
            place = None if fill.line is None else (fill.line, fill.column or 1)
            yield rule.finding(str(fill.path or entry.path), fill.message, place=place, hint=fill.hint)


def _in_state(rule: Rule, scene: Scene, *, state: BlockState, hint: str) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        if isinstance(fill, JournalError):
            continue
        if state is BlockState.PENDING and _is_planned(entry):
            continue
        for block, *others in _alike([block for block in fill.blocks if block.state is state]):
            advice = _KEPT if block.standing.kept and state is not BlockState.EDITED else hint
            if state is BlockState.UNVERIFIABLE:
                advice = _where_to_look(scene, fill, [block, *others]) or advice
            more = f", and {counted(len(others), 'block')} below" if others else ""
            said = f"{block.kind} {block.name!r} is {state}{more}: {block.message}"
            found = rule.finding(entry.path, said, place=(block.line, 1), hint=advice.format(id=entry.id))
            is_unknown = state is BlockState.PENDING and block.unreached  # it may be there, where nobody could look
            yield found.model_copy(update={"severity": Severity.NOTE}) if is_unknown else found


def _where_to_look(scene: Scene, fill: EntryFill, blocks: Iterable[BlockReport]) -> str | None:
    """What to do about runs that blocks rest on and that are out of reach, if a server gave one of them."""
    old = fill.recorded
    rest_on = [old.blocks.get(block.name) or old.citations.get(block.name) for block in blocks]
    named = {reference for block in rest_on for reference in (old.runs if block is None else block.runs)}
    away = (run for reference, run in old.runs.items() if reference in named and reference in fill.missing)
    return absence.where_to_look(away, scene.journal.config, "journal check --online {id}")


def _alike(blocks: Sequence[BlockReport]) -> Iterable[list[BlockReport]]:
    """Blocks of one state; together those that lack the same, or object to the same, which is told once for all."""
    groups: dict[tuple[object, ...], list[BlockReport]] = {}
    for block in blocks:
        is_of_runs = block.state in _LACKING or (block.state is BlockState.DRIFTED and block.standing.kept)
        apart = None if is_of_runs else block.line
        groups.setdefault((block.message, block.standing.kept, apart), []).append(block)
    return groups.values()


def _is_planned(entry: Entry) -> bool:
    """Whether an entry says for itself that there is nothing yet: it is planned, and names no runs."""
    return entry.front_matter.status == Status.PLANNED and not entry.front_matter.runs


def _digest_unlike(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Digests of runs at hand that do not say what their runs do; of those that entries share, `check` tells once."""
    told: set[str] = set()
    for entry, fill in scene.fills:
        for digest in fill.digests if isinstance(fill, EntryFill) else ():
            path = scene.journal.config.relative(digest.path)
            if digest.changed and path not in told and _is_settled(fill):
                told.add(path)
                said = "is missing" if digest.stored is None else "is not what its run and this version make of it"
                yield rule.finding(path, said, hint=_REFILL.format(id=entry.id))


def _is_settled(fill: EntryFill | JournalError) -> bool:
    """Whether nothing of an entry waits to be filled: until then its digests are not expected to be right."""
    return isinstance(fill, EntryFill) and not any(block.state in _UNSETTLED for block in fill.blocks)


def _orphaned(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        if isinstance(fill, EntryFill):
            hint = _REFILL.format(id=entry.id)
            for what in _unowned(fill):
                path = scene.journal.config.relative(record.path_of(entry, scene.journal.config))
                yield rule.finding(path, f"holds {what} that {entry.path} does not have", hint=hint)


def _unowned(fill: EntryFill) -> Iterator[str]:
    """What the evidence of an entry holds and nothing in the entry rests on."""
    old, entry = fill.recorded, fill.entry
    yield from (f"a block {name!r}" for name in sorted(set(old.blocks) - {block.name for block in entry.blocks}))
    yield from (f"a cited value {name!r}" for name in sorted(set(old.citations) - set(entry.citation_names)))
    expected = {prediction.expect for prediction in fill.evidence.predictions}
    yield from (f"a prediction {each.expect!r}" for each in old.predictions if each.expect not in expected)
    yield from (f"a run {reference!r}" for reference in sorted(set(old.runs) - set(fill.evidence.runs)))


def _evidence_of_nothing(rule: Rule, scene: Scene) -> Iterator[Finding]:
    if not scene.paths >= set(scene.journal.paths):
        return
    config, briefs = scene.journal.config, list(scene.briefs())
    cited = {path for brief in briefs for path in brief.digests}
    whole = not any(brief.failed for brief in briefs)
    for file in sorted(config.evidence.rglob("*.json")):
        path = config.relative(file)
        if file.relative_to(config.evidence).parts[0] == record.RUNS:
            if whole and path not in cited:
                yield rule.finding(path, "is the digest of a run that no entry rests on", hint="delete it")
        elif file != config.evidence / record.UNCITED and record.entry_at(file, config) not in scene.paths:
            hint = "rename it along with its entry, or delete it"
            yield rule.finding(path, "belongs to no entry", hint=hint)


def _state(code: str, severity: Severity, state: BlockState, summary: str, hint: str) -> Rule:
    return Rule(code, severity, summary, partial(_in_state, state=state, hint=hint), own=True)


RULES = (
    Rule("TAB001", Severity.ERROR, "a block that cannot be filled", _unfillable, own=True),
    _state(
        "TAB002",
        Severity.ERROR,
        BlockState.EDITED,
        "text of the tool's that was changed by hand",
        "`journal fill-results --accept {id}` makes your words your own, `--force` drops them",
    ),
    _state("TAB003", Severity.ERROR, BlockState.STALE, "a block that was not filled since it changed", _REFILL),
    _state(
        "TAB004",
        Severity.ERROR,
        BlockState.DRIFTED,
        "a source that gives another value than the evidence",
        "see `journal fill-results --diff {id}`, then " + _REFILL,
    ),
    _state(
        "TAB005", Severity.WARNING, BlockState.PENDING, "a result that is not there yet", "when it is there, " + _REFILL
    ),
    _state(
        "TAB006",
        Severity.NOTE,
        BlockState.UNVERIFIABLE,
        "a source that is out of reach; text and evidence agree",
        "fill where the run's folder is",
    ),
    Rule(
        "TAB007",
        Severity.WARNING,
        "evidence that no block or no entry owns",
        _orphaned,
        own=True,
        across=_evidence_of_nothing,
    ),
    Rule(OF_DIGESTS, Severity.ERROR, "a digest that does not say what its run does", _digest_unlike, own=True),
)
