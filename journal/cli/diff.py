"""`journal diff`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli.context import repository_at, settings_here
from journal.cli.online import Online, Refresh, ask_ahead, reach_of
from journal.cli.output import answer
from journal.errors import RevisionError, UsageError
from journal.model.table import Aspect, DiffSpec

if TYPE_CHECKING:
    from journal.revisions import Repository

_RUN = "its id, address, URL, folder or log."


def command(
    one: Annotated[str, typer.Argument(metavar="RUN", help=f"The first run: {_RUN}")],
    other: Annotated[str, typer.Argument(metavar="RUN", help=f"The second run: {_RUN}")],
    only: Annotated[list[Aspect] | None, typer.Option("--only", help="Only this; may be given several times.")] = None,
    keys: Annotated[
        list[str] | None, typer.Option("--key", metavar="GLOB", help="Only config keys like GLOB, as in 'model.*'.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="GLOB", help="No config keys like GLOB.")
    ] = None,
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", metavar="GLOB", help="Only metrics like GLOB, as in 'train/*'.")
    ] = None,
    stats: Annotated[
        list[str] | None,
        typer.Option(
            "--stat", metavar="STAT", help="A statistic, as in p95 or 'count(x >= 5)'; last and mean if none."
        ),
    ] = None,
    window: Annotated[
        str, typer.Option("--window", help="Where to look; by default the steps that both have reached.")
    ] = "matched",
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Show what differs between two runs: config, code, environment, and metrics over the same steps.

    Works inside a journal and outside any. Exit code: 0 whether or not they differ, 3 a source could not be reached.

    Example: journal diff fej59g91 bunuc9ei --metric 'train/*' --stat mean
    """
    from journal.sources.registry import Sources
    from journal.tables.comparison import compare

    asked = _asked(show=only or None, keys=keys, ignore=ignore, metrics=metrics, stats=stats or None, window=window)
    config = settings_here(reach_of(online, refresh))
    sources = Sources(config)
    ask_ahead(sources, config, (one, other))
    heads = sources.find(one), sources.find(other)
    runs = sources.open(heads[0]), sources.open(heads[1])
    found = compare(*runs, asked, _repository(config.root) if Aspect.CODE in asked.show else None, config.root)
    if as_json:
        from journal.cli.diff_shape import shape

        answer(shape(found, *runs, (sources.kind_of(heads[0]), sources.kind_of(heads[1]))))
    else:
        from journal.cli.diff_page import print_difference

        print_difference(found, *runs)


def _asked(**fields: object) -> DiffSpec:
    """What is asked for; what is not given is left to its default.

    Raises:
        UsageError: A window that is none.
    """
    from pydantic import ValidationError

    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return DiffSpec.model_validate(given)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(said, hint="`journal diff --help` shows how") from error


def _repository(root: Path) -> "Repository | None":
    """The repository that knows the commits; None where there is none that can be read."""
    try:
        return repository_at(root)
    except RevisionError:
        return None
