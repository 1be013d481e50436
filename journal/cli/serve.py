"""`journal serve`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import failure, say
from journal.errors import JournalError


def command(
    address: Annotated[str, typer.Option("--address", "-a", metavar="HOST:PORT", help="Where to serve it.")] = (
        "127.0.0.1:8000"
    ),
) -> None:
    """Serve the site and rebuild it as entries change.

    Example: journal serve --address 127.0.0.1:8001
    """
    from journal.site.build import serve

    say(f"serving http://{address}/ (stop with ctrl-c)")
    serve(open_journal(), address, report=_report)


def _report(problems: Sequence[JournalError]) -> None:
    for error in problems:
        failure(error, as_json=False)
