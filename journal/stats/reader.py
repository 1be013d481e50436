"""A text that is read from left to right: signs, numbers and names, and failures that know their column."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING

from journal.errors import ExpressionError

if TYPE_CHECKING:
    from typing import NoReturn

IN_QUOTES = 'write a name with blanks or brackets in quotes, as in last("val loss (ema)")'
"""What to do about a name that ends too early."""

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s*")


class Reader:
    """A text, read from left to right. Every method may raise an `ExpressionError` that knows its column."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self.fail("expected UTF-8", at=error.start)

    def fail(self, message: str, *, hint: str | None = None, at: int | None = None) -> NoReturn:
        """Raise what is wrong here, or at another place of the text, counted in characters from 0."""
        raise ExpressionError(message, hint=hint, column=(self._at if at is None else at) + 1)

    @property
    def ended(self) -> bool:
        """Whether only blanks are left."""
        return self.skip() == len(self._text)

    def skip(self) -> int:
        """Pass over blanks; returns where they end."""
        return self._advance(_BLANKS.match(self._text, self._at))

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What comes next, if it is of that form; it is passed over."""
        found = pattern.match(self._text, self._at)
        self._advance(found)
        return found

    def take(self, sign: str, *, keep: bool = False) -> str:
        """A sign, if it comes next, else nothing; it is passed over, unless it is to be kept."""
        self.skip()
        here = self._text.startswith(sign, self._at)
        self._at += len(sign) if here and not keep else 0
        return sign if here else ""

    def number(self) -> float | None:
        """A number without a sign, if it comes next."""
        start = self.skip()
        found = self.match(_NUMBER)
        if found is None:
            return None
        if not isfinite(float(found[0])):
            self.fail("this number is too large", at=start)
        return float(found[0])

    def expect(self, sign: str, *, hint: str | None = None) -> None:
        """Pass over a sign that has to come next."""
        if not self.take(sign):
            self.fail(f"expected {sign!r}, found {self.found()}", hint=hint)

    def name(self, what: str, bare: re.Pattern[str]) -> str:
        """A name, bare or in quotes."""
        start = self.skip()
        if self._text.startswith('"', start):
            return self._quoted(start)
        found = self.match(bare)
        if found is None:
            hint = None if self._text[start : start + 1] in {"", ")"} else IN_QUOTES
            self.fail(f"expected {what}, found {self.found()}", hint=hint)
        return found[0]

    def until(self, sign: str) -> str:
        """The text before a sign, without blanks around it; the sign is passed over."""
        end = self._text.find(sign, self._at)
        if end < 0:
            self.fail(f"expected {sign!r}, found the end", at=len(self._text))
        found = self._text[self._at : end].strip()
        self._at = end + len(sign)
        return found

    def end(self, *, hint: str) -> None:
        """Pass over blanks, behind which nothing may come."""
        if not self.ended:
            self.fail(f"expected the end, found {self.found()}", hint=hint)

    def found(self) -> str:
        """What comes next, for messages."""
        return repr(self._text[self._at]) if self._at < len(self._text) else "the end"

    def _quoted(self, start: int) -> str:
        found = self.match(_QUOTED)
        if found is None:
            self.fail("a quotation mark is missing", at=start, hint=r'in quotes, \" stands for " and \\ for \ itself')
        return _ESCAPED.sub(r"\1", found[1])

    def _advance(self, found: re.Match[str] | None) -> int:
        if found is not None:
            self._at = found.end()
        return self._at
