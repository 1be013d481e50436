"""Rules about numbers: does every block still say what its runs say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.errors import JournalError
from journal.model.evidence import BlockState
from journal.model.finding import Finding, Severity
from journal.tables import record
from journal.tables.fill import EntryFill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene

_REFILL = "run `journal fill-results {id}`"
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
        for block in fill.blocks:
            if block.state is state:
                kept = block.standing.kept and state is not BlockState.EDITED
                yield rule.finding(
                    entry.path,
                    f"{block.kind} {block.name!r} is {state}: {block.message}",
                    place=(block.line, 1),
                    hint=(_KEPT if kept else hint).format(id=entry.id),
                )


def _orphaned(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        if isinstance(fill, EntryFill):
            for name in sorted(set(fill.recorded.blocks) - {block.name for block in entry.blocks}):
                path = scene.journal.config.relative(record.path_of(entry, scene.journal.config))
                hint = _REFILL.format(id=entry.id)
                yield rule.finding(path, f"holds a block {name!r} that {entry.path} does not have", hint=hint)
    if scene.paths >= set(scene.journal.paths):
        yield from _evidence_of_nothing(rule, scene)


def _evidence_of_nothing(rule: Rule, scene: Scene) -> Iterator[Finding]:
    config = scene.journal.config
    entries = {config.relative(record.path_at(path, config)) for path in scene.journal.paths}
    for file in sorted(config.evidence.rglob("*.json")):
        path = config.relative(file)
        if path not in entries and file.relative_to(config.evidence).parts[0] != record.RUNS:
            hint = "rename it along with its entry, or delete it"
            yield rule.finding(path, "belongs to no entry", hint=hint)


def _state(code: str, severity: Severity, state: BlockState, summary: str, hint: str) -> Rule:
    return Rule(code, severity, summary, partial(_in_state, state=state, hint=hint))


RULES = (
    Rule("TAB001", Severity.ERROR, "a block that cannot be filled", _unfillable),
    _state(
        "TAB002",
        Severity.ERROR,
        BlockState.EDITED,
        "text of the tool's that was changed by hand",
        "move your words outside the markers, empty the block, then " + _REFILL,
    ),
    _state("TAB003", Severity.ERROR, BlockState.STALE, "a block that was not filled since it changed", _REFILL),
    _state(
        "TAB004",
        Severity.ERROR,
        BlockState.DRIFTED,
        "a source that gives another value than the evidence",
        "see `journal fill-results --diff {id}`, then " + _REFILL,
    ),
    _state("TAB005", Severity.WARNING, BlockState.PENDING, "a result that is not there yet", _REFILL + " when it is"),
    _state(
        "TAB006",
        Severity.NOTE,
        BlockState.UNVERIFIABLE,
        "a source that is out of reach; text and evidence agree",
        "fill where the run's folder is",
    ),
    Rule("TAB007", Severity.WARNING, "evidence that no block or no entry owns", _orphaned),
)
