"""`journal correct`."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal, repository_of
from journal.cli.output import answer, put, say
from journal.cli.shapes import brief
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.authoring.correct import Corrected
    from journal.config import Config
    from journal.document.body import Mention
    from journal.index.quotes import Quote


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    was: Annotated[str, typer.Option("--was", metavar="OLD", help="The wrong value, as it stands there.")],
    now: Annotated[str, typer.Option("--now", metavar="NEW", help="The right value.")],
    reason: Annotated[str, typer.Option("--reason", metavar="R", help="Why it was wrong.")],
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; git's user by default.")] = None,
    line: Annotated[int | None, typer.Option("--line", metavar="N", min=1, help="Strike it on this line only.")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="Strike it wherever it stands.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Correct a value of an entry, and list the entries that quote it.

    Example: journal correct 2026-02-21-clamp --was 4127.8 --now 12.1 --reason "of another run"
    """
    from journal.authoring.change import signature
    from journal.authoring.correct import Wrong, correct

    journal = open_journal()
    wrong = Wrong(was, now, reason, signature(by, repository_of(journal.config)), line, everywhere)
    done = correct(journal, entry, wrong)
    if as_json:
        answer(
            {
                "entry": brief(done.entry),
                "correction": done.correction.model_dump(mode="json"),
                "struck": [{"line": mention.line, "column": mention.column} for mention in done.struck],
                "kept": [_shape(mention) for mention in done.kept],
                "quoted_by": [asdict(quote) for quote in done.quotes],
            }
        )
        return
    _tell(done, journal.config)


def _tell(done: "Corrected", config: "Config") -> None:
    path = os.path.relpath(config.root / done.entry.path)
    typer.echo(path)
    if not done.is_new:
        say(f"it says so already: {done.correction.was} was corrected to {done.correction.now}")
    elif done.entry.front_matter.imported is not None:
        say("recorded; the words of an imported note stay as they were")
    elif done.left:
        say(f"struck in {counted(len(done.struck), 'place')}; it still stands in {counted(done.left, 'other')}")
    elif not done.struck:
        say("recorded; it is struck nowhere")
    for each in done.kept:
        said = each.stands if each.text == done.correction.was else f"{each.stands}, as {each.text}"
        say(f"not struck: {path}:{each.line}:{each.column}, {said}")
    _list([quote for quote in done.quotes if quote.related], "quoted by {}; look at each:", config)
    _list([quote for quote in done.quotes if not quote.related], "the same number, perhaps by chance, in {}:", config)


def _shape(kept: "Mention") -> dict[str, Any]:
    return {"line": kept.line, "column": kept.column, "text": kept.text, "stands": kept.stands}


def _list(quotes: "Sequence[Quote]", heading: str, config: "Config") -> None:
    if not quotes:
        return
    say(heading.format(counted(len({quote.path for quote in quotes}), "entry")))
    for quote in quotes:
        why = f": {', '.join(quote.related_by)}" if quote.related else ""
        put(f"{os.path.relpath(config.root / quote.path)}:{quote.line}:{quote.column}{why}")
