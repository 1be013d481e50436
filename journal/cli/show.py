"""`journal show`."""

import sys
from typing import Annotated

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, say
from journal.cli.shapes import full, life, states_of


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    original: Annotated[
        bool, typer.Option("--original", help="Print the words of an imported note alone, byte for byte.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Show one entry.

    On a terminal, the entries that name it stand above it. Where the words of an imported note were changed since,
    `--original` says so and exits with 1.

    Example: journal show 2026-02-21-clamp
    """
    from journal.document import store
    from journal.document.document import parse
    from journal.document.original import body_of, is_original
    from journal.index.catalog import Catalog
    from journal.index.describe import card_of

    journal = open_journal()
    path = journal.find(entry)
    stored = store.read(journal.config.root / path)
    found = parse(stored.raw, path).entry
    raw = body_of(stored.raw, found.front_matter) if original else stored.raw
    if as_json:
        sections = [section.model_dump(mode="json") for section in found.sections]
        with Catalog(journal.config).update() as catalog:
            card = card_of(found)
            shape = full(catalog, card, states_of(catalog, [card])[card.path])
        answer({"entries": [shape | life(journal.config, found) | {"sections": sections}]})
    elif sys.stdout.isatty():
        import pydoc

        with Catalog(journal.config).update() as catalog:
            inverse = catalog.relations.inverse(found.id)
        named = [f"{name.replace('_', ' ')} {', '.join(ids)}\n" for name, ids in inverse.items() if ids]
        above = "".join([*named, "\n"]) if named and not original else ""
        pydoc.pager(above + raw.decode("utf-8", "replace"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
    if original and is_original(stored.raw, found.front_matter) is False:
        sys.stdout.buffer.flush()
        say("these are not the words that were imported: they were changed since")
        raise typer.Exit(1)
