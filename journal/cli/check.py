"""`journal check`."""

from typing import Annotated, Any

import typer

from journal.cli.checking import check
from journal.cli.output import answer, counted, put, say
from journal.errors import SourceUnavailable


def command(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Entries to check; all by default.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Look at everything again, also at what nobody touched since the last check.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Check entries: structure, references, and every number against its run.

    Exit code: 0 fine, 1 findings, 3 a source could not be reached.

    Example: journal check --anew
    """
    told = check(entries or (), anew=anew)
    errors, warnings = (sum(each["severity"] == how for each in told.findings) for how in ("error", "warning"))
    if as_json:
        shapes = [each | {"fix": None} for each in told.findings]
        answer({"findings": shapes, "summary": {"errors": errors, "warnings": warnings}})
    else:
        for finding in told.findings:
            put(_line(finding))
        say(f"{counted(told.entries, 'entry')}: {counted(errors, 'error')}, {counted(warnings, 'warning')}")
    if errors or (strict and warnings):
        raise typer.Exit(1)
    if told.unreached:
        raise typer.Exit(SourceUnavailable.exit_code)


def _line(finding: dict[str, Any]) -> str:
    place = ":".join(str(finding[part]) for part in ("path", "line", "column") if finding[part] is not None)
    hint = f" ({finding['hint']})" if finding["hint"] else ""
    return f"{place}: {finding['code']} {finding['severity']}: {finding['message']}{hint}"
