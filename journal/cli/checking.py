"""Checking entries, and telling what the last check found of those that nobody touched since."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from journal import shares
from journal.cli.context import chosen, commits_at, commits_said, open_journal, repository_at, state_at, state_of
from journal.cli.look import named_in
from journal.cli.online import ask_ahead, is_remembered
from journal.cli.progress import tracked
from journal.errors import RevisionError
from journal.unchanged.memory import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.checks.interface import Brief, Scene
    from journal.config import Config, Reach
    from journal.document.document import Document
    from journal.index.journal import Journal
    from journal.model.finding import Finding, FindingShape
    from journal.revisions import Repository
    from journal.sources.registry import Sources
    from journal.unchanged.looks import Unchanged
    from journal.unchanged.memory import Look


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
    findings: list[FindingShape]
    entries: int
    settings: dict[str, Any]
    unreached: bool = False


def check(references: Sequence[str], *, anew: bool, read_only: bool = False, reach: Reach | None = None) -> Told:
    """Check entries of the journal around the working folder.

    Args:
        references: The entries; all of them if none is named.
        anew: Whether what nobody touched since the last check is looked at as well.
        read_only: Whether nothing is remembered, neither of this check nor of the logs that it reads.
        reach: What the command was told about the network; None leaves it to the settings.

    Raises:
        JournalError: There is no journal, or no such entry; what is wrong with an entry is a finding.
    """
    anew = anew or not is_remembered(reach)
    known = None if references or anew else checked(Path.cwd(), state_at, commits_at)
    if known is not None:  # nothing that takes long to load is needed
        root, shape = known
        return Told(root, shape["findings"], shape["entries"], shape["settings"])
    return _looked(references, anew=anew, read_only=read_only, reach=reach)


def _looked(references: Sequence[str], *, anew: bool, read_only: bool, reach: Reach | None) -> Told:
    since = time.time_ns()
    journal = open_journal(read_only=read_only, reach=reach)
    _require_known(journal.config)
    try:
        return _look(journal, repository_at(journal.config.root), references, since=since, anew=anew)
    except RevisionError as error:
        return _look(journal, None, references, since=since, anew=True, blind=error)


def _look(
    journal: Journal,
    repository: Repository | None,
    references: Sequence[str],
    *,
    since: int,
    anew: bool,
    blind: RevisionError | None = None,
) -> Told:
    """Check entries; nothing is remembered of a look at a repository that git cannot read, which is a `blind` one."""
    from journal.checks import references as rules
    from journal.checks.check import across, together, unreached
    from journal.checks.interface import Scene
    from journal.sources.registry import Sources
    from journal.unchanged.looks import Unchanged

    config, sources = journal.config, Sources(journal.config)
    memory = Unchanged(
        config,
        sources,
        since=since,
        state=state_of(repository),
        commits=lambda shas: commits_said(repository, shas),
        checks=True,
        anew=anew,
    )
    scene = Scene(journal, frozenset(chosen(journal, references)), sources, repository)
    unread = [] if blind is None else [rules.blind(blind, config)]
    findings = together([*_in_entries(scene, memory, sources), *across(scene), *unread])
    shapes, settings = [_dumped(finding) for finding in findings], config.settings.check.model_dump(mode="json")
    told = Told(config.root, shapes, len(scene.paths), settings, unreached(scene, findings))
    if not references and blind is None:
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
    config = scene.journal.config
    ask_ahead(sources, config, named_in(scene.journal, left))
    # Servers are asked by this one alone: copies would ask for the same each, and their time limits would add up.
    processes = shares.processes() if len(left) >= MANY and config.offline is not None else 1
    if processes > 1:
        sources.heads()  # once for all
        scene.beginnings()
        if scene.repository is not None:
            _ = scene.repository.ancestry  # read before the processes part
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
        said = commits_said(scene.repository, sorted(shas))
        grounds = alone.grounds
        memory.remember_check(path, fill, shape, looking, said, files=grounds.files, until=grounds.until)
    return found


def _dumped(finding: Finding) -> FindingShape:
    return cast("FindingShape", finding.model_dump(mode="json"))
