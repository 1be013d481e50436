"""Where a metric stood over time: a picture of what entries cite of it, and every number below."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import REPLACED
from journal.model.wording import counted, listed
from journal.site.charts.dots import Dot, over_time
from journal.site.markup import badge, code
from journal.site.things import crossing
from journal.site.things.run_citations import distinct, evidence, statistic
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.site.abstract import Abstract, Number
    from journal.site.contents import Contents
    from journal.site.things.known_metrics import KnownMetric

HEAD = ("run", "statistic", "value", "window", "rows")

MOST = 300
"""Rows of the table of numbers."""
MOST_DOTS = 200
"""Values of the picture."""

_USUAL = {"last", "mean", "median"}  # of several that are asked for alike, what a reader expects
_WINDOWS = 5
_ALL = "all"
_RIGHT = {2, 4}


class Cited(NamedTuple):
    """A number and the entry that shows it."""

    of: Abstract
    number: Number


def picture(metric: KnownMetric, here: str, contents: Contents) -> list[str]:
    """The values of the statistic that is used most, over the dates of the entries; nothing without one."""
    taken = [Cited(each, number) for each in metric.entries for number in distinct(metric.numbers(each))]
    found = [each for each in taken if each.number.value is not None]
    if not found:
        return []
    used = Counter(each.number.statistic for each in found).most_common()
    name = min(used, key=lambda item: (-item[1], item[0] not in _USUAL, item[0]))[0]
    held = sorted((each for each in found if each.number.statistic == name), key=lambda each: each.of.moment)
    shown = thinned(held, MOST_DOTS)
    several = len({each.of.id for each in shown}) < len(shown)
    dots = [_dot(each, here, contents, by_run=several) for each in shown]
    return ["## Over time", over_time(dots, f"{name} of {metric.name}"), _words(held, shown, len(used))]


def thinned(held: Sequence[Cited], most: int) -> list[Cited]:
    """As many of some values as there may be, evenly, and always the first, last, smallest and largest."""
    if len(held) <= most:
        return list(held)
    by_value = sorted(range(len(held)), key=lambda place: held[place].number.value or 0.0)
    step = (len(held) - 1) / (most - 3)
    kept = {by_value[0], by_value[-1], *(round(number * step) for number in range(most - 2))}
    return [held[place] for place in sorted(kept)]


def _dot(each: Cited, here: str, contents: Contents, *, by_run: bool) -> Dot:
    of, number = each
    role = _role(of, number)
    void = [word for word in contents.standing(of) if word in REPLACED]
    handle = f"{number.handle} ({role})" if role and role != number.handle else number.handle
    told = f" ({', '.join(void)})" if void else ""
    label = f"{number.statistic} of {handle} over {number.window} in {of.title}{told}"
    address = contents.address(here, of.page, number.anchor)
    name = number.handle if by_run else of.title
    return Dot(of.moment, number.value or 0.0, label, address, role, _steps(number.window), bool(void), name)


def _role(of: Abstract, number: Number) -> str | None:
    """What the entry calls the part of the run that a number is from."""
    return next((run.role for run in of.runs if run.handle == number.handle), None)


def _steps(window: str) -> str:
    """A window in words."""
    return "all steps" if window == _ALL else window


def _words(held: Sequence[Cited], shown: Sequence[Cited], statistics: int) -> str:
    """What is drawn, and what cannot be compared."""
    name = code(held[0].number.statistic)
    entries = counted(len({each.of.id for each in held}), "entry")
    part = "" if len(shown) == len(held) else f", {len(shown):,} of {len(held):,}"
    windows = Counter(each.number.window for each in held).most_common()
    over = listed([_steps(window) if window == _ALL else code(window) for window, _ in windows[:_WINDOWS]], _WINDOWS)
    rest = f" and {counted(len(windows) - _WINDOWS, 'more window')}" if len(windows) > _WINDOWS else ""
    several = len(held) > 1
    told = [
        f"Each dot is one cited value of {name}{part}, at the date of its entry ({entries}), over {over}{rest}.",
        "A line joins values of one role over one window, through the middle one of each entry." if several else "",
        "Runs differ from entry to entry, and so may code and data: compare values of one entry first."
        if several
        else "",
        "Other statistics stand in the table only." if statistics > 1 else "",
    ]
    return f'<p class="journal-left">{" ".join(each for each in told if each)}</p>'


def numbers(metric: KnownMetric, here: str, contents: Contents) -> list[str]:
    """Every number of a metric, in a table with a part for each entry, the newest first."""
    parts: list[str] = []
    shown = rows = 0
    for each in metric.entries:
        found = distinct(metric.numbers(each))
        if rows and rows + len(found) > MOST:
            break
        parts += _part(each, found[:MOST], here, contents)
        shown, rows = shown + 1, rows + max(1, len(found[:MOST]))
    if not parts:
        return []
    left = crossing.more(len(metric.entries) - shown, "entries", here, contents, {"metric": metric.name})
    head = "".join(_cell("th", text, column) for column, text in enumerate(HEAD))
    table = ['<div class="journal-things journal-things--parts">', "<table>", f"<thead><tr>{head}</tr></thead>"]
    return ["## Numbers", "\n".join([*table, *parts, "</table>", "</div>"]), left]


def _part(of: Abstract, found: Sequence[Number], here: str, contents: Contents) -> Iterator[str]:
    """What a table has of one entry: its title, then its numbers."""
    known = [number for number in found if number.value is not None]
    words = [f"<time>{of.day}</time>", crossing.entry(of, here, contents), crossing.standing(of, contents)]
    if not known:
        words.append(crossing.aside("no number yet"))
    title = f'<th colspan="{len(HEAD)}" scope="rowgroup"><div>{" ".join(word for word in words if word)}</div></th>'
    yield "<tbody>"
    yield f'<tr class="journal-part">{title}</tr>'
    for number in found if known else ():
        cells = _row(of, number, here, contents)
        yield f"<tr>{''.join(_cell('td', text, column) for column, text in enumerate(cells))}</tr>"
    yield "</tbody>"


def _cell(tag: str, text: str, column: int) -> str:
    shown = ' class="n"' if column in _RIGHT else ""
    return f"<{tag}{shown}>{text}</{tag}>"


def _row(of: Abstract, number: Number, here: str, contents: Contents) -> list[str]:
    role = _role(of, number)
    run = crossing.run(number.key, code(number.handle), here, contents)
    return [
        f"{run} {badge(role)}" if role else run,
        statistic(number),
        evidence(number, of, here, contents),
        plain(number.window),
        "" if number.rows is None else str(number.rows),
    ]
