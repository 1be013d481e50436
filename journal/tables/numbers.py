"""Numbers as a table shows them: so many significant digits, never fewer than the integer part has."""

from __future__ import annotations

from math import isfinite

_PLAIN_FROM, _PLAIN_TO = -5, 9


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
    if not _PLAIN_FROM < exponent < _PLAIN_TO:
        return rounded
    return f"{value:.{max(0, digits - 1 - exponent)}f}"


def shown(value: float, digits: int, measure: str | None) -> str:
    """A cell's text: a plain number, or a ratio, difference or percentage with its sign."""
    text = significant(value, digits)
    if measure == "ratio":
        return f"{text}×"  # noqa: RUF001  (a true multiplication sign)
    if measure is None:
        return text
    signed = text if value < 0 else f"+{text}"
    return f"{signed}%" if measure == "percent" else signed


def compare(of: float, to: float, measure: str) -> float | None:
    """Ratio, difference or change in percent of two numbers; None where the divisor is zero."""
    if measure == "delta":
        return of - to
    if to == 0:
        return None
    return of / to if measure == "ratio" else (of - to) / abs(to) * 100
