"""Numbers as a table shows them: so many significant digits, never fewer than the integer part has."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from journal.model.expression import Constant, Function, Operation
from journal.model.table import Measure

if TYPE_CHECKING:
    from journal.model.evidence import GroupEvidence, SignificanceEvidence
    from journal.model.expression import Expression

_SMALLEST_PLAIN = -4
_PLAIN_BELOW = 1e9
_WHOLE_BELOW = 1e15
_MOST_DIGITS = 17


def significant(value: float, digits: int) -> str:
    """`value` rounded to `digits` significant digits, half to even on its exact decimal value.

    Digits before the point are never rounded away; very small and very large values get an exponent.

    Examples:
        >>> significant(0.77449, 3), significant(2797.5, 3), significant(9.996, 3), significant(0.00001234, 3)
        ('0.774', '2798', '10.0', '1.23e-05')
    """
    if not isfinite(value):
        return "∞" if value > 0 else "-∞" if value < 0 else "NaN"
    if value == 0:
        return "0"
    rounded = f"{value:.{digits - 1}e}"
    exponent = int(rounded.partition("e")[2])
    if exponent < _SMALLEST_PLAIN or abs(value) >= _PLAIN_BELOW:
        return rounded
    return f"{value:.{max(0, digits - 1 - exponent)}f}"


def shown(value: float, digits: int, measure: Measure | None = None) -> str:
    """A cell's text: a plain number, or a ratio, difference, percentage or trend with its sign.

    A plain number that is whole shows no decimals: counts, epochs and limits are often logged as numbers.
    """
    if measure is None:
        whole = value.is_integer() and abs(value) < _WHOLE_BELOW
        return str(int(value)) if whole else significant(value, digits)
    if measure is Measure.RATIO:
        return f"{significant(value, digits)}×"  # noqa: RUF001  (a true multiplication sign)
    if measure is Measure.TREND:
        return _trend(value, digits)
    text = significant(value, digits)
    signed = text if value < 0 else f"+{text}"
    return f"{signed}%" if measure is Measure.PERCENT else signed


def _trend(factor: float, digits: int) -> str:
    """How something went that is `factor` times as large at first as it is at last, in words."""
    if factor <= 0 or not isfinite(1 / factor):  # it went through zero, or further than any float tells
        return f"{significant(factor, digits)}×"  # noqa: RUF001
    way, by = ("decrease", factor) if factor >= 1 else ("increase", 1 / factor)
    return "unchanged" if factor == 1 else f"{significant(by, digits)}× {way}"  # noqa: RUF001


def counted(value: float, n: int, digits: int, *, share: bool) -> str:
    """A count with its share, or a share of 0 to 1 as a percentage; never one without its denominator.

    Only all of them are 100%: a share below that has as many digits as it takes to say so.

    Examples:
        >>> counted(78, 2167, 3, share=False), counted(78 / 2167, 2167, 3, share=True)
        ('78 of 2167 (3.60%)', '3.60% of 2167')
        >>> counted(9999, 10000, 3, share=False)
        '9999 of 10000 (99.99%)'
    """
    part = value if share or not n else value / n
    more = range(digits, max(digits, _MOST_DIGITS) + 1)
    texts = (significant(part * 100, each) for each in more)
    percentage = next((text for text in texts if part >= 1 or float(text) < 100), "<100")  # noqa: PLR2004
    return f"{percentage}% of {n}" if share else f"{int(value)} of {n}" + (f" ({percentage}%)" if value else "")


def spread(mean: float, group: GroupEvidence, digits: int) -> str:
    """The mean over a group of runs, with how they scatter and how many they are: `0.774 ± 0.012 (n = 3)`.

    Where some runs of the group have no value, with how many it should be: `(n = 3 of 4)`.
    """
    parts = [significant(mean, digits)]
    if group.std is not None:
        parts.append(f"± {significant(group.std, max(1, digits - 1))}")
    if group.low is not None and group.high is not None:
        parts.append(f"[{significant(group.low, digits)}, {significant(group.high, digits)}]")
    of_all = f" of {group.n + group.missing}" if group.missing else ""
    return " ".join([*parts, f"(n = {group.n}{of_all})"])


def significance(difference: float, test: SignificanceEvidence, digits: int) -> str:
    """The difference of two groups, with the p-value of its test: `-0.115 (p = 0.012)`."""
    signed = shown(difference, digits, Measure.DELTA)
    return f"{signed} (p {'unknown' if test.p is None else f'= {significant(test.p, 2)}'})"


def compared(of: Expression, to: Expression, measure: Measure) -> Expression:
    """What a comparison of two numbers asks for, as an expression."""
    if measure in {Measure.DELTA, Measure.TEST}:
        return Operation(sign="-", left=of, right=to)
    if measure is Measure.PERCENT:
        change = Operation(sign="-", left=of, right=to)
        of_all = Operation(sign="/", left=change, right=Function(name="abs", of=to))
        return Operation(sign="*", left=of_all, right=Constant(value=100))
    return Operation(sign="/", left=of, right=to)
