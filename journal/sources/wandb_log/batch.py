"""Many records decoded at once, with NumPy: the cursors of all rows of history walk forward together.

Only what nearly all records look like is decoded here: numbered, one row of history or a kind that is passed over, keys
and then JSON text in every item. Whatever looks otherwise is named, and left to `records`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from journal.sources.wandb_log.buffers import words_of
from journal.sources.wandb_log.records import UNUSED_KINDS
from journal.sources.wire import CHUNK, ONE_BYTE, VARINT, tag

if TYPE_CHECKING:
    from journal.sources.wandb_log.buffers import Flags, Ints, Spans, Words
    from journal.sources.wandb_log.vocabulary import Vocabulary

_NUMBER = tag(1, VARINT)
_STREAM = 0x0CC2  # the two bytes of tag(200, CHUNK), as a little-endian number
_HISTORY = tag(2, CHUNK)
_SUMMARY = tag(3, CHUNK)
_ITEM = tag(1, CHUNK)
_STEP = tag(2, CHUNK)
_KEY, _NESTED = tag(1, CHUNK), tag(2, CHUNK)
_VALUE = 0x0182  # the two bytes of tag(16, CHUNK), as a little-endian number
# An item of less than 128 bytes, tag and length, and in it a key of less than 128 bytes.
_ITEM_AND_KEY_MASK = np.uint64(0x80FF80FF)
_ITEM_AND_KEY, _ITEM_AND_NESTED = (np.uint64(_ITEM | kind << 16) for kind in (_KEY, _NESTED))
_SHORT_VALUE_MASK = np.uint64(0x80FFFF)
_LONGEST_STEP = 6  # bytes of a varint that fits the word it is read with
_DENSE = 64  # places of a table for each thing that is in it, at most


class Batch(NamedTuple):
    """Records, decoded as far as they are plain.

    Attributes:
        number: The writer's count of each record, 0 for none; -1 where it must be decoded singly.
        single: The records, ascending, that must be decoded singly.
        rows: The records, ascending, that are plain rows of history.
        beside: The step that each of these rows has beside its items; -1 for none.
        owner: Which of these rows each item belongs to.
        key: The number of each item's key in the vocabulary.
        at: Where each item's JSON text begins in the buffer.
        length: Its bytes.
    """

    number: Ints
    single: Ints
    rows: Ints
    beside: Ints
    owner: Ints
    key: Ints
    at: Ints
    length: Ints


def decode_batch(spans: Spans, vocabulary: Vocabulary, *, summary: bool = False) -> Batch:
    """Decode records.

    Args:
        spans: The records.
        vocabulary: The keys of the log, to which new ones are added.
        summary: Whether changes of the summary take the place of rows of history, which are passed over then.

    Returns:
        What is plain in them. The items of a row keep their order; rows do not: see `Batch.owner`.
    """
    wanted, unused = (_SUMMARY, _UNUSED | _IS_HISTORY) if summary else (_HISTORY, _UNUSED)
    words = words_of(spans.buffer)
    number, body = _numbers(words, spans)
    kind = spans.buffer[body]
    rows = np.flatnonzero((kind == wanted) & (number >= 0))
    length, used = _lengths(words[body[rows]] >> np.uint64(8))
    start = body[rows] + 1 + used
    whole = start + length == spans.end[rows]
    rows, start = rows[whole], start[whole]
    owner, key_at, key_size, at, size, beside, odd = _items(words, start, spans.end[rows])
    key = vocabulary.look_up(spans.buffer, key_at, key_size)
    odd[owner[key < 0]] = True
    odd[_repeating(owner, key, len(vocabulary.paths))] = True
    if odd.any():
        kept = ~odd[owner]
        place = np.cumsum(~odd) - 1
        owner, key, at, size = place[owner[kept]], key[kept], at[kept], size[kept]
        rows, beside = rows[~odd], beside[~odd]
    single = ~unused[kind] | (kind == wanted) | (number < 0)
    single[rows] = False
    number[single] = -1
    return Batch(number, np.flatnonzero(single), rows, beside, owner, key, at, size)


def _repeating(owner: Ints, key: Ints, keys: int) -> Ints:
    """The rows that have a key more than once: only the last of its values counts."""
    cell = owner * (keys + 1) + key + 1  # keys begin at -1
    most = int(cell.max(initial=0)) + 1
    if most <= _DENSE * len(cell):
        there = np.zeros(most, bool)
        there[cell] = True
        if there.sum() == len(cell):
            return cell[:0]
    ordered = np.sort(cell)
    again: Ints = ordered[1:][ordered[1:] == ordered[:-1]] // (keys + 1)
    return again


def _numbers(words: Words, spans: Spans) -> tuple[Ints, Ints]:
    """Every record's number and where its body begins: 0 where it has none, as before SDK 0.13; -1 where it is odd."""
    word = words[spans.start]
    numbered = (word & np.uint64(0xFF)) == _NUMBER
    number, used = _varints(word >> np.uint64(8))
    body = spans.start + 1 + used
    odd = numbered & ((used == 0) | (body >= spans.end)) | (spans.start == spans.end)
    number[~numbered] = 0
    number[odd] = -1
    body = np.where(numbered & ~odd, body, spans.start)
    return number, _behind_stream(words, body, spans.end)


def _behind_stream(words: Words, body: Ints, end: Ints) -> Ints:
    """Where bodies begin that have the name of their stream before them, as the core writes it."""
    at = np.flatnonzero(words[body] & np.uint64(0xFFFF) == _STREAM)
    size, used = _lengths(words[body[at]] >> np.uint64(16))
    behind = body[at] + 2 + used + size
    good = (size >= 0) & (behind < end[at])
    body[at[good]] = behind[good]
    return body


def _varints(word: Words) -> tuple[Ints, Ints]:
    """The varint at the beginning of each word, and its bytes; 0 bytes where it is longer than five."""
    ended = np.zeros(len(word), bool)
    value = np.zeros(len(word), np.int64)
    used = np.zeros(len(word), np.int64)
    for place in range(_LONGEST_STEP - 1):
        byte = (word >> np.uint64(8 * place) & np.uint64(0xFF)).astype(np.int64)
        value |= np.where(ended, 0, (byte & 0x7F) << 7 * place)
        last = ~ended & (byte < ONE_BYTE)
        used[last] = place + 1
        ended |= last
        if ended.all():
            break
    return value, used


def _lengths(word: Words) -> tuple[Ints, Ints | int]:
    """The length at the beginning of each word, and its bytes: one nearly always. Beyond five bytes: a length of -1."""
    first = (word & np.uint64(0xFF)).astype(np.int64)
    if not len(first) or first.max() < ONE_BYTE:
        return first, 1
    length, used = _varints(word)
    length[used == 0] = -1
    return length, used


def _items(words: Words, cursor: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags]:
    """Every item of every row: owner, place and size of key and text; then of each row its step, and if it is odd."""
    beside = np.full(len(cursor), -1, np.int64)
    odd = np.zeros(len(cursor), bool)
    owner = np.arange(len(cursor))
    found: list[tuple[Ints, ...]] = []
    while len(owner):
        word = words[cursor]
        plain = _plain_round(words, word, cursor, end)
        if plain is not None:
            found.append((owner, *plain))
            cursor = plain[-2] + plain[-1]
            going = cursor < end
            if not going.all():
                cursor, end, owner = cursor[going], end[going], owner[going]
            continue
        length, used = _lengths(word >> np.uint64(8))
        inner = cursor + 1 + used
        stop = inner + length
        kind = word & np.uint64(0xFF)
        item = kind == _ITEM
        bad = (length < 0) | (stop > end) | ~(item | (kind == _STEP))
        if not item.all():
            step = ~item & ~bad
            beside[owner[step]], readable = _steps(words, inner[step], length[step])
            bad[step] |= ~readable
            item &= ~bad
        if bad.any():
            odd[owner[bad]] = True
            item &= ~bad
        took = slice(None) if item.all() else item
        key_end, at, size = _keys_and_texts(words, inner[took], stop[took])
        odd[owner[took][size < 0]] = True
        found.append((owner[took], inner[took], key_end - inner[took], at, size))
        going = (stop < end) & ~bad
        cursor, end, owner = stop[going], end[going], owner[going]
    if not found:
        nothing = np.zeros(0, np.int64)
        found = [(nothing,) * 5]
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    if odd.any():
        columns = [column[~odd[columns[0]]] for column in columns]
    return columns[0], columns[1], columns[2], columns[3], columns[4], beside, odd


def _plain_round(words: Words, word: Words, cursor: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints] | None:
    """One item of each row, where all are as nearly all are: one short key and a short text. None if any is not.

    Returns:
        Place and size of keys and of texts.
    """
    first = word & _ITEM_AND_KEY_MASK
    if not ((first == _ITEM_AND_NESTED).all() or (first == _ITEM_AND_KEY).all()):
        return None
    inner = cursor + 2
    key_size = ((word >> np.uint64(24)) & np.uint64(0x7F)).astype(np.int64) + 2
    at = inner + key_size
    stop = inner + ((word >> np.uint64(8)) & np.uint64(0x7F)).astype(np.int64)
    if (at + 3 > stop).any() or (stop > end).any():
        return None
    behind = words[at]
    size = ((behind >> np.uint64(16)) & np.uint64(0x7F)).astype(np.int64)
    at += 3
    if ((behind & _SHORT_VALUE_MASK) != _VALUE).any() or (at + size != stop).any():
        return None
    return inner, key_size, at, size


def _steps(words: Words, inner: Ints, length: Ints) -> tuple[Ints, Flags]:
    """Steps out of their messages, and which could be read."""
    word = words[inner]
    value, used = _varints(word >> np.uint64(8))
    empty = length == 0
    readable = empty | (((word & np.uint64(0xFF)) == _NUMBER) & (used > 0) & (used + 1 == length))
    return np.where(empty, 0, value), readable


def _keys_and_texts(words: Words, inner: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Where each item's keys end, and its text's place and size; a size of -1 where an item is not keys and a text."""
    place, word = _behind_key(words, inner, words[inner], stop)
    deeper = np.flatnonzero(_is_key(word) & (place > inner))
    while len(deeper):
        further, behind = _behind_key(words, place[deeper], word[deeper], stop[deeper])
        moved = further > place[deeper]
        place[deeper], word[deeper] = further, behind
        deeper = deeper[moved & _is_key(behind)]
    size, used = _lengths(word >> np.uint64(16))
    at = place + 2 + used
    size[(word & np.uint64(0xFFFF) != _VALUE) | (at + size != stop) | (place == inner)] = -1
    return place, at, size


def _is_key(word: Words) -> Flags:
    kind = word & np.uint64(0xFF)
    found: Flags = np.logical_or(kind == _NESTED, kind == _KEY)
    return found


def _behind_key(words: Words, place: Ints, word: Words, stop: Ints) -> tuple[Ints, Words]:
    """Where each key ends, and the word there; the same place for what is no short key."""
    size = (word >> np.uint64(8) & np.uint64(0xFF)).astype(np.int64)
    behind = place + (size + 2)
    good = _is_key(word) & (size < ONE_BYTE) & (behind < stop)
    if not good.all():
        behind = np.where(good, behind, place)
    return behind, words[behind]


_UNUSED = np.zeros(256, bool)
_UNUSED[list(UNUSED_KINDS)] = True
_IS_HISTORY = np.arange(256) == _HISTORY
