"""`journal changes`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, form_of, put, say
from journal.model.wording import counted

if TYPE_CHECKING:
    from journal.model.evidence_change import BlockChange, CellChange, EntryChange, JournalChange, VerdictChange


class Form(StrEnum):
    """How changes are told."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def command(
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="BASE", help="Since where the lines of BASE and HEAD part; by default, the main branch of origin."
        ),
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="How changes are told.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Tell which numbers of the entries changed since a commit, from what to what.

    Looks at entries and evidence alone, those of the commit and those of the work tree. Exit code: 0 whether or not
    anything changed.

    Example: journal changes main --format markdown
    """
    form = form_of(form, Form, as_json=as_json)
    change = _change(base)
    if form is Form.JSON:
        answer({**change.model_dump(mode="json"), "summary": change.counts})
    elif form is Form.MARKDOWN:
        from journal.exports.summary import summary

        sys.stdout.write(summary(change))
    else:
        _put(change)


def _change(base: str | None) -> JournalChange:
    """What changed in the journal around the working folder.

    Raises:
        NotARepository: It lies in no git repository.
        RevisionError: There is no such commit, or nothing is committed yet.
    """
    from journal.model.evidence_change import JournalChange
    from journal.revisions import Repository
    from journal.tables.changed import changes
    from journal.tables.two_trees import read

    journal = open_journal()
    repository = Repository.find(journal.config.root)
    since = repository.fork(base)
    trees = read(journal.config, repository, since, journal.paths)
    return JournalChange(since=since, entries=changes(trees.before, trees.after, journal.config))


# --- for people -------------------------------------------------------------------------------------------------------


def _put(change: JournalChange) -> None:
    for entry in change.entries:
        _put_entry(entry)
    counts = change.counts
    numbers = f"{counted(counts['changed'], 'number')} changed, {counts['new']} new, {counts['gone']} gone"
    more = [f"{counted(counts['states'], 'block')} in another state"] if counts["states"] else []
    more += [f"{counted(counts['verdicts'], 'verdict')} changed"] if counts["verdicts"] else []
    told = ", ".join([numbers, *more])
    say(f"since {change.since[:7]}: {counted(len(change.entries), 'entry')}, {told}")


def _put_entry(entry: EntryChange) -> None:
    if entry.former is not None:
        put(f"{entry.path}: renamed, was {entry.former}")
    elif entry.change != "changed":
        put(f"{entry.path}: {entry.change}")
    for said in entry.problems:
        put(f"{entry.path}: not readable {said}")
    for block in entry.blocks:
        _put_block(entry.path, block)
    for verdict in entry.verdicts:
        put(f"{entry.path}: {_verdict(verdict)}")


def _put_block(path: str, block: BlockChange) -> None:
    name = block.name if block.kind in {"value", block.name} else f"{block.kind} {block.name}"
    if block.change != "changed" and not (block.kind == "value" and block.cells):
        put(f"{path}: {name}: {block.change}")
    elif block.turned:
        put(f"{path}: {name}: {block.state_before} -> {block.state_after}")
    if block.reworded:
        put(f"{path}: {name}: its text changed, its numbers did not")
    for cell in block.cells:
        place = f": {cell.row}, {cell.column}" if cell.column else ""
        put(f"{path}: {name}{place}: {_cell(cell)}")


def _cell(cell: CellChange) -> str:
    before, after = cell.told
    if before is None:
        return f"{after} is new"
    return f"{before} is gone" if after is None else f"{before} -> {after}"


def _verdict(change: VerdictChange) -> str:
    before, after = _said(change.before, change.value_before), _said(change.after, change.value_after)
    reason = f" ({change.reason})" if change.reason else ""
    return f"{change.on} {change.name!r}: {before} -> {after}{reason}"


def _said(verdict: str | None, value: float | None) -> str:
    return "none" if verdict is None else verdict if value is None else f"{verdict} {value}"
