"""The word index in shards: for every term the entries that hold it, and how telling the place is.

A shard holds all terms from its first one on, up to the next shard's. Entries are numbered by age from 0, so that a new
one adds to the ends. The entries of a term are written as the differences of their numbers less one, times `FIELDS`,
plus the line of `search_words` counted from the last: text 0, first words 1, names 2, title 3. Each such number is
written with the characters of `DIGITS`: its last 64 close a number, its first 26 say that more follows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

FIELDS = 4
DIGITS = bytes(code for code in range(35, 127) if code not in b"<\\")
"""Characters that stand for themselves in a script: no quote, backslash, blank or `<`."""
MORE = 26
LAST = 64

SHARD = 30_000
"""Most terms of entries in a shard, on average; each takes about two characters."""
_TERM = 32  # bits of an entry's number and field in a key
SAMPLE = 256
"""Entries that are looked at to tell where shards begin."""


def starts(words: Sequence[str]) -> tuple[str, ...]:
    """The first term of each shard; the first shard begins with the empty one.

    Few of the older entries decide it, and always the same ones until there are twice as many: so an entry that is new
    or changed leaves the other shards alone.

    Args:
        words: What `search_words.of` gives, the oldest entry first.
    """
    shards = 1 << (sum(each.count(" ") for each in words) // SHARD).bit_length()
    if shards == 1:
        return ("",)
    oldest = 1 << (len(words).bit_length() - 1)
    stride = max(1, oldest // SAMPLE)
    seen = sorted(Counter(" ".join(words[:oldest:stride]).split()).items(), key=lambda item: _units(item[0]))
    sizes = list(accumulate(_weight(term, count, stride) for term, count in seen))
    found = (bisect_left(sizes, sizes[-1] * number / shards) for number in range(1, shards))
    return ("", *dict.fromkeys(seen[place][0] for place in found))


def _weight(term: str, count: int, stride: int) -> float:
    """About how many characters a term comes to, and all those like it that the sample left out."""
    alike = stride if count == 1 else 1
    return 1.6 * count * stride + (len(term) + 2) * alike


def shards(words: Sequence[str], firsts: Sequence[str]) -> Iterator[dict[str, str]]:
    """Every shard: its terms in the order of UTF-16, with a blank between, and as many lists of entries.

    Args:
        words: As for `starts`.
        firsts: Where shards begin, as `starts` gives it.
    """
    import numpy as np

    flat = " ".join(words).split()
    terms = _ordered(set(flat))
    number = {term: place for place, term in enumerate(terms)}
    of = np.fromiter(map(number.__getitem__, flat), np.int64, len(flat))
    written, ends = _written(of, *_places(words), len(terms))
    keys = [_units(term) for term in terms]
    cuts = [*(bisect_left(keys, _units(first)) for first in firsts), len(terms)]
    for start, end in pairwise(cuts):
        hits = written[int(ends[start]) : int(ends[end])]
        yield {"terms": " ".join(terms[start:end]), "hits": hits.decode("ascii").rstrip(" ")}


def _ordered(terms: set[str]) -> list[str]:
    """In the order in which browsers compare."""
    return sorted(terms, key=_units)


def _units(term: str) -> bytes:
    return term.encode("utf-16-be", "surrogatepass")


def _places(words: Sequence[str]) -> tuple[Numbers, Numbers]:
    """For each term of each entry, in order, the entry's number and the field."""
    import numpy as np

    sizes = np.array([_size(line) for each in words for line in each.split("\n")], np.int64).reshape(-1, FIELDS)
    entries = np.repeat(np.arange(len(words)), sizes.sum(axis=1))
    fields = np.repeat(np.tile(np.arange(FIELDS)[::-1], len(words)), sizes.ravel())
    return entries, fields


def _size(line: str) -> int:
    return line.count(" ") + 1 if line else 0


def _written(of: Numbers, entries: Numbers, fields: Numbers, terms: int) -> tuple[bytes, Numbers]:
    """All lists of entries with a blank behind each, and where each begins.

    Args:
        of: For each place the number of its term.
        entries: The entry's number; ascending.
        fields: The field.
        terms: How many terms there are.
    """
    import numpy as np

    keys = (of << _TERM) + entries * FIELDS + fields
    keys.sort()
    of, places = keys >> _TERM, keys & ((1 << _TERM) - 1)
    entries = places // FIELDS
    first = np.diff(of, prepend=-1) != 0
    before = np.where(first, -1, np.roll(entries, 1))
    values = (entries - before - 1) * FIELDS + places % FIELDS
    lengths = _lengths(values)
    ends = np.cumsum(lengths)
    size = np.zeros(terms + 1, np.int64)
    np.add.at(size, of + 1, lengths)
    size[1:] += 1  # the blank
    begins = np.cumsum(size)
    text = np.full(int(begins[-1]), ord(" "), np.uint8)
    _fill(text, ends + of - 1, values, lengths)
    return text.tobytes(), begins


def _lengths(values: Numbers) -> Numbers:
    """How many characters each number takes."""
    import numpy as np

    lengths = np.ones(len(values), np.int64)
    limit, most = LAST, int(values.max(initial=0))
    while limit <= most:
        lengths += values >= limit
        limit *= MORE
    return lengths


def _fill(text: NDArray[np.uint8], last: Numbers, values: Numbers, lengths: Numbers) -> None:
    """Write each number, its last character at `last`."""
    import numpy as np

    digits = np.frombuffer(DIGITS, np.uint8)
    text[last] = digits[MORE + values % LAST]
    left, back = values // LAST, 1
    while (held := lengths > back).any():
        last, left, lengths = last[held], left[held], lengths[held]
        text[last - back] = digits[left % MORE]
        left, back = left // MORE, back + 1
