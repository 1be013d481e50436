"""`journal cite`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import settings_here
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, parsed
from journal.errors import ExpressionError

if TYPE_CHECKING:
    from journal.model.expression import Expression


def command(
    expr: Annotated[str, typer.Argument(metavar="EXPR", help="An expression, as in 'mean(train/loss)[3500..4000]'.")],
    run: Annotated[
        str, typer.Option("--run", metavar="REF", help="The run: its id, address, URL, folder or log; kept as given.")
    ],
    digits: Annotated[int, typer.Option("--digits", min=1, max=17, help="Significant digits.")] = 3,
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print one number of a run as a link to paste into an entry.

    `journal fill-results` keeps the number true from then on.

    Example: journal cite 'last(train/loss)' --run fej59g91
    """
    from journal.sources.registry import Sources
    from journal.stats.evaluation import estimate_on, no_rows
    from journal.stats.expression import parse

    asked = parsed(expr, parse)
    opened = Sources(settings_here(reach_of(online, refresh))).open(run)
    about = opened.run  # first, for it reads the log once and whole: one metric alone would be a reading of its own
    found = estimate_on(opened, asked)
    if found.text is not None:
        raise ExpressionError(f"{asked} of {about.id} is {found.text!r}, no number", hint="name a number to cite")
    if found.value is None:
        raise no_rows(opened, asked, found)
    text = _text(asked, found.value, digits)
    link = _link(text, run, asked)
    if as_json:
        answer({"link": link, "text": text, "value": found.value, "expression": str(asked), "run": run})
    else:
        sys.stdout.write(f"{link}\n")  # as it is: blanks in names count, and control characters there are none


def _text(asked: "Expression", value: float, digits: int) -> str:
    """The number as a table shows it; a share as a percentage."""
    from journal.model.expression import Call
    from journal.tables.cited_text import written

    is_share = isinstance(asked, Call) and asked.statistic.name == "share"
    return written("TBD%" if is_share else "TBD", value, digits)


def _link(text: str, run: str, asked: "Expression") -> str:
    from journal.document.citations import spelt

    try:
        return spelt(text, run, str(asked))
    except ValueError as error:
        hint = "rename the run's folder, or cite another metric"
        raise ExpressionError("a name in it holds characters that no link can hold", hint=hint) from error
