"""Rows of history taken apart: steps, wall times, and each number with its row and path."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from functools import reduce
from math import isfinite
from operator import getitem
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from journal.sources.stated import MEDIA_MARK, number
from journal.sources.wandb_log.numbers import WIDTH, parse_numbers
from journal.sources.wandb_log.values import STEP, numeric_leaves, read_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from journal.sources.wandb_log.batch import Batch
    from journal.sources.wandb_log.buffers import Bytes, Flags, Floats, Ints
    from journal.sources.wandb_log.records import HistoryRow, KeyPath, Value

_STEP_LIMIT = 1 << 62
_EXACT = 1 << 53
_SURE_DIGITS = 15  # whole numbers of so many digits are exact as floats
_NO_STEP = -1
_DENSE = 4  # cells of a table for each number that is in it, at most

# What a text holds, by its first byte: NaN and Infinity are numbers; text, lists, booleans and null hold none.
_WORTHLESS, _NUMBER, _UNCLEAR = range(3)
_CONTENT = np.full(256, _UNCLEAR, np.uint8)
_WORTHLESS_STARTS = b'"[tfn'
_CONTENT[list(_WORTHLESS_STARTS)] = _WORTHLESS
_CONTENT[list(b"-0123456789NI")] = _NUMBER


class Role(IntEnum):
    """What a path is."""

    NOTHING = 0
    """Nothing of interest."""
    AROUND = 1
    """What may have a wanted metric in it."""
    ASKED = 2
    """A wanted metric."""
    STEP = 3
    """The row's step."""
    TIME = 4
    """The row's wall time."""


class Rows(NamedTuple):
    """Rows of history of one stretch of a log.

    Attributes:
        buffer: The bytes that the batch speaks of.
        batch: The plain rows.
        paths: The paths of the batch's keys.
        single: The other rows, each with the record it is.
    """

    buffer: Bytes
    batch: Batch
    paths: Sequence[KeyPath]
    single: Sequence[tuple[int, HistoryRow]]


class Unread(NamedTuple):
    """A value that cannot be read: which record it is in, and its name."""

    record: int
    name: str


class RowCells:
    """One stretch of rows, taken apart: steps, times, and each number with its row and path."""

    def __init__(self, rows: Rows, role: Callable[[KeyPath], Role]) -> None:
        self._rows = rows
        self._role = role
        self.unread: list[Unread] = []
        self.inexact: Counter[KeyPath] = Counter()
        self._records = np.sort(np.concatenate([rows.batch.rows, [record for record, _ in rows.single]]).astype(int))
        self.size = len(self._records)
        self.given_steps = np.full(self.size, _NO_STEP, np.int64)
        self.times = np.full(self.size, np.nan)
        self._paths: dict[KeyPath, int] = {}
        self._pieces: list[tuple[Ints, Ints, Floats]] = []
        if len(rows.batch.rows):
            self._take_batch(rows.batch)
        for record, row in rows.single:
            self._take_single(int(np.searchsorted(self._records, record)), record, row)

    def columns(self) -> Iterable[tuple[KeyPath, Ints, Floats]]:
        """The rows and numbers of each path, rows ascending; of several numbers in one row the last one counts."""
        if not self._pieces:
            return
        path, row, value = (np.concatenate(part) for part in zip(*self._pieces, strict=True))
        if not len(path):  # rows of a window may hold no numbers at all
            return
        if len(self._paths) * self.size <= _DENSE * len(value):
            yield from self._scattered(path, row, value)
            return
        order = np.argsort(path * self.size + row, kind="stable")
        path, row, value = path[order], row[order], value[order]
        last = np.append((np.diff(path) != 0) | (np.diff(row) != 0), True)
        path, row, value = path[last], row[last], value[last]
        ends = np.searchsorted(path, np.arange(len(self._paths)), side="right")
        start = 0
        for name, end in zip(self._paths, ends.tolist(), strict=True):
            if end > start:
                yield name, row[start:end], value[start:end]
            start = end

    def _scattered(self, path: Ints, row: Ints, value: Floats) -> Iterable[tuple[KeyPath, Ints, Floats]]:
        """The same by way of a table with a line for every path, where most of it is filled."""
        table = np.zeros((len(self._paths), self.size))
        there = np.zeros(table.shape, bool)
        table[path, row] = value
        there[path, row] = True
        every = np.arange(self.size)
        for line, name in enumerate(self._paths):
            if there[line].all():
                yield name, every, table[line]
            elif there[line].any():
                rows = np.flatnonzero(there[line])
                yield name, rows, table[line, rows]

    def _take_batch(self, batch: Batch) -> None:
        buffer, paths = self._rows.buffer, self._rows.paths
        media = self._media(batch)
        role = np.array([self._role(path) for path in paths], np.uint8)[batch.key]
        if role.any() and np.count_nonzero(role) < len(role) // 2:
            few = np.flatnonzero(role)
            role, media = role[few], None if media is None else media[few]
            batch = batch._replace(
                owner=batch.owner[few], key=batch.key[few], at=batch.at[few], length=batch.length[few]
            )
        row = batch.owner
        if self._rows.single:
            row = np.searchsorted(self._records, batch.rows)[row]
        self.given_steps[np.searchsorted(self._records, batch.rows)] = batch.beside
        content = _CONTENT[buffer[batch.at]]
        odd = batch.length > WIDTH
        odd &= content == _NUMBER
        odd |= batch.length < 1
        content[odd] = _UNCLEAR
        if media is not None:
            content[media] = _WORTHLESS
        chosen = np.flatnonzero((content == _NUMBER) & (role >= Role.ASKED))
        value, readable = parse_numbers(buffer, batch.at[chosen], batch.length[chosen])
        if not readable.all():
            content[chosen[~readable]] = _UNCLEAR
            chosen, value = chosen[readable], value[readable]
        row_of, role_of = row[chosen], role[chosen]
        those = role_of == Role.STEP
        self._take_steps(batch, chosen[those], row_of[those], value[those])
        those = role_of == Role.TIME
        self.times[row_of[those]] = np.where(np.isfinite(value[those]), value[those], np.nan)
        those = role_of == Role.ASKED
        self._take_numbers(batch, chosen[those], row_of[those], value[those])
        for item in np.flatnonzero((content == _UNCLEAR) & (role >= Role.AROUND)).tolist():
            record = int(batch.rows[batch.owner[item]])
            self._take_item(int(row[item]), record, paths[batch.key[item]], self._text(batch, item))

    def _text(self, batch: Batch, item: int) -> bytes:
        return self._rows.buffer[batch.at[item] : batch.at[item] + batch.length[item]].tobytes()

    def _media(self, batch: Batch) -> Flags | None:
        """Which items are leaves of a histogram, image or other thing that is no number; None for none."""
        marks = [key for key, path in enumerate(self._rows.paths) if _marks_media(path)]
        if not marks:
            return None
        tops = {self._rows.paths[mark][:-1]: number for number, mark in enumerate(marks)}
        number_of = np.full(len(self._rows.paths), -1, np.int64)
        number_of[marks] = np.arange(len(marks))
        marked = np.flatnonzero(number_of[batch.key] >= 0)
        marked = marked[self._rows.buffer[batch.at[marked]] == ord('"')]
        here = np.unique(batch.owner[marked] * len(tops) + number_of[batch.key[marked]])
        media = np.zeros(len(batch.key), bool)
        for above in _tops_above(self._rows.paths, tops):  # one for each depth at which there are any
            items = np.flatnonzero(above[batch.key] >= 0)
            media[items] |= np.isin(batch.owner[items] * len(tops) + above[batch.key[items]], here)
        return media

    def _take_steps(self, batch: Batch, items: Ints, row: Ints, value: Floats) -> None:
        sure = (batch.length[items] <= _SURE_DIGITS) & (value >= 0) & (value < _STEP_LIMIT)
        self.given_steps[row[sure]] = value[sure].astype(np.int64)
        for item, place in zip(items[~sure].tolist(), row[~sure].tolist(), strict=True):
            self._take_step(place, self._text(batch, item), _NO_STEP)

    def _take_numbers(self, batch: Batch, items: Ints, row: Ints, value: Floats) -> None:
        paths = self._rows.paths
        own = {
            number: self._number_of(paths[number]) for number in np.flatnonzero(np.bincount(batch.key[items])).tolist()
        }
        place = np.zeros(len(paths), np.int64)
        place[list(own)] = list(own.values())
        self._pieces.append((place[batch.key[items]], row, value))
        large = np.abs(value) >= _EXACT
        for item in items[large & np.isfinite(value)].tolist() if large.any() else ():
            self._weigh(paths[batch.key[item]], self._text(batch, item))

    def _take_single(self, place: int, record: int, row: HistoryRow) -> None:
        cells: dict[KeyPath, Value] = dict(row.items)
        self._take_step(place, cells.pop(STEP, None), row.step)
        media = [path[:-1] for path, value in cells.items() if _marks_media(path) and _is_text(value)]
        for path, value in cells.items():
            if not any(path[: len(top)] == top for top in media):
                self._take_item(place, record, path, value)

    def _take_step(self, place: int, explicit: Value, beside: int | None) -> None:
        """A row's step: the item `_step`, else the record's own."""
        for given in (_whole(explicit), beside):
            if given is not None and 0 <= given < _STEP_LIMIT:
                self.given_steps[place] = given
                return

    def _take_item(self, place: int, record: int, path: KeyPath, value: Value) -> None:
        """One item, read singly."""
        if self._role(path) is Role.TIME:
            self.times[place] = _time(value)
        if self._role(path) is Role.STEP:
            self._take_step(place, value, None)
        worthless = isinstance(value, bytes) and value != b"" and value[0] in _WORTHLESS_STARTS
        if worthless or self._role(path) not in {Role.AROUND, Role.ASKED}:
            return
        try:
            read = read_value(value)
            leaves = dict(numeric_leaves(path, read))
            ".".join(key for leaf in leaves for key in leaf).encode()  # a name that is no text cannot be read either
        except ValueError:
            self.unread.append(Unread(record, ".".join(path)))
            return
        for leaf, found in leaves.items():
            if self._role(leaf) == Role.ASKED:
                own = np.array([self._number_of(leaf)], np.int64)
                self._pieces.append((own, np.array([place], np.int64), np.array([found])))
                if abs(found) >= _EXACT and isfinite(found):
                    whole = reduce(getitem, leaf[len(path) :], read)
                    self._weigh(leaf, str(whole).encode())

    def _number_of(self, path: KeyPath) -> int:
        return self._paths.setdefault(path, len(self._paths))

    def _weigh(self, path: KeyPath, text: bytes) -> None:
        """Count a whole number that no float equals."""
        if text.strip().lstrip(b"-").isdigit() and int(text) != int(float(text)):
            self.inexact[path] += 1


def _tops_above(paths: Sequence[KeyPath], tops: dict[KeyPath, int]) -> Iterable[Ints]:
    """For each depth, the number of the top that each path is or lies below; -1 for none."""
    for depth in sorted({len(top) for top in tops}):
        yield np.array([tops.get(path[:depth], -1) if len(path) >= depth else -1 for path in paths], np.int64)


def _marks_media(path: KeyPath) -> bool:
    return len(path) > 1 and path[-1] == MEDIA_MARK


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, bytes) and value.startswith(b'"'))


def _whole(value: Value) -> int | None:
    """A step as it was logged, or None if it is no whole number."""
    try:
        read = read_value(value)
        return None if number(read) is None else int(read)
    except (ValueError, OverflowError):
        return None


def _time(value: Value) -> float:
    """A time as it was logged, or NaN if it is no finite number."""
    try:
        time = number(read_value(value))
    except ValueError:
        return np.nan
    return time if time is not None and isfinite(time) else np.nan
