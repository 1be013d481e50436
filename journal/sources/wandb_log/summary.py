"""The tracker's own summary, replayed from its log: of each key only the last change is ever read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from journal.sources.wandb_log.batch import decode_batch
from journal.sources.wandb_log.framing import FILE_HEADER
from journal.sources.wandb_log.records import RunIdentity, SummaryChange, decode
from journal.sources.wandb_log.values import Replay
from journal.sources.wandb_log.vocabulary import Vocabulary
from journal.sources.wandb_log.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from journal.sources.wandb_log.batch import Batch
    from journal.sources.wandb_log.buffers import Spans
    from journal.sources.wandb_log.windows import LogFile


def read_summary(
    file: LogFile, size: int, base: int, on_read: Callable[[memoryview], object] | None = None
) -> dict[str, Any]:
    """The summary that the changes in a log add up to; values that cannot be read are left out.

    Args:
        file: The log.
        size: How much of it is to be read, in bytes.
        base: Where its blocks are counted from.
        on_read: Told the bytes of every window; on another thread.
    """
    replay = Replay()
    vocabulary = Vocabulary()
    for stretch in Windows(file, FILE_HEADER, size, base, on_read) if size > FILE_HEADER else ():
        batch = decode_batch(stretch.spans, vocabulary, summary=True)
        for _, change in sorted(_changes(stretch.spans, batch, vocabulary), key=lambda change: change[0]):
            replay.apply(change)
    return replay.result()[0]


def _changes(spans: Spans, batch: Batch, vocabulary: Vocabulary) -> Iterator[tuple[int, SummaryChange]]:
    """The changes that count, each with its record: all odd ones, and of each key the last plain one.

    A key that is set again takes back whatever setting it before did, so leaving that out changes nothing.
    """
    for record in batch.single.tolist():
        try:
            body = decode(spans.buffer[spans.start[record] : spans.end[record]].tobytes()).body
        except ValueError:
            continue
        change = body.summary if isinstance(body, RunIdentity) else body
        if isinstance(change, SummaryChange):
            yield record, change
    last = np.full(len(vocabulary.paths), -1, np.int64)
    order = np.argsort(batch.owner, kind="stable")
    last[batch.key[order]] = order
    for item in np.sort(last[last >= 0]).tolist():  # in the order within a record, too
        text = spans.buffer[batch.at[item] : batch.at[item] + batch.length[item]].tobytes()
        path = vocabulary.paths[batch.key[item]]
        yield int(batch.rows[batch.owner[item]]), SummaryChange(update=[(path, text)])
