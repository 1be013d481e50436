"""Looking at entries, as `fill-results` and `status` do: each against its runs, or as it is remembered."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from journal.cli.context import chosen, commits_at, commits_said, open_journal, repository_of, state_at, state_of
from journal.cli.online import ask_ahead, is_remembered
from journal.cli.output import problem
from journal.cli.progress import tracked
from journal.errors import EntryError, JournalError
from journal.unchanged.memory import everything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.config import Config, Reach
    from journal.index.journal import Journal
    from journal.model.entry import FrontMatter
    from journal.tables.fill import EntryFill
    from journal.tables.report import BlockReport
    from journal.unchanged.memory import Shape


@dataclass(frozen=True)
class Seen:
    """What was seen of one entry.

    Attributes:
        shape: How it stands, as `fill-results --json` tells it.
        fill: What filling it comes to; None where it is remembered, or could not be looked at.
        error: Why it could not be looked at.
    """

    shape: Shape
    fill: EntryFill | None = None
    error: JournalError | None = None

    @property
    def changed(self) -> bool:
        """Whether the entry or its evidence was changed, or would be."""
        return bool(self.shape["changed"])

    @property
    def unreached(self) -> bool:
        """Whether something it rests on could not be looked at."""
        return self.fill is not None and any(block.unreached for block in self.fill.blocks)


def look(
    references: Sequence[str],
    *,
    journal: Journal | None = None,
    write: bool = False,
    remembered: bool = True,
    force: bool = False,
    accept: bool = False,
    reach: Reach | None = None,
) -> Iterator[Seen]:
    """Look at entries of the journal around the working folder, one after another.

    Args:
        references: The entries; all of them if none is named.
        journal: The journal, where it is open already: its entries are read once then. It must not have
            been read yet, and nothing is written.
        write: Whether each is filled.
        remembered: Whether what was not touched since the last look is told as it was then.
        force: As for `plan`.
        accept: As for `plan`.
        reach: What the command was told about the network; None leaves it to the settings.

    Raises:
        JournalError: There is no journal, or no such entry; what is wrong with one entry is told of it.
    """
    remembered = remembered and is_remembered(reach)
    shapes = everything(Path.cwd(), state_at, commits_at) if remembered and not references else None
    if shapes is not None:  # nothing that takes long to load is needed
        yield from map(Seen, shapes)
        return
    yield from _looked(references, journal, reach, write=write, remembered=remembered, force=force, accept=accept)


def _looked(
    references: Sequence[str],
    opened: Journal | None,
    reach: Reach | None,
    *,
    write: bool,
    remembered: bool,
    force: bool,
    accept: bool,
) -> Iterator[Seen]:
    from journal.sources.registry import Sources
    from journal.tables.fill import plan
    from journal.tables.fill import write as written
    from journal.tables.verdicts import prepare
    from journal.unchanged.looks import Looking, Unchanged

    since = time.time_ns()
    journal = opened or open_journal(reach=reach)
    config, sources, repository = journal.config, Sources(journal.config), repository_of(journal.config)
    said = partial(commits_said, repository)
    memory = Unchanged(config, sources, since=since, state=state_of(repository), commits=said) if remembered else None
    paths = chosen(journal, references)
    recalled = {path: memory.recall(path) if memory is not None else None for path in paths}
    unknown = [path for path in paths if recalled[path] is None]
    if repository is not None:
        prepare(_matters(config, unknown), repository, config)
    ask_ahead(sources, config, named_in(journal, unknown))
    for path in tracked(paths, "filling entries" if write else "looking at entries"):
        shape = recalled[path]
        if shape is not None:
            yield Seen(shape)
            continue
        looking = Looking(sources)
        try:
            document = opened.document(path) if opened is not None else None
            fill = plan(config, path, looking, repository=repository, force=force, accept=accept, document=document)
            shape = _shape(fill, written(fill, config) if write else fill.changed)
        except JournalError as error:
            yield _failed(path, error.placed(path))
        else:
            if memory is not None:
                memory.remember(fill, shape, looking, said(sorted(fill.shas)))
            yield Seen(shape, fill)
    if memory is not None:
        memory.save(journal.paths)
    if write and not references and config.settings.site.uncited:
        from journal.agenda import uncited

        uncited.keep(journal, sources)


def named_in(journal: Journal, paths: Iterable[str]) -> Iterator[str]:
    """The references of the runs that those entries name which can be read."""
    from journal.index.named_runs import run_references

    for path in paths:
        with suppress(JournalError):  # whoever looks at it says what is wrong
            yield from run_references(journal.document(path).entry)


def _matters(config: Config, paths: Iterable[str]) -> Iterator[FrontMatter]:
    """The front matter of those entries that can be read."""
    from journal.document import front_matter, store

    for path in paths:
        with suppress(EntryError):  # filling it says what is wrong
            yield front_matter.read(store.read(config.root / path).raw, path)[0]


def _failed(path: str, error: JournalError) -> Seen:
    shape = {"id": PurePosixPath(path).stem, "path": path, "state": "error", "changed": False, "blocks": []}
    return Seen(shape | {"error": problem(error)}, error=error)


def _shape(fill: EntryFill, changed: bool) -> Shape:
    return {
        "id": fill.entry.id,
        "path": fill.entry.path,
        "state": fill.state.value,
        "changed": changed,
        "blocks": [block_shape(block) for block in fill.blocks],
    }


def block_shape(block: BlockReport) -> dict[str, Any]:
    """How one block stands."""
    return {
        "name": block.name,
        "kind": block.kind,
        "line": block.line,
        "state": block.state.value,
        "cells": block.cells,
        "message": block.message,
    }
