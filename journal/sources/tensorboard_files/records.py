"""The framing of event files: records with a length and two checksums each, and what is left of them after damage."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from journal.model.run import Problem
from journal.sources.tensorboard_files.crc32c import masked_sums

if TYPE_CHECKING:
    from journal.sources.tensorboard_files.crc32c import Bytes, Places, Sums, Truths

_LENGTH = Struct("<Q")
_HEADER = 12  # a length, and the sum of it
_FOOTER = 4  # the sum of what is in the record
_AT_ONCE = 1 << 16
_SEARCHED = 1 << 18


class Records(NamedTuple):
    """What a file holds.

    Attributes:
        spans: Where what is in each sound record begins and ends, in file order.
        problems: What could not be read.
    """

    spans: list[tuple[int, int]]
    problems: tuple[Problem, ...]


class _Chain(NamedTuple):
    """Records one behind the other.

    Attributes:
        starts: Where each begins; the length of each is sound.
        sizes: Bytes in each, without lengths and sums.
        stop: Where the last one ends.
        goes_on: Whether another one may follow: the chain was only cut for its length.
    """

    starts: Places
    sizes: Places
    stop: int
    goes_on: bool


def read_records(content: bytes) -> Records:
    """The records of a file. One that does not match its sums is left out; reading goes on with the next sound one."""
    import numpy as np

    array = np.frombuffer(content, np.uint8)
    spans: list[tuple[int, int]] = []
    problems: list[Problem] = []
    damaged: list[int] = []
    position = 0
    while position < len(content):
        chain = _chain(content, array, position)
        sound = _are_sound(array, chain)
        spans += [
            (start + _HEADER, start + _HEADER + size)
            for start, size in zip(chain.starts[sound].tolist(), chain.sizes[sound].tolist(), strict=True)
        ]
        damaged += chain.starts[~sound].tolist()
        position = chain.stop
        if chain.goes_on or position == len(content):
            continue
        # a record that lost bytes swallows the next: it is looked for inside
        begin = int(chain.starts[-1]) if len(sound) and not sound[-1] else position
        found = _next_record(content, array, begin + 1)
        if found is None:
            problems.append(_tail(content, array, position))
            break
        damaged += [position] if begin == position else []
        position = found
    if damaged:
        told = Problem(message="events that do not match their checksum, left out", offset=min(damaged))
        problems.insert(0, told.model_copy(update={"message": f"{told.message}: {len(damaged)}"}))
    return Records(spans, tuple(problems))


def first_record(content: bytes) -> bytes | None:
    """What is in the first record of a file of which these are the first bytes, if it is whole and sound."""
    import numpy as np

    array = np.frombuffer(content, np.uint8)
    chain = _chain(content, array, 0, most=1)
    if not len(chain.starts) or not _are_sound(array, chain)[0]:
        return None
    return content[_HEADER : _HEADER + int(chain.sizes[0])]


def _chain(content: bytes, array: Bytes, position: int, most: int = _AT_ONCE) -> _Chain:
    """The records from a place on, by their lengths, as far as these are sound and the file goes."""
    import numpy as np

    starts: list[int] = []
    sizes: list[int] = []
    end, total = position, len(content)
    while len(starts) < most and end + _HEADER <= total:
        (size,) = _LENGTH.unpack_from(content, end)
        if size > total - end - _HEADER - _FOOTER:
            break
        starts.append(end)
        sizes.append(size)
        end += _HEADER + size + _FOOTER
    at = np.array(starts, np.int64)
    wrong = np.flatnonzero(~_have_sound_lengths(array, at))
    if len(wrong):
        keep = int(wrong[0])
        return _Chain(at[:keep], np.array(sizes[:keep], np.int64), starts[keep], goes_on=False)
    return _Chain(at, np.array(sizes, np.int64), end, goes_on=len(starts) == most)


def _have_sound_lengths(array: Bytes, starts: Places) -> Truths:
    """Whether the length at each of these places matches the sum behind it."""
    import numpy as np

    sums = masked_sums(array, starts, np.full(len(starts), _LENGTH.size, np.int64))
    sound: Truths = sums == _numbers(array, starts + _LENGTH.size)
    return sound


def _are_sound(array: Bytes, chain: _Chain) -> Truths:
    """Whether what is in each record matches its sum."""
    starts = chain.starts + _HEADER
    sound: Truths = masked_sums(array, starts, chain.sizes) == _numbers(array, starts + chain.sizes)
    return sound


def _numbers(array: Bytes, places: Places) -> Sums:
    """The 32-bit numbers at these places."""
    import numpy as np

    if not len(places):
        return np.zeros(0, np.uint32)
    return np.lib.stride_tricks.sliding_window_view(array, 4)[places].copy().view("<u4")[:, 0]


def _next_record(content: bytes, array: Bytes, position: int) -> int | None:
    """Where the next whole and sound record begins, whatever lies before it."""
    import numpy as np

    last = len(content) - _HEADER - _FOOTER
    for first in range(position, last + 1, _SEARCHED):
        places = np.arange(first, min(first + _SEARCHED, last + 1), dtype=np.int64)
        for place in places[_have_sound_lengths(array, places)].tolist():
            chain = _chain(content, array, place, most=1)
            if len(chain.starts) and _are_sound(array, chain)[0]:
                return int(place)
    return None


def _tail(content: bytes, array: Bytes, position: int) -> Problem:
    """What is to be said of the bytes behind the last record."""
    import numpy as np

    left = len(content) - position
    if left < _HEADER or _have_sound_lengths(array, np.array([position], np.int64))[0]:
        message = "the last event is cut off and left out; it may still be being written"
    else:
        message = f"bytes at the end that are no events, left out: {left}"
    return Problem(message=message, offset=position)
