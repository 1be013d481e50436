"""`journal fill-results`."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import chosen, open_journal, repository_of
from journal.cli.output import answer, counted, failure, problem, put, say
from journal.cli.progress import tracked
from journal.errors import JournalError, RevisionError, SourceUnavailable, UsageError
from journal.unchanged.memory import everything

if TYPE_CHECKING:
    from journal.revisions import Repository
    from journal.tables.fill import EntryFill
    from journal.tables.report import BlockReport
    from journal.unchanged.memory import Shape

# Only these end a line of a diff: a form feed or U+2028 belongs to the text.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

_OUTDATED = ("stale", "drifted", "edited")


def command(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Entries to fill; all by default.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if something would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the changes to the entries; write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite what would be kept: hand edits, numbers out of reach.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take text of the tool's that was changed by hand back as your own.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Fill the tables of entries from their runs, and record the evidence.

    Example: journal fill-results 2026-02-21-clamp
    """
    if force and accept:
        raise UsageError("--force drops what was changed by hand, --accept keeps it", hint="choose one of them")
    outcome = _Outcome(dry=check or diff)
    plain = not (diff or force or accept)
    if not (plain and not entries and _recalled(outcome)):
        _looked(outcome, entries or [], since=time.time_ns(), plain=plain, force=force, accept=accept)
    if as_json:
        answer({"entries": outcome.shapes})
    elif diff:
        for fill in outcome.fills:
            sys.stdout.writelines(_diff(fill))
        outcome.explain()
        outcome.complain()
    else:
        outcome.report()
    raise typer.Exit(outcome.exit_code(strict=check))


def _recalled(outcome: _Outcome) -> bool:
    """Tell what is remembered of all entries, if nothing has changed; nothing that takes long to load is needed."""
    shapes = everything(Path.cwd(), _head_at)
    for shape in shapes or ():
        outcome.recall(shape)
    return shapes is not None


def _head_at(root: Path) -> str | None:
    from journal.errors import NotARepository
    from journal.revisions import Repository

    try:
        return _head(Repository.find(root))
    except NotARepository:
        return _head(None)
    except RevisionError:
        return None


def _head(repository: Repository | None) -> str | None:
    """The commit that is checked out; a dash where there is none, None where git cannot tell."""
    try:
        return (repository and repository.head()) or "-"
    except RevisionError:
        return None


def _looked(outcome: _Outcome, references: list[str], *, since: int, plain: bool, force: bool, accept: bool) -> None:
    """Look at entries, and fill them unless nothing is to be written."""
    from journal.sources.registry import Sources
    from journal.tables.fill import plan, write
    from journal.unchanged.looks import Looking, Unchanged

    journal = open_journal()
    config, sources, repository = journal.config, Sources(journal.config), repository_of(journal.config)
    memory = Unchanged(config, sources, since=since, head=_head(repository)) if plain else None
    for path in tracked(chosen(journal, references), "filling entries"):
        shape = memory.recall(path) if memory is not None else None
        if shape is not None:
            outcome.recall(shape)
            continue
        looking = Looking(sources)
        try:
            fill = plan(config, path, looking, repository=repository, force=force, accept=accept)
            shape = outcome.add(fill, fill.changed if outcome.dry else write(fill, config))
        except JournalError as error:
            outcome.fail(path, error.placed(path))
        else:
            if memory is not None:
                memory.remember(fill, shape, looking)
    if memory is not None:
        memory.save(journal.paths)


@dataclass
class _Outcome:
    """What came of each entry, and the exit code it adds up to."""

    dry: bool
    lines: list[str] = field(default_factory=list)
    fills: list[EntryFill] = field(default_factory=list)
    changed: list[bool] = field(default_factory=list)
    failures: list[JournalError] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def add(self, fill: EntryFill, changed: bool) -> Shape:
        """Tell of an entry that was looked at."""
        shape: Shape = {
            "id": fill.entry.id,
            "path": fill.entry.path,
            "state": fill.state.value,
            "changed": changed,
            "blocks": [_shape(block) for block in fill.blocks],
        }
        self.fills.append(fill)
        self.changed.append(changed)
        self.shapes.append(shape)
        self.lines += [
            _line(fill.entry.path, told, filled=not self.dry and block.text is not None, accepted=block.accepted)
            for block, told in zip(fill.blocks, shape["blocks"], strict=True)
        ]
        return shape

    def recall(self, shape: Shape) -> None:
        """Tell of an entry that stands as it stood when it was last looked at."""
        self.changed.append(False)
        self.shapes.append(shape)
        self.lines += [_line(shape["path"], block) for block in shape["blocks"]]

    def fail(self, path: str, error: JournalError) -> None:
        """Tell of an entry that cannot be filled."""
        self.failures.append(error)
        shape = {"id": PurePosixPath(path).stem, "path": path, "state": "error", "changed": False, "blocks": []}
        self.shapes.append(shape | {"error": problem(error)})

    def report(self) -> None:
        """Print all of it for people."""
        for line in self.lines:
            put(line)
        self.complain()
        verb = "would change" if self.dry else "changed"
        say(f"{counted(len(self.changed), 'entry')}, {sum(self.changed)} {verb}")

    def explain(self) -> None:
        """What a diff of the text does not show: blocks that are kept, and evidence that changes alone."""
        for fill in self.fills:
            for block in fill.blocks:
                if block.text is None:
                    say(_line(fill.entry.path, _shape(block)))
            if fill.changed and fill.new == fill.old:
                say(f"{fill.entry.path}: only its evidence changes")

    def complain(self) -> None:
        """Print what failed."""
        for error in self.failures:
            failure(error, as_json=False)

    def exit_code(self, *, strict: bool) -> int:
        """What the command exits with; `strict` if what would change counts."""
        blocks = [block for fill in self.fills for block in fill.blocks]
        kept = any(block.text is None and not block.unreached and not block.accepted for block in blocks)
        unreached = [error for error in self.failures if isinstance(error, SourceUnavailable)]
        if len(unreached) < len(self.failures) or kept or (strict and any(self.changed)):
            return 1
        return SourceUnavailable.exit_code if unreached or any(block.unreached for block in blocks) else 0


def _shape(block: BlockReport) -> dict[str, Any]:
    return {
        "name": block.name,
        "kind": block.kind,
        "line": block.line,
        "state": block.state.value,
        "cells": block.cells,
        "message": block.message,
    }


def _line(path: str, block: dict[str, Any], *, filled: bool = False, accepted: bool = False) -> str:
    """How a block stands, in a line; `filled` if it says what it should by now, `accepted` if its author took it."""
    name = block["kind"] if block["name"] == block["kind"] else f"{block['kind']} {block['name']}"
    state, message = block["state"], block["message"]
    if accepted:
        return f"{path}:{block['line']}: {name}, what was changed by hand is the author's"
    if not filled or state not in _OUTDATED:
        return f"{path}:{block['line']}: {name}, {state}" + (f": {message}" if message else "")
    drift = f" (it had drifted: {message})" if state == "drifted" else ""
    return f"{path}:{block['line']}: {name}, filled{drift}"


def _diff(fill: EntryFill) -> list[str]:
    import difflib

    old, new = (_LINE.findall(raw.decode("utf-8", "replace")) for raw in (fill.old, fill.new))
    found = difflib.unified_diff(old, new, f"a/{fill.entry.path}", f"b/{fill.entry.path}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found]
