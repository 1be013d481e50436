"""What the command prints: data on stdout, messages on stderr."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.errors import JournalError

SCHEMA_VERSION = 1


def answer(shape: dict[str, Any]) -> None:
    """Print one JSON object on stdout; NaN and infinities become null."""
    import orjson

    sys.stdout.write(orjson.dumps({"schema_version": SCHEMA_VERSION, **shape}, option=orjson.OPT_INDENT_2).decode())
    sys.stdout.write("\n")


def say(message: str) -> None:
    """Print a message for people on stderr, on one line, after whatever data was printed before it."""
    sys.stdout.flush()
    sys.stderr.write(" ".join(message.split()) + "\n")


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


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns on stdout, as wide as the terminal; whole lines when it is not one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in head:
        grid.add_column(Text(name), overflow="ellipsis", no_wrap=True)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    with console.capture() as captured:
        console.print(grid)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def counted(number: int, noun: str) -> str:
    """`1 entry`, `2 entries`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
