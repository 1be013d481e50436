"""`journal stat`."""

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.output import answer, counted, failure, point, problem, put, say
from journal.errors import ExpressionError

if TYPE_CHECKING:
    from journal.model.evidence import Estimate
    from journal.model.expression import Expression
    from journal.model.run import Run
    from journal.sources.open_run import OpenRun


def command(
    expr: Annotated[str, typer.Argument(metavar="EXPR", help="A statistic of a metric, in a window of steps.")],
    run: Annotated[str, typer.Option("--run", metavar="REF", help="The run: its id, address, URL, folder or log.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print one number of one run.

    Works inside a journal and outside any.

    Example: journal stat 'mean(train/loss)[3500..4000]' --run fej59g91
    """
    from journal.sources.registry import open_run
    from journal.stats.evaluation import estimate_on, no_rows

    asked = _parsed(expr)
    opened = open_run(run)
    about = opened.run  # first, for it reads the log once and whole: one metric alone would be a reading of its own
    found = estimate_on(opened, asked)
    missing = no_rows(opened, asked, found) if found.value is None else None
    if as_json:
        answer(_shape(asked, about, found) | ({"error": problem(missing)} if missing else {}))
    if missing:
        failure(missing, as_json=False)
        raise typer.Exit(missing.exit_code)
    if not as_json:
        put(repr(found.value))
        say(_told(asked, opened, found, run))


def _parsed(text: str) -> "Expression":
    from journal.stats.expression import parse

    try:
        return parse(text)
    except ExpressionError as error:
        if error.column is not None:
            point(text, error.column)
        raise


def _shape(asked: "Expression", run: "Run", found: "Estimate") -> dict[str, Any]:
    return {
        "value": found.value,
        "n": found.n,
        "nonfinite": found.nonfinite,
        "window": found.window,
        "statistic": asked.statistic,
        "metric": asked.metric,
        "run": run.id,
        "problems": run.problem_count,
    }


def _told(asked: "Expression", run: "OpenRun", found: "Estimate", reference: str) -> str:
    """What the number rests on."""
    steps = f"steps {found.first_step}..{found.last_step}"
    left_out = f", {found.nonfinite} left out as NaN or infinite" if found.nonfinite else ""
    told = f"{asked} of {run.run.address}: {steps}, {counted(found.n, 'row')} used{left_out}"
    column = run.column(asked.metric)
    if column is not None and column.rounded:
        told += f"; {counted(column.rounded, 'whole number')} beyond 2^53 of this metric rounded to the nearest float"
    if not run.run.problem_count:
        return told
    found_wrong = counted(run.run.problem_count, "problem")
    return f"{told}; {found_wrong} in reading this run: see `journal runs show {shlex.quote(reference)}`"
