"""Axes: where a value lies between two ends, and the round numbers that are written beside them.

Values are divided by a power of ten first where they are very large or small, so that nothing overflows.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PLAIN = (1e-4, 1e6)
_PLAIN_POWERS = (-4, 6)
_SAME = 1e-12
_FEW_DECADES = 2.2
_PAD = 0.05
_FULL_BELOW = 10_000
_THOUSANDS = ((9, ""), (6, "M"), (3, "k"))


class Tick(NamedTuple):
    """A round number beside an axis."""

    place: float
    """From 0 at the low end to 1."""
    label: str


class Axis(NamedTuple):
    """One axis.

    Attributes:
        place: Where a value lies, from 0 at the low end to 1; None for one that has no place on it.
        ticks: Its round numbers, ascending.
    """

    place: Callable[[float], float | None]
    ticks: tuple[Tick, ...]


def power(values: Iterable[float]) -> int:
    """The power of ten that values are divided by: 0 for common ones."""
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest == 0 or _PLAIN[0] <= largest < _PLAIN[1] else math.floor(math.log10(largest))


def divided(value: float, by: int) -> float:
    """A value divided by a power of ten, in two steps: the power itself may be beyond any float."""
    half = by // 2
    return value / 10.0**half / 10.0 ** (by - half) if by else value


def linear(low: float, high: float, most: int) -> Axis:
    """An axis of values in equal steps, with a little room at both ends.

    Args:
        low: The smallest value.
        high: The largest value.
        most: Most ticks there may be.
    """
    by = power((low, high))
    bottom, top = _roomy(divided(low, by), divided(high, by))

    def place(value: float) -> float:
        return (divided(value, by) - bottom) / (top - bottom)

    rounds, step = _rounds(bottom, top, most)
    labels = _labels(rounds, step, by)
    return Axis(
        place, tuple(Tick((at - bottom) / (top - bottom), text) for at, text in zip(rounds, labels, strict=True))
    )


def log(low: float, high: float, most: int) -> Axis:
    """An axis of positive values in equal ratios; its ends are those of the values, not of decades.

    Args:
        low: The smallest value, above 0.
        high: The largest value.
        most: Most ticks there may be.
    """
    bottom, top = math.log10(low), math.log10(high)
    room = max((top - bottom) * _PAD, 0.02)
    bottom, top = bottom - room, top + room

    def place(value: float) -> float | None:
        return (math.log10(value) - bottom) / (top - bottom) if value > 0 else None

    return Axis(place, tuple(Tick((at - bottom) / (top - bottom), text) for at, text in _log_ticks(bottom, top, most)))


def steps(first: int, last: int, most: int) -> Axis:
    """The axis of steps: whole numbers, and no room at the ends; a step that is alone lies in the middle."""
    if last <= first:
        return Axis(lambda value: 0.5 + value - first, (Tick(0.5, step_labels([first])[0]),))
    round_steps, _ = _rounds(float(first), float(last), most, whole=True)

    def place(value: float) -> float:
        return (value - first) / (last - first)

    labels = step_labels(round_steps)
    ticks = (Tick((at - first) / (last - first), text) for at, text in zip(round_steps, labels, strict=True))
    return Axis(place, tuple(ticks))


def step_labels(found: Sequence[float]) -> list[str]:
    """Steps in words, all of an axis in one unit: thousands or millions where no digit is lost.

    Examples:
        >>> step_labels([0, 5_000, 10_000]), step_labels([500_000, 1_500_000]), step_labels([12_345, 2e9])
        (['0', '5k', '10k'], ['0.5M', '1.5M'], ['12345', '2000000000'])
    """
    whole = [int(at) for at in found]
    for digits, sign in _THOUSANDS:
        unit = 10**digits
        if max(whole, default=0) >= max(unit, _FULL_BELOW) and not any(at * 100 % unit for at in whole):
            return [_in_unit(at, unit, sign) for at in whole]
    return [str(at) for at in whole]


def _in_unit(at: int, unit: int, sign: str) -> str:
    if at == 0:
        return "0"
    return f"{(Decimal(at) / unit).normalize():f}{sign}" if sign else _exponent(Decimal(at))


def _roomy(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis; around a constant as much room as lets it be read."""
    same = high - low <= _SAME * max(abs(low), abs(high))
    room = (abs(high) * 0.1 or 1.0) if same else (high - low) * _PAD
    return low - room, high + room


def _rounds(low: float, high: float, most: int, *, whole: bool = False) -> tuple[list[float], float]:
    """The round numbers between two ends, and the distance between them: 1, 2 or 5 times a power of ten."""
    raw = (high - low) / max(1, most)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(each * size for each in (1, 2, 5, 10) if each * size >= raw * 0.999)
    step = max(1.0, step) if whole else step
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)], step


def _labels(rounds: Sequence[float], step: float, by: int) -> list[str]:
    """The round numbers in words, all with as many decimals."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if by == 0:
        return [f"{at:.{decimals}f}" if round(at, decimals) else "0" for at in rounds]
    exact = [Decimal(f"{at:.{decimals}f}").scaleb(by) for at in rounds]
    return [_exponent(each) for each in exact]


def _exponent(number: Decimal) -> str:
    """`1.5e7`."""
    if not number:
        return "0"
    digits, _, power_ = f"{number.normalize():e}".partition("e")
    return f"{digits}e{int(power_)}"


def _log_ticks(bottom: float, top: float, most: int) -> list[tuple[float, str]]:
    first, last = math.ceil(bottom), math.floor(top)
    if top - bottom >= _FEW_DECADES:
        stride = max(1, math.ceil((last - first + 1) / most))
        return [(float(at), _power_label(1, at)) for at in range(first, last + 1, stride)]
    found = [
        (math.log10(each) + decade, _power_label(each, decade))
        for decade in range(first - 1, last + 1)
        for each in (1, 2, 5)
        if bottom <= math.log10(each) + decade <= top
    ]
    return found if len(found) > 2 else _close_ticks(bottom, top, most)  # noqa: PLR2004


def _close_ticks(bottom: float, top: float, most: int) -> list[tuple[float, str]]:
    """Round numbers of a range so narrow that no decades, halves and fifths lie in it."""
    by = math.floor(top)
    rounds, step = _rounds(10 ** (bottom - by), 10 ** (top - by), most)
    plain = _PLAIN_POWERS[0] <= by < _PLAIN_POWERS[1]
    labels = _labels(rounds, step, by) if not plain else _scaled(rounds, step, by)
    return [(math.log10(at) + by, text) for at, text in zip(rounds, labels, strict=True) if at > 0]


def _scaled(rounds: Sequence[float], step: float, by: int) -> list[str]:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [f"{Decimal(f'{at:.{decimals}f}').scaleb(by):f}" for at in rounds]


def _power_label(digit: int, decade: int) -> str:
    number = Decimal(digit).scaleb(decade)
    return f"{number:f}" if _PLAIN_POWERS[0] <= decade < _PLAIN_POWERS[1] else _exponent(number)
