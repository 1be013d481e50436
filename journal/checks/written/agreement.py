"""One expression, one value: numbers of an entry that are meant to be the same and are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.written import naming, reading
from journal.checks.written.arithmetic import cut_or_rounded
from journal.model.expression import Call
from journal.model.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.checks.written.naming import Metrics, Names
    from journal.checks.written.reading import Number, Writing
    from journal.model.entry import CitedValue
    from journal.model.expression import Expression

_ARROW_BEHIND = re.compile(r"\s*(?:→|⇒|->)\s*[~≈]?$")
_WAS = re.compile(r"\(\s*was\s+[~≈]?$", re.IGNORECASE)
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_ENOUGH_DIGITS = 2
_MOST_ALIKE = 8


@dataclass(frozen=True)
class Disagreement:
    """Two numbers for one thing: the later one, the earlier one, what they are both said to be, and of which run."""

    number: Number
    other: Number
    what: str
    run: str | None = None


class _Meaning(NamedTuple):
    """What a number is said to be."""

    run: str
    expression: str


def disagreements(
    writing: Writing, cited: Sequence[tuple[CitedValue, Expression]], runs: Names, metrics: Metrics
) -> Iterator[Disagreement]:
    """The numbers that cannot be roundings of one, though they stand for one thing.

    Args:
        writing: The entry's writing.
        cited: Its cited values with their expressions.
        runs: The names of its runs.
        metrics: The metrics that it names in expressions and blocks.
    """
    kept = list(_cited(cited, runs))
    by_hand = list(_cells(writing, runs, metrics))
    seen: dict[_Meaning, list[tuple[int, Number]]] = {}
    # A table may say one thing twice, in rows that differ by what is not read here; two places may not.
    for place, meaning, number in sorted([*kept, *by_hand], key=lambda found: (found[2].line, found[2].column)):
        earlier = seen.setdefault(meaning, [])
        for other_place, other in earlier:
            if place != other_place and number.unit == other.unit and not _may_be_one(number, other):
                yield Disagreement(number, other, meaning.expression, meaning.run)
                break
        earlier.append((place, number))
    yield from _changes(writing)


def _cited(cited: Sequence[tuple[CitedValue, Expression]], runs: Names) -> Iterator[tuple[int, _Meaning, Number]]:
    for place, (value, expression) in enumerate(cited):
        # Behind the bracket.
        number = reading.number(value.text, value.line, value.column + 1)
        if number is not None:
            named = runs.within(f"`{value.run}`")
            run = next(iter(named)) if len(named) == 1 else value.run
            if isinstance(expression, Call) and expression.window == Window():
                expression = expression.model_copy(update={"window": None})  # noqa: PLW2901  (the same, as it is spelt)
            yield -1 - place, _Meaning(run, str(expression)), number


def _cells(writing: Writing, runs: Names, metrics: Metrics) -> Iterator[tuple[int, _Meaning, Number]]:
    """The cells whose heading and row say all: one run, one metric, one statistic."""
    for place, table in enumerate(writing.tables):
        for row in table.rows:
            for cell in row[1:]:
                for number in cell.numbers[:1]:
                    if meaning := _meaning(number, runs, metrics):
                        yield place, meaning, number


def _meaning(number: Number, runs: Names, metrics: Metrics) -> _Meaning | None:
    own = number.scopes[:2]
    named = next(filter(None, map(runs.within, number.scopes)), frozenset[str]())
    measured = next(filter(None, map(metrics.within, own)), frozenset[str]())
    statistics = next(filter(None, map(naming.statistics, number.scopes)), frozenset[str]())
    windows = {window for scope in number.scopes for window in naming.windows(scope)}
    if not len(named) == len(measured) == len(statistics) == 1 or len(windows) > 1:
        return None
    call = Call.model_validate(
        {
            "statistic": {"name": next(iter(statistics))},
            "metric": next(iter(measured)),
            "window": next(iter(windows), None),
        }
    )
    return _Meaning(next(iter(named)), str(call))


def _may_be_one(number: Number, other: Number) -> bool:
    return cut_or_rounded(number).meets(cut_or_rounded(other))


class _Change(NamedTuple):
    """A number that was another one before, and the words around it."""

    before: Number
    now: Number
    words: frozenset[str]


def _changes(writing: Writing) -> Iterator[Disagreement]:
    """`140 → 65` in a sentence where a table has `67.0 (was 140)` about the same words."""
    told: dict[float, list[_Change]] = {}
    for change in _told(writing.numbers):
        if len(same := told.setdefault(change.before.value, [])) < _MOST_ALIKE:
            same.append(change)
    for change in _tabled(writing):
        for other in told.get(change.before.value, ()):
            if change.words & other.words and not _may_be_one(change.now, other.now):
                later, earlier = sorted((change.now, other.now), key=lambda number: -number.line)
                yield Disagreement(later, earlier, f"what was {change.before.text} before")


def _told(numbers: Iterable[Number]) -> Iterator[_Change]:
    previous = None
    for number in numbers:
        if previous is not None and previous.line == number.line and _ARROW_BEHIND.search(number.before):
            yield from _change(previous, number, number.scopes[0])
        previous = number


def _tabled(writing: Writing) -> Iterator[_Change]:
    for table in writing.tables:
        for row in table.rows:
            numbers = [number for cell in row[1:] for number in cell.numbers]
            for now, before in combinations(numbers[:4], 2):
                if now is numbers[0] and _WAS.search(before.before):
                    yield from _change(before, now, " ".join(cell.words for cell in row))


def _change(before: Number, now: Number, text: str) -> Iterator[_Change]:
    if before.significant >= _ENOUGH_DIGITS and before.unit == now.unit:
        yield _Change(before, now, _long_words(text))


@lru_cache(maxsize=4096)
def _long_words(text: str) -> frozenset[str]:
    return frozenset(_LONG_WORD.findall(text.casefold()))
