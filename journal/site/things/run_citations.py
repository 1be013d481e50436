"""The entries that cite a run, as cards: what each calls it, its commit verdict, and the numbers taken from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.wording import counted
from journal.site.here import badges
from journal.site.markup import badge, code
from journal.site.things import crossing
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.site.abstract import Abstract, CitedRun, Number
    from journal.site.contents import Contents
    from journal.site.here import Here

MOST = 200
"""Entries of one page."""
NUMBERS = 300
"""Numbers of one page."""
OPEN = 8
"""Numbers of an entry that stand open."""

_HEAD = ("metric", "statistic", "window", "value", "rows")
_UNNAMED = "<p>not among its runs: its text takes numbers from it</p>"


def cards(key: str, citing: Sequence[Abstract], here: Here, contents: Contents) -> str:
    """The cards, newest entry first.

    Args:
        key: The run.
        citing: The entries.
        here: The page they stand on.
        contents: The journal.
    """
    room = NUMBERS
    written = []
    for each in citing[:MOST]:
        numbers = distinct(number for number in each.numbers if number.key == key)
        room -= len(numbers)
        words = [f"<p>{_called(run)}</p>" for run in each.runs if run.key == key] or [_UNNAMED]
        table = _numbers(numbers, each, here, room=room >= 0)
        written += [_head(each, here, contents), *words, table, "</div>"]
    return "\n".join([*written, crossing.more(len(citing) - MOST, "entries", here, {"run": key})])


def _head(of: Abstract, here: Here, contents: Contents) -> str:
    words = f"<time>{of.day}</time> {here.link(of.title, of.page)} {badges(contents.standing(of))}"
    return f'<div class="journal-cites"><p>{words}</p>'


def _numbers(numbers: Sequence[Number], of: Abstract, here: Here, *, room: bool) -> str:
    """The numbers that an entry takes from the run, folded where they are many; only how many without room."""
    if not numbers:
        return ""
    count = counted(len(numbers), "number")
    if not room:
        return f"<p>{count}, on its page</p>"
    shown = " open" if len(numbers) <= OPEN else ""
    rows = [_row(number, of, here) for number in numbers]
    table = crossing.things(f"Numbers in {of.title}", _HEAD, rows, right=(3, 4))
    return f'<details class="journal-rest"{shown}><summary>{count}</summary>\n{table}\n</details>'


def _called(run: CitedRun) -> str:
    words = [f"as {code(run.handle)}"]
    if run.role:
        words.append(badge(run.role))
    if run.label and run.label != run.handle:
        words.append(crossing.aside(plain(run.label)))
    if run.verdict:
        words.append(f"commit {badge(run.verdict)}")
        words.append(crossing.aside("; ".join(map(plain, run.reasons))) if run.reasons else "")
    return " ".join(word for word in words if word)


def _row(number: Number, of: Abstract, here: Here) -> list[str]:
    return [
        here.metric(number.metric),
        statistic(number),
        plain(number.window),
        evidence(number, of, here),
        "" if number.rows is None else str(number.rows),
    ]


def statistic(number: Number) -> str:
    """What was taken of a metric; said where it is a part of another number."""
    return plain(number.statistic) if number.alone else f"{plain(number.statistic)} {crossing.aside('in another')}"


def evidence(number: Number, of: Abstract, here: Here) -> str:
    """A number as a link to where its entry shows what it rests on."""
    return here.around(crossing.number(number.value), of.page, anchor=number.anchor)


def distinct(numbers: Iterable[Number]) -> list[Number]:
    """Each number once, in order: where an entry shows it alone, if it does so anywhere."""
    found: dict[tuple[object, ...], Number] = {}
    for number in numbers:
        told = identity(number)
        if told not in found or (number.alone and not found[told].alone):
            found[told] = number
    return list(found.values())


def identity(number: Number) -> tuple[object, ...]:
    """What tells a number from others, wherever its entry shows it."""
    return number.key, number.handle, number.metric, number.statistic, number.window, number.value
