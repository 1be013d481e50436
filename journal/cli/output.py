"""What the command prints: data on stdout, messages on stderr."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.errors import JournalError

SCHEMA_VERSION = 1

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def answer(shape: dict[str, Any]) -> None:
    """Print one JSON object on stdout; NaN and infinities become null."""
    import orjson

    sys.stdout.write(orjson.dumps({"schema_version": SCHEMA_VERSION, **shape}, option=orjson.OPT_INDENT_2).decode())
    sys.stdout.write("\n")


def put(text: str) -> None:
    """Print text for people on stdout, on one line."""
    sys.stdout.write(_one_line(text) + "\n")


def _one_line(text: str) -> str:
    """Text on one line; a control character becomes U+FFFD, so that no title can colour or clear a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def say(message: str) -> None:
    """Print a message for people on stderr, on one line, after whatever data was printed before it."""
    sys.stdout.flush()
    sys.stderr.write(_one_line(message) + "\n")


def failure(error: JournalError, *, as_json: bool) -> None:
    """Report a failure: one line, and an `error` object on stdout when JSON was asked for."""
    say(f"error: {_near(error)}")
    if as_json:
        answer({"error": problem(error)})


def problem(error: JournalError) -> dict[str, Any]:
    """A failure as JSON."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "path": None if error.path is None else str(error.path),
        "line": error.line,
        "column": error.column,
    }


def _near(error: JournalError) -> str:
    """The error with its path as seen from here, where that is shorter."""
    text = str(error)
    here = str(Path.cwd()) + os.sep
    return text.removeprefix(here) if error.path is not None else text


def table(head: Sequence[str], rows: Sequence[Sequence[str]], yielding: Sequence[str] = ()) -> None:
    """Print aligned columns on stdout; whole lines when it is not a terminal.

    Args:
        head: The columns' names.
        rows: Cells, as many a row as there are names.
        yielding: Names of the columns that are cut where the terminal is too narrow; the others stay whole.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    plain = not sys.stdout.isatty()
    console = Console(highlight=False, width=10_000 if plain else None, no_color="NO_COLOR" in os.environ)
    bold = "" if plain or "NO_COLOR" in os.environ else "bold"
    lines = [[_one_line(cell) for cell in row] for row in rows]
    grid = Table(box=None, pad_edge=False, header_style=bold, show_edge=False)
    for index, name in enumerate(head):
        widest = max((cell_len(line[index]) for line in [head, *lines]), default=0)
        grid.add_column(name, overflow="ellipsis", no_wrap=True, min_width=None if name in yielding else widest)
    for line in lines:
        grid.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in line))
    with console.capture() as captured:
        console.print(grid)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def counted(number: int, noun: str) -> str:
    """`1 entry`, `2 entries`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
