"""Sums of floats without any rounding, for statistics that are right to the last digit and in any order of the rows.

Sums take the leading bits off all numbers at once, so few that adding them up rounds nothing, until none are left
(S. M. Rump, T. Ogita, S. Oishi: Accurate floating-point summation, 2008). A product is split into its float and the
exact rest (T. J. Dekker, 1971). Both hold where no number is very large or very small, so each range of magnitudes is
brought near one first, which is a matter of exponents alone.
"""

from __future__ import annotations

from fractions import Fraction
from math import frexp, isqrt, ldexp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Steps = NDArray[np.int64]

# So many rows at a time stay in a processor's cache.
_ROWS = 1 << 13
# Magnitudes from 2^-BAND to 2^BAND need no scaling; their products, and the rests of those, are far from every limit.
_BAND = 200
_SPLIT = 2.0**27 + 1
_HALF = 32


def total(values: Floats) -> Fraction:
    """The exact sum of finite floats."""
    found = Fraction()
    for rows in _slices(values.size):
        for part, _, exponent in _bands(values[rows]):
            found += _sum(part) * _power(exponent)
    return found


def squares(values: Floats) -> Fraction:
    """The exact sum of the squares of finite floats."""
    found = Fraction()
    for rows in _slices(values.size):
        for part, _, exponent in _bands(values[rows]):
            found += _product(part, part) * _power(2 * exponent)
    return found


def products(steps: Steps, values: Floats) -> Fraction:
    """The exact sum of steps, which are not negative, each times its float."""
    found = Fraction()
    for rows in _slices(values.size):
        for part, chosen, exponent in _bands(values[rows]):
            for numbers, power in _halves(steps[rows][chosen]):
                found += _product(numbers, part) * _power(exponent + power)
    return found


def variance(values: Floats) -> Fraction:
    """The exact sample variance (n-1) of at least two finite floats."""
    n = values.size
    return (n * squares(values) - total(values) ** 2) / (n * (n - 1))


def slope(steps: Steps, values: Floats) -> Fraction | None:
    """The exact slope of the line of least squares; None where all steps are one.

    Args:
        steps: Ascending.
        values: As many finite floats.
    """
    n, shifted = values.size, steps - steps[0]
    if not shifted[-1]:
        return None
    halves = [(numbers, _power(power)) for numbers, power in _halves(shifted)]
    ones = sum((total(numbers) * power for numbers, power in halves), Fraction())
    spread = sum((products(shifted, numbers) * power for numbers, power in halves), Fraction())
    return (n * products(shifted, values) - ones * total(values)) / (n * spread - ones**2)


def root(number: Fraction) -> Fraction:
    """The square root of a number that is not negative, to 64 bits at least."""
    shift = max(0, 64 + (number.denominator.bit_length() - number.numerator.bit_length()) // 2 + 1)
    return Fraction(isqrt((number.numerator << 2 * shift) // number.denominator), 1 << shift)


def _slices(n: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, n, _ROWS))


def _power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def _bands(values: Floats) -> Iterator[tuple[Floats, slice | NDArray[np.bool_], int]]:
    """The floats by magnitude, brought near one; which they are; and their power of two. Zeros may be left out."""
    import numpy as np

    sizes = np.abs(values)
    least = float(sizes.min()) or float(sizes.min(where=sizes > 0, initial=1))
    if sizes.max() < 2.0**_BAND and least > 2.0**-_BAND:
        yield values, slice(None), 0
        return
    bands = (np.frexp(sizes)[1] + _BAND) // (2 * _BAND)
    for band in np.unique(bands[sizes > 0]).tolist():
        chosen = (bands == band) & (sizes > 0)
        yield np.ldexp(values[chosen], -2 * _BAND * band), chosen, 2 * _BAND * band


def _halves(steps: Steps) -> Iterator[tuple[Floats, int]]:
    """Steps as floats: themselves, or where a float could not hold them, in two halves with their powers of two."""
    if int(steps.max(initial=0)) < 2**53:
        yield steps.astype(float), 0
    else:
        yield (steps & (1 << _HALF) - 1).astype(float), 0
        yield (steps >> _HALF).astype(float), _HALF


def _sum(values: Floats) -> Fraction:
    """The exact sum of a slice of floats of which none is very large."""
    import numpy as np

    found, spare = Fraction(), values.size.bit_length() + 1
    while peak := max(float(values.max(initial=0)), -float(values.min(initial=0))):
        unit = ldexp(1.0, frexp(peak)[1] + spare)
        leading = (unit + values) - unit
        found += Fraction(float(np.sum(leading)))
        values = values - leading
    return found


def _product(left: Floats, right: Floats) -> Fraction:
    """The exact sum of the products of two slices of floats near one."""
    rounded = left * right
    (a, b), (c, d) = _split(left), _split(right)
    rest = b * d - (((rounded - a * c) - b * c) - a * d)
    return _sum(rounded) + _sum(rest)


def _split(values: Floats) -> tuple[Floats, Floats]:
    """Each float as the sum of two of 26 bits."""
    scaled = _SPLIT * values
    high = scaled - (scaled - values)
    return high, values - high
