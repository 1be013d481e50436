"""The numbers of a cell at full precision, in the words that the table puts around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.model.evidence import CellEvidence

# A number with its sign; not one inside a word, nor the count of runs, nor a bound such as `p < 0.001`.
_NUMBER = re.compile(r"(?<![\w.])(?<!n = )(?<!n=)(?<!< )(?<!<)([+\N{MINUS SIGN}-]?)(\d+(?:\.\d+)?(?:e[+-]\d+)?)")


def in_full(text: str, cell: CellEvidence | None) -> str:
    """A cell's text with every digit of its value, deviation, interval and p-value; the words between them stay.

    A text that shows the value in another unit, such as a share in percent, becomes the value alone. A number that has
    all its digits already stays as it is.

    Examples:
        >>> from journal.model.evidence import CellEvidence, CellState
        >>> cell = CellEvidence(row="a", column="b", expression="", state=CellState.VALUE, value=1.28123)
        >>> in_full("1.28x", cell), in_full("128%", cell), in_full("TBD", None)
        ('1.28123x', '1.28123', 'TBD')
    """
    if cell is None or cell.value is None:
        return text
    wanted = _numbers(cell)
    found = _NUMBER.sub(lambda token: _exact(token, wanted), text)
    return repr(cell.value) if wanted[0] is not None else found


def _numbers(cell: CellEvidence) -> list[float | None]:
    """The numbers of a cell that its text may show, in the usual order: its value first."""
    of_group = (cell.group.std, cell.group.low, cell.group.high) if cell.group else ()
    of_test = (cell.test.p,) if cell.test else ()
    return [cell.value, *of_group, *of_test]


def _exact(token: re.Match[str], wanted: list[float | None]) -> str:
    """The first of the wanted numbers that a token shows, at full precision; it is wanted no more."""
    sign, digits = token[1], token[2]
    for index, number in enumerate(wanted):
        if number is not None and _shows(sign, digits, number):
            wanted[index] = None
            return token[0] if float(digits) == abs(number) else f"{sign}{abs(number)!r}"
    return token[0]


def _shows(sign: str, digits: str, number: float) -> bool:
    if number and (number < 0) != (sign in {"-", "\N{MINUS SIGN}"}):
        return False
    mantissa, exponent, _ = digits.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return f"{abs(number):.{decimals}{'e' if exponent else 'f'}}" == digits
