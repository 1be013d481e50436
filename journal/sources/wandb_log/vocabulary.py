"""The keys of a log, told apart by their bytes, many at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from journal.sources.wandb_log.buffers import SLACK, words_of
from journal.sources.wandb_log.records import key_path

if TYPE_CHECKING:
    from journal.sources.wandb_log.buffers import Bytes, Ints, Words
    from journal.sources.wandb_log.records import KeyPath

_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
_LONG = 256
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MOST_BITS = 20


class Vocabulary:
    """The keys of a log, numbered in the order in which they are met.

    A key is looked up by its bytes, as they stand in the log, in a table that is rebuilt so that no two share a slot.

    Attributes:
        paths: The path that each key stands for.
    """

    def __init__(self) -> None:
        self.paths: list[KeyPath] = []
        self._numbers: dict[bytes, int] = {}
        self._bits = 10
        self._slots = np.full(1 << self._bits, -1, np.int64)
        self._sizes = np.zeros(0, np.int64)
        self._words = np.zeros((0, 0), np.uint64)

    def look_up(self, buffer: Bytes, at: Ints, size: Ints) -> Ints:
        """The number of the key at each place; -1 for bytes that are no keys. New keys are numbered."""
        words = self._key_words(buffer, at, size)
        mixed = _mixed(words)
        key = self._known(words, mixed, size)
        missing = np.flatnonzero(key < 0)
        if not len(missing):
            return key
        order = np.argsort(mixed[missing], kind="stable")  # np.unique would import half of NumPy first
        first = order[np.append(True, np.diff(mixed[missing][order]) != 0)]
        new = [self._take_in(buffer[at[item] : at[item] + size[item]].tobytes()) for item in missing[np.sort(first)]]
        if any(new):
            self._rebuild()
            key[missing] = self._known([column[missing] for column in words], mixed[missing], size[missing])
        for item in np.flatnonzero(key < 0).tolist():  # no keys; or keys that share a slot for want of room
            spelt = buffer[at[item] : at[item] + size[item]].tobytes()
            if spelt not in self._numbers and self._take_in(spelt):
                self._rebuild()
            key[item] = self._numbers.get(spelt, -1)
        return key

    def _take_in(self, spelt: bytes) -> bool:
        """Number a key; returns whether it is a new one."""
        path = key_path(spelt) if spelt not in self._numbers else None
        if path is not None:
            self._numbers[spelt] = len(self.paths)
            self.paths.append(path)
        return path is not None

    def _rebuild(self) -> None:
        """Give every key a slot of its own."""
        spelt = list(self._numbers)
        sizes = np.array([len(key) for key in spelt], np.int64)
        starts = np.cumsum(sizes + SLACK) - sizes - SLACK
        packed = np.frombuffer(b"".join(key + bytes(SLACK) for key in spelt), np.uint8)
        words = self._key_words(packed, starts, sizes)
        mixed = _mixed(words)
        while self._bits < _MOST_BITS and len(set((mixed >> np.uint64(64 - self._bits)).tolist())) < len(spelt):
            self._bits += 1
        self._slots = np.full(1 << self._bits, -1, np.int64)
        self._slots[mixed >> np.uint64(64 - self._bits)] = np.arange(len(spelt))
        self._sizes, self._words = sizes, np.array(words)

    def _known(self, words: list[Words], mixed: Words, size: Ints) -> Ints:
        """The number of each key that has its slot; -1 for the others."""
        key: Ints = self._slots[mixed >> np.uint64(64 - self._bits)]
        if not len(self._sizes):
            return key
        same = self._sizes[key] == size
        for place, column in enumerate(words):
            if place < len(self._words):
                same &= self._words[place][key] == column
            else:
                same &= column == 0
        key[~same] = -1
        return key

    @staticmethod
    def _key_words(buffer: Bytes, at: Ints, size: Ints) -> list[Words]:
        """The bytes of each key in words, zero beyond its end."""
        words = words_of(buffer)
        longest = int(size.max(initial=0))
        shortest = int(size.min(initial=longest))
        columns = []
        for place in range(0, longest, _WORD):
            column = words[at + place if place <= SLACK - _WORD else np.minimum(at + place, len(words) - 1)]
            if shortest < place + _WORD:
                column &= _mask(place)[size] if longest < _LONG else _MASKS[np.clip(size - place, 0, _WORD)]
            columns.append(column)
        return columns


@cache
def _mask(place: int) -> Words:
    """For each size of a key that is not long, which bytes of its word at a place are the key's."""
    return _MASKS[np.clip(np.arange(_LONG) - place, 0, _WORD)]


def _mixed(words: list[Words]) -> Words:
    """One number for each key's words, that differs where they differ, but for chance."""
    total = np.zeros(len(words[0]) if words else 0, np.uint64)
    for column in words:  # in place: new arrays would cost more than what is done with them
        total ^= total >> np.uint64(29)
        total ^= column
        total *= _MIX
    return total
