"""Whose number it is: one that equals another run's value and not that of the run it stands beside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import inf, log10
from typing import TYPE_CHECKING, NamedTuple, Protocol

from journal.checks.written import naming
from journal.model.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journal.checks.written.naming import Metrics, Names
    from journal.checks.written.reading import Number, Table, Writing

ENOUGH_DIGITS = 3
"""Significant digits that a number needs; fewer agree with anything."""

CHANCE = 0.004
"""How likely the agreement may be by chance. A number within one decade agrees with one value by chance as often as its
rounding is wide on a logarithmic scale; every value that is tried adds as much. Runs of one kind lie much closer than
a decade, hence the low bound."""

MOST_TRIED = 400
"""Metrics by windows by runs; a number that may be so many things is taken for none."""

_COUNTED = (
    r"steps?|epochs?|batch(?:es)?|iter(?:ation)?s?|seeds?|rows?|runs?|samples?|lines?|params?|parameters|dates?|time"
)
# A column or row of something that no statistic of a metric is.
_OF_COUNTS = re.compile(
    rf"\W*(?:(?:global|total|n|num|number\s+of|no\.|#)[\s_]*)?(?:{_COUNTED}|counts?|n|commit|version|port|year)\b"
    r"|.*[<>≤≥]",
    re.IGNORECASE | re.DOTALL,
)
_COUNT_BEFORE = re.compile(
    rf"\b(?:{_COUNTED}|layers?|page|issue|version|figure|table|section|chapter|port|rank|gpu)\W{{0,3}}$", re.IGNORECASE
)
_COUNT_BEHIND = re.compile(
    rf"\s*(?:{_COUNTED}|layers?|examples|tokens|residues|files|nodes|gpus?|hours?|minutes?|seconds?|days?|[gmk]i?b)\b"
    r"|\s*(?:\u2013|—|→|->|\.\.|to\s)\s*[~≈]?\d|\s*±",
    re.IGNORECASE,
)
_RANGED = re.compile(r"\d\s?(?:\u2013|—|→|->|\.\.|to\s)\s*[~≈]?$|±\s*$")
COMPARED = re.compile(
    r"\b(?:ratio|trend|delta|change|diff(?:erence)?|speed-?up|gain|improvement|reduction|vs\.?|versus|relative)(?!\w)"
    r"|[Δ\u00d7]|^\W*x\W*$",
    re.IGNORECASE,
)
"""The heading of a column that compares others."""
# A sentence, row or column with one of these may speak of a run that it does not name, of another time, or of what was
# set and not measured.
_OTHERWISE = re.compile(
    r"\b(?:vs|versus|than|compar\w*|against|relative|unlike|from|instead|not|never|cannot|wrong\w*|incorrect\w*|"
    r"correct\w*|other|others|both|between|match\w*|same|expect\w*|target|should|would|if|respectively|ratio|gap|baseline|"
    r"old|older|new|newer|newly|previous(?:ly)?|prior|earlier|before|after(?:wards?)?|former(?:ly)?|original\w*|once|until|"
    r"was|were|had|used\s+to|no\s+longer|any\s?more|back\s+then|"
    r"fix(?:ed|es)?|avoid\w*|eliminat\w*|prevent\w*|reduc\w*|fell|dropped|"
    r"clip\w*|clamp\w*|cap(?:s|ped|ping)?|thresholds?|limit\w*|bound(?:s|ed)?|ceiling|set\s+(?:to|at)|settings?|configur\w*)\b"
    r"|n['\u2019]t\b|\b(?:above|below|under|beyond)\s+[~≈]?\d|→|->|⇒|[<>≤≥]",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"[\s\d.,+]*+")  # says nothing otherwise
_OF_SETTINGS = re.compile(r"\b(?:settings|config(?:uration)?s?|hyper-?param(?:eter)?s)\b", re.IGNORECASE)
_SCOPES_OF_ITS_OWN = 2


WHOLE = Window()
"""The window that is tried for every number."""


class ValueOf(Protocol):
    """What gives a run's statistics."""

    def __call__(self, run: str, metric: str, statistic: str, window: Window, /) -> float | None:
        """The value, or None where there is none."""
        ...


class Candidate(NamedTuple):
    """A number that may be a run's value, and the one run that stands by it."""

    number: Number
    run: str


class Source(NamedTuple):
    """A value of a run that a number may be."""

    run: str
    metric: str
    statistic: str
    window: Window
    value: float

    @property
    def meaning(self) -> tuple[str, str, Window]:
        """What it is of whichever run."""
        return self.metric, self.statistic, self.window


@dataclass(frozen=True)
class Stray:
    """A number that is another run's.

    Attributes:
        number: The number.
        of: Where it comes from.
        beside: The run that it stands beside.
        instead: What that run has in its place.
    """

    number: Number
    of: Source
    beside: str
    instead: float


def candidates(writing: Writing, runs: Names) -> Iterator[Candidate]:
    """The numbers that may be values of one run each, as far as the text tells."""
    for number in writing.numbers:
        if _measures(number):
            yield from (found for found in _beside(number, runs) if not _is_otherwise(number.scopes[0]))
    for table in writing.tables:
        yield from _in_cells(table, runs)


@lru_cache(maxsize=naming.TEXTS_AT_HAND)
def _is_otherwise(text: str) -> bool:
    return _OTHERWISE.search(text) is not None


@lru_cache(maxsize=naming.TEXTS_AT_HAND)
def _is_of_settings(text: str) -> bool:
    return _OF_SETTINGS.search(text) is not None


def _says_otherwise(text: str, runs: Names) -> bool:
    """Whether a heading or a cell does, but for the names of runs: `old` may be one."""
    rest = runs.without(text)
    # Beside its name this says which run it is, and no more.
    return _is_otherwise(rest.replace("baseline", " ") if runs.within(text) else rest)


def _in_cells(table: Table, runs: Names) -> Iterator[Candidate]:
    otherwise = [_says_otherwise(heading, runs) for heading in table.headings]
    if otherwise[0]:
        return
    skipped = [
        bool(is_otherwise or _OF_COUNTS.match(heading) or COMPARED.search(heading))
        for heading, is_otherwise in zip(table.headings, otherwise, strict=True)
    ]
    for row in table.rows:
        if _OF_COUNTS.match(row[0].words) or any(
            not _NUMBER_ALONE.fullmatch(cell.words) and _says_otherwise(cell.words, runs) for cell in row
        ):
            continue
        for cell, is_skipped in zip(row[1:], skipped[1:], strict=False):
            # What follows the first number of a cell is about it: a deviation, a share, what it was before.
            if cell.numbers and not is_skipped and _measures(cell.numbers[0]):
                yield from _beside(cell.numbers[0], runs)


def _measures(number: Number) -> bool:
    return (
        number.significant >= ENOUGH_DIGITS
        and not number.unit
        and not _COUNT_BEFORE.search(number.before)
        and not _COUNT_BEHIND.match(number.after)
        and not _RANGED.search(number.before)
    )


def _beside(number: Number, runs: Names) -> Iterator[Candidate]:
    """The run that the nearest part of the text to name any names, if it is one alone and no nearer part disowns it."""
    place = next((place for place, scope in enumerate(number.scopes) if runs.within(scope)), None)
    if place is None or len(named := runs.within(number.scopes[place])) > 1:
        return
    nearer, above = number.scopes[_SCOPES_OF_ITS_OWN:place], number.scopes[_SCOPES_OF_ITS_OWN:]
    if not any(map(_is_otherwise, nearer)) and not any(map(_is_of_settings, above)):
        yield Candidate(number, *named)


def stray(
    candidate: Candidate, others: Sequence[str], metrics: Metrics, cited: frozenset[str], value_of: ValueOf
) -> Stray | None:
    """The number as another run's, if it is that and not the value of the run beside it.

    Args:
        candidate: The number and its run.
        others: The other runs of the entry.
        metrics: The metrics of all of them.
        cited: The metrics to try where the text names none.
        value_of: Gives their values.
    """
    number, run = candidate
    measured = _nearest(number, metrics.spelt) or cited
    windows = _windows(number)
    if len(windows) > naming.MOST_WINDOWS or len(measured) * len(windows) * (1 + len(others)) > MOST_TRIED:
        return None
    named = sorted(measured)
    own = list(_values([run], named, naming.STATISTICS, windows, value_of))
    if any(_is(number, source.value, truncated=True) for source in own):
        return None
    has = {source.meaning: source.value for source in own}
    asked = _nearest(number, naming.statistics)
    statistics = [statistic for statistic in naming.STATISTICS if statistic in asked or not asked]
    theirs = [source for source in _values(others, named, statistics, windows, value_of) if source.meaning in has]
    found = next((source for source in theirs if _is(number, source.value)), None)
    if found is None or len(theirs) * _width(number) > CHANCE:
        return None
    return Stray(number, found, run, has[found.meaning])


def _values(
    runs: Sequence[str], metrics: Sequence[str], statistics: Sequence[str], windows: Sequence[Window], value_of: ValueOf
) -> Iterator[Source]:
    for metric, statistic, window, run in product(metrics, statistics, windows, runs):
        value = value_of(run, metric, statistic, window)
        if value is not None:
            yield Source(run, metric, statistic, window, value)


def _windows(number: Number) -> tuple[Window, ...]:
    """What its scopes name, and the whole run."""
    return tuple(dict.fromkeys((*(window for scope in number.scopes for window in naming.windows(scope)), WHOLE)))


def _nearest(number: Number, look: Callable[[str], frozenset[str]]) -> frozenset[str]:
    return next(filter(None, (look(scope) for scope in number.scopes)), frozenset())


def _is(number: Number, value: float, *, truncated: bool = False) -> bool:
    """Whether a value is written as this number: rounded, or cut off where that counts too."""
    slack = 1e-9 * abs(number.value)
    beyond = number.unit_in_last_place if truncated else number.unit_in_last_place / 2
    low, high = (number.high - number.value, beyond) if number.value >= 0 else (beyond, number.high - number.value)
    return number.value - low - slack <= value <= number.value + high + slack


def _width(number: Number) -> float:
    size, half = abs(number.value), number.unit_in_last_place / 2
    return log10((size + half) / (size - half)) if size > half else inf
