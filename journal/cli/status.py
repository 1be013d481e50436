"""`journal status`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.online import Online, Refresh, reach_of
from journal.cli.out_of_reach import OutOfReach
from journal.cli.output import answer, failure, problem, put, say
from journal.errors import JournalError, SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.agenda.waiting import Agenda, OpenStep, Waiting
    from journal.cli.look import Seen
    from journal.index.held_results import Held
    from journal.index.run_list import ListedRun
    from journal.model.entry import Entry
    from journal.sources.registry import Sources
    from journal.unchanged.memory import Shape

_STATES = ("stale", "drifted", "edited")
_MOST = 20
"""How many lines of a list people are shown."""


def command(
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Tell what waits: results, steps and predictions of all entries, and runs that no entry cites.

    Exit code: 0 fine, 1 an entry could not be looked at, 3 a source could not be reached.

    Example: journal status --json
    """
    from journal.agenda.gather import gather
    from journal.cli.context import open_journal
    from journal.cli.look import look
    from journal.model.clock import now
    from journal.sources.registry import Sources

    reach = reach_of(online, refresh)
    journal = open_journal(reach=reach)
    sources = Sources(journal.config)
    looked = _Looked()
    for seen in look((), journal=journal, reach=reach):
        looked.take(seen)
    agenda = gather(journal, sources, looked.shapes, now())
    problems = [*looked.failures, *journal.unnamed, *sources.unreached]
    causes = looked.away.causes(reach, "journal status --online")
    if as_json:
        answer(_shape(agenda, sources) | {"problems": [problem(error) for error in [*problems, *causes]]})
    else:
        _print(agenda)
        for error in problems:
            failure(error, as_json=False)
        for cause in causes:
            say(str(cause))
    if any(not isinstance(error, SourceUnavailable) for error in problems):
        raise typer.Exit(1)
    if problems or looked.unreached:
        raise typer.Exit(SourceUnavailable.exit_code)


@dataclass
class _Looked:
    """What was seen of all entries, as far as it matters here."""

    shapes: list[Shape] = field(default_factory=list)
    failures: list[JournalError] = field(default_factory=list)
    unreached: bool = False
    away: OutOfReach = field(default_factory=OutOfReach)

    def take(self, seen: Seen) -> None:
        """Keep what was seen of an entry."""
        self.shapes.append(seen.shape)
        self.failures += [seen.error] if seen.error is not None else []
        self.unreached |= seen.unreached
        self.away.take(seen)


def _print(agenda: Agenda) -> None:
    lists = [(heading, list(lines)) for heading, lines in _lists(agenda)]
    lists = [(heading, lines) for heading, lines in lists if lines]
    for number, (heading, lines) in enumerate(lists):
        if number:
            put("")
        put(f"{heading}: {len(lines)}")
        for line in lines[:_MOST]:
            put(line)
        if len(lines) > _MOST:
            put(f"... and {len(lines) - _MOST} more")
    if any(len(lines) > _MOST for _, lines in lists):
        say("`journal status --json` has all of them")
    if not lists:
        say("nothing waits")


def _lists(agenda: Agenda) -> Iterator[tuple[str, Iterator[str]]]:
    yield "pending results", (f"{_line(each)}, {_age(each.days)}{_why(each)}" for each in agenda.pending)
    yield "answered in a follow-up", (_answered(held) for held in agenda.answered)
    for state in _STATES:
        yield f"{state} tables", (f"{_line(each)}{_why(each)}" for each in getattr(agenda, state))
    yield "open predictions", (f"{_line(each)}{_why(each)}" for each in agenda.open_predictions)
    yield "open steps", (f"{each.entry.path}:{each.step.line}: {_step(each)}" for each in agenda.open_steps)
    yield "runs that no entry cites", (_run(each) for each in agenda.untracked_runs)


def _line(each: Waiting) -> str:
    name = each.kind if each.name == each.kind else f"{each.kind} {each.name}"
    return f"{each.entry.path}:{each.line}: {name}"


def _age(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _why(each: Waiting) -> str:
    return f": {each.message}" if each.message else ""


def _answered(held: Held) -> str:
    return f"{held.entry.path}:{held.line}: see {', '.join(entry.id for entry in held.holders)}"


def _step(each: OpenStep) -> str:
    return f"[ ] {each.step.text}" if each.step.is_box else each.step.text


def _run(each: ListedRun) -> str:
    head = each.head
    named = f"run {head.id}" + (f" ({head.name})" if head.name and head.name != head.id else "")
    return f"{head.place}: {named}" + (f", started {head.started:%Y-%m-%d %H:%M} UTC" if head.started else "")


def _shape(agenda: Agenda, sources: Sources) -> dict[str, Any]:
    from journal.cli.run_shapes import in_list

    states = ("pending", *_STATES, "open_predictions")
    return {
        **{name: [_waiting(each) for each in getattr(agenda, name)] for name in states},
        "open_steps": [_open(each.entry) | each.step.model_dump(mode="json") for each in agenda.open_steps],
        "untracked_runs": [in_list(each, sources.kind_of(each.head)) for each in agenda.untracked_runs],
        "answered": [
            _open(held.entry) | {"line": held.line, "by": [entry.id for entry in held.holders]}
            for held in agenda.answered
        ],
    }


def _open(entry: Entry) -> dict[str, Any]:
    return {"id": entry.id, "path": entry.path}


def _waiting(each: Waiting) -> dict[str, Any]:
    told = {"line": each.line, "kind": each.kind, "name": each.name, "message": each.message, "days": each.days}
    return _open(each.entry) | told
