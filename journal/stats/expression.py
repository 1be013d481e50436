"""Expressions as text: `statistic(metric)[window]@handle` and arithmetic over those, read from left to right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from journal.errors import ExpressionError
from journal.model.expression import (
    PLACE,
    Call,
    Constant,
    Expectation,
    Expression,
    Function,
    Operation,
    Relation,
    Statistic,
)
from journal.model.window import WINDOW_FORMS, Window
from journal.stats.reader import IN_QUOTES, Reader
from journal.stats.statistics import Takes, named

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# A name without quotes: letters of any script, digits and signs, up to what has a meaning of its own.
_BARE = re.compile(r"""[^\s\x00-\x1f\x7f-\x9f()\[\]{}@,;"'`<>=!+*^|\\]+""")
# The same for a handle, where `/` begins a division.
_BARE_HANDLE = re.compile(r"[\w.-]+")
_STATISTIC = re.compile(r"p\d+\.\d+|[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RELATION = re.compile(r"<=|>=|==|!=|<|>")
_SAY_ONE = "write a statistic of a metric, as in last(train/loss)"
_FORM = "an expression is statistic(metric)[window]@run, or arithmetic over those"

# Steps are 64-bit integers, and up to here every whole number is a float.
_LARGEST = 2.0**53

# What stands behind a comma, and from where on.
_COUNTED = {Takes.STEP: ("a step", 0), Takes.SPAN: ("a number of rows", 1)}

MAX_DEPTH = 50
"""Brackets within brackets, and signs before signs, that an expression may hold."""

MAX_SIGNS = 200
"""Signs of arithmetic between its parts that an expression may hold."""


def parse(text: str) -> Expression:
    r"""The expression that a text spells.

    A name may stand bare (letters of any script, digits, and signs such as `_ . / - :`) or in double quotes, where
    `\"` is a quotation mark and `\\` a backslash. Blanks may stand around every part; behind a run's handle they must
    stand before `-`. The text of an expression is its own parse: `parse(str(expression)) == expression`.

    Raises:
        ExpressionError: It is no expression; `column` says where, counted in characters from 1.

    Examples:
        >>> str(parse('mean("val loss")[..400]@wide / mean("val loss")[..400]@narrow'))
        'mean("val loss")[..400]@wide / mean("val loss")[..400]@narrow'
    """
    return _whole(_Parser(text), _Parser.sum)


def parse_template(text: str) -> Expression:
    """An expression of a table's axis: `x` stands for the metric there, and a bare statistic for itself of it.

    Raises:
        ExpressionError: It is no expression; `column` says where, counted in characters from 1.

    Examples:
        >>> str(parse_template("p95(x) - median"))
        'p95(x) - median(x)'
    """
    return _whole(_Parser(text, template=True), _Parser.sum)


def parse_expectation(text: str) -> Expectation:
    """The expectation that a text spells: two expressions with `<`, `<=`, `>`, `>=`, `==` or `!=` between them.

    Raises:
        ExpressionError: It is none; `column` says where, counted in characters from 1.

    Examples:
        >>> str(parse_expectation("median(sat)@wide<0.70"))
        'median(sat)@wide < 0.7'
    """
    return _whole(_Parser(text), _Parser.expectation)


def _whole(parser: _Parser, rule: Callable[[_Parser], T]) -> T:
    found = rule(parser)
    parser.reader.end(hint=_FORM)
    return found


class _Parser:
    """The grammar, from the loosest tie to the tightest."""

    def __init__(self, text: str, *, template: bool = False) -> None:
        self.reader = Reader(text)
        self._template = template
        self._depth = 0
        self._signs = 0

    def expectation(self) -> Expectation:
        left = self.sum()
        self.reader.skip()
        relation = self.reader.match(_RELATION)
        if relation is None:
            self.reader.fail(f"expected a comparison, found {self.reader.found()}", hint="as in last(loss) < 0.7")
        return Expectation(left=left, relation=Relation(relation[0]), right=self.sum())

    def sum(self) -> Expression:
        found = self._product()
        while sign := self.reader.take("+") or self.reader.take("-"):
            found = self._operation(sign, found, self._product)
        return found

    def _product(self) -> Expression:
        found = self._factor()
        while sign := self.reader.take("*") or self.reader.take("/"):
            found = self._operation(sign, found, self._factor)
        return found

    def _operation(self, sign: str, left: Expression, rule: Callable[[], Expression]) -> Expression:
        self._signs += 1
        if self._signs > MAX_SIGNS:
            self.reader.fail(f"more than {MAX_SIGNS} signs of arithmetic")
        return Operation(sign=sign, left=left, right=rule())

    def _factor(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self.reader.fail(f"more than {MAX_DEPTH} brackets or signs within each other")
        found = self._signed()
        self._depth -= 1
        return found

    def _signed(self) -> Expression:
        if self.reader.take("-"):
            return Function(name="-", of=self._factor())
        if self.reader.take("("):
            return self._closed(self.sum())
        number = self.reader.number()
        if number is not None:
            return Constant(value=number)
        return self._call()

    def _closed(self, found: T) -> T:
        self.reader.expect(")", hint=None if self.reader.ended else IN_QUOTES)
        return found

    def _call(self) -> Expression:
        start = self.reader.skip()
        name = self.reader.match(_STATISTIC)
        if name is None:
            self.reader.fail(f"expected a statistic, found {self.reader.found()}", hint=_SAY_ONE)
        if name[0] == "abs":
            self.reader.expect("(", hint="as in abs(last(loss))")
            return self._closed(Function(name="abs", of=self.sum()))
        takes = self._named(name[0], start)
        if self._template and takes is Takes.METRIC and not self.reader.take("(", keep=True):
            return Call(statistic=Statistic(name=name[0]), window=self._window(takes), handle=self._handle())
        self.reader.expect("(", hint=_SAY_ONE)
        return self._argument(name[0], takes)

    def _named(self, name: str, start: int) -> Takes:
        try:
            return named(name)
        except ExpressionError as error:
            self.reader.fail(error.message, hint=error.hint, at=start)

    def _argument(self, name: str, takes: Takes) -> Call:
        metric = self._metric(takes)
        relation, number = None, None
        if takes is Takes.RELATION:
            relation, number = self._relation(name), self._number("a number")
        elif takes in _COUNTED:
            what, least = _COUNTED[takes]
            self.reader.expect(",", hint=f"behind the metric of {name} stands {what}, as in {name}(loss, 100)")
            number = self._number(what, least=least)
        statistic = Statistic(name=name, relation=relation, number=number)
        self._closed(None)
        return Call(statistic=statistic, metric=metric, window=self._window(takes), handle=self._handle())

    def _metric(self, takes: Takes) -> str | None:
        """The metric's name; None for the `x` of a template, unless that is in quotes."""
        bare = takes is not Takes.KEY and not self.reader.take('"', keep=True)
        name = self.reader.name("a key" if takes is Takes.KEY else "a metric", _BARE)
        return None if self._template and bare and name == PLACE else name

    def _relation(self, name: str) -> Relation:
        self.reader.skip()
        found = self.reader.match(_RELATION)
        if found is None:
            self.reader.fail(f"expected a comparison, found {self.reader.found()}", hint=f"as in {name}(loss >= 5)")
        return Relation(found[0])

    def _number(self, what: str, *, least: int | None = None) -> float:
        """A number; with a least one, a whole number from there on."""
        start = self.reader.skip()
        negative = self.reader.take("-")
        number = self.reader.number()
        if number is None:
            self.reader.fail(f"expected {what}, found {self.reader.found()}")
        if least is not None and (negative or not number.is_integer() or not least <= number < _LARGEST):
            self.reader.fail(f"expected {what}: a whole number from {least} on", at=start)
        return -number if negative and number else number

    def _window(self, takes: Takes) -> Window | None:
        if not self.reader.take("["):
            return None
        start = self.reader.skip()
        if takes is Takes.KEY:
            self.reader.fail("what the tracker stored has no window", at=start - 1)
        text = self.reader.until("]")
        try:
            return Window.model_validate(text)
        except ValidationError as error:
            told = error.errors()[0]["msg"].removeprefix("Value error, ")
            said = told if told.startswith("window ") else f"window {text!r}: {told}"
            self.reader.fail(said, at=start, hint=None if WINDOW_FORMS in said else f"a window is {WINDOW_FORMS}")

    def _handle(self) -> str | None:
        if not self.reader.take("@"):
            return None
        handle = self.reader.name("a run's handle", _BARE_HANDLE)
        if "-" in handle and self.reader.take("(", keep=True):
            self.reader.fail(
                f"no bracket belongs behind a handle: @{handle}", hint="a minus behind one needs a blank before it"
            )
        return handle
