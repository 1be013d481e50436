"""What is looked for: words, phrases, beginnings of words and what must not be there, read from a line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from journal.errors import UsageError
from journal.index.words import placed, tokens
from journal.sources.reference import SHORTEST_PREFIX, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_TOKENS = 200
"""Words that one question may have; each character of a script without blanks between words is one."""

_PART = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"?(?P<star>\*?)|(?P<bare>\S+))')
# A number is looked for, also where it is negative.
_NUMBER = re.compile(r"-[\d.,]+(?:[eE][+-]?\d+)?%?")
_LONG_SHA = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}")
_SHA = re.compile(r"[0-9a-f]{5,64}")
_FEWEST = {"names": 4, "{body notes title headings}": 7}
"""Digits that a shorter spelling of a commit has at least, by where it may stand."""


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: tokens in a row.

    Attributes:
        tokens: At least one.
        is_beginning: Whether the last of them is the beginning of a word.
        is_excluded: Whether it must not be there.
        also: Other names of it, such as the id in a run's URL, as tokens.
    """

    tokens: tuple[str, ...]
    is_beginning: bool = False
    is_excluded: bool = False
    also: tuple[str, ...] = ()

    @cached_property
    def match(self) -> str:
        """The term in SQLite's language of full-text queries."""
        return " OR ".join(self._ways())

    def _ways(self) -> Iterator[str]:
        last = self.tokens[-1]
        yield f'"{" ".join(self.tokens)}"{" *" if self.is_beginning else ""}'
        if self.also:
            yield f'names : "{" ".join(self.also)}"'
        if self.is_excluded or len(self.tokens) > 1 or self.is_beginning:
            return
        if len(last) >= SHORTEST_PREFIX:  # ids of runs and commits answer to their beginnings
            yield f'names : "{last}" *'
        if _LONG_SHA.fullmatch(last):
            yield f'"{last}" *'
        for columns, fewest in _FEWEST.items():
            shorter = [f'"{last[:count]}"' for count in range(fewest, len(last))]
            if shorter and _SHA.fullmatch(last) and (fewest == _FEWEST["names"] or _LONG_SHA.fullmatch(last)):
                yield f"{columns} : ({' OR '.join(shorter)})"

    def places(self, line: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where the term stands in a line's tokens: number of the first, and of the one behind the last."""
        count = len(self.tokens)
        for start in range(len(line) - count + 1):
            here = tuple(line[start : start + count])
            if here == self.tokens or (self.is_beginning and self._begins(here)):
                yield start, start + count

    def loose_places(self, line: Sequence[str]) -> list[tuple[int, int]]:
        """Where something stands that the term may have been found by: another spelling, or half of its tokens."""
        found = [number for number, token in enumerate(line) if token in self.tokens or self._is_like(token)]
        enough = 2 * len({line[number] for number in found}) >= len(set(self.tokens))
        return [(number, number + 1) for number in found] if enough else []

    def _is_like(self, token: str) -> bool:
        last = self.tokens[-1]
        longer = len(last) >= SHORTEST_PREFIX and token.startswith(last)
        shorter = len(token) >= _FEWEST["names"] and last.startswith(token) and _SHA.fullmatch(last) is not None
        return longer or shorter or token in self.also

    def _begins(self, here: tuple[str, ...]) -> bool:
        return here[:-1] == self.tokens[:-1] and here[-1].startswith(self.tokens[-1])


def read(text: str) -> tuple[Term, ...]:
    """The terms of a question.

    Words are all looked for, in any order; `"words in quotes"` in a row; `word*` is the beginning of a word; `-word`
    must not be there. A name with signs in it, such as a metric's, is its parts in a row.

    Raises:
        UsageError: There is no word in it, or no end of them.

    Examples:
        >>> [(term.tokens, term.is_excluded) for term in read('"sigma floor" wmax_sat -spike')]
        [(('sigma', 'floor'), False), (('wmax', 'sat'), False), (('spike',), True)]
    """
    terms = tuple(term for part in _PART.finditer(text) for term in _terms(part))
    if not terms:
        message = f"nothing to look for in {text!r}: there is no word in it"
        raise UsageError(message, hint="`--regex` looks for signs")
    if sum(len(term.tokens) for term in terms) > MAX_TOKENS:
        raise UsageError(f"more than {MAX_TOKENS} words to look for", hint="give the few that matter")
    return terms


def _terms(part: re.Match[str]) -> Iterator[Term]:
    excluded = bool(part["minus"]) and not _NUMBER.fullmatch(part[0])
    said = part["quoted"] if part["quoted"] is not None else part["bare"]
    beginning = bool(part["star"]) if part["quoted"] is not None else said.endswith("*")
    found = tuple(tokens(said))
    if found:
        address = parse_address(said) if "://" in said else None
        yield Term(found, beginning, excluded, tuple(tokens(address.id)) if address is not None else ())


def match_of(terms: Sequence[Term]) -> tuple[str, str]:
    """What must be there and what must not, in SQLite's language of full-text queries; empty for nothing."""
    wanted = " AND ".join(f"({term.match})" for term in terms if not term.is_excluded)
    unwanted = " OR ".join(f"({term.match})" for term in terms if term.is_excluded)
    return wanted, unwanted


def spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in a line: first character and the one behind the last, in order, none within another."""
    found = placed(text)
    line = [token for token, _, _ in found]
    wanted = [term for term in terms if not term.is_excluded]
    places = {place for term in wanted for place in (list(term.places(line)) or term.loose_places(line))}
    joined: list[tuple[int, int]] = []
    for start, end in sorted((found[first][1], found[last - 1][2]) for first, last in places):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
