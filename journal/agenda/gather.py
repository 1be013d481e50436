"""All that waits in a journal, gathered from every entry and from the runs on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.agenda.waiting import SECTION, Agenda, OpenStep, Waiting
from journal.document.steps import steps
from journal.errors import EvidenceError
from journal.index.held_results import held_results, waiting_section
from journal.index.run_list import RunFilter, list_runs
from journal.model.evidence import BlockState, Verdict
from journal.model.life import CLOSED, ENDED, REPLACED
from journal.tables import record
from journal.tables.scores import PREDICTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from journal.document.steps import Step
    from journal.index.held_results import Held
    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.sources.registry import Sources

_SECONDS_A_DAY = 86_400


def gather(journal: Journal, sources: Sources, shapes: Iterable[Mapping[str, Any]], now: datetime) -> Agenda:
    """All that waits in a journal.

    Args:
        journal: The journal.
        sources: Its runs; those that cannot be reached are told there.
        shapes: How each entry stands, as `fill-results --json` tells it.
        now: The present moment, with an offset from UTC.
    """
    by_path = {entry.path: entry for entry in journal.entries}
    entries = [by_path[path] for path in journal.paths if path in by_path]
    looked = [shape for shape in shapes if shape["path"] in by_path]
    blocks = [block for shape in looked for block in _blocks(by_path[shape["path"]], shape, now)]
    pending = [each for state, each in blocks if state == BlockState.PENDING and each.kind != PREDICTION]
    pending = [each for each in pending if each.entry.front_matter.status not in CLOSED]
    pending += _without_results(entries, {each.entry.id for each in pending}, now)
    held = held_results(journal)
    answered = set(_answered(held))
    pending = [each for each in pending if (each.entry.id, each.line, each.kind == SECTION) not in answered]
    return Agenda(
        pending=tuple(sorted(pending, key=lambda each: (-each.days, each.entry.path, each.line))),
        stale=_in_state(blocks, BlockState.STALE),
        drifted=_in_state(blocks, BlockState.DRIFTED),
        edited=_in_state(blocks, BlockState.EDITED),
        open_predictions=tuple(_open_predictions(journal, blocks)),
        open_steps=tuple(
            OpenStep(entry, step) for entry in entries for step in open_steps(entry, _raw(journal, entry))
        ),
        untracked_runs=tuple(list_runs(journal, sources, RunFilter(cited=False))),
        answered=tuple(each for each in held if not each.is_known),
    )


Block = tuple[str, Waiting]
"""The state of a block, and the block as what may wait."""


def _blocks(entry: Entry, shape: Mapping[str, Any], now: datetime) -> Iterator[Block]:
    days = _days(entry, now)
    for block in shape["blocks"]:
        yield block["state"], Waiting(entry, block["line"], block["kind"], block["name"], block["message"], days)


def _days(entry: Entry, now: datetime) -> int:
    matter = entry.front_matter
    last = matter.last_update.at if matter.last_update is not None else matter.created
    return max(0, int((now - max(last, matter.created).moment).total_seconds() // _SECONDS_A_DAY))


def _answered(held: Iterable[Held]) -> Iterator[tuple[str, int, bool]]:
    """Entry, line, and whether it is a section, of what a follow-up holds.

    Once the entry tells of the follow-up, a block of it goes on waiting for its own runs.
    """
    for each in held:
        for line in each.lines:
            yield from (
                (each.entry.id, line, is_section) for is_section in ((True,) if each.is_known else (True, False))
            )


def _in_state(blocks: Iterable[Block], wanted: BlockState) -> tuple[Waiting, ...]:
    return tuple(each for state, each in blocks if state == wanted)


def _without_results(entries: Iterable[Entry], told: set[str], now: datetime) -> list[Waiting]:
    """Sections of results that say themselves that there are none yet, of entries of which no block tells it."""
    found = []
    for entry in entries:
        section = waiting_section(entry) if entry.id not in told else None
        if section is not None and entry.front_matter.status not in ENDED:
            found.append(Waiting(entry, section.line, SECTION, section.heading, "", _days(entry, now)))
    return found


def _raw(journal: Journal, entry: Entry) -> Callable[[], bytes]:
    return lambda: journal.document(entry.path).render()


def _open_predictions(journal: Journal, blocks: Iterable[Block]) -> Iterator[Waiting]:
    """The predictions that the evidence knows no verdict of."""
    verdicts: dict[str, dict[str, Verdict]] = {}
    for _, each in blocks:
        if each.kind != PREDICTION or each.entry.front_matter.status in CLOSED:
            continue
        if each.entry.id not in verdicts:
            verdicts[each.entry.id] = _verdicts(journal, each.entry)
        if verdicts[each.entry.id].get(each.name, Verdict.OPEN) is Verdict.OPEN:
            yield each


def _verdicts(journal: Journal, entry: Entry) -> dict[str, Verdict]:
    try:
        evidence = record.load(entry, journal.config)
    except EvidenceError:
        return {}
    return {prediction.claim: prediction.verdict for prediction in evidence.predictions}


def open_steps(entry: Entry, raw: Callable[[], bytes]) -> Iterator[Step]:
    """Boxes, except in entries that were replaced; what comes next, in entries that are not ended.

    Args:
        entry: The entry.
        raw: Gives its file's bytes.
    """
    status = entry.front_matter.status
    if status in REPLACED:
        return
    for step in steps(raw(), entry.path):
        if not step.done and (step.is_box or status not in ENDED):
            yield step
