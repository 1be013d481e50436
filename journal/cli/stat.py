"""`journal stat`."""

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import settings_here
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, failure, parsed, problem, put, say
from journal.model.wording import counted

if TYPE_CHECKING:
    from journal.model.evidence import Estimate
    from journal.model.expression import Call, Expression
    from journal.model.run import Run
    from journal.sources.open_run import OpenRun


def command(
    expr: Annotated[str, typer.Argument(metavar="EXPR", help="An expression, as in 'mean(train/loss)[3500..4000]'.")],
    run: Annotated[str, typer.Option("--run", metavar="REF", help="The run: its id, address, URL, folder or log.")],
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print one number of one run.

    Works inside a journal and outside any.

    Example: journal stat 'share(train/loss >= 5)[last 100 rows]' --run fej59g91
    """
    from journal.sources.registry import Sources
    from journal.stats.evaluation import estimate_on, no_rows
    from journal.stats.expression import parse

    asked = parsed(expr, parse)
    opened = Sources(settings_here(reach_of(online, refresh))).open(run)
    about = opened.run  # first, for it reads the log once and whole: one metric alone would be a reading of its own
    found = estimate_on(opened, asked)
    missing = no_rows(opened, asked, found) if found.value is None and found.text is None else None
    if as_json:
        answer(_shape(asked, about, found) | ({"error": problem(missing)} if missing else {}))
    if missing:
        failure(missing, as_json=False)
        raise typer.Exit(missing.exit_code)
    if not as_json:
        _print(asked, opened, found, run)


def _shape(asked: "Expression", run: "Run", found: "Estimate") -> dict[str, Any]:
    from journal.model.expression import Call

    call = asked if isinstance(asked, Call) else None
    return {
        "value": found.value,
        "text": found.text,
        "n": found.n,
        "nonfinite": found.nonfinite,
        "window": found.window,
        "expression": str(asked),
        "statistic": str(call.statistic) if call else None,
        "metric": call.metric if call else None,
        "run": run.id,
        "problems": run.problem_count,
    }


def _print(asked: "Expression", run: "OpenRun", found: "Estimate", reference: str) -> None:
    """The value, and on stderr what it and each part of it rest on."""
    from journal.model.expression import Call, calls
    from journal.stats.evaluation import estimate_on

    put(_spelt(found))
    if isinstance(asked, Call):
        lines = [f"{asked} of {run.run.address}: {_facts(asked, run, found)}"]
    else:
        parts = [(call, estimate_on(run, call)) for call in dict.fromkeys(calls(asked))]
        lines = [f"{call} = {_spelt(part)}: {_facts(call, run, part)}" for call, part in parts]
        lines.append(f"{asked} of {run.run.address}")
    if run.run.problem_count:
        found_wrong = counted(run.run.problem_count, "problem")
        lines[-1] += f"; {found_wrong} in reading this run: see `journal runs show {shlex.quote(reference)}`"
    for line in lines:
        say(line)


def _spelt(found: "Estimate") -> str:
    from journal.model.expression import spelt

    return spelt(found.value) if found.value is not None else found.text or ""


def _facts(call: "Call", run: "OpenRun", found: "Estimate") -> str:
    """What the value of a call rests on: never a count without its denominator."""
    if found.window is None:
        return f"the {call.statistic.name} that the tracker stored"
    first, last = found.window
    name, value, rows = call.statistic.name, found.value or 0, counted(found.n, "row")
    left_out = f", {found.nonfinite} left out as NaN or infinite" if found.nonfinite else ""
    match name:
        case "at":
            facts = f"the row at step {first}"
        case "nonfinite" | "first_nonfinite":
            every = counted(found.n + found.nonfinite, "row")
            facts = f"steps {first}..{last}, {found.nonfinite} of {every} NaN or infinite"
        case "count" | "share":
            met = round(value if name == "count" else value * found.n)
            facts = f"steps {first}..{last}, {met} of {rows}{left_out}"
        case _:
            facts = f"steps {first}..{last}, {rows} used{left_out}"
    column = run.column(call.metric) if call.metric is not None else None
    if column is not None and column.rounded:
        facts += f"; {counted(column.rounded, 'whole number')} beyond 2^53 of this metric rounded to the nearest float"
    return facts
