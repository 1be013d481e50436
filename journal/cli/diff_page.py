"""What two runs differ in, as people see it."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING

from journal.cli.output import put, table
from journal.model.table import Measure
from journal.model.window import Unit
from journal.model.wording import counted
from journal.tables.diff_rows import ABSENT, code_rows, config_rows, environment_rows, in_words
from journal.tables.numbers import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.evidence import Estimate
    from journal.model.window import Window
    from journal.sources.open_run import OpenRun
    from journal.tables.comparison import ComparedNumber, RunComparison
    from journal.tables.diff_rows import Row

MOST = 1000
"""Keys that are shown; nobody reads more."""
MOST_COMMITS = 50
"""Commits on either side, and files, that are shown one by one."""

_DIGITS = 6


def print_difference(found: RunComparison, one: OpenRun, other: OpenRun) -> None:
    """Print what differs, a table for each of config, code, environment and metrics, and what is the same or not known.

    Args:
        found: What two runs differ in.
        one: The first of them.
        other: The second.
    """
    names = _called(one, other)
    apart = found.difference
    _section("config", config_rows(apart, MOST), names)
    _section("code", code_rows(apart.code, MOST_COMMITS) if apart.code is not None else [], names)
    _section("environment", environment_rows(apart), names)
    if found.numbers:
        _numbers(found.numbers, names)
    said = [*in_words(apart, found.asked, names, MOST), *_over(found, names), *_unread(names, one, other)]
    if not found.differs:
        put(f"nothing that is known of {names[0]} and {names[1]} differs")
    for words in said:
        put(words)


def _called(one: OpenRun, other: OpenRun) -> tuple[str, str]:
    """What the two are called: their ids, or the folders they lie in if that is what tells them apart."""
    if one.id != other.id:
        return one.id, other.id
    folders = PurePath(one.place).name, PurePath(other.place).name
    return folders if folders[0] != folders[1] else (one.id, f"{other.id} again")


def _section(title: str, rows: Sequence[Row], names: tuple[str, str]) -> None:
    """A table of what differs, if anything does, and a blank line below it."""
    if not rows:
        return
    lined = any(row.change for row in rows)
    head = (title, *names, *(["lines"] if lined else []))
    cells = [(row.what, row.one, row.other, row.change)[: len(head)] for row in rows]
    table(head, cells, {title: 12, names[0]: 8, names[1]: 8})
    put("")


def _numbers(numbers: Sequence[ComparedNumber], names: tuple[str, str]) -> None:
    one, other = names
    head = ("metric", one, other, "difference", "ratio", "rows of each")
    rows = [
        (
            *(number.label, _text(number.one), _text(number.other)),
            _measured(number.difference, Measure.DELTA),
            _measured(number.ratio, Measure.RATIO),
            f"{_rows(number.one)}, {_rows(number.other)}",
        )
        for number in numbers
    ]
    table(head, rows, {"metric": 16}, right=head[1:], optional=head[5:])
    put("")


def _text(found: Estimate | None) -> str:
    """A number at six digits; text that stands in its place."""
    if found is None or (found.value is None and found.text is None):
        return ABSENT
    return found.text or "" if found.value is None else shown(found.value, _DIGITS)


def _measured(value: float | None, measure: Measure) -> str:
    return ABSENT if value is None else shown(value, _DIGITS, measure)


def _rows(found: Estimate | None) -> str:
    """Rows used, and how many were left out."""
    if found is None:
        return ABSENT
    return f"{found.n}" + (f" ({found.nonfinite} left out)" if found.nonfinite else "")


def _over(found: RunComparison, names: tuple[str, str]) -> list[str]:
    """The steps that the numbers are of."""
    if found.difference.metrics is None:
        return []
    if not found.numbers:
        asked = f" like {' or '.join(found.asked.metrics)}" if found.asked.metrics else ""
        return [f"metrics: the two runs have none{asked} in common"]
    one, other = found.steps
    window = found.asked.window
    if window.matched:
        return [f"metrics over steps {one}, which both have reached" if one else "metrics: no step that both have"]
    if one is None or other is None:
        return [f"metrics over {window}{'' if window.unit is Unit.ROWS else _nowhere(found.steps, names)}"]
    if one == other:
        return [f"metrics over steps {one}"]
    return [f"metrics over {window}: steps {one} of {names[0]}, steps {other} of {names[1]}"]


def _nowhere(steps: tuple[Window | None, Window | None], names: tuple[str, str]) -> str:
    """Which of two runs has no step of a window."""
    one, other = steps
    if one is None and other is None:
        return ": neither run has a step there"
    lacking, having = names if one is None else names[::-1]
    return f": steps {one or other} of {having}; {lacking} has none there"


def _unread(names: tuple[str, str], *runs: OpenRun) -> list[str]:
    """That there are things in the runs that could not be read."""
    counts = [(name, run, run.run.problem_count) for name, run in zip(names, runs, strict=True)]
    return [
        f"{counted(count, 'problem')} in reading {name}: see `journal runs show {shlex.quote(run.id)}`"
        for name, run, count in counts
        if count
    ]
