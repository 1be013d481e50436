"""`journal show`."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, say
from journal.cli.shapes import life, listed

_SHORT = 7


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    original: Annotated[
        bool, typer.Option("--original", help="Print the words of an imported note alone, byte for byte.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Show one entry.

    On a terminal, the entries that name it stand above it, its commits with their links, and what was found of the
    commits of its runs. Where the words of an imported note were changed since, `--original` says so and exits with 1.

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
            (shape,) = listed(catalog, [card_of(found)])
        answer({"entries": [shape | life(journal.config, found) | {"sections": sections}]})
    elif sys.stdout.isatty():
        import pydoc

        with Catalog(journal.config).update() as catalog:
            (shape,) = listed(catalog, [card_of(found)])
        above = [] if original else _above(shape)
        pydoc.pager("\n".join([*above, *([""] if above else []), raw.decode("utf-8", "replace")]))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
    if original and is_original(stored.raw, found.front_matter) is False:
        sys.stdout.buffer.flush()
        say("these are not the words that were imported: they were changed since")
        raise typer.Exit(1)


def _above(shape: Mapping[str, Any]) -> list[str]:
    """What is known of an entry and does not stand in it: who names it, where its commits are, what became of runs."""
    from journal.index.relations import INVERSE

    lines = [f"{name.replace('_', ' ')} {', '.join(shape[name])}" for name in INVERSE.values() if shape[name]]
    lines += [_commit(each) for each in shape["commits"]]
    lines += [_run(each) for each in shape["runs"] if each["verdict"]]
    return [" ".join(line.split()) for line in lines]


def _commit(commit: Mapping[str, Any]) -> str:
    words = [f"commit {commit['sha'][:_SHORT]}"]
    words += [f"of {commit['origin']}"] if commit["origin"] else []
    words += [f"(became {commit['became'][:_SHORT]})"] if commit["became"] else []
    words += [commit["note"]] if commit["note"] else []
    return " ".join(words) + (f": {commit['url']}" if commit["url"] else "")


def _run(run: Mapping[str, Any]) -> str:
    """A run by its handle, the verdict, and the weightiest reason."""
    because = "".join(f": {reason}" for reason in run["reasons"][:1])
    return f"run {run['as'] or run['id']} {run['verdict']}{because}"
