"""`journal check`."""

from typing import Annotated

import typer

from journal.cli.context import chosen, open_journal, repository_of
from journal.cli.output import answer, counted, put, say
from journal.errors import SourceUnavailable
from journal.model.finding import Finding, Severity


def command(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Entries to check; all by default.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Check entries: structure, references, and every number against its run.

    Exit code: 0 fine, 1 findings, 3 a source could not be reached.
    """
    from journal.checks.check import check, count, unreached
    from journal.checks.interface import Scene
    from journal.sources.registry import Sources

    journal = open_journal()
    paths = frozenset(chosen(journal, entries or ()))
    scene = Scene(journal, paths, Sources(journal.config), repository_of(journal.config))
    found = check(scene)
    errors, warnings = count(found, Severity.ERROR), count(found, Severity.WARNING)
    if as_json:
        shapes = [finding.model_dump(mode="json") | {"fix": None} for finding in found]
        answer({"findings": shapes, "summary": {"errors": errors, "warnings": warnings}})
    else:
        for finding in found:
            put(_line(finding))
        say(f"{counted(len(paths), 'entry')}: {counted(errors, 'error')}, {counted(warnings, 'warning')}")
    if errors or (strict and warnings):
        raise typer.Exit(1)
    if unreached(scene, found):
        raise typer.Exit(SourceUnavailable.exit_code)


def _line(finding: Finding) -> str:
    place = ":".join(str(part) for part in (finding.path, finding.line, finding.column) if part is not None)
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{place}: {finding.code} {finding.severity}: {finding.message}{hint}"
