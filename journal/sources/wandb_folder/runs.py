"""Which logs are parts of one run, in which order, and which runs it was forked from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.model.run import RunHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.model.run import Run
    from journal.sources.wandb_folder.identity import FoundLog, LogIdentity

_NEWEST = ("entity", "project", "name", "commit", "remote")

Project = tuple[str | None, str | None]
"""Entity and project, as far as they are recorded."""


@dataclass(frozen=True)
class FoundRun:
    """A run on disk.

    Attributes:
        logs: Its logs in the order in which they were begun.
        before: The logs of the runs that it was forked from, the oldest run's first.
    """

    logs: tuple[FoundLog, ...]
    before: tuple[FoundLog, ...] = ()

    @property
    def id(self) -> str:
        """The run's id."""
        return self.logs[0].identity.id

    def head(self, named: Callable[[str], str]) -> RunHead:
        """What identifies it, with its newest folder as the journal names it: `named` turns a path into its name."""
        return RunHead(
            id=self.id,
            **merged([log.identity for log in self.logs]),
            place=named(self.logs[-1].file.place),
            segments=len(self.before) + len(self.logs),
        )


def merged(parts: Sequence[LogIdentity | Run]) -> dict[str, Any]:
    """What identifies a run of several parts, but for its id and place.

    It started when the first part did. Otherwise the newest part counts, so far as it says anything: a name given
    later is an update, and the newest part ran on the commit that wrote the run's last rows.
    """
    if len(parts) == 1:
        return {name: getattr(parts[0], name) for name in (*_NEWEST, "started")}
    newest = {name: _first(getattr(part, name) for part in reversed(parts)) for name in _NEWEST}
    return {**newest, "started": _first(part.started for part in parts)}


def found_runs(logs: Iterable[FoundLog], are_copies: Callable[[FoundLog, FoundLog], bool]) -> list[FoundRun]:
    """The runs that logs are about, each where its first log stood.

    Logs of one id are one run unless their entities or projects contradict each other; what a log does not record fits
    any. A log that fits several runs that contradict each other belongs to none of them, and is a run of its own. Of
    several logs that are copies of each other, the first counts.
    """
    by_id: dict[str, list[FoundLog]] = {}
    for log in logs:
        by_id.setdefault(log.identity.id, []).append(log)
    runs = {
        name: [FoundRun(tuple(group)) for group in _groups(_copied_once(same, are_copies))]
        for name, same in by_id.items()
    }
    return [_with_origins(run, runs) for same in runs.values() for run in same]


def _groups(logs: list[FoundLog]) -> Iterator[list[FoundLog]]:
    """Logs of one id, those of each run together and in order."""
    if len(logs) == 1:
        yield logs
        return
    left = dict.fromkeys(_project(log) for log in logs)
    undecided = {own for own in left if not _agree([other for other in left if _fit(own, other)])}
    while left:
        first = next(iter(left))
        together = {first} if first in undecided else {other for other in left if _fit(first, other)} - undecided
        yield _in_order([log for log in logs if _project(log) in together])
        left = {project: None for project in left if project not in together}


def _in_order(logs: list[FoundLog]) -> list[FoundLog]:
    """By their starts and then by their folders' names; by these alone where a log does not record its start."""
    dated = [(log.identity.started, log.file.age, log) for log in logs if log.identity.started]
    if len(dated) < len(logs):
        return sorted(logs, key=lambda log: log.file.age)
    return [log for *_, log in sorted(dated, key=lambda each: each[:2])]


def _copied_once(logs: list[FoundLog], are_copies: Callable[[FoundLog, FoundLog], bool]) -> list[FoundLog]:
    kept = logs[:1]
    for log in logs[1:]:
        if not any(are_copies(log, other) for other in kept):
            kept.append(log)
    return kept


def _with_origins(run: FoundRun, runs: dict[str, list[FoundRun]]) -> FoundRun:
    """The run with the logs of those that it was forked from; of a circle, none comes twice."""
    chain = [run]
    while parent := _parent(chain[0], runs):
        if any(parent is known or parent.id == known.id for known in chain):
            break
        chain.insert(0, parent)
    before = tuple(log for origin in chain[:-1] for log in origin.logs)
    return FoundRun(run.logs, before) if before else run


def _parent(run: FoundRun, runs: dict[str, list[FoundRun]]) -> FoundRun | None:
    """The run that a run was forked from, if there is just one that it can be."""
    names = [log.identity.parent for log in run.logs if log.identity.parent not in (None, run.id)]
    candidates = runs.get(names[0] or "", []) if names else []
    if not candidates:
        return None
    own = _recorded(run)
    fitting = [other for other in candidates if _recorded(other) == own] or [
        other for other in candidates if _fit(own, _recorded(other))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _recorded(run: FoundRun) -> Project:
    known = merged([log.identity for log in run.logs])
    return known["entity"], known["project"]


def _project(log: FoundLog) -> Project:
    return log.identity.entity, log.identity.project


def _fit(one: Project, other: Project) -> bool:
    """Whether they do not contradict each other."""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def _agree(projects: list[Project]) -> bool:
    return all(_fit(one, other) for one in projects for other in projects)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
