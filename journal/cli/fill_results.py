"""`journal fill-results`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.look import block_shape, look
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.out_of_reach import OutOfReach
from journal.cli.output import answer, failure, problem, put, say
from journal.cli.text_diff import text_diff
from journal.errors import JournalError, SourceUnavailable, UsageError
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.cli.look import Seen
    from journal.tables.fill import EntryFill
    from journal.tables.report import BlockReport
    from journal.unchanged.memory import Shape

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
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Fill the tables of entries from their runs, and record the evidence.

    Example: journal fill-results 2026-02-21-clamp
    """
    if force and accept:
        raise UsageError("--force drops what was changed by hand, --accept keeps it", hint="choose one of them")
    outcome, away = _Outcome(dry=check or diff), OutOfReach()
    remembered, reach = not (diff or force or accept), reach_of(online, refresh)
    for seen in look(
        entries or [], write=not outcome.dry, remembered=remembered, force=force, accept=accept, reach=reach
    ):
        outcome.take(seen)
        away.take(seen)
    causes = away.causes(reach, "journal fill-results --online")
    if as_json:
        answer({"entries": outcome.shapes, "problems": [problem(cause) for cause in causes]})
    elif diff:
        for fill in outcome.fills:
            sys.stdout.writelines(text_diff(fill.entry.path, fill.old, fill.new))
        outcome.explain()
        outcome.complain()
    else:
        outcome.report()
    if not as_json:
        for cause in causes:
            say(str(cause))
    raise typer.Exit(outcome.exit_code(strict=check))


@dataclass
class _Outcome:
    """What came of each entry, and the exit code it adds up to."""

    dry: bool
    lines: list[str] = field(default_factory=list)
    fills: list[EntryFill] = field(default_factory=list)
    changed: list[bool] = field(default_factory=list)
    failures: list[JournalError] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def take(self, seen: Seen) -> None:
        """Tell of an entry that was looked at, is remembered, or cannot be filled."""
        self.shapes.append(seen.shape)
        if seen.error is not None:
            self.failures.append(seen.error)
            return
        self.changed.append(seen.changed)
        reports: Sequence[BlockReport | None] = [None] * len(seen.shape["blocks"])
        if seen.fill is not None:
            self.fills.append(seen.fill)
            reports = seen.fill.blocks
        self.lines += [
            _line(seen.shape["path"], told, filled=not self.dry and _is_filled(block), accepted=_is_accepted(block))
            for block, told in zip(reports, seen.shape["blocks"], strict=True)
        ]

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
                    say(_line(fill.entry.path, block_shape(block)))
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


def _is_filled(block: BlockReport | None) -> bool:
    return block is not None and block.text is not None


def _is_accepted(block: BlockReport | None) -> bool:
    return block is not None and block.accepted


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
