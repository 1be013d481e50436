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
    from journal.site.serving import serve

    say(f"serving http://{address}/ (stop with ctrl-c)")
    serve(open_journal(), address, report=Told())


class Told:
    """Prints what is wrong when it begins to be wrong, and one line when it no longer is."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}

    def __call__(self, problems: Sequence[JournalError], warnings: Sequence[JournalError]) -> None:
        """Take all that is wrong now.

        Args:
            problems: What cannot be shown.
            warnings: What is questionable.
        """
        now = {str(error): str(error.path or "the site") for error in (*problems, *warnings)}
        for error in problems:
            if str(error) not in self._before:
                failure(error, as_json=False)
        for error in warnings:
            if str(error) not in self._before:
                say(f"warning: {error}")
        for path in dict.fromkeys(self._before.values()):
            if path not in now.values():
                say(f"fine again: {path}")
        self._before = now
