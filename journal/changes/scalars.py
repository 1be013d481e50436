"""What a plain value of a configuration file means, so that only its spelling is no change."""

from __future__ import annotations

from journal.changes.nodes import Leaf
from journal.changes.wording import quoted


def integer(written: str) -> Leaf:
    """An integer in any spelling of Python, TOML and JSON; digits beyond all bounds are compared as text."""
    try:
        return Leaf(("int", int(written, 0 if written.strip("+-")[:2].lower() in _PREFIXES else 10)), written)
    except ValueError:
        return Leaf(("int", written), written)


_PREFIXES = {"0x", "0o", "0b"}


def real(written: str) -> Leaf:
    """A floating-point number: `1e-4` and `0.0001` are one, `1` and `1.0` are not, and NaN is NaN."""
    try:
        number = float(written)
    except ValueError:
        return Leaf(("float", written), written)
    return Leaf(("float", "nan" if number != number else number), written)  # noqa: PLR0124 - NaN


def spelt(number: complex) -> str:
    """A number as Python spells it; integers of thousands of digits in base 16, which takes no time."""
    try:
        return repr(number)
    except ValueError:
        return hex(number) if isinstance(number, int) else ""


def text(value: str, written: str | None = None) -> Leaf:
    """A text, in quotes unless it is told how the file writes it."""
    return Leaf(("text", value), quoted(value) if written is None else written)


def truth(value: bool) -> Leaf:
    """True or False."""
    return Leaf(("bool", value), "true" if value else "false")


def nothing(written: str = "null") -> Leaf:
    """No value."""
    return Leaf(("null",), written)
