"""Rules about what an entry points to: commits, runs, other entries, its own handles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from journal.checks.interface import Rule
from journal.checks.selection import UNREACHABLE
from journal.errors import AmbiguousRun, EvidenceError, RunNotFound, SourceError, SourceUnavailable
from journal.model.address import named
from journal.model.entry import RELATIONS
from journal.model.finding import Finding, Severity
from journal.model.wording import listed
from journal.tables import absence, record
from journal.tables.fill import EntryFill
from journal.tables.verdicts import judge_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.checks.interface import Scene
    from journal.config import Config
    from journal.errors import RevisionError
    from journal.model.entry import CommitRef, Entry


LOST_COMMIT = "REF001"

_MOST_NAMED = 8


def _lost_commit(rule: Rule, scene: Scene) -> Iterator[Finding]:
    repository = scene.repository
    if repository is None:
        return
    known = scene.commits()
    judge = judge_of(repository, scene.journal.config)
    for entry in scene.entries:
        told: set[str] = set()
        for index, ref in enumerate(entry.front_matter.commits):
            place = partial(scene.at, entry, "commits", index, "sha")
            clone = judge.repository_of(ref)
            if clone is None:
                yield from _no_clone(rule, scene, ref)
            elif ref.sha in told:
                continue  # as the commit of another part of the entry
            told.add(ref.sha)
            if clone is repository and not _is_known(ref, known):
                yield _not_here(rule, entry.path, ref.sha, place(), is_shallow=repository.is_shallow)
            elif clone is not None and clone is not repository and clone.full(ref.sha) is None:
                said = f"commit {ref.sha} is not in the clone of {ref.origin}"
                yield rule.finding(entry.path, said, place=place(), hint="check the sha, or fetch there")


def _is_known(ref: CommitRef, known: Mapping[str, str | None]) -> bool:
    """Whether a commit is here, or what it became."""
    return known[ref.sha] is not None or (ref.became is not None and known[ref.became] is not None)


def _not_here(rule: Rule, path: str, sha: str, place: tuple[int, int], *, is_shallow: bool) -> Finding:
    if not is_shallow:
        hint = "check the sha, fetch the branch it is on, or say beside it what it `became` or of which `origin` it is"
        return rule.finding(path, f"commit {sha} is not in this repository", place=place, hint=hint)
    said = f"commit {sha} is not in this clone, which is shallow, so nobody can tell whether it is anywhere"
    found = rule.finding(path, said, place=place, hint="run `git fetch --unshallow`")
    return found.model_copy(update={"severity": Severity.NOTE})


def _no_clone(rule: Rule, scene: Scene, ref: CommitRef) -> Iterator[Finding]:
    """A clone that the settings name and this machine lacks; `check` tells of it once, however many entries need it."""
    config = scene.journal.config
    for address, folder in config.settings.repositories.items():
        if ref.origin is not None and named(address) == named(ref.origin):
            scene.rests_on(config.root / folder)
            said = (
                f"setting `repositories`: there is no clone of {address} in {folder}, so its commits were not looked at"
            )
            found = rule.finding(config.relative(config.source), said, hint="clone it there, where it is to be had")
            yield found.model_copy(update={"severity": Severity.NOTE})


def blind(error: RevisionError, config: Config) -> Finding:
    """What is told where git cannot read the repository: everything else is looked at without it."""
    said = f"the commits could not be looked at: {error.message}"
    return Finding(
        code=UNREACHABLE,
        severity=Severity.WARNING,
        path=config.relative(config.source),
        message=said,
        hint=error.hint,
    )


def _run_not_had(
    rule: Rule, scene: Scene, *, why: type[SourceError], even_if_remembered: bool = True
) -> Iterator[Finding]:
    """Runs whose reference fails in one way; a run that evidence remembers need not be on this machine."""
    for entry in scene.entries:
        for index, ref in enumerate(entry.front_matter.runs):
            error = scene.failure(ref.id)
            if isinstance(error, why) and (even_if_remembered or ref.id not in _remembered(entry, scene)):
                place = scene.at(entry, "runs", index, "id")
                said = f"{error.place}: {error.message}" if error.place else error.message
                yield rule.finding(entry.path, said, place=place, hint=error.hint)


def _out_of_reach(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Runs that could not be looked for; each cause is told of the journal, and by `check` once for all entries."""
    config = scene.journal.config
    for entry, fill in scene.fills:
        runs = entry.front_matter.runs
        later = fill.missing if isinstance(fill, EntryFill) else {}
        told = {**{ref.id: scene.failure(ref.id) for ref in runs}, **later}
        away = {name: error for name, error in told.items() if isinstance(error, SourceUnavailable)}
        for cause, names in absence.causes(away).items():
            first = next((index for index, ref in enumerate(runs) if ref.id in names), None)
            place = None if first is None else scene.at(entry, "runs", first, "id")
            yield rule.finding(entry.path, _away(names), place=place)
            yield rule.finding(config.relative(config.source), f"runs are out of reach: {cause.said}", hint=cause.hint)


def _away(names: Sequence[str]) -> str:
    verb, noun = ("is", "run") if len(names) == 1 else ("are", "runs")
    return f"{noun} {listed(names, _MOST_NAMED)} {verb} out of reach"


def _remembered(entry: Entry, scene: Scene) -> set[str]:
    """The run references that the entry's evidence knows."""
    try:
        return set(record.load(entry, scene.journal.config).runs)
    except EvidenceError:
        return set()  # TAB001 speaks of evidence that cannot be read


def _lost_entry(rule: Rule, scene: Scene) -> Iterator[Finding]:
    ids = {entry.id for entry in scene.journal.entries}
    for entry in scene.entries:
        for relation in RELATIONS:
            for index, target in enumerate(getattr(entry.front_matter, relation)):
                if target not in ids:
                    yield rule.finding(
                        entry.path,
                        f"{relation}: no entry {target!r}",
                        place=scene.at(entry, relation, index),
                        hint="`journal list` shows the ids",
                    )


def _same_handle(rule: Rule, scene: Scene) -> Iterator[Finding]:
    for entry in scene.entries:
        seen: set[str] = set()
        for index, ref in enumerate(entry.front_matter.runs):
            if ref.handle in seen:
                yield rule.finding(
                    entry.path,
                    f"two runs are called {ref.handle!r}",
                    place=scene.at(entry, "runs", index, "as"),
                    hint="give each run its own `as:`",
                )
            seen.add(ref.handle)


RULES = (
    Rule(LOST_COMMIT, Severity.ERROR, "a commit that this repository does not hold", _lost_commit, own=True),
    Rule(
        "REF002",
        Severity.WARNING,
        "a run that no source holds",
        partial(_run_not_had, why=RunNotFound, even_if_remembered=False),
        own=True,
    ),
    Rule(
        "REF003",
        Severity.ERROR,
        "a run reference that several runs answer to",
        partial(_run_not_had, why=AmbiguousRun),
        own=True,
    ),
    Rule(
        UNREACHABLE,
        Severity.WARNING,
        "a source that could not be reached",
        _out_of_reach,
        own=True,
    ),
    Rule("REF005", Severity.ERROR, "a relation to an entry that does not exist", _lost_entry),
    Rule("REF006", Severity.ERROR, "two runs with the same handle", _same_handle, own=True),
)
