"""What the command prints: data on stdout, messages on stderr."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from journal.cli.grid import NARROWEST, Column, grid, width_of
from journal.errors import ExpressionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.errors import JournalError

SCHEMA_VERSION = 1

T = TypeVar("T")
F = TypeVar("F", bound=StrEnum)

# Also what turns the order of the characters behind it around, beyond the end of its text.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_ENDS = "\u2028\u2029"
_INDENT = "  "
_MARK, _UNMARK = "\x1b[1;31m", "\x1b[0m"


def answer(shape: dict[str, Any]) -> None:
    """Print one JSON object on stdout; NaN and infinities become null."""
    sys.stdout.write(_encoded({"schema_version": SCHEMA_VERSION, **shape}) + "\n")


def form_of(form: F | None, forms: type[F], *, as_json: bool) -> F:
    """The form in which a verb answers that has a `--format`; text by default.

    Args:
        form: What `--format` asks for.
        forms: What it may ask for, `text` and `json` among others.
        as_json: Whether `--json` was given.

    Raises:
        UsageError: The two ask for different forms.
    """
    if as_json and form not in {None, forms("json")}:
        raise UsageError(f"--json is --format json, and not --format {form}", hint="choose one of them")
    return forms("json") if as_json else form or forms("text")


def _encoded(shape: dict[str, Any]) -> str:
    import orjson

    try:
        return orjson.dumps(shape, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # integers beyond 64 bits, halves of surrogate pairs: JSON has them, orjson does not
        import json

        return json.dumps(_finite(shape), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    """The same with null for NaN and infinities."""
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case float() if not isfinite(value):
            return None
        case _:
            return value


def put(text: str) -> None:
    """Print text for people on stdout, on one line."""
    sys.stdout.write(_one_line(text) + "\n")


def put_marked(before: str, text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Print a text on stdout behind another, on one line, with parts of it marked where a terminal can show that.

    Args:
        before: What stands in front of it, with the blank between.
        text: One line.
        spans: First character and the one behind the last of each part, in order.
    """
    shown, end = [_one_cell(before)], 0
    mark, unmark = (_MARK, _UNMARK) if sys.stdout.isatty() and _may_embolden() else ("", "")
    for first, last in spans:
        shown += [_one_cell(text[end:first]), mark, _one_cell(text[first:last]), unmark]
        end = last
    sys.stdout.write("".join([*shown, _one_cell(text[end:]), "\n"]))


def put_styled(*parts: tuple[str, str]) -> None:
    """Print one line on stdout, its blanks as they are, parts of it styled where a terminal can show that.

    Args:
        parts: Texts, each with the numbers of its style, as terminals know them; empty for none.
    """
    plain = not sys.stdout.isatty() or not _may_embolden()
    shown = [text if plain or not style else f"\x1b[{style}m{text}\x1b[0m" for text, style in _cells(parts)]
    sys.stdout.write("".join(shown).rstrip() + "\n")


def _cells(parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(_one_cell(text), style) for text, style in parts]


def _one_cell(text: str) -> str:
    """A part of a line, with its blanks."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _one_line(text: str) -> str:
    """Text on one line; a control character becomes U+FFFD, so that no title can colour, clear or turn a terminal."""
    return _one_cell(" ".join(text.split()))


def say(message: str) -> None:
    """Print a message for people on stderr, on one line, after whatever data was printed before it."""
    sys.stdout.flush()
    sys.stderr.write(_one_line(message) + "\n")


def failure(error: JournalError, *, as_json: bool) -> None:
    """Report a failure: one line, and an `error` object on stdout when JSON was asked for."""
    say(f"error: {_near(error)}")
    if as_json:
        answer({"error": problem(error)})


def point(text: str, column: int) -> None:
    """Print a text on stderr with a caret under one of its characters, where people look and it fits a line.

    Args:
        text: What the user gave.
        column: The character, from 1; one behind the last stands for the end.
    """
    shown = "".join("\N{REPLACEMENT CHARACTER}" if _CONTROL.match(sign) or sign in _ENDS else sign for sign in text)
    if sys.stderr.isatty() and width_of(shown) + len(_INDENT) < shutil.get_terminal_size().columns:
        sys.stdout.flush()
        sys.stderr.write(f"{_INDENT}{shown}\n{_INDENT}{' ' * width_of(shown[: column - 1])}^\n")


def parsed(text: str, parse: Callable[[str], T]) -> T:
    """What a text of the user's spells, with a caret under the place where it does not.

    Args:
        text: What the user gave.
        parse: Reads it, or raises an error that knows the column.

    Raises:
        ExpressionError: As `parse` does.
    """
    try:
        return parse(text)
    except ExpressionError as error:
        if error.column is not None:
            point(text, error.column)
        raise


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


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    yielding: Sequence[str] | Mapping[str, int] = (),
    *,
    right: Sequence[str] = (),
    optional: Sequence[str] = (),
) -> None:
    """Print aligned columns on stdout; whole lines when it is not a terminal.

    Args:
        head: The columns' names; where all are empty, no line is printed for them.
        rows: Cells, as many a row as there are names.
        yielding: Names of the columns that are cut where the terminal is too narrow, perhaps with the width that is
            left to each at least; the others stay whole.
        right: Names of the columns that stand at the right.
        optional: Names of the columns that are left out where it is too narrow even so, the first of them first.
    """
    least = yielding if isinstance(yielding, Mapping) else dict.fromkeys(yielding, NARROWEST)
    ranks = {name: len(optional) - number for number, name in enumerate(optional)}
    lines = [[_one_line(cell) for cell in row] for row in rows]
    cells = zip(*lines, strict=True) if lines else [()] * len(head)
    columns = [
        Column(name, column, least.get(name), name in right, ranks.get(name, 0))
        for name, column in zip(head, cells, strict=True)
    ]
    terminal = sys.stdout.isatty()
    first, *others = grid(columns, shutil.get_terminal_size().columns if terminal else None)
    heading = [f"\x1b[1m{first}\x1b[0m" if terminal and _may_embolden() else first] if any(head) else []
    sys.stdout.write("".join(f"{line}\n" for line in (*heading, *others)))


def _may_embolden() -> bool:
    return "NO_COLOR" not in os.environ and os.environ.get("TERM", "dumb") != "dumb"
