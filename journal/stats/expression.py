"""Expressions as text: `statistic(metric)[window]@handle`, read and spelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from journal.errors import ExpressionError
from journal.model.expression import Expression
from journal.model.table import WINDOW_FORMS, Window
from journal.stats.statistics import named

if TYPE_CHECKING:
    from typing import NoReturn

# A name without quotes: letters of any script, digits and signs, up to what has a meaning of its own.
_BARE = re.compile(r"""[^\s\x00-\x1f\x7f-\x9f()\[\]{}@,;"'`<>=!+*^|\\]+""")
_STATISTIC = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s*")
_IN_QUOTES = 'write a name with blanks or brackets in quotes, as in last("val loss (ema)")'


def spell(statistic: str, metric: str, window: Window, handle: str) -> str:
    """The expression for one statistic of one metric of one run; the whole run needs no window.

    Examples:
        >>> from journal.model.table import Window
        >>> spell("mean", "train/loss", Window(first=3500, last=4000), "ipa")
        'mean(train/loss)[3500..4000]@ipa'
        >>> spell("last", "val loss (ema)", Window(), "ipa")
        'last("val loss (ema)")@ipa'
    """
    return str(Expression(statistic=statistic, metric=metric, window=window, handle=handle))


def parse(text: str) -> Expression:
    r"""The expression that a text spells.

    A name may stand bare (letters of any script, digits, and signs such as `_ . / - :`) or in double quotes, where
    `\"` is a quotation mark and `\\` a backslash. Blanks may stand around every part. The text of an expression is its
    own parse: `parse(str(expression)) == expression`.

    Raises:
        ExpressionError: It is no expression; `column` says where, counted in characters from 1.

    Examples:
        >>> parse('mean("val loss")[..400]').metric
        'val loss'
    """
    reader = _Reader(text)
    expression = _expression(reader)
    reader.end()
    return expression


def _expression(reader: _Reader) -> Expression:
    statistic = _statistic(reader)
    reader.expect("(", hint="write a statistic of a metric, as in last(train/loss)")
    metric = reader.name("a metric")
    reader.expect(")", hint=None if reader.ended else _IN_QUOTES)
    window = _window(reader) if reader.take("[") else Window()
    handle = reader.name("a run's handle") if reader.take("@") else None
    return Expression(statistic=statistic, metric=metric, window=window, handle=handle)


def _statistic(reader: _Reader) -> str:
    start = reader.skip()
    name = reader.match(_STATISTIC)
    if name is None:
        reader.fail("expected a statistic", hint="write a statistic of a metric, as in last(train/loss)")
    try:
        named(name[0])
    except ExpressionError as error:
        reader.fail(error.message, hint=error.hint, at=start)
    return name[0]


def _window(reader: _Reader) -> Window:
    start = reader.skip()
    text = reader.until("]")
    try:
        return Window.model_validate(text)
    except ValidationError as error:
        told = error.errors()[0]["msg"].removeprefix("Value error, ")
        said = told if told.startswith("window ") else f"window {text!r}: {told}"
        reader.fail(said, at=start, hint=None if WINDOW_FORMS in said else f"a window is {WINDOW_FORMS}")


class _Reader:
    """A text, read from left to right; every failure knows its column."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self.fail("expected UTF-8", at=error.start)

    def fail(self, message: str, *, hint: str | None = None, at: int | None = None) -> NoReturn:
        raise ExpressionError(message, hint=hint, column=(self._at if at is None else at) + 1)

    @property
    def ended(self) -> bool:
        """Whether only blanks are left."""
        return self.skip() == len(self._text)

    def skip(self) -> int:
        """Pass over blanks; returns where they end."""
        return self._advance(_BLANKS.match(self._text, self._at))

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        self._advance(found)
        return found

    def take(self, sign: str) -> bool:
        """Pass over a sign, if it comes next."""
        self.skip()
        here = self._text.startswith(sign, self._at)
        self._at += len(sign) if here else 0
        return here

    def expect(self, sign: str, *, hint: str | None = None) -> None:
        if not self.take(sign):
            self.fail(f"expected {sign!r}, found {self._found()}", hint=hint)

    def name(self, what: str) -> str:
        """A name, bare or in quotes."""
        start = self.skip()
        if self._text.startswith('"', start):
            return self._quoted(start)
        found = self.match(_BARE)
        if found is None:
            hint = None if self._text[start : start + 1] in {"", ")"} else _IN_QUOTES
            self.fail(f"expected {what}, found {self._found()}", hint=hint)
        return found[0]

    def until(self, sign: str) -> str:
        """The text before a sign, without blanks around it; the sign is passed over."""
        end = self._text.find(sign, self._at)
        if end < 0:
            self.fail(f"expected {sign!r}, found the end", at=len(self._text))
        found = self._text[self._at : end].strip()
        self._at = end + len(sign)
        return found

    def end(self) -> None:
        if not self.ended:
            self.fail(f"expected the end, found {self._found()}", hint="an expression is statistic(metric)[window]")

    def _quoted(self, start: int) -> str:
        found = self.match(_QUOTED)
        if found is None:
            self.fail("a quotation mark is missing", at=start, hint=r'in quotes, \" stands for " and \\ for \ itself')
        return _ESCAPED.sub(r"\1", found[1])

    def _found(self) -> str:
        return repr(self._text[self._at]) if self._at < len(self._text) else "the end"

    def _advance(self, found: re.Match[str] | None) -> int:
        if found is not None:
            self._at = found.end()
        return self._at
