"""Where a metric stood over time: a picture of what entries cite of it, and every number below."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from journal.model.life import REPLACED
from journal.model.wording import counted, listed
from journal.site.charts.asked import chosen
from journal.site.charts.dots import Dot, over_time
from journal.site.here import badges
from journal.site.markup import badge, code
from journal.site.things import crossing
from journal.site.things.run_citations import distinct, evidence, identity, statistic
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from journal.site.abstract import Abstract, Number
    from journal.site.contents import Contents
    from journal.site.here import Here
    from journal.site.things.known_metrics import KnownMetric

HEAD = ("run", "statistic", "value", "window", "rows")

MOST = 300
"""Rows of the table of numbers."""
MOST_DOTS = 200
"""Values of the picture."""

_USUAL = {"last", "mean", "median"}  # of several that are asked for alike, what a reader expects
_OF_ROWS = {"n", "argmin", "argmax", "count", "nonfinite", "first_nonfinite"}  # rows and steps, not the metric
_WINDOWS = 5
_ALL = "all"
_RIGHT = {2, 4}


class Cited(NamedTuple):
    """A number and the entry that shows it."""

    of: Abstract
    number: Number


def picture(metric: KnownMetric, here: Here, contents: Contents) -> list[str]:
    """The values of the statistic that is used most, over the dates of the entries; nothing without one.

    What plot blocks have of a metric is drawn only where no entry asks for another number of it.
    """
    found = _valued(metric, _chosen) or _valued(metric, _plotted)
    if not found:
        return []
    used = Counter(each.number.statistic for each in found)
    name = min(used, key=lambda each: (each in _OF_ROWS, -used[each], each not in _USUAL, each))
    held = sorted((each for each in found if each.number.statistic == name), key=lambda each: each.of.moment)
    shown = thinned(held, MOST_DOTS)
    several = len({each.of.page for each in shown}) < len(shown)
    after = _after(metric, shown, contents)
    dots = [_dot(each, here, contents, after[each.of.page], by_run=several) for each in shown]
    return ["## Over time", over_time(dots, f"{name} of {metric.name}"), _words(held, shown, len(used))]


def _valued(metric: KnownMetric, of: Callable[[KnownMetric, Abstract], list[Number]]) -> list[Cited]:
    taken = [Cited(each, number) for each in metric.entries for number in of(metric, each)]
    return [each for each in taken if each.number.value is not None]


def _chosen(metric: KnownMetric, of: Abstract) -> list[Number]:
    """The numbers of a metric that an entry asks for itself."""
    return distinct(number for number in chosen(of) if number.metric == metric.name)


def _plotted(metric: KnownMetric, of: Abstract) -> list[Number]:
    """The numbers of a metric that only plot blocks of an entry have."""
    known = set(map(identity, chosen(of)))
    return [number for number in distinct(metric.numbers(of)) if identity(number) not in known]


def _after(metric: KnownMetric, shown: Sequence[Cited], contents: Contents) -> Mapping[str, tuple[str, ...]]:
    """For each entry with a value those that it goes on from: over entries that only wait for one, or are void.

    Only with a run in common their values can be compared: else they may be of quite different experiments.
    """
    known = {each.id: each for each in metric.entries}
    held = {each.of.page: each.of for each in shown}
    standing = {page for page, each in held.items() if not _void(each, contents)}
    return {page: tuple(_before(each, known, standing)) for page, each in held.items()}


def _before(of: Abstract, known: Mapping[str, Abstract], held: AbstractSet[str]) -> Iterator[str]:
    seen, ahead = {of.id}, [*of.follows, *of.results_of]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        other = known[name]
        if other.page not in held:
            ahead += [*other.follows, *other.results_of]
        elif {*of.keys} & {*other.keys}:
            yield other.page


def _void(of: Abstract, contents: Contents) -> list[str]:
    """The words for why nobody should rely on an entry any more."""
    return [word for word in contents.standing(of) if word in REPLACED]


def thinned(held: Sequence[Cited], most: int) -> list[Cited]:
    """As many of some values as there may be, evenly, and always the first, last, smallest and largest."""
    if len(held) <= most:
        return list(held)
    by_value = sorted(range(len(held)), key=lambda place: held[place].number.value or 0.0)
    step = (len(held) - 1) / (most - 3)
    kept = {by_value[0], by_value[-1], *(round(number * step) for number in range(most - 2))}
    return [held[place] for place in sorted(kept)]


def _dot(each: Cited, here: Here, contents: Contents, after: tuple[str, ...], *, by_run: bool) -> Dot:
    of, number = each
    role, void = _role(of, number), _void(of, contents)
    handle = f"{number.handle} ({role})" if role and role != number.handle else number.handle
    told = f" ({', '.join(void)})" if void else ""
    label = f"{number.statistic} of {handle} over {number.window} in {of.title}{told}"
    address = here.address(of.page, number.anchor)
    name = number.handle if by_run else of.title
    seen = Dot(of.moment, number.value or 0.0, label, address, role, _steps(number.window), bool(void), name)
    return seen._replace(entry=of.page, after=after)


def _role(of: Abstract, number: Number) -> str | None:
    """What the entry calls the part of the run that a number is from."""
    return next((run.role for run in of.runs if run.handle == number.handle), None)


def _steps(window: str) -> str:
    """A window in words."""
    return "all steps" if window == _ALL else window


def _words(held: Sequence[Cited], shown: Sequence[Cited], statistics: int) -> str:
    """What is drawn, and what cannot be compared."""
    name = code(held[0].number.statistic)
    entries = counted(len({each.of.page for each in held}), "entry")
    part = "" if len(shown) == len(held) else f", {len(shown):,} of {len(held):,}"
    windows = Counter(each.number.window for each in held).most_common()
    over = listed([_steps(window) if window == _ALL else code(window) for window, _ in windows[:_WINDOWS]], _WINDOWS)
    rest = f" and {counted(len(windows) - _WINDOWS, 'more window')}" if len(windows) > _WINDOWS else ""
    several = len({each.of.page for each in held}) > 1
    told = [
        f"Each dot is one cited value of {name}{part}, at the date of its entry ({entries}), over {over}{rest}.",
        "Runs differ from entry to entry, and so may code and data: compare values of one entry first."
        if several
        else "",
        "Other statistics stand in the table only." if statistics > 1 else "",
    ]
    return f'<p class="journal-left">{" ".join(each for each in told if each)}</p>'


def numbers(metric: KnownMetric, here: Here, contents: Contents) -> list[str]:
    """Every number of a metric by entry, the newest first; those that only plot blocks have in a fold below."""
    taken = [(each, _chosen(metric, each), _plotted(metric, each)) for each in metric.entries]
    if not taken:
        return []
    own = [(each, own) for each, own, plotted in taken if own or not plotted]
    rest = [(each, plotted) for each, _, plotted in taken if plotted]
    if not any(found for _, found in own):
        own, rest = [(each, plotted) for each, _, plotted in taken], []
    return ["## Numbers", *_table("Numbers", own, metric, here, contents), *_folded(rest, metric, here, contents)]


def _folded(
    rest: Sequence[tuple[Abstract, list[Number]]], metric: KnownMetric, here: Here, contents: Contents
) -> list[str]:
    if not rest:
        return []
    table, left = _table("Numbers of plots", rest, metric, here, contents)
    count = counted(sum(len(found) for _, found in rest), "number")
    return [f'<details class="journal-rest"><summary>{count} of plots</summary>\n{table}\n{left}\n</details>']


def _table(
    label: str, of: Sequence[tuple[Abstract, list[Number]]], metric: KnownMetric, here: Here, contents: Contents
) -> tuple[str, str]:
    """Numbers in a table with a part for each entry, and how many entries there was no room for."""
    parts: list[str] = []
    shown = rows = 0
    for each, found in of:
        if rows and rows + len(found) > MOST:
            break
        parts += _part(each, found[:MOST], here, contents)
        shown, rows = shown + 1, rows + max(1, len(found[:MOST]))
    head = "".join(_cell("th", text, column) for column, text in enumerate(HEAD))
    table = "\n".join(["<table>", f"<thead><tr>{head}</tr></thead>", *parts, "</table>"])
    left = crossing.more(len(of) - shown, "entries", here, {"metric": metric.name})
    return crossing.box(label, table, "journal-things--parts"), left


def _part(of: Abstract, found: Sequence[Number], here: Here, contents: Contents) -> Iterator[str]:
    """What a table has of one entry: its title, then its numbers."""
    known = [number for number in found if number.value is not None]
    words = [f"<time>{of.day}</time>", here.link(of.title, of.page), badges(contents.standing(of))]
    if not known:
        words.append(crossing.aside("no number yet"))
    title = f'<th colspan="{len(HEAD)}" scope="rowgroup"><div>{" ".join(word for word in words if word)}</div></th>'
    yield "<tbody>"
    yield f'<tr class="journal-part">{title}</tr>'
    for number in found if known else ():
        cells = _row(of, number, here)
        yield f"<tr>{''.join(_cell('td', text, column) for column, text in enumerate(cells))}</tr>"
    yield "</tbody>"


def _cell(tag: str, text: str, column: int) -> str:
    shown = ' class="n"' if column in _RIGHT else ""
    return f"<{tag}{shown}>{text}</{tag}>"


def _row(of: Abstract, number: Number, here: Here) -> list[str]:
    role = _role(of, number)
    run = here.run(number.key, code(number.handle))
    return [
        f"{run} {badge(role)}" if role else run,
        statistic(number),
        evidence(number, of, here),
        plain(number.window),
        "" if number.rows is None else str(number.rows),
    ]
