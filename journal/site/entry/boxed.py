"""A table in a box of its own, in which it scrolls where it is wider than the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.site.markup import UNKNOWN, literal
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Row(NamedTuple):
    """A row; its first cell is its heading."""

    cells: Sequence[str]
    """HTML that is harmless already; an empty one is nothing known."""
    anchor: str = ""
    """Where it stands on the page."""
    style: str = ""
    """A class for it."""


def boxed(
    label: str,
    head: Sequence[str],
    rows: Sequence[Row],
    *,
    right: Collection[int] = (),
    named: Collection[int] = (),
    style: str = "",
) -> str:
    """A table as HTML, a line a row, without the columns of which no row knows anything.

    Args:
        label: What the box is called for those who do not see it; raw text, once a page.
        head: The headings, plain text of our own.
        rows: Its rows, as long as `head`.
        right: Columns that hold numbers, from 0.
        named: Columns whose cells bear their heading as a class, by which paper tells them.
        style: A class for the table.
    """
    kept = [0, *(column for column in range(1, len(head)) if any(row.cells[column] for row in rows))]
    styles = [_styles(heading, number in right, number in named) for number, heading in enumerate(head)]
    top = "".join(_cell("th", head[column], "n" if column in right else "", ' scope="col"') for column in kept)
    return wrapped(label, top, [_row(row, kept, styles) for row in rows], style)


def _styles(heading: str, right: bool, named: bool) -> str:
    return " ".join([*(["n"] if right else []), *([heading.replace(" ", "-").lower()] if named else [])])


def wrapped(label: str, head: str, rows: Sequence[str], style: str = "") -> str:
    """A table of rows that are HTML already, in its box.

    Args:
        label: As for `boxed`.
        head: The cells of its head.
        rows: Its rows.
        style: A class for the table.
    """
    name = f"journal-table {style}".rstrip()
    start = (
        f'<div class="journal-scroll" role="region" tabindex="0" aria-label="{literal(label)}"><table class="{name}">'
    )
    return "\n".join([start, f"<thead><tr>{head}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table></div>"])


def _row(row: Row, kept: Sequence[int], styles: Sequence[str]) -> str:
    first, *others = kept
    cells = [_cell("th", row.cells[first] or UNKNOWN, styles[first], ' scope="row"')]
    cells += [_cell("td", *_known(row.cells[column], styles[column])) for column in others]
    named = f' id="{row.anchor}"' if row.anchor else ""
    dressed = f' class="{row.style}"' if row.style else ""
    return f"<tr{named}{dressed}>{''.join(cells)}</tr>"


def _known(text: str, style: str) -> tuple[str, str]:
    """What stands in a cell, and its class: of columns that it tells by name, paper leaves out what is not known."""
    return (text or UNKNOWN, style if text or style in {"", "n"} else f"{style} unknown")


def _cell(tag: str, text: str, style: str, more: str = "") -> str:
    shown = f' class="{style}"' if style else ""
    return f"<{tag}{shown}{more}>{text}</{tag}>"


def number(value: float | None) -> str:
    """A number at full precision; nothing where there is none."""
    return "" if value is None else plain(repr(value))


def fold(style: str, summary: str, *parts: str, opened: bool = False, searched: bool = True) -> str:
    """HTML that opens on a click.

    Args:
        style: What it is, as a class.
        summary: What stands there while it is closed.
        parts: What is inside, as HTML; empty ones are left out.
        opened: Whether it stands open.
        searched: Whether the site's search reads it.
    """
    marks = (" open" if opened else "") + ("" if searched else " data-search-exclude")
    start = f'<details class="journal-fold {style}"{marks}><summary>{summary}</summary>'
    return "\n".join(part for part in (start, *parts, "</details>") if part)
