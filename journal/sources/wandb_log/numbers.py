"""JSON numbers in bulk: many short texts in a buffer made into floats, each correctly rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.ma
import polars as pl

from journal.sources.wandb_log.buffers import at_any_place, words_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from journal.sources.wandb_log.buffers import Bytes, Flags, Floats, Ints

WIDTH = 24
"""Bytes of the longest text that is read here; the longest float that anybody writes has that many."""

_WORD = 8
_TEN = 10
_NOUGHTS = int.from_bytes(b"0" * WIDTH)
_NOT_A_DIGIT = np.uint64(0xC0C0C0C0C0C0C0C0)  # bits that no digit, sign or point has, but the letter of an exponent
_NAN, _INFINITY = (int.from_bytes(text, "little") for text in (b"NaN", b"Infinity"))


def _by_size(keep: int, fill: int) -> npt.NDArray[np.uint64]:
    """For each size a mask of WIDTH bytes, in words: `keep` in the last bytes, `fill` in those before."""
    masks = []
    for size in range(WIDTH + 1):
        kept = (1 << 8 * size) - 1
        masks.append(np.frombuffer((keep & kept | fill & ~kept).to_bytes(WIDTH), "<u8"))
    return np.array(masks, np.uint64)


_KEPT = _by_size((1 << 8 * WIDTH) - 1, 0)
_FILLED = _by_size(0, _NOUGHTS)


def parse_numbers(buffer: Bytes, at: Ints, size: Ints) -> tuple[Floats, Flags]:
    """The number that each text spells.

    Args:
        buffer: Bytes, WIDTH more than the last text needs.
        at: Where each text begins.
        size: Its length, from 1 to WIDTH.

    Returns:
        The floats, each the nearest to what is spelt, and which of them could be read; NaN and the infinities can.
        Texts in the first bytes of the buffer may be left unread.
    """
    if not len(at):
        return np.zeros(0), np.zeros(0, bool)
    lead = words_of(buffer)[at].view(np.uint8).reshape(-1, _WORD)
    minus = lead[:, 0] == ord("-")
    first, second = np.where(minus, lead[:, 1], lead[:, 0]), np.where(minus, lead[:, 2], lead[:, 1])
    end, digits = at + size, size - minus
    plain = _is_digit(first)
    plain &= _is_digit(buffer[end - 1])
    plain &= (first != ord("0")) | ~_is_digit(second) | (digits == 1)
    plain &= (digits > 0) & (end >= WIDTH)
    if plain.all():
        numbers, readable = _digits(buffer, end, digits)
    else:
        numbers, readable = _words(buffer, at, size, minus)
        chosen = np.flatnonzero(plain)
        numbers[chosen], readable[chosen] = _digits(buffer, end[chosen], digits[chosen])
    return np.negative(numbers, where=minus, out=numbers), readable


def _is_digit(byte: Bytes) -> Flags:
    found: Flags = byte - np.uint8(ord("0")) < _TEN
    return found


def _digits(buffer: Bytes, end: Ints, size: Ints) -> tuple[Floats, Flags]:
    """Numbers without a sign by where they end: noughts before them make all of them equally long."""
    texts = at_any_place(buffer, f"V{WIDTH}")[end - WIDTH]
    words = texts.view("<u8").reshape(-1, WIDTH // _WORD)
    words &= _KEPT[size]
    words |= _FILLED[size]
    letters = words & _NOT_A_DIGIT
    if letters.any():
        rows = np.flatnonzero(letters.any(axis=1))
        words[rows[_is_bad(words[rows].view(np.uint8))]] = 0
    spelt = pl.Series(words.view(np.uint8).reshape(-1, WIDTH)).cast(pl.List(pl.UInt8)).cast(pl.Binary)
    numbers = spelt.cast(pl.String).cast(pl.Float64, strict=False)
    if not numbers.null_count():
        return numbers.to_numpy(writable=True), np.ones(len(end), bool)
    return numbers.fill_null(0.0).to_numpy(writable=True), numbers.is_not_null().to_numpy()


def _is_bad(texts: Bytes) -> Flags:
    """Which texts are no JSON though Polars might read them: not ASCII, or a point before anything but a digit."""
    beyond = (texts >= 0x80).any(axis=1)  # noqa: PLR2004 - the first byte that is not ASCII
    pointless = ((texts[:, :-1] == ord(".")) & (texts[:, 1:] > ord("9"))).any(axis=1)
    bad: Flags = np.logical_or(beyond, pointless)
    return bad


def _words(buffer: Bytes, at: Ints, size: Ints, minus: Flags) -> tuple[Floats, Flags]:
    """NaN and the infinities, a minus left aside, and which of the texts are one of them."""
    word = words_of(buffer)[at + minus]
    nan = (size == len("NaN")) & (word & np.uint64(0xFFFFFF) == _NAN) & ~minus
    infinite = (size - minus == len("Infinity")) & (word == _INFINITY)
    return np.where(nan, np.nan, np.where(infinite, np.inf, 0.0)), nan | infinite
