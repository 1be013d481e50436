"""`journal serve`."""

from typing import Annotated

import typer

from journal.cli.context import open_journal


def command(
    address: Annotated[str, typer.Option("--address", "-a", metavar="HOST:PORT", help="Where to serve it.")] = (
        "127.0.0.1:8000"
    ),
) -> None:
    """Serve the site and rebuild it as entries change."""
    from journal.site.build import serve

    serve(open_journal(), address)
