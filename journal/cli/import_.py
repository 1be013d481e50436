"""`journal import`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.output import answer, put, say
from journal.cli.progress import tracked
from journal.errors import EntryError, UsageError
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.imports.encoding import Repair
    from journal.imports.guide import Guide
    from journal.imports.intake import Wanted
    from journal.imports.proposal import Proposal
    from journal.index.journal import Journal

_COUNTED = ("run", "commit", "file", "update", "correction", "review", "open box")


def command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Markdown files, or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print every fact and its line.")] = False,
    split: Annotated[bool, typer.Option("--split", help="Cut a long log into entries at its dated headings.")] = False,
    mapping: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="YAML that says who is who, and what notes leave out.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Zone of the times that name none, such as +08:00 or Asia/Shanghai.")
    ] = None,
    created: Annotated[
        str | None, typer.Option("--created", metavar="WHEN", help="Time of notes that say none and git does not know.")
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Undo an encoding that was broken twice over, in the whole file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Take in free-form notes as entries, their words byte for byte.

    Exit code: 0 fine, 1 some note could not be taken in.

    Example: journal import notes/ --dry-run
    """
    from journal.imports.intake import Wanted, write
    from journal.imports.opened import found
    from journal.imports.proposal import Fate

    journal = open_journal()
    files = found(paths, journal.config)
    wanted = Wanted(_guide(mapping, zone, created), split=split, repair=repair)
    proposals = _looked(journal, files, wanted)
    unmet = wanted.guide.unmet([*(each.source for each in proposals), *map(str, files)])
    if unmet:
        say(f"{mapping} speaks of notes that are not here: {', '.join(unmet)}")
    adrift = [each for each in proposals if each.adrift]
    if adrift and not dry_run and not as_json and (told := _asked(len(adrift))):
        wanted = Wanted(_guide(mapping, told, created), split=split, repair=repair)
        proposals = _looked(journal, files, wanted)
        adrift = [each for each in proposals if each.adrift]
    if not dry_run:
        write(proposals, journal)
    if as_json:
        answer({"notes": [_shape(each) for each in proposals], "dry_run": dry_run})
    else:
        _report(proposals, in_full=dry_run)
        if adrift:
            say(f"{counted(len(adrift), 'time')} without a zone: unknown until --zone or --map says it")
    if any(each.fate in {Fate.REFUSED, Fate.CHANGED} for each in proposals):
        raise typer.Exit(1)


def _guide(mapping: Path | None, zone: str | None, created: str | None) -> "Guide":
    from pydantic import ValidationError

    from journal.imports.guide import Guide, read

    try:
        guide = read(mapping, str(mapping)) if mapping is not None else Guide()
    except EntryError as error:
        raise UsageError(error.message, hint=error.hint, path=error.path, line=error.line) from error
    told = {key: value for key, value in (("zone", zone), ("created", created)) if value is not None}
    try:
        return Guide.model_validate({**{key: getattr(guide, key) for key in Guide.model_fields}, **told})
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"--{first['loc'][0]}: {said}", hint="`journal import --help` shows how") from error


def _looked(journal: "Journal", files: "Sequence[Path]", wanted: "Wanted") -> "list[Proposal]":
    from journal.imports.intake import Intake
    from journal.sources.registry import Sources

    intake = Intake(journal, Sources(journal.config), repository_of(journal.config), wanted)
    return intake.take(files, lambda opened: tracked(opened, "reading notes"))


def _asked(count: int) -> str | None:
    """The zone of times that name none, asked for where somebody can answer; None leaves it unknown."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or "CI" in os.environ:
        return None
    question = f"{counted(count, 'note')} without a zone. Which is it, such as +08:00? Enter leaves it unknown"
    return typer.prompt(question, default="", show_default=False, err=True).strip() or None


def _shape(proposal: "Proposal") -> dict[str, Any]:
    note = proposal.note
    facts = [] if note is None else [_fact(*each) for each in note.facts]
    return {
        "source": proposal.source,
        "fate": proposal.fate,
        "id": proposal.id,
        "path": proposal.path,
        "facts": [fact for fact in facts if fact["confidence"] == "stated"],
        "uncertain": [fact for fact in facts if fact["confidence"] != "stated"],
        "repair": proposal.repair.encoding if proposal.repair is not None else None,
        "unrepairable": proposal.partly,
        "message": proposal.message or None,
        "hint": proposal.hint,
    }


def _fact(field: str, fact: Any) -> dict[str, Any]:
    from journal.imports.note import shown

    return {
        "field": field,
        "value": shown(fact.value),
        "source": fact.source,
        "line": fact.line,
        "confidence": fact.confidence,
    }


def _report(proposals: "Sequence[Proposal]", *, in_full: bool) -> None:
    from journal.imports.proposal import Fate

    for proposal in proposals:
        told = proposal.message if proposal.fate is not Fate.NEW else _counts(proposal)
        arrow = f" -> {proposal.path}" if proposal.path is not None else ""
        put(f"{proposal.source}{arrow}: {told}" + (f" ({proposal.hint})" if proposal.hint else ""))
        _tell_facts(proposal, in_full=in_full)
    for source, repair in {each.source: each.repair for each in proposals if each.repair is not None}.items():
        put(f"{source}: {_offer(repair)}")
    for source, partly in {each.source: each.partly for each in proposals if each.partly is not None}.items():
        put(f"{source}: {partly}")
    fates = [proposal.fate for proposal in proposals]
    counts = [f"{fates.count(fate)} {fate}" for fate in Fate if fate in fates]
    say(f"{counted(len(proposals), 'note')}: {', '.join(counts) or 'nothing to import'}")


def _offer(repair: "Repair") -> str:
    if not repair.mends:
        return f"is {repair.encoding}, not UTF-8; --repair makes it that, so that search and the site can read it"
    return f"its UTF-8 was read as {repair.encoding} and saved again; --repair undoes that in the whole file"


def _tell_facts(proposal: "Proposal", *, in_full: bool) -> None:
    """The facts of a note, each with its place: all of them, or those alone that are not sure."""
    for field, fact in proposal.note.facts if proposal.note is not None else ():
        shape = _fact(field, fact)
        sure = shape["confidence"] == "stated"
        if in_full or (not sure and proposal.raw):
            place = f"{proposal.source}:{fact.line}" if fact.line is not None else proposal.source
            doubt = "" if sure else f", {shape['confidence']}, left out"
            put(f"{place}: {field}: {shape['value']} ({fact.source}{doubt})")


def _counts(proposal: "Proposal") -> str:
    """`2 runs, 1 commit`: what a note states, in numbers."""
    assert proposal.note is not None  # noqa: S101  (what is new was read)
    stated = [field for field, fact in proposal.note.facts if fact.confidence == "stated"]
    said = [counted(stated.count(field), field) for field in _COUNTED if field in stated]
    return ", ".join(said) or "no runs or commits"
