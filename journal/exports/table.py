"""One table in any format: Markdown, CSV, JSON, LaTeX or HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any

from journal.exports.latex import latex
from journal.exports.precision import in_full
from journal.tables.grid import Align, markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.model.evidence import CellEvidence
    from journal.tables.grid import Grid

SCHEMA_VERSION = 1

# Control characters and halves of surrogate pairs: no format can hold them all.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What a spreadsheet may take for the begin of a formula: signs of either width, also behind blanks.
_FORMULA = re.compile(
    r"[\t\r\n]|[\s\ufeff\u200b]*"
    r"[=+@\-\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]"
)
_TIMES, _PLUS_MINUS = "\N{MULTIPLICATION SIGN}", "\N{PLUS-MINUS SIGN}"
_DIGITS = r"[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\N{INFINITY})"
# As the tool writes them: `-0.5`, `+3.1%`, `+0.5 ± 0.1 (n = 3)`, `-0.5 [-0.7, -0.3]`, `+0.5 (p < 0.001)`.
_NUMBER = re.compile(
    rf"{_DIGITS}[%{_TIMES}]?(?: {_PLUS_MINUS} {_DIGITS}%?)?(?: \[{_DIGITS}, {_DIGITS}\])?"
    rf"(?: \((?:[np] [=<] {_DIGITS}|p unknown)\))?",
    re.ASCII,
)


class Format(StrEnum):
    """What a table can be written as."""

    MD = "md"
    CSV = "csv"
    JSON = "json"
    LATEX = "latex"
    HTML = "html"


def render(grid: Grid, form: Format, *, full: bool) -> str:
    """A table as text.

    Args:
        grid: The table.
        form: The format.
        full: Show numbers at full precision instead of the table's digits; in JSON, values have it either way.

    Returns:
        The text, every character of it harmless in its format. Lines end with a line feed; those of CSV as RFC 4180
        wants them, with carriage return and line feed. Control characters become U+FFFD.
    """
    shown = _in_full(grid) if full else grid
    return _FORMATS[form](_held(shown))


def _in_full(grid: Grid) -> Grid:
    rows = tuple(
        tuple(in_full(text, cell) for text, cell in zip(texts, cells, strict=True))
        for texts, cells in zip(grid.rows, grid.evidence, strict=True)
    )
    return replace(grid, rows=rows)


def _held(grid: Grid) -> Grid:
    """The same without characters that a format cannot hold."""
    caption = None if grid.caption is None else _hold(grid.caption)
    rows = tuple(tuple(map(_hold, row)) for row in grid.rows)
    return replace(grid, head=tuple(map(_hold, grid.head)), rows=rows, caption=caption)


def _hold(text: str) -> str:
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _markdown(grid: Grid) -> str:
    return markdown(grid) + "\n"


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(grid: Grid) -> str:
    """Headings and rows; CSV has no place for a caption."""
    import csv
    from io import StringIO

    written = StringIO(newline="")
    writer = csv.writer(written)
    writer.writerows([_harmless(text) for text in line] for line in (grid.head, *grid.rows) if line)
    return written.getvalue()


def _harmless(text: str) -> str:
    """Text that no spreadsheet runs: behind an apostrophe, if it begins as a formula does and is no number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json(grid: Grid) -> str:
    import orjson

    rows = [_row(grid.head, *line) for line in zip(grid.rows, grid.evidence, strict=True)]
    shape = {"schema_version": SCHEMA_VERSION, "caption": grid.caption, "columns": grid.head, "rows": rows}
    return orjson.dumps(shape, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _row(head: Sequence[str], texts: Sequence[str], cells: Sequence[CellEvidence | None]) -> dict[str, Any]:
    """The row's label, and every other cell with what it rests on."""
    found = [_cell(*each) for each in zip(head, texts, cells, strict=True)]
    return {"row": texts[0], "cells": found[1:]}


def _cell(column: str, text: str, cell: CellEvidence | None) -> dict[str, Any]:
    shown = {"column": column, "text": text}
    if cell is None:
        return shown
    return shown | {
        "value": cell.value,
        "n": cell.n,
        "nonfinite": cell.nonfinite,
        "state": str(cell.state),
        "expression": _hold(cell.expression),
        "group": cell.group.model_dump() if cell.group else None,
        "test": cell.test.model_dump() if cell.test else None,
    }


# --- HTML -------------------------------------------------------------------------------------------------------------


def _html(grid: Grid) -> str:
    caption = [f"<caption>{escape(grid.caption)}</caption>"] if grid.caption else []
    head = ["<thead>", _line("th", grid.head, grid, ' scope="col"'), "</thead>"] if grid.head else []
    body = ["<tbody>", *(_line("td", row, grid) for row in grid.rows), "</tbody>"] if grid.rows else []
    return "\n".join(["<table>", *caption, *head, *body, "</table>", ""])


def _line(tag: str, texts: Sequence[str], grid: Grid, scope: str = "") -> str:
    cells = (
        f'<{tag}{scope} style="text-align: {side}">{escape(text)}</{tag}>'
        if side is Align.RIGHT
        else f"<{tag}{scope}>{escape(text)}</{tag}>"
        for text, side in zip(texts, grid.aligned, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


_FORMATS: dict[Format, Callable[[Grid], str]] = {
    Format.MD: _markdown,
    Format.CSV: _csv,
    Format.JSON: _json,
    Format.LATEX: latex,
    Format.HTML: _html,
}
