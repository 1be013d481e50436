"""`journal check`."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli import rule_pages
from journal.cli.finding_lines import put_annotations, put_findings
from journal.cli.fixing import Fixed, changes, fix
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, form_of, put, say
from journal.cli.text_diff import text_diff
from journal.cli.weighing import Wanted, Weighed, weigh, write_baseline
from journal.errors import RevisionError, SourceUnavailable, UsageError
from journal.model.wording import counted

if TYPE_CHECKING:
    from journal.model.finding import FindingShape


class Form(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def command(
    entries: Annotated[
        list[str] | None, typer.Argument(metavar="ENTRY", help="Entries to check; all by default.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="CODES", help="Only these rules, in place of what is configured: DOC001,LIF."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODES", help="Not these rules.")] = None,
    do_fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what --fix would change; write nothing.")] = False,
    form: Annotated[Form | None, typer.Option("--format", help="How findings are told.")] = None,
    baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write down what is found now, so that only what is new is told.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Look at everything again, also at what nobody touched since the last check.")
    ] = False,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Write nothing at all, not even what is remembered between checks.")
    ] = False,
    unreached_ok: Annotated[
        bool, typer.Option("--unreached-ok", help="Exit with 0 where nothing is wrong but a source was out of reach.")
    ] = False,
    online: Online = None,
    refresh: Refresh = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules.")] = False,
    explain: Annotated[str | None, typer.Option(metavar="CODE", help="Explain a rule.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Check entries: structure, references, and every number against its run.

    Exit code: 0 fine, 1 findings, 2 the call or the settings are wrong, 3 a source could not be reached.

    Example: journal check --select DOC,TAB --fix
    """
    form = form_of(form, Form, as_json=as_json)
    wanted = Wanted(entries or (), select or (), ignore or (), anew, read_only, reach_of(online, refresh))
    if rules or explain is not None:
        _tell_rules(wanted, explain, listed=rules, as_json=form is Form.JSON)
        return
    do_fix = do_fix and not diff  # as other tools have it, `--fix --diff` shows what `--fix` would change
    _refuse_mixed(wanted, fixing=do_fix, diff=diff, baseline=baseline)
    if diff and form is not Form.TEXT:
        raise UsageError(
            "--diff prints a diff, and has no other format", hint=f"leave out --diff, or {_asked(as_json)}"
        )
    weighed = weigh(wanted)
    if baseline:
        put(f"wrote {weighed.told.settings['baseline']}: {counted(write_baseline(weighed), 'finding')}")
    elif diff:
        _tell_diff(weighed)
    else:
        fixed = fix(wanted, weighed) if do_fix else None
        weighed = fixed.left if fixed else weighed
        _tell(weighed, form, fixed)
        if weighed.is_wrong(strict=strict):
            raise typer.Exit(1)
    if weighed.told.unreached and not unreached_ok:
        raise typer.Exit(SourceUnavailable.exit_code)


def _refuse_mixed(wanted: Wanted, *, fixing: bool, diff: bool, baseline: bool) -> None:
    if fixing + diff + baseline > 1:
        raise UsageError("--fix, --diff and --write-baseline are not for one call", hint="choose one of them")
    if wanted.read_only and (fixing or baseline):
        raise UsageError(
            f"--read-only writes nothing, and {'--fix' if fixing else '--write-baseline'} does", hint="choose"
        )
    if baseline and not wanted.is_all:
        said = "--write-baseline writes down the findings of the whole journal"
        raise UsageError(said, hint="leave entries, --select and --ignore out; the configuration may select rules")


def _asked(as_json: bool) -> str:
    return "--json" if as_json else "--format"


def _tell_rules(wanted: Wanted, code: str | None, *, listed: bool, as_json: bool) -> None:
    if code is not None and (listed or wanted.select or wanted.ignore):
        said = f"--explain explains what it names, and {'--rules lists rules' if listed else 'nothing is selected'}"
        raise UsageError(said, hint="`--explain COM` explains a family, `--rules --select COM` lists its rules")
    if wanted.references:
        raise UsageError("rules are the same for every entry", hint="leave the entries out")
    if code is None:
        rule_pages.list_rules(wanted.select, wanted.ignore, as_json=as_json)
    else:
        rule_pages.explain(code, as_json=as_json)


# --- what is told -----------------------------------------------------------------------------------------------------


def _tell(weighed: Weighed, form: Form, fixed: Fixed | None) -> None:
    """Print the findings in one form, and the summary where that has none of its own."""
    if form is Form.JSON:
        answer({"findings": list(map(_shape, weighed.findings)), "summary": _counts(weighed, fixed)})
        return
    if form is Form.SARIF:
        _put_sarif(weighed)
    elif form is Form.GITHUB:
        put_annotations(weighed.findings, _before(weighed))
    else:
        put_findings(weighed.findings, weighed.told.root)
    _summarize(weighed, fixed)


def _shape(finding: "FindingShape") -> dict[str, Any]:
    return {name: value for name, value in finding.items() if name != "ignored"}


def _counts(weighed: Weighed, fixed: Fixed | None) -> dict[str, int]:
    counts = {
        "errors": weighed.count("error"),
        "warnings": weighed.count("warning"),
        "notes": weighed.count("note"),
        "fixable": weighed.fixable,
        "ignored": weighed.ignored,
        "baseline": len(weighed.split.known),
    }
    return counts if fixed is None else {**counts, "fixed": fixed.mended}


def _put_sarif(weighed: Weighed) -> None:
    from journal.checks.check import RULES
    from journal.cli.sarif import sarif

    sys.stdout.write(json.dumps(sarif(weighed.findings, RULES, _before(weighed)), indent=2) + "\n")


def _before(weighed: Weighed) -> str:
    """What leads from the repository's folder to the journal's, as code hosts name files."""
    from journal.cli.context import repository_at

    root = weighed.told.root
    try:
        repository = repository_at(root)
    except RevisionError:
        return ""
    if repository is None or not root.is_relative_to(repository.root):
        return ""
    return "".join(f"{folder}/" for folder in root.relative_to(repository.root).parts)


def _summarize(weighed: Weighed, fixed: Fixed | None) -> None:
    if fixed is not None:
        count, before = fixed.mended, fixed.mended + len(weighed.findings)
        say(f"fixed {count} of {counted(before, 'finding')} in {counted(fixed.files, 'file')}")
    errors, warnings, notes = map(weighed.count, ("error", "warning", "note"))
    counts = [counted(errors, "error"), counted(warnings, "warning"), *([counted(notes, "note")] if notes else [])]
    known, ignored = len(weighed.split.known), weighed.ignored
    aside = [f"{known} more in the baseline"] if known else []
    aside += [f"{ignored} ignored"] if ignored else []
    told = f" ({', '.join(aside)})" if aside else ""
    say(f"{counted(weighed.told.entries, 'entry')}: {', '.join(counts)}{told}")
    if weighed.fixable:
        say(f"{weighed.fixable} can be fixed: `journal check --fix`")
    gone = sum(each["count"] for each in weighed.split.gone)
    if gone:
        verb = "is" if gone == 1 else "are"
        name = weighed.told.settings["baseline"]
        say(f"{counted(gone, 'finding')} of {name} {verb} gone: `journal check --write-baseline`")


def _tell_diff(weighed: Weighed) -> None:
    found, done = changes(weighed)
    for change in found:
        sys.stdout.writelines(text_diff(change.path, change.stored.raw, change.new))
    count = counted(len(weighed.findings), "finding")
    say(f"would fix {len(done)} of {count} in {counted(len(found), 'file')}")
