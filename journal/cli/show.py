"""`journal show`."""

import sys
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer
from journal.cli.shapes import full


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Show one entry.

    Example: journal show 2026-02-21-clamp
    """
    from journal.document import store
    from journal.document.document import parse

    journal = open_journal()
    path = journal.find(entry)
    stored = store.read(journal.config.root / path)
    found = parse(stored.raw, path).entry
    if as_json:
        sections = [section.model_dump(mode="json") for section in found.sections]
        answer({"entries": [full(journal, found) | {"sections": sections}]})
    elif sys.stdout.isatty():
        import pydoc

        pydoc.pager(stored.raw.decode("utf-8", "replace"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(stored.raw)
