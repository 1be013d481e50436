"""What an entry offers to search, column by column: the better the column, the more a word in it counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from journal.index.words import tokens
from journal.model.entry import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.index.card import Card

WEIGHTS = {"title": 50.0, "tags": 25.0, "headings": 12.0, "names": 20.0, "notes": 4.0, "body": 1.0}
"""The columns, and what a word counts in each.

`names` are the ids of the entry, its runs, commits and relations, the handles of runs, and the files; `notes` is all
else that the front matter says, and the metrics that are asked for; `body` is the text with the tool's tables.
"""

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*+\n(?:.*?\n)??(?:---|\.\.\.)[ \t]*+(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+\S")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_NAMING = {"runs": ("id", "as"), "commits": ("sha",)}


def columns(card: Card, text: str) -> tuple[str, ...]:
    """The tokens of each column, blanks between.

    Args:
        card: The entry's card.
        text: The entry's file, with line feeds.
    """
    names = [card.id, *card.cited, *_leaves({key: card.matter.get(key) for key in (*RELATIONS, "files")})]
    notes = list(card.metrics)
    for key, value in card.matter.items():
        if key in _NAMING:
            for item in value:
                names += [item[part] for part in _NAMING[key] if part in item]
                notes += [word for part, word in item.items() if part not in _NAMING[key]]
        elif key not in {*RELATIONS, "files", "title", "tags"}:
            notes += _leaves(value)
    lines = text.split("\n")
    first = first_line(text, card)
    parts = (
        [card.title],
        card.matter.get("tags", ()),
        [lines[number] for number in sorted(headings(lines, first))],
        names,
        notes,
        lines[first:],
    )
    return tuple(" ".join(tokens("\n".join(part))) for part in parts)


def first_line(text: str, card: Card) -> int:
    """The number of lines of the front matter; none in a file that is no entry."""
    found = _FRONT_MATTER.match(text) if card.problem is None else None
    return found[0].count("\n") if found else 0


def headings(lines: list[str], first: int = 0) -> set[int]:
    """Which lines are headings, counted from 0; what stands in a fence of code is none.

    Args:
        lines: The lines of a file.
        first: Where to begin.
    """
    found, fenced = set(), False
    for number in range(first, len(lines)):
        line = lines[number]
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and _HEADING.match(line):
            found.add(number)
    return found


def _leaves(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _leaves(item)
        case list():
            for item in value:
                yield from _leaves(item)
