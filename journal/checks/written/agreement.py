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


class _Said(NamedTuple):
    """A number, what it is said to be, and the table or citation that says so."""

    place: int
    meaning: _Meaning
    number: Number


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
    said: dict[_Meaning, list[_Said]] = {}
    for each in (*_cited(cited, runs), *_cells(writing, runs, metrics)):
        said.setdefault(each.meaning, []).append(each)
    found = [other for of_one in said.values() for group in _alike(of_one) for other in _at_odds(group)]
    yield from sorted(found, key=lambda each: (each.number.line, each.number.column))
    yield from _changes(writing)


def _alike(said: list[_Said]) -> Iterable[list[_Said]]:
    """What is said of one thing.

    Where a place says it twice and not alike, its rows differ by what is not read here, as layers do. Those of one
    label are of one thing then.
    """
    first: dict[int, Number] = {}
    if all(_may_be_one(first.setdefault(each.place, each.number), each.number) for each in said):
        return [said]
    labelled: dict[tuple[str, ...], list[_Said]] = {}
    for each in said:
        # Cited values have no label, and need none among themselves.
        labelled.setdefault(each.number.scopes[:2], []).append(each)
    return labelled.values()


def _at_odds(said: list[_Said]) -> Iterator[Disagreement]:
    """The numbers that agree with none of those that earlier places give."""
    earlier: dict[tuple[float, float, str], _Said] = {}
    for each in sorted(said, key=lambda each: (each.number.line, each.number.column)):
        number = each.number
        others = [
            other.number for other in earlier.values() if other.number.unit == number.unit and other.place != each.place
        ]
        if others and not any(_may_be_one(number, other) for other in others):
            yield Disagreement(number, others[0], each.meaning.expression, each.meaning.run)
        earlier.setdefault((number.value, number.unit_in_last_place, number.unit), each)
        if len(earlier) > _MOST_ALIKE:
            return


def _cited(cited: Sequence[tuple[CitedValue, Expression]], runs: Names) -> Iterator[_Said]:
    for place, (value, expression) in enumerate(cited):
        # Behind the bracket.
        number = reading.number(value.text, value.line, value.column + 1)
        if number is not None:
            named = runs.within(f"`{value.run}`")
            run = next(iter(named)) if len(named) == 1 else value.run
            if isinstance(expression, Call) and expression.window == Window():
                expression = expression.model_copy(update={"window": None})  # noqa: PLW2901  (the same, as it is spelt)
            yield _Said(-1 - place, _Meaning(run, str(expression)), number)


def _cells(writing: Writing, runs: Names, metrics: Metrics) -> Iterator[_Said]:
    """The cells whose heading and row say all: one run, one metric, one statistic."""
    for place, table in enumerate(writing.tables):
        for row in table.rows:
            for cell in row[1:]:
                for number in cell.numbers[:1]:
                    if meaning := _meaning(number, runs, metrics):
                        yield _Said(place, meaning, number)


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


@lru_cache(maxsize=naming.TEXTS_AT_HAND)
def _long_words(text: str) -> frozenset[str]:
    return frozenset(_LONG_WORD.findall(text.casefold()))
