"""`journal fill-results`."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any

import typer

from journal.cli.context import chosen, open_journal
from journal.cli.output import answer, counted, failure, problem, put, say
from journal.cli.progress import tracked
from journal.config import Config
from journal.errors import JournalError, SourceUnavailable
from journal.model.evidence import BlockState
from journal.tables.fill import BlockReport, EntryFill, plan, write

# Only these end a line of a diff: a form feed or U+2028 belongs to the text.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def command(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Entries to fill; all by default.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if something would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the changes to the entries; write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite what would be kept: hand edits, numbers out of reach.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Fill the tables of entries from their runs, and record the evidence.

    Example: journal fill-results 2026-02-21-clamp
    """
    from journal.sources.registry import Sources

    journal = open_journal()
    sources = Sources(journal.config)
    outcome = _Outcome(dry=check or diff)
    for path in tracked(chosen(journal, entries or ()), "filling entries"):
        try:
            fill = plan(journal.config, path, sources, force=force)
            outcome.add(fill, _carry_out(fill, journal.config, dry=outcome.dry))
        except JournalError as error:
            error.path = error.path or path
            outcome.fail(path, error)
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


def _carry_out(fill: EntryFill, config: Config, *, dry: bool) -> bool:
    return fill.changed if dry else write(fill, config)


@dataclass
class _Outcome:
    """What came of each entry, and the exit code it adds up to."""

    dry: bool
    fills: list[EntryFill] = field(default_factory=list)
    changed: list[bool] = field(default_factory=list)
    failures: list[JournalError] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)

    def add(self, fill: EntryFill, changed: bool) -> None:
        self.fills.append(fill)
        self.changed.append(changed)
        self.shapes.append(
            {
                "id": fill.entry.id,
                "path": fill.entry.path,
                "state": fill.state,
                "changed": changed,
                "blocks": [_shape(block) for block in fill.blocks],
            }
        )

    def fail(self, path: str, error: JournalError) -> None:
        self.failures.append(error)
        shape = {"id": PurePosixPath(path).stem, "path": path, "state": "error", "changed": False, "blocks": []}
        self.shapes.append(shape | {"error": problem(error)})

    def report(self) -> None:
        for fill in self.fills:
            for block in fill.blocks:
                put(_line(fill, block, dry=self.dry))
        self.complain()
        verb = "would change" if self.dry else "changed"
        say(f"{counted(len(self.fills), 'entry')}, {sum(self.changed)} {verb}")

    def explain(self) -> None:
        """What a diff of the text does not show: blocks that are kept, and evidence that changes alone."""
        for fill in self.fills:
            for block in fill.blocks:
                if block.text is None:
                    say(_line(fill, block, dry=True))
            if fill.changed and fill.new == fill.old:
                say(f"{fill.entry.path}: only its evidence changes")

    def complain(self) -> None:
        for error in self.failures:
            failure(error, as_json=False)

    def exit_code(self, *, strict: bool) -> int:
        blocks = [block for fill in self.fills for block in fill.blocks]
        kept = any(block.text is None and not block.unreached for block in blocks)
        unreached = [error for error in self.failures if isinstance(error, SourceUnavailable)]
        if len(unreached) < len(self.failures) or kept or (strict and any(self.changed)):
            return 1
        return SourceUnavailable.exit_code if unreached or any(block.unreached for block in blocks) else 0


def _shape(block: BlockReport) -> dict[str, Any]:
    return {
        "name": block.name,
        "kind": block.kind,
        "line": block.line,
        "state": block.state,
        "cells": block.cells,
        "message": block.message,
    }


def _line(fill: EntryFill, block: BlockReport, *, dry: bool) -> str:
    name = block.kind if block.name == block.kind else f"{block.kind} {block.name}"
    if dry or block.text is None or block.state not in {BlockState.STALE, BlockState.DRIFTED, BlockState.EDITED}:
        reason = f": {block.message}" if block.message else ""
        return f"{fill.entry.path}:{block.line}: {name}, {block.state}{reason}"
    drift = f" (it had drifted: {block.message})" if block.state is BlockState.DRIFTED else ""
    return f"{fill.entry.path}:{block.line}: {name}, filled{drift}"


def _diff(fill: EntryFill) -> list[str]:
    import difflib

    old, new = (_LINE.findall(raw.decode("utf-8", "replace")) for raw in (fill.old, fill.new))
    found = difflib.unified_diff(old, new, f"a/{fill.entry.path}", f"b/{fill.entry.path}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found]
