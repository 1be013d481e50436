"""Expressions as an entry spells them: what is wrong with one is told with its text, cut to a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from journal.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_LONGEST = 100
_AROUND = 40
_MESSAGE = 300
_CUT = "…"
_IN_BRACES = "in braces, YAML ends an item at a comma: put the expression in quotes"


def parsed(text: str, read: Callable[[str], T], *, in_yaml: bool) -> T:
    """What an expression of an entry spells.

    Args:
        text: The expression.
        read: Reads it, or raises an error that knows the column.
        in_yaml: Whether it stands in YAML, where a comma may have ended it too early.

    Raises:
        ExpressionError: It is none; the message says its text and the character.
    """
    try:
        return read(text)
    except ExpressionError as error:
        where = "" if error.column is None else f", character {error.column}"
        said = f"{_near(text, error.column or 1)!r}{where}: {_beginning(error.message)}"
        ended = in_yaml and text.count("(") > text.count(")")
        raise ExpressionError(said, hint=_IN_BRACES if ended else error.hint) from error


def _beginning(message: str) -> str:
    """A message, cut where it names what is longer than any message."""
    return message if len(message) <= _MESSAGE else f"{message[:_LONGEST]}{_CUT}"


def _near(text: str, column: int) -> str:
    """A text of any length as a message can show it: what stands around one of its characters, from 1."""
    if len(text) <= _LONGEST:
        return text
    first = max(0, min(column - 1 - _AROUND, len(text) - 2 * _AROUND))
    last = first + 2 * _AROUND
    return f"{_CUT if first else ''}{text[first:last]}{_CUT if last < len(text) else ''}"
