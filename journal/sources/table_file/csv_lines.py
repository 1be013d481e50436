"""CSV histories, parsed: one row a line, exact numbers, and nothing guessed about lines that are no rows."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from journal.errors import CorruptLog
from journal.sources.plain_rows import STEP_NAMES
from journal.sources.restarts import STEP_LIMIT
from journal.sources.table_file.parts import TableParts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from journal.sources.plain_rows import Table

NO_NUMBERS = ("", "na", "n/a", "none", "null", "true", "false")
"""Cells that hold no number and mean none, in lower case. `nan` is a number that is none."""

BLOCK = 1 << 22
"""Bytes of whole lines that are held as text at a time; a longer line is held whole."""

_BOM = b"\xef\xbb\xbf"
_ASCII_ALONE = bytes.maketrans(bytes(range(128, 256)), b"\x1a" * 128)


def parse_csv(content: bytes) -> Table:
    """A CSV file with a header line.

    A row is a line: a quoted cell does not go on in the next one, so that damage stays where it is. A header that
    comes again, as when a script appends to its file, names the cells from there on.

    Raises:
        CorruptLog: The first line is no header.
    """
    parts = TableParts()
    reading = _Reading(parts)
    start = len(_BOM) if content.startswith(_BOM) else 0
    end = content.rfind(b"\n") + 1
    while start < end:
        stop = content.rfind(b"\n", start, start + BLOCK) + 1 or content.index(b"\n", start) + 1
        reading.take(content[start:stop], start)
        start = stop
    if start < len(content):
        parts.tell("the last line has no end and is left out; it may still be being written", start)
    return reading.table()


def leading_rows(sample: bytes) -> Iterator[dict[str, str]]:
    """The first rows of a file, from its first bytes, without the last line of them; for a glance."""
    lines = [line for line in _text(sample.removeprefix(_BOM)).split("\n")[:-1] if line.strip()]
    names = _cells(lines[0].rstrip("\r")) if lines else []
    for line in lines[1:]:
        cells = _cells(line.rstrip("\r"))
        if len(cells) == len(names):
            yield dict(zip(names, cells, strict=True))


class _Reading:
    """Lines on their way into columns, a block at a time."""

    def __init__(self, parts: TableParts) -> None:
        self._parts = parts
        self._header: str | None = None
        self._again = ""
        self._lines = 0
        self._rows = 0
        self._numbers: list[pl.Series] = []
        self._starts: list[pl.Series] = []
        self._odd: dict[str, tuple[int, int]] = {}

    def take(self, block: bytes, offset: int) -> None:
        """Take in whole lines, the first of which begins at this byte of the file.

        Raises:
            CorruptLog: The first line of all is no header.
        """
        lines, starts = _lines(block, offset)
        if not lines.len():
            return
        if self._header is None:
            self._header, self._again = _opening(lines[0])
        headers = (lines == self._header) | lines.str.contains(self._again)
        cuts = [(0, self._header)]
        for place in headers.arg_true().to_list() if headers.any() else ():
            if lines[place] != cuts[-1][1]:
                cuts.append((place, lines[place]))
        for (begin, header), (end, _) in zip(cuts, [*cuts[1:], (lines.len(), "")], strict=True):
            rows = ~headers[begin:end]
            self._section(header, lines[begin:end].filter(rows), starts[begin:end].filter(rows))
        self._header = cuts[-1][1]

    def table(self) -> Table:
        """The table of all lines taken in."""
        import polars as pl

        for name, (count, offset) in self._odd.items():
            if self._parts.holds((name,)):
                self._parts.count(f"cells of the column {name!r} that are no numbers", offset, count)
        none = [pl.Series("row", [], pl.Int64)]
        return self._parts.table(pl.concat(none + self._numbers), pl.concat(none + self._starts))

    def _section(self, header: str, lines: pl.Series, starts: pl.Series) -> None:
        """Add the rows below one header."""
        import polars as pl

        names = _cells(header)
        numbers = pl.Series("row", range(self._lines, self._lines + lines.len()), pl.Int64)
        self._lines += lines.len()
        good, columns = _split(lines, len(names))
        if not good.all():
            bad = starts.filter(~good)
            self._parts.count("lines with more or fewer cells than the header, left out", bad[0], bad.len())
            numbers, starts = numbers.filter(good), starts.filter(good)
        rows = pl.Series("row", range(self._rows, self._rows + numbers.len()), pl.Int64)
        self._rows += numbers.len()
        self._numbers.append(numbers)
        self._starts.append(starts)
        for place, (name, texts) in enumerate(zip(names, columns, strict=True)):
            if name in names[:place]:
                self._parts.tell(f"the header names {name!r} more than once; the first of these columns counts")
            elif name:
                self._column(name, texts, rows, starts)

    def _column(self, name: str, texts: pl.Series, rows: pl.Series, starts: pl.Series) -> None:
        """Add the numbers of a column; text in it counts once the column turns out to hold numbers."""
        import polars as pl

        values = texts.cast(pl.Float64, strict=False)
        if values.null_count():
            texts = texts.str.strip_chars()
            values = texts.cast(pl.Float64, strict=False)
        if values.null_count():
            empty = values.is_null()
            odd = starts.filter(empty & ~texts.str.to_lowercase().is_in(NO_NUMBERS))
            if odd.len():
                count, first = self._odd.get(name, (0, odd[0]))
                self._odd[name] = (count + odd.len(), first)
            texts, rows, values = texts.filter(~empty), rows.filter(~empty), values.filter(~empty)
        if not values.len():
            return
        if name in STEP_NAMES:
            steps = texts.cast(pl.Int64, strict=False)
            fit = steps.is_not_null() & steps.is_between(-STEP_LIMIT, STEP_LIMIT)
            self._parts.add_steps(name, rows.filter(fit), steps.filter(fit))
        self._parts.add((name,), rows, values)


def _lines(block: bytes, offset: int) -> tuple[pl.Series, pl.Series]:
    """The lines that are not blank, without their ends, and their byte offsets."""
    import polars as pl

    lines = pl.Series("line", [_text(block)]).str.split("\n").explode()[:-1]
    lengths = lines.str.len_bytes().cast(pl.Int64) + 1
    starts = lengths.cum_sum() - lengths + offset
    lines = lines.str.strip_suffix("\r")
    there = lines.str.contains(r"\S")
    return (lines, starts) if there.all() else (lines.filter(there), starts.filter(there))


def _text(body: bytes) -> str:
    """The text of a file, each byte that is no UTF-8 replaced by one that no number holds."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return b"\n".join(_repaired(line) for line in body.split(b"\n")).decode()


def _repaired(line: bytes) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.translate(_ASCII_ALONE)
    return line


def _opening(header: str) -> tuple[str, str]:
    """A header, and the pattern of lines that are another: they begin with the same name or with one of the step's.

    Raises:
        CorruptLog: It names nothing, so it is no header.
    """
    names = _cells(header)
    if all(_is_number(name) for name in names if name):
        raise CorruptLog("the file has no header line: its first line names nothing", hint="name the columns in it")
    openings = "|".join(re.escape(name) for name in (*STEP_NAMES, names[0]) if name)
    return header, f'^"?(?:{openings})"? *(?:,|$)'


def _split(lines: pl.Series, width: int) -> tuple[pl.Series, list[pl.Series]]:
    """Which lines have as many cells as the header, and the cells of those, column by column."""
    import polars as pl

    if lines.str.contains('"', literal=True).any():
        split = [_cells(line) for line in lines.to_list()]
        good = pl.Series("good", [len(cells) == width for cells in split], pl.Boolean)
        rows = [cells for cells in split if len(cells) == width]
        return good, [pl.Series("text", [cells[place] for cells in rows], pl.String) for place in range(width)]
    good = lines.str.count_matches(",", literal=True) == width - 1
    whole = lines if good.all() else lines.filter(good)
    return good, whole.str.split_exact(",", width - 1).struct.unnest().get_columns()


def _cells(line: str) -> list[str]:
    """The cells of one line; a line whose quotes do not close has none."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    try:
        (cells,) = csv.reader([line], strict=True, skipinitialspace=True)
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
