"""`journal push-notes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, failure, problem, put, put_styled, say
from journal.cli.shapes import brief
from journal.cli.text_diff import text_diff
from journal.errors import JournalError, SourceUnavailable
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.authoring.push_notes import RunNotes

_COLOURS = {"+": "32", "-": "31", "@": "36"}
_NO_LINK = "the notes get no link: set `site_url` in mkdocs.yml to where the site is published"


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The entry that its runs shall be told of.")],
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="REF", help="Only this run of it, by handle or reference. Repeat for more."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the notes; without it, what would change is printed.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server, which leaves nothing to do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Put an entry's link and a short summary into the notes of its runs on the server.

    A dry run by default: without `--write` it prints what would change. What others wrote in the notes stays.
    Exit code: 0 fine, 1 something failed or no server has any of the runs, 3 a server could not be reached.

    Example: journal push-notes 2026-02-21-clamp
    """
    from journal.authoring.push_notes import link_of, notes_of_runs
    from journal.config import Reach
    from journal.sources.registry import Sources

    journal = open_journal(reach=Reach(online=not offline))
    path = journal.find(entry)
    if journal.config.offline is not None:
        said = f"no server was asked for the notes of its runs: {journal.config.offline}"
        raise SourceUnavailable(said, hint=journal.config.to_be_online)
    link = link_of(journal, path)
    read = list(notes_of_runs(journal, Sources(journal.config), path, run or ()))
    found: list[RunNotes] = []
    for each in read:
        found.append(each.write() if write else each)
        if not as_json:
            _print(found[-1])
    if as_json:
        shapes = [_shape(each) for each in found]
        answer({"entry": brief(journal.document(path).entry), "link": link, "runs": shapes})
    else:
        _sum_up(found, link, write=write)
    raise typer.Exit(_exit_code(found))


def _print(each: RunNotes) -> None:
    """Tell what became of the notes of one run, or would become of them."""
    if each.is_elsewhere:
        say(f"{each.handle}: on no server, skipped: {each.error}")
    elif each.error is not None:
        failure(JournalError(f"{each.handle}: {each.error.message}", hint=_hint(each)), as_json=False)
    elif each.written:
        put(each.page or each.handle)
    elif each.changed:
        _print_diff(each)
    else:
        say(f"{each.handle}: its notes say so already")


def _sum_up(found: Sequence[RunNotes], link: str | None, *, write: bool) -> None:
    if link is None:
        say(_NO_LINK)
    changed = sum(each.changed for each in found)
    verb = "written" if write else "would change" + ("; --write writes them" if changed else "")
    say(f"notes of {counted(len(found), 'run')}, {changed} {verb}")


def _hint(each: RunNotes) -> str | None:
    """What to do about a failure, with the page where it is to be done."""
    hint = each.error.hint if each.error is not None else None
    return "; ".join(part for part in (hint, each.page) if part) or None


def _print_diff(each: RunNotes) -> None:
    """What changes in the notes; they are somebody's text, and shall not steer a terminal."""
    name = each.head.address if each.head is not None else each.handle
    for line in text_diff(f"{name} notes", _ended(each.before), _ended(each.after)):
        put_styled((line.rstrip("\r\n").expandtabs(), _COLOURS.get(line[0], "")))


def _ended(notes: str) -> bytes:
    """Notes as a file of lines: that their last line has no end is nothing to tell."""
    return (notes + "\n" * (notes[-1:] not in {"", "\n"})).encode("utf-8", "replace")


def _shape(each: RunNotes) -> dict[str, Any]:
    head = each.head
    return {
        "run": each.handle,
        "id": None if head is None else head.id,
        "address": None if head is None else head.address,
        "page": each.page,
        "state": _state(each),
        "before": None if each.head is None else each.before,
        "after": None if each.head is None else each.after,
        "error": None if each.error is None else problem(each.error),
    }


def _state(each: RunNotes) -> str:
    """`written`, `would change`, `unchanged`, `not on a server` or `failed`."""
    if each.error is not None:
        return "not on a server" if each.is_elsewhere else "failed"
    return "written" if each.written else "would change" if each.changed else "unchanged"


def _exit_code(found: Sequence[RunNotes]) -> int:
    """What the command exits with: a run that no server has is no failure, unless that is all of them."""
    failed = [each.error for each in found if each.error is not None and not each.is_elsewhere]
    if all(each.is_elsewhere for each in found) or any(not isinstance(error, SourceUnavailable) for error in failed):
        return JournalError.exit_code
    return SourceUnavailable.exit_code if failed else 0
