"""A log read window by window, each cut into records, while the next one is already being read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from journal.model.run import Problem
from journal.sources.wandb_log.blocks import Chunks, cut
from journal.sources.wandb_log.buffers import SLACK, Spans
from journal.sources.wandb_log.framing import (
    BLOCK,
    CHUNK_HEADER,
    CUT,
    FIRST,
    FULL,
    LAST,
    MIDDLE,
    Assembly,
    Chunk,
    LogRecord,
    read_chunks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedIOBase, RawIOBase

    from journal.sources.wandb_log.buffers import Bytes, Flags

    LogFile = RawIOBase | BufferedIOBase

T = TypeVar("T")

WINDOW = 128 * BLOCK
"""Bytes that are decoded at once: enough to make NumPy's overhead small, few enough to stay in the caches."""

_HEADER = CHUNK_HEADER.size
_SPARE = 16  # room for records that lie in several blocks: one part in so many of a window


class Stretch(NamedTuple):
    """The records of one window, and what was lost in it."""

    spans: Spans
    problems: list[Problem]


class _Window(NamedTuple):
    """A window as it was read.

    Attributes:
        buffer: Its bytes, and room behind them.
        offset: Where it begins in the file, at the beginning of a block.
        size: Its bytes.
        first: Where in it the first chunk begins.
        chunks: The chunks of its whole blocks; None if they must be read singly.
    """

    buffer: Bytes
    offset: int
    size: int
    first: int
    chunks: Chunks | None

    @property
    def whole(self) -> int:
        """Bytes of its whole blocks."""
        return self.size - self.size % BLOCK


class Windows:
    """The records of a log from one place on, window by window.

    Args:
        file: The log, open; only bytes below `size` are read.
        start: Where a chunk begins.
        size: Where to stop.
        base: Where blocks are counted from.
        on_read: Told the bytes of every window, in order; on another thread.

    Attributes:
        resume: Once all is read: where to go on when the log has grown; 0 for nowhere but at its beginning.
    """

    def __init__(
        self,
        file: LogFile,
        start: int,
        size: int,
        base: int,
        on_read: Callable[[memoryview], object] | None = None,
    ) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._base = base
        self._on_read = on_read
        self._assembly = Assembly()
        self.resume = size

    def __iter__(self) -> Iterator[Stretch]:
        problems: list[Problem] = []
        for window in self._ahead():
            stretch = self._stretch(window)
            problems = stretch.problems
            yield stretch
        lost = list(self._assembly.finish())
        if lost:
            yield Stretch(_packed([]), lost)
        self.resume = self._resume([*problems, *lost])

    def _resume(self, problems: list[Problem]) -> int:
        """Behind the last record that is whole; nowhere while parts of one that was lost may follow."""
        if self._assembly.adrift:
            return 0
        last = problems[-1] if problems else None
        return last.offset or 0 if last is not None and last.message == CUT else max(self._start, self._size)

    def _ahead(self) -> Iterator[_Window]:
        """The windows, the next of which is read and cut on another thread meanwhile."""
        first = self._start - (self._start - self._base) % BLOCK
        windows = map(self._read, range(first, self._size, WINDOW))
        return _read_ahead(windows) if self._size - first > WINDOW else windows

    def _read(self, offset: int) -> _Window:
        wanted = min(WINDOW, self._size - offset)
        buffer = np.empty(wanted + wanted // _SPARE + SLACK, np.uint8)
        self._file.seek(offset)
        size = 0
        while size < wanted and (got := self._file.readinto(buffer.data[size:wanted])):
            size += got
        if self._on_read is not None:
            self._on_read(buffer.data[:size])
        whole = size - size % BLOCK
        first = max(self._start - offset, 0)
        chunks = cut(buffer[: whole + SLACK], whole, first) if whole else None
        return _Window(buffer, offset, size, first, chunks)

    def _stretch(self, window: _Window) -> Stretch:
        """The records of a window: many at once where its blocks are as they should be, else one by one."""
        problems: list[Problem] = []
        records: list[LogRecord] = []
        plain: Spans | None = None
        chunks = window.chunks
        rest = window.first
        if chunks is not None and self._is_chain(chunks):
            plain, joined = self._join(window, chunks)
            records += joined
            rest = max(window.whole, window.first)
        view = window.buffer.data[: window.size]
        for chunk in read_chunks(view, rest, shift=window.offset):
            for found in self._assembly.take(chunk):
                if isinstance(found, Problem):
                    problems.append(found)
                else:
                    records.append(found)
        return Stretch(_with(plain, window, records) if plain is not None else _packed(records), problems)

    def _is_chain(self, chunks: Chunks) -> bool:
        """Whether every record has its beginning and its end, in this window or in those around it."""
        inside = (chunks.kind == FIRST) | (chunks.kind == MIDDLE)
        before = np.append(bool(self._assembly.parts), inside[:-1])
        opens = (chunks.kind == FULL) | (chunks.kind == FIRST)
        return bool((opens != before).all())

    def _join(self, window: _Window, chunks: Chunks) -> tuple[Spans, list[LogRecord]]:
        """Records of one chunk, where they lie; and those of several, joined."""
        full = chunks.kind == FULL
        start, length = chunks.start[full], chunks.length[full]
        self._assembly.adrift &= not len(chunks.kind)
        joined = list(self._joined(window, chunks, ~full))
        return Spans(window.buffer, start, start + length, start + (window.offset - _HEADER)), joined

    def _joined(self, window: _Window, chunks: Chunks, parts: Flags) -> Iterator[LogRecord]:
        """The records of several chunks; nearly all of them are of two, with nothing between."""
        view = window.buffer.data
        at, size, kind = (column[parts].tolist() for column in (chunks.start, chunks.length, chunks.kind))
        for place, begin in enumerate(at):
            payload = bytes(view[begin : begin + size[place]])
            offset = begin + window.offset - _HEADER
            if kind[place] == FIRST and kind[place + 1 : place + 2] == [LAST]:
                behind = at[place + 1]
                yield LogRecord(offset, payload + bytes(view[behind : behind + size[place + 1]]))
            elif not (kind[place] == LAST and place and kind[place - 1] == FIRST):
                for found in self._assembly.take(Chunk(offset, kind[place], payload)):
                    if isinstance(found, LogRecord):
                        yield found


def _read_ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, the next of which is made on a thread of its own while one is in use."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _packed(records: list[LogRecord]) -> Spans:
    """Records that lie nowhere together, in a buffer of their own."""
    buffer = np.frombuffer(b"".join([*(record.payload for record in records), bytes(SLACK)]), np.uint8)
    end = np.cumsum([len(record.payload) for record in records], dtype=np.int64)
    start = end - np.array([len(record.payload) for record in records], np.int64)
    return Spans(buffer, start, end, np.array([record.offset for record in records], np.int64))


def _with(plain: Spans, window: _Window, records: list[LogRecord]) -> Spans:
    """The records of a window together with others, whose bytes are put behind it; in the order of the file."""
    if not records:
        return plain
    packed = _packed(records)
    buffer = window.buffer
    end = window.size + len(packed.buffer)
    if end > len(buffer):
        buffer = np.concatenate([buffer[: window.size], packed.buffer])
    else:
        buffer[window.size : end] = packed.buffer
    offset = np.concatenate([plain.offset, packed.offset])
    order = np.argsort(offset, kind="stable")
    start = np.concatenate([plain.start, packed.start + window.size])[order]
    stop = np.concatenate([plain.end, packed.end + window.size])[order]
    return Spans(buffer, start, stop, offset[order])
