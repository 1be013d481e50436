"""Rules about numbers: does every block still say what its runs say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.errors import JournalError
from journal.model.evidence import BlockState
from journal.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.checks.interface import Scene

_REFILL = "run `journal fill-results {id}`"


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
                yield rule.finding(
                    entry.path,
                    f"{block.kind} {block.name!r} is {state}: {block.message}",
                    place=(block.line, 1),
                    hint=hint.format(id=entry.id),
                )


def _state(code: str, severity: Severity, state: BlockState, summary: str, hint: str) -> Rule:
    return Rule(code, severity, summary, partial(_in_state, state=state, hint=hint))


RULES = (
    Rule("TAB001", Severity.ERROR, "a block that cannot be filled", _unfillable),
    _state(
        "TAB002",
        Severity.ERROR,
        BlockState.EDITED,
        "text of the tool's that was changed by hand",
        "move your words outside the markers, then `journal fill-results --force {id}`",
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
)
