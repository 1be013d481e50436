"""Checking entries, and telling what the last check found of those that nobody touched since."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.cli import shares
from journal.cli.context import chosen, head_at, head_of, open_journal, repository_at
from journal.cli.progress import tracked
from journal.errors import RevisionError
from journal.unchanged.memory import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.checks.interface import Brief, Scene
    from journal.config import Config
    from journal.document.document import Document
    from journal.model.finding import Finding
    from journal.revisions import Repository
    from journal.sources.registry import Sources
    from journal.unchanged.looks import Unchanged
    from journal.unchanged.memory import Commits, Look


MANY = 2_000
"""So many entries are looked at by several processes."""

SHARE = 250
"""Entries that one of them looks at before it tells what it found."""


class Told(NamedTuple):
    """What a check tells.

    Attributes:
        root: The journal's folder.
        findings: The findings, in JSON's own types, by file, line and code; also those that an entry asks to ignore.
        entries: How many entries were checked.
        settings: Which findings count, as configured.
        unreached: Whether something was out of reach.
    """

    root: Path
    findings: list[dict[str, Any]]
    entries: int
    settings: dict[str, Any]
    unreached: bool = False


def check(references: Sequence[str], *, anew: bool, read_only: bool = False) -> Told:
    """Check entries of the journal around the working folder.

    Args:
        references: The entries; all of them if none is named.
        anew: Whether what nobody touched since the last check is looked at as well.
        read_only: Whether nothing is remembered, neither of this check nor of the logs that it reads.

    Raises:
        JournalError: There is no journal, or no such entry; what is wrong with an entry is a finding.
    """
    known = None if references or anew else checked(Path.cwd(), head_at, _commits_at)
    if known is not None:  # nothing that takes long to load is needed
        root, shape = known
        return Told(root, shape["findings"], shape["entries"], shape["settings"])
    return _looked(references, anew=anew, read_only=read_only)


def _looked(references: Sequence[str], *, anew: bool, read_only: bool) -> Told:
    from journal.checks.check import across, together, unreached
    from journal.checks.interface import Scene
    from journal.sources.registry import Sources
    from journal.unchanged.looks import Unchanged

    since = time.time_ns()
    journal = open_journal()
    journal.config.read_only = read_only
    config, sources, repository = journal.config, Sources(journal.config), repository_at(journal.config.root)
    _require_known(config)
    memory = Unchanged(
        config,
        sources,
        since=since,
        head=head_of(repository),
        commits=lambda shas: _commits(repository, shas),
        anew=anew,
    )
    scene = Scene(journal, frozenset(chosen(journal, references)), sources, repository)
    findings = together([*_in_entries(scene, memory, sources), *across(scene)])
    shapes, settings = [_dumped(finding) for finding in findings], config.settings.check.model_dump(mode="json")
    told = Told(config.root, shapes, len(scene.paths), settings, unreached(scene, findings))
    if not references:
        sure = not told.unreached and not journal.unnamed
        beyond = {"findings": shapes, "entries": told.entries, "settings": settings}
        memory.save(journal.paths, beyond if sure else None)
    return told


def _require_known(config: Config) -> None:
    """Refuse settings that name no rule; what is remembered was looked at with the same."""
    from journal.checks.check import BY_CODE
    from journal.checks.selection import require_known

    settings = config.settings.check
    named = [*settings.select, *settings.ignore, *(code for codes in settings.per_entry.values() for code in codes)]
    require_known(named, list(BY_CODE), config=config.source)


def _in_entries(scene: Scene, memory: Unchanged, sources: Sources) -> Iterator[Finding]:
    """What is found in single entries; the briefs of those that are remembered are given to the scene."""
    from journal.checks.interface import Brief
    from journal.model.finding import Finding

    left = []
    for path in sorted(scene.paths):
        shape = memory.recall(path)
        if shape is None:
            left.append(path)
            continue
        yield from (Finding.model_validate(found) for found in shape["findings"])
        if shape["brief"] is not None:
            digests, failed, unreached = shape["brief"]
            scene.shared.briefs[path] = Brief(tuple(digests), failed, unreached)
    # Next to nothing that a check makes refers to itself: looking for that often would take a tenth of the time.
    gc.set_threshold(100_000)
    processes = shares.processes() if len(left) >= MANY else 1
    if processes > 1:
        sources.heads()  # once for all
        scene.beginnings()
        if scene.repository is not None:
            scene.repository.history()
        yield from _in_shares(scene, left, memory, processes)
        return
    replace(scene, paths=frozenset(left)).commits()  # git is asked for all of them at once
    for path in tracked(left, "checking entries"):
        yield from _in_entry(scene, path, memory)


class _Share(NamedTuple):
    """What one process found in some entries."""

    documents: list[Document]
    briefs: dict[str, Brief]
    looks: dict[str, Look]
    findings: list[Finding]


def _in_shares(scene: Scene, left: list[str], memory: Unchanged, processes: int) -> Iterator[Finding]:
    """What is found in single entries, by several processes; this one is told what it would know by itself."""
    from concurrent.futures.process import BrokenProcessPool

    parts = [left[start : start + SHARE] for start in range(0, len(left), SHARE)]
    with shares.shared(lambda number: _share(scene, parts[number], memory), len(parts), processes) as done:
        for number, future in enumerate(tracked(done, "checking entries")):
            try:
                share = future.result()
            except BrokenProcessPool:  # one was killed, for want of memory perhaps: its part is done here
                share = _share(scene, parts[number], memory)
            scene.journal.adopt(share.documents)
            scene.shared.briefs.update(share.briefs)
            for path, look in share.looks.items():
                memory.keep(path, look)
            yield from share.findings


def _share(scene: Scene, paths: list[str], memory: Unchanged) -> _Share:
    part = replace(scene, paths=frozenset(paths))
    part.commits()  # git is asked for all of them at once
    found = [finding for path in paths for finding in _in_entry(scene, path, memory)]
    documents = [scene.journal.document(entry.path) for entry in part.entries]
    briefs = {entry.path: scene.shared.briefs[entry.path] for entry in part.entries}
    looks = {path: look for path in paths if (look := memory.kept(path)) is not None}
    return _Share(documents, briefs, looks, found)


def _in_entry(scene: Scene, path: str, memory: Unchanged) -> list[Finding]:
    """What is found in one entry; it is remembered, unless something was out of reach."""
    from journal.checks.check import look, unreached
    from journal.tables.fill import EntryFill
    from journal.unchanged.looks import Looking

    looking = Looking(scene.sources)
    alone = scene.of(path, looking)
    found = look(alone)
    if not unreached(alone, found):
        shape = {"findings": [_dumped(finding) for finding in found], "brief": next(map(list, alone.briefs()), None)}
        fill = next((fill for _, fill in alone.fills), None)
        refs = [ref for entry in alone.entries for ref in entry.front_matter.commits]
        shas = {sha for ref in refs for sha in (ref.sha, ref.became) if sha is not None}
        shas |= fill.shas if isinstance(fill, EntryFill) else set()
        said = {sha: _said(scene.repository, sha) for sha in sorted(shas)}
        grounds = alone.grounds
        memory.remember_check(path, fill, shape, looking, said, files=grounds.files, until=grounds.until)
    return found


def _dumped(finding: Finding) -> dict[str, Any]:
    return finding.model_dump(mode="json")


# --- git --------------------------------------------------------------------------------------------------------------


def _commits_at(root: Path, shas: Iterable[str]) -> Commits | None:
    try:
        return _commits(repository_at(root), shas)
    except RevisionError:
        return None


def _commits(repository: Repository | None, shas: Iterable[str]) -> Commits:
    """What git says of each sha; it is asked for all of them at once."""
    asked = list(shas)
    if repository is not None:
        repository.commits_known(asked)
    return {sha: _said(repository, sha) for sha in asked}


def _said(repository: Repository | None, sha: str) -> str | None:
    """The full sha, or None, and whether it is on no branch any more; a dash where there is no repository."""
    if repository is None:
        return "-"
    full = repository.full(sha)
    return full if full is None or repository.history().is_reachable(full) else f"{full} aside"
