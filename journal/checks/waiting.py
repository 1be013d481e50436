"""Rules about results that wait: for too long, and in an entry that says it is done with them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.interface import Rule
from journal.document.steps import steps
from journal.document.synonyms import RESULTS, canonical
from journal.index.held_results import waiting_section
from journal.model.entry import COMPARED_WITH
from journal.model.evidence import BlockState
from journal.model.finding import Finding, Severity
from journal.model.life import ENDED, Status
from journal.model.run import RunState
from journal.tables.fill import EntryFill
from journal.tables.scores import PREDICTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from journal.checks.interface import Scene
    from journal.model.entry import Entry
    from journal.model.evidence import RunEvidence
    from journal.model.when import When

_PENDING = re.compile(
    r"[\s*_(]*(?:tb[dac]|pending|to be (?:determined|done|added|filled(?: in)?|measured)|not yet(?: \w+)?"
    r"|待定|待补充?|待填|待更新|待测)[\s.*_)…]*",
    re.IGNORECASE,
)
_MAY_WAIT = re.compile(r"\|[\s*_(]*(?:tb[dac]\b|pending|to be |not yet|待)", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(?:decides?|settles?)\b(?! (?:on|to|where|when|who|what to|which)\b)|\bbefore (?:concluding|we conclude)\b"
    r"|\b(?:to|then) conclude\b|\bverdict\b",
    re.IGNORECASE,
)
_MAY_DECIDE = re.compile(rb"\[ \][^\r\n]{0,300}(?:decide|settle|conclud|verdict)", re.IGNORECASE)
_SETTLED, _FAILED_FOR = timedelta(days=14), timedelta(days=2)
_OPEN = frozenset({Status.PLANNED, Status.RUNNING})
_NO_RESULT = frozenset({"runs", "diff", PREDICTION})


def _waits(scene: Scene, entry: Entry, fill: EntryFill) -> list[int]:
    """The lines at which an entry waits for a result, in order."""
    lines = {block.line for block in fill.blocks if block.state is BlockState.PENDING and block.kind not in _NO_RESULT}
    section = waiting_section(entry)
    if section is not None and "<!-- journal:" not in section.text:
        lines.add(section.line)
    return sorted(lines | set(_pending_cells(scene, entry)))


def _pending_cells(scene: Scene, entry: Entry) -> Iterator[int]:
    """The lines of cells that say so, in tables that the author wrote below a heading that means results."""
    told = (section for section in entry.sections if canonical(section.heading) == RESULTS)
    results = [section for section in told if _MAY_WAIT.search(section.text)]
    writing = scene.writing(entry) if results else None
    for table in writing.tables if writing is not None else ():
        if any(section.line < table.line <= section.line + section.text.count("\n") for section in results):
            yield from (cell.line for row in table.rows for cell in row[1:] if _PENDING.fullmatch(cell.words))


def _last_told(entry: Entry) -> When:
    matter = entry.front_matter
    return max(matter.created, matter.last_update.at) if matter.last_update is not None else matter.created


# --- for too long -----------------------------------------------------------------------------------------------------


def _forgotten(rule: Rule, scene: Scene) -> Iterator[Finding]:
    days = timedelta(days=scene.journal.config.settings.check.pending_days)
    for entry, fill in scene.fills:
        status = entry.front_matter.status
        if not isinstance(fill, EntryFill) or status is Status.PLANNED or status in ENDED:
            continue
        lines = _waits(scene, entry, fill)
        if lines and _is_over(scene, _last_told(entry).moment + days):
            more = f", and in {len(lines) - 1} more place{'s'[: len(lines) - 2]}" if lines[1:] else ""
            yield rule.finding(
                entry.path,
                f"a result is awaited here since {_last_told(entry).day}{more}",
                place=(lines[0], 1),
                hint=f"fill it, or say how it stands: `journal update {entry.id} --status STATUS`",
            )


def _is_over(scene: Scene, moment: datetime) -> bool:
    scene.holds_until(moment)
    return scene.now >= moment


# --- against the status -----------------------------------------------------------------------------------------------


class _Against(NamedTuple):
    """What an entry's body says against its status: in words, and the line; the status itself where there is none."""

    said: str
    line: int | None = None


def _contradicted(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry, fill in scene.fills:
        status = entry.front_matter.status
        if status is None or not isinstance(fill, EntryFill):
            continue
        against = _against(scene, entry, fill)
        if against is not None:
            place = scene.at(entry, "status") if against.line is None else (against.line, 1)
            hint = f"say how it stands: `journal update {entry.id} --status STATUS`"
            yield rule.finding(entry.path, f"its status is {status}, but {against.said}", place=place, hint=hint)


def _against(scene: Scene, entry: Entry, fill: EntryFill) -> _Against | None:
    status = entry.front_matter.status
    if status is Status.CONCLUDED:
        return _not_concluded(scene, entry, fill)
    if status in _OPEN:
        return _is_through(scene, entry, fill)
    return None


def _not_concluded(scene: Scene, entry: Entry, fill: EntryFill) -> _Against | None:
    """What an entry that is concluded waits for; an update has told since how that ended."""
    if entry.front_matter.updates:
        return None
    lines = _waits(scene, entry, fill)
    if lines:
        return _Against("a result is pending here", lines[0])
    raw = scene.raw(entry)
    # Few texts have such a box; only theirs is read as Markdown.
    for step in steps(raw, entry.path) if _MAY_DECIDE.search(raw) else ():
        if step.is_box and not step.done and _DECIDES.search(step.text):
            return _Against(f"an open box says what decides it: {step.text!r}", step.line)
    return None


def _is_through(scene: Scene, entry: Entry, fill: EntryFill) -> _Against | None:
    """Why nothing of an entry that is planned or running can be under way."""
    runs = _own_runs(entry, fill)
    started = [run.started for run in runs if run.started is not None]
    if len(started) < max(1, len(runs)):
        return None
    since = max(*started, _last_told(entry).moment) if started else None
    states = {run.state for run in runs}
    if since is None:
        return None
    if states == {RunState.FAILED} and _is_over(scene, since + _FAILED_FOR):
        return _Against("all its runs failed")
    results = [block for block in fill.blocks if block.kind not in _NO_RESULT]
    is_filled = bool(results) and all(block.state is BlockState.FRESH for block in results)
    if states == {RunState.FINISHED} and is_filled and _is_over(scene, since + _SETTLED):
        return _Against("all its runs have finished, and its results are there")
    return None


def _own_runs(entry: Entry, fill: EntryFill) -> list[RunEvidence]:
    """The runs that an entry is about, and not only compares with; none where one of them is not known."""
    refs = [ref for ref in entry.front_matter.runs if ref.role not in COMPARED_WITH]
    known = fill.evidence.runs
    return [known[ref.id] for ref in refs] if all(ref.id in known for ref in refs) else []


RULES = (
    Rule("TAB009", Severity.WARNING, "a result that has been pending for long", _forgotten, own=True),
    Rule("LIF012", Severity.WARNING, "a status that the body contradicts", _contradicted, own=True),
)
