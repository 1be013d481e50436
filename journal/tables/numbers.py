"""Numbers as a table shows them: so many significant digits, never fewer than the integer part has."""

from __future__ import annotations

from math import isfinite

_SMALLEST_PLAIN = -4
_PLAIN_BELOW = 1e9
_WHOLE_BELOW = 1e15


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


def shown(value: float, digits: int, measure: str | None) -> str:
    """A cell's text: a plain number, or a ratio, difference or percentage with its sign.

    A plain number that is whole shows no decimals: counts, epochs and limits are often logged as numbers.
    """
    if measure is None:
        whole = value.is_integer() and abs(value) < _WHOLE_BELOW
        return str(int(value)) if whole else significant(value, digits)
    text = significant(value, digits)
    if measure == "ratio":
        return f"{text}×"  # noqa: RUF001  (a true multiplication sign)
    signed = text if value < 0 else f"+{text}"
    return f"{signed}%" if measure == "percent" else signed


def compare(of: float, to: float, measure: str) -> float | None:
    """Ratio, difference or change in percent of two numbers; None where the divisor is zero or no number holds it."""
    if measure == "delta":
        value = of - to
    elif to == 0:
        return None
    else:
        value = of / to if measure == "ratio" else (of - to) / abs(to) * 100
    return value if isfinite(value) else None
