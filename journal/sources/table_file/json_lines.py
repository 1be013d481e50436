"""JSONL histories, parsed: one object a line, nested keys flattened, numbers exact."""

from __future__ import annotations

import io
import json
import math
from collections import defaultdict
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from journal.errors import CorruptLog
from journal.sources.plain_rows import STEP_NAMES
from journal.sources.restarts import STEP_LIMIT
from journal.sources.small_files import MAX_DEPTH
from journal.sources.table_file.parts import TableParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.sources.plain_rows import KeyPath, Table

CHUNK = 1 << 11
"""Lines that are held as objects at a time."""

_BOM = b"\xef\xbb\xbf"
_NUMBERS = {int, float}


def parse_jsonl(content: bytes) -> Table:
    """A file with one JSON object a line. NaN and the infinities may stand bare, as Python writes them.

    Raises:
        CorruptLog: There are lines, but none of them is an object.
    """
    import polars as pl

    parts = TableParts()
    numbers: list[int] = []
    starts: list[int] = []
    lines = enumerate(_objects(content, parts))
    while batch := list(islice(lines, CHUNK)):
        read = [(number, start, row) for number, (start, row) in batch if row is not None]
        chunk = _Chunk()
        chunk.gather((), range(len(numbers), len(numbers) + len(read)), [row for _, _, row in read])
        chunk.hand_over(parts)
        numbers += [number for number, _, _ in read]
        starts += [start for _, start, _ in read]
    table = parts.table(pl.Series("number", numbers, pl.Int64), pl.Series("start", starts, pl.Int64))
    if not numbers and table.problems and content.rstrip().count(b"\n"):
        raise CorruptLog("none of its lines is a JSON object")
    return table


def leading_rows(sample: bytes) -> Iterator[dict[str, Any]]:
    """The first rows of a file, from its first bytes; for a glance."""
    yield from (row for _, row in _objects(sample, TableParts()) if row is not None)


def _objects(content: bytes, parts: TableParts) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Every line that is not blank: its byte offset, and its object or None."""
    from orjson import loads

    body = content.removeprefix(_BOM)
    start = following = len(content) - len(body)
    for line in io.BytesIO(body):
        start, following = following, following + len(line)
        try:
            row = loads(line)
        except ValueError:
            if not line.strip():
                continue
            row = _leniently(line)
        if type(row) is dict:
            yield start, row
        elif line.endswith(b"\n"):
            parts.count("lines that are no JSON objects, left out", start)
            yield start, None
        else:
            parts.tell("the last line is cut off and left out; it may still be being written", start)


def _leniently(line: bytes) -> Any:
    """What a line holds that the fast reader refuses: NaN, infinities, numbers beyond every range; None for nothing."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


class _Chunk:
    """Some objects on their way into columns."""

    def __init__(self) -> None:
        self._columns: dict[KeyPath, tuple[list[int], list[float]]] = {}
        self._steps: list[tuple[str, Sequence[int], Sequence[int]]] = []

    def gather(self, path: KeyPath, rows: Iterable[int], objects: Iterable[dict[str, Any]]) -> None:
        """Take the numbers out of objects; objects with the same keys are turned into columns together."""
        alike: defaultdict[KeyPath, list[tuple[Any, ...]]] = defaultdict(list)
        for row, read in zip(rows, objects, strict=True):
            alike[tuple(read)].append((row, *read.values()))
        for keys, tuples in alike.items():
            at, *columns = zip(*tuples, strict=True)
            for key, column in zip(keys, columns, strict=True):
                self._add((*path, key), at, column)

    def hand_over(self, parts: TableParts) -> None:
        """Add what was gathered to the parts of a table."""
        import polars as pl

        for path, (rows, values) in self._columns.items():
            parts.add(path, pl.Series("row", rows, pl.Int64), pl.Series("value", values, pl.Float64))
        for name, at, steps in self._steps:
            parts.add_steps(name, pl.Series("row", at, pl.Int64), pl.Series("step", steps, pl.Int64))

    def _add(self, path: KeyPath, rows: Sequence[int], column: Sequence[Any]) -> None:
        """Take in what stands under one key: numbers, and objects below it; anything else is no number."""
        kinds = set(map(type, column))
        if dict in kinds and len(path) < MAX_DEPTH:
            below = [(row, value) for row, value in zip(rows, column, strict=True) if type(value) is dict]
            self.gather(path, [row for row, _ in below], [value for _, value in below])
        if not kinds & _NUMBERS:
            return
        if not kinds <= _NUMBERS:
            held = [(row, value) for row, value in zip(rows, column, strict=True) if type(value) in _NUMBERS]
            rows, column = [row for row, _ in held], [value for _, value in held]
        if int in kinds and len(path) == 1 and path[0] in STEP_NAMES:
            fit = [_is_step(value) for value in column]
            self._steps.append((path[0], list(compress(rows, fit)), list(compress(column, fit))))
        at, values = self._columns.setdefault(path, ([], []))
        at.extend(rows)
        values.extend(column if kinds == {float} else map(_float, column))


def _is_step(value: float) -> bool:
    return type(value) is int and -STEP_LIMIT <= value <= STEP_LIMIT


def _float(value: float) -> float:
    """A number as a float, rounded once; beyond all floats it is an infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
