"""The text of a cited value: its author chooses precision and form, and the number is kept in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from math import isfinite

from journal.tables.numbers import shown

_LONGEST = 1_000
_PERCENT = 2  # digits by which a percentage is shifted
# Every float and every text within the limits is exact with this many digits.
_EXACT = Context(prec=2_500, Emin=-9_999, Emax=9_999)

_PENDING = {"TBD", "?", "...", "…", "—", ""}
_AFFIX = r"(?P<gap>[ \u00a0\u202f]?)(?P<affix>[%×x])?"  # noqa: RUF001  (a true multiplication sign)
_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)(?=\.?[0-9])(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<point>\.?)(?P<decimals>[0-9]{0,300})"  # noqa: RUF001
    rf"(?:(?P<e>[eE])(?P<esign>[-+−]?)(?P<exponent>[0-9]{{1,3}}))?{_AFFIX}"  # noqa: RUF001
)
_PLACEHOLDER = re.compile(rf"(?P<word>[^%×x]*?){_AFFIX}")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class CitedText:
    """What a cited value's text says, and in which form.

    Attributes:
        number: The number as written, without its affix; None where it is still to be filled.
        decimals: Digits behind the point, in front of an exponent.
        whole: Digits before the point, without leading zeros.
        exponent: The exponent's `e` or `E`, its sign, and how many digits it has; None without one.
        grouped: Whether commas stand between thousands.
        plus: Whether a plus sign stands before it.
        minus: The sign of negative numbers.
        affix: What stands behind it, perhaps after a blank: `%` (the value times 100), `×`, `x` or nothing.
    """  # noqa: RUF002

    number: Decimal | None
    decimals: int = 0
    whole: int = 1
    exponent: tuple[str, str, int] | None = None
    grouped: bool = False
    plus: bool = False
    minus: str = "-"
    affix: str = ""

    @property
    def pending(self) -> bool:
        """Whether it is still to be filled."""
        return self.number is None

    @property
    def unit(self) -> Decimal:
        """One in its last digit."""
        number = self.number if self.number is not None else Decimal()
        return Decimal((0, (1,), int(number.as_tuple().exponent)))

    def exact(self, value: float) -> Decimal:
        """A value as this text counts it, without any rounding."""
        found = Decimal(value)
        return found.scaleb(_PERCENT, _EXACT) if self.affix.endswith("%") else found


def read(text: str) -> CitedText | None:
    """What a text says; None where it is neither a number nor a placeholder.

    A number has digits, perhaps a sign, commas between thousands, decimals, an exponent, and `%`, `×` or `x` behind it.
    `TBD`, `?`, `...`, `—` and nothing at all stand for a number to come; an affix behind them too.

    Examples:
        >>> read("3.60%").decimals, read("TBD").pending, read("about 3")
        (2, True, None)
    """  # noqa: RUF002
    bare = text.strip()
    if len(bare) > _LONGEST:
        return None
    found = _NUMBER.fullmatch(bare)
    if found is None:
        return _placeholder(bare)
    whole = found["whole"].replace(",", "")
    exponent = (found["e"], found["esign"], len(found["exponent"])) if found["e"] else None
    spelt = f"{found['sign']}{whole}.{found['decimals']}e{found['esign'] or ''}{found['exponent'] or 0}"
    return CitedText(
        number=Decimal(spelt.replace("−", "-")),  # noqa: RUF001
        decimals=len(found["decimals"]),
        whole=len(whole.lstrip("0")),
        exponent=exponent,
        grouped="," in found["whole"],
        plus=found["sign"] == "+",
        minus=found["sign"] if found["sign"] == "−" else "-",  # noqa: RUF001
        affix=found["gap"] + found["affix"] if found["affix"] else "",
    )


def _placeholder(text: str) -> CitedText | None:
    found = _PLACEHOLDER.fullmatch(text)
    if found is None or found["word"].upper() not in _PENDING:
        return None
    return CitedText(number=None, affix=found["gap"] + found["affix"] if found["affix"] else "")


def agrees(text: str, value: float) -> bool:
    """Whether a text is the value, rounded to the text's own precision; half-way either to even or away from zero.

    Examples:
        >>> agrees("67.0", 66.9601), agrees("3.6%", 0.0359972), agrees("0.68", 0.673)
        (True, True, False)
    """
    found = read(text)
    if found is None or found.number is None or not isfinite(value):
        return False
    exact, unit = found.exact(value), found.unit
    return any(exact.quantize(unit, way, _EXACT) == found.number for way in (ROUND_HALF_EVEN, ROUND_HALF_UP))


def written(text: str, value: float, digits: int) -> str:
    """The value in a text's own form and precision.

    Args:
        text: The text that it replaces.
        value: The value; what is no finite number is named, whatever the form.
        digits: Significant digits where the text has no form that could be kept: it is a placeholder, or no number.

    Examples:
        >>> written("0.683", 0.7019, 3), written("TBD", 2797.5, 3), written("3.6%", 0.041, 3)
        ('0.702', '2798', '4.1%')
    """
    if not isfinite(value):
        return shown(value, digits, None)
    form = read(text) or CitedText(number=None)
    if form.pending:
        return _filled(form, value, digits)
    exact = form.exact(value)
    number = _powered(form, exact) if form.exponent else _plain(form, exact)
    return f"{number}{form.affix}"


def _filled(form: CitedText, value: float, digits: int) -> str:
    """A placeholder's number, as a table shows it."""
    counted = float(form.exact(value))
    sample = shown(counted if isfinite(counted) else value, digits, None)
    return written(sample + form.affix, value, digits)


def _plain(form: CitedText, exact: Decimal) -> str:
    rounded = exact.quantize(form.unit, ROUND_HALF_EVEN, _EXACT)
    return _signed(form, rounded, f"{rounded.copy_abs():{',' if form.grouped else ''}f}")


def _powered(form: CitedText, exact: Decimal) -> str:
    """With an exponent, and one digit before the point; as many digits as the text has."""
    assert form.exponent is not None  # noqa: S101  (asked for by the caller)
    decimals = form.decimals + max(form.whole - 1, 0)
    rounded = Decimal(exact.normalize(Context(prec=decimals + 1, Emin=-9_999, Emax=9_999, rounding=ROUND_HALF_EVEN)))
    mantissa, _, power = f"{rounded.copy_abs():.{decimals}e}".partition("e")
    letter, sign, wide = form.exponent
    number = int(power) if rounded else 0
    positive = "+" if sign == "+" or (sign and wide > 1) else ""
    shown_sign = "-" if number < 0 else positive
    return _signed(form, rounded, f"{mantissa}{letter}{shown_sign}{abs(number):0{wide}d}")


def _signed(form: CitedText, rounded: Decimal, digits: str) -> str:
    """The digits of a rounded number with its sign; zero is not negative."""
    if rounded < 0:
        return f"{form.minus}{digits}"
    return f"+{digits}" if form.plus else digits
