"""Numbers as people spell them: one value with or without separators, an exponent or a per cent sign."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

SPELLING = (
    "[-+\N{MINUS SIGN}]?(?:[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])|[0-9]++)(?:\\.[0-9]++)?+"
    "(?:[eE][-+\N{MINUS SIGN}]?[0-9]{1,3}+)?+(?:[ \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}]?%)?+"
)
"""A number with what belongs to it, as a regular expression without groups."""

_NUMBER = re.compile(SPELLING)
_LONGEST = 60
# Fewer digits stand in too many places to say that a share and a mere number are one.
_TELLING = 3


class Amount(NamedTuple):
    """What a number says.

    Attributes:
        value: The number before a per cent sign.
        decimals: How many digits behind the point it tells.
        digits: Those of its digits that say something, without noughts at either end.
        is_share: Whether a per cent sign follows.
    """

    value: Decimal
    decimals: int
    digits: str
    is_share: bool


def read(text: str) -> Amount | None:
    """What a text says as a number; None if it is none."""
    if len(text) > _LONGEST or _NUMBER.fullmatch(text) is None:
        return None
    bare = text.rstrip("%").rstrip().replace(",", "").replace("\N{MINUS SIGN}", "-")
    value = Decimal(bare)
    mantissa = re.split("[eE]", bare)[0].lstrip("+-").replace(".", "")
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101  (the pattern has neither NaN nor infinities)
    return Amount(value, max(0, -exponent), mantissa.strip("0") or "0", text.endswith("%"))


def equal(wanted: Amount, found: Amount) -> bool:
    """Whether two numbers are of one value, however they are spelt."""
    return wanted.value == found.value


def quotes(wanted: Amount, found: Amount) -> bool:
    """Whether a number says what another does: the same value, and at least as exactly.

    A per cent sign may be missing where three digits or more make it unlikely that the two are equal by chance.
    """
    same = wanted.is_share == found.is_share or len(wanted.digits) >= _TELLING
    return same and wanted.value == found.value and found.decimals >= wanted.decimals


def trace(amount: Amount) -> re.Pattern[bytes]:
    """What every spelling of a value holds, as bytes: its digits, with no more than a separator between two of them."""
    return re.compile(b"[.,]?".join(digit.encode() for digit in amount.digits))
