"""Search through all entries: those that hold the words, the best first, each with the line that says most."""

from __future__ import annotations

import re
import signal
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.errors import UsageError
from journal.index.card import Card
from journal.index.columns import WEIGHTS, first_line, headings
from journal.index.filters import EntryFilter
from journal.index.query import Term, match_of, read, spans
from journal.index.words import cut, folded
from journal.sources.reference import SHORTEST_PREFIX

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from journal.index.catalog import Catalog

EXCERPT = 240
"""Characters of a line that are shown at most."""

REGEX_SECONDS = 10.0
"""How long a regular expression may take for all entries together."""

_NEWEST = "entries.moment IS NULL, entries.moment DESC, entries.created DESC, entries.id DESC"
_RANK = f"bm25(words, {', '.join(map(str, WEIGHTS.values()))})"
_FOUND = f"""
SELECT number, -{_RANK} AS score FROM words JOIN entries ON number = words.rowid WHERE words MATCH ?
ORDER BY score DESC, {_NEWEST}
"""  # noqa: S608
_WITHOUT = f"""
SELECT number, NULL FROM entries WHERE number NOT IN (SELECT rowid FROM words WHERE words MATCH ?) ORDER BY {_NEWEST}
"""  # noqa: S608
_ALL = f"SELECT number, NULL FROM entries ORDER BY {_NEWEST}"  # noqa: S608


@dataclass(frozen=True)
class Query:
    """What is looked for, and where.

    Attributes:
        words: The words, as `journal.index.query.read` understands them, or a regular expression.
        regex: Whether it is a regular expression of Python's, looked for line by line.
        wanted: Which entries are looked at.
        limit: How many are told of; None for all.
    """

    words: str
    regex: bool = False
    wanted: EntryFilter = field(default_factory=EntryFilter)
    limit: int | None = None


@dataclass(frozen=True)
class Hit:
    """An entry that was found.

    Attributes:
        card: The entry.
        score: How well it fits, higher is better; None where that is not told, and the newest comes first.
        line: The line that says most, from 1; None where no line of the file says it, as where words are excluded.
        text: That line, on one line and cut where it is very long.
        spans: What was found in the text: first character and the one behind the last.
    """

    card: Card
    score: float | None
    line: int | None
    text: str
    spans: tuple[tuple[int, int], ...]


def search(catalog: Catalog, query: Query) -> list[Hit]:
    """The entries that hold what is looked for, the best first; of a regular expression, the newest.

    Args:
        catalog: All entries, up to date.
        query: What is looked for.

    Raises:
        UsageError: There is no word in the question, the regular expression is none, or it takes too long.
    """
    if query.regex:
        pattern = compiled(query.words)
        with _within(REGEX_SECONDS, query.words):
            return catalog.ask(lambda connection: _by_pattern(connection, query, pattern))
    terms = read(query.words)
    return catalog.ask(lambda connection: _by_words(connection, query, terms))


def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression.

    Raises:
        UsageError: It is none; `column` says where.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except re.error as error:
        column = None if error.pos is None else error.pos + 1
        raise UsageError(f"no regular expression: {error.msg}", hint=_SIGNS, column=column) from error
    except (OverflowError, RecursionError) as error:
        raise UsageError("no regular expression: it is too large", hint="shorten it") from error


_SIGNS = "a backslash before a sign makes it stand for itself"


def _by_words(connection: sqlite3.Connection, query: Query, terms: Sequence[Term]) -> list[Hit]:
    wanted, unwanted = match_of(terms)
    statement, match = (_FOUND, wanted) if wanted else (_WITHOUT, unwanted)
    if wanted and unwanted:
        match = f"({wanted}) NOT ({unwanted})"
    ranked = connection.execute(statement, (match,)).fetchall()
    chosen = _chosen(connection, ranked, query)
    return [_hit(card, score, _text(connection, number), terms) for number, score, card in chosen]


def _chosen(
    connection: sqlite3.Connection, ranked: Sequence[tuple[int, float | None]], query: Query
) -> list[tuple[int, float | None, Card]]:
    """The first wanted entries of a ranking."""
    found: list[tuple[int, float | None, Card]] = []
    for number, score in ranked:
        if query.limit is not None and len(found) >= query.limit:
            break
        card = _card(connection, number)
        if query.wanted.takes(card):
            found.append((number, score, card))
    return found


def _by_pattern(connection: sqlite3.Connection, query: Query, pattern: re.Pattern[str]) -> list[Hit]:
    found: list[Hit] = []
    for number, _ in connection.execute(_ALL).fetchall():
        if query.limit is not None and len(found) >= query.limit:
            break
        card = _card(connection, number)
        if query.wanted.takes(card):
            found += _matched(card, _text(connection, number), pattern)
    return found


def _card(connection: sqlite3.Connection, number: int) -> Card:
    import orjson

    (card,) = connection.execute("SELECT card FROM entries WHERE number = ?", (number,)).fetchone()
    return Card(**orjson.loads(card))


def _text(connection: sqlite3.Connection, number: int) -> str:
    (text,) = connection.execute("SELECT text FROM texts WHERE number = ?", (number,)).fetchone()
    return str(text)


def _matched(card: Card, text: str, pattern: re.Pattern[str]) -> Iterator[Hit]:
    """The first line of an entry that a pattern matches, if there is one."""
    for number, line in enumerate(text.split("\n"), 1):
        match = pattern.search(line)
        if match is not None:
            shown, start, end = _around(line, *match.span())
            yield Hit(card, None, number, shown, ((start, end),) if end > start else ())
            return


def _hit(card: Card, score: float | None, text: str, terms: Sequence[Term]) -> Hit:
    lines = text.split("\n")
    number = _best(card, text, lines, [term for term in terms if not term.is_excluded])
    if number is None:
        return Hit(card, score, None, "", ())
    line = " ".join(lines[number].split())
    found = spans(line, terms)
    shown, start, _ = _around(line, *(found[0] if found else (0, 0)))
    moved = [(first - found[0][0] + start, last - found[0][0] + start) for first, last in found]
    end = len(shown)
    return Hit(card, score, number + 1, shown, tuple((first, min(last, end)) for first, last in moved if first < end))


def _best(card: Card, text: str, lines: Sequence[str], terms: Sequence[Term]) -> int | None:
    """The line that holds most of the terms, from 0: rather below the front matter, a heading, and early."""
    first = first_line(text, card)
    heads = headings(list(lines), first)
    begins = {token[:SHORTEST_PREFIX] for term in terms for token in (*term.tokens, *term.also)}
    ranks: list[tuple[int, int, bool, bool, int]] = []
    for number, line in enumerate(folded(text).split("\n")):
        words = cut(line) if any(begin in line for begin in begins) else []
        exact = sum(any(True for _ in term.places(words)) for term in terms)
        loose = sum(bool(term.loose_places(words)) for term in terms)
        if loose or exact:
            ranks.append((exact, loose, number >= first, number in heads, -number))
    return -max(ranks)[-1] if ranks else None


def _around(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line cut to what is shown at most, with a part of it inside, and where that part stands then."""
    before, part, behind = (" ".join(text.split()) for text in (line[:start], line[start:end], line[end:]))
    before += " " if before and line[start - 1 : start].isspace() else ""
    behind = (" " if behind and line[end : end + 1].isspace() else "") + behind
    part = part[:EXCERPT]
    room = EXCERPT - len(part)
    if len(before) + len(behind) > room:
        kept = max(room // 2, room - len(behind))
        before = before if len(before) <= kept else f"…{before[len(before) - max(kept - 1, 0) :]}"
        left = max(room - len(before), 0)
        behind = behind if len(behind) <= left else f"{behind[: max(left - 1, 0)]}…"
    return before + part + behind, len(before), len(before) + len(part)


class _TooLong(Exception):
    """A regular expression takes too long."""


@contextmanager
def _within(seconds: float, pattern: str) -> Iterator[None]:
    """Stop what goes on for too long; only in the main thread of a system with timers can that be done."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TooLong as error:
        hint = "repeats within repeats, as in (a+)+, take very long: write it without; or filter the entries"
        raise UsageError(f"the pattern {pattern!r} took more than {seconds:g} s", hint=hint) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(*_: object) -> None:
    raise _TooLong
