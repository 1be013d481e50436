"""Rows as a W&B server gives them, gathered into columns that equal those of a local log."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from journal.sources.small_files import is_deep
from journal.sources.stated import MEDIA_MARK, number, stated_number
from journal.sources.wandb_log.history import Cells
from journal.sources.wandb_log.values import INTERNAL, RUNTIME, STEP, TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from journal.sources.wandb_log.buffers import Floats, Ints

__all__ = ["Cells", "PageColumns", "columns_of"]

_STEP_LIMIT = 1 << 62
_EXACT = 1 << 53
_NO_STEP = -1
_MEDIA_SUFFIX = f".{MEDIA_MARK}"
_NO_METRICS = {path[0] for path in (STEP, RUNTIME, TIMESTAMP)} | {INTERNAL}


class PageColumns(NamedTuple):
    """The rows of one page, as columns.

    Attributes:
        steps: The step of each row, ascending, each once.
        times: The wall time of each row in seconds since 1970 (UTC); NaN where it is not known.
        cells: The numbers of each metric by display name, their rows counted from the page's first.
        inexact: How many whole numbers of each metric no float equals; they stand as the nearest one.
        dropped: How many rows were left out: without a usable step, or with one that is not of this page.
    """

    steps: Ints
    times: Floats
    cells: dict[str, Cells]
    inexact: Counter[str]
    dropped: int


def columns_of(rows: Sequence[Mapping[str, Any]], first: int, stop: int) -> PageColumns:
    """Rows of one page, each step once and each number in the column of its metric.

    A server may give a row twice, or in two pieces: rows of one step are one row, and of several numbers that they
    have for one metric the last counts. Nested and flattened spellings of a metric are the same metric.

    Args:
        rows: Rows as the SDK gives them, in any order.
        first: First step of the page.
        stop: The step behind the page's last.
    """
    given = np.array([_step_of(row.get(STEP[0])) for row in rows], np.int64)
    inside = np.flatnonzero((given >= max(first, 0)) & (given < stop))
    steps, places = np.unique(given[inside], return_inverse=True)
    met = _Numbers()
    for row, place in zip(inside.tolist(), places.tolist(), strict=True):
        met.take(place, rows[row])
    cells, inexact = met.columns()
    return PageColumns(steps, met.times(len(steps)), cells, inexact, len(rows) - len(inside))


def _step_of(value: Any) -> int:
    """A row's step; `_NO_STEP` if it has none that a log could have."""
    if type(value) is not int:
        found = number(value)
        value = int(found) if found is not None and abs(found) < _STEP_LIMIT else _NO_STEP
    return value if 0 <= value < _STEP_LIMIT else _NO_STEP


class _Numbers:
    """Every number of some rows as it is met, and where media lie, whose numbers are none of a metric."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[int]] = defaultdict(list)
        self._values: defaultdict[str, list[float]] = defaultdict(list)
        self._media: defaultdict[str, set[int]] = defaultdict(set)

    def take(self, place: int, row: Mapping[str, Any]) -> None:
        """Take one row in, or a piece of it."""
        rows, values = self._rows, self._values
        for name, value in row.items():
            kind = type(value)
            if kind is float or kind is int:  # by far the most; a whole number becomes a float with its column
                rows[name].append(place)
                values[name].append(value)
            elif value is not None and not (kind is dict and is_deep(value)):
                self._take_other(place, name, value)

    def _take_other(self, place: int, name: str, value: Any) -> None:
        """A dictionary's leaves; a number that is spelt as text; the mark of media."""
        if isinstance(value, dict):
            for key, below in value.items():
                self._take_other(place, f"{name}.{key}", below)
        elif isinstance(value, str) and name.endswith(_MEDIA_SUFFIX):
            self._media[name.removesuffix(_MEDIA_SUFFIX)].add(place)
        elif stated_number(value) is not None:
            self._rows[name].append(place)
            self._values[name].append(value if isinstance(value, int) else float(value))

    def times(self, size: int) -> Floats:
        """The wall time of each of so many rows."""
        times = np.full(size, np.nan)
        found = _floats(self._values.get(TIMESTAMP[0], []))
        known = np.isfinite(found)
        times[np.array(self._rows.get(TIMESTAMP[0], []), np.int64)[known]] = found[known]
        return times

    def columns(self) -> tuple[dict[str, Cells], Counter[str]]:
        """The cells of each metric, and how many of them no float equals."""
        cells: dict[str, Cells] = {}
        inexact: Counter[str] = Counter()
        for name, given in self._values.items():
            if not _names_metric(name):
                continue
            row, value = np.array(self._rows[name], np.uint32), _floats(given)
            kept = self._kept(name, row)
            if len(kept):
                cells[name] = Cells(row[kept], value[kept])
                large = kept[(np.abs(value[kept]) >= _EXACT) & np.isfinite(value[kept])].tolist()
                if rounded := sum(given[at] != int(value[at]) for at in large):
                    inexact[name] = rounded
        return cells, inexact

    def _kept(self, name: str, row: npt.NDArray[np.uint32]) -> Ints:
        """Which of a metric's numbers count, by row: the last of each row that has no media in its place."""
        order = np.arange(len(row))
        if not (row[1:] > row[:-1]).all():
            order = np.argsort(row, kind="stable")
            order = order[np.append(row[order[1:]] != row[order[:-1]], True)]
        hidden = self._hidden(name) if self._media else set()
        return order[~np.isin(row[order], list(hidden))] if hidden else order

    def _hidden(self, name: str) -> set[int]:
        """The rows in which a name belongs to media: it is marked as such, or lies below what is."""
        parts = name.split(".")
        tops = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        return set().union(*(self._media[top] for top in tops if top in self._media))


def _floats(values: Sequence[float]) -> Floats:
    """Numbers as floats; what is too large for one is an infinity."""
    try:
        return np.array(values, np.float64)
    except OverflowError:
        return np.array([number(value) for value in values], np.float64)


def _names_metric(name: str) -> bool:
    """Whether a name can be a metric's: none that W&B keeps for itself, and one that can be written down."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name not in _NO_METRICS and not name.startswith(f"{INTERNAL}.")
