"""Testing checksums: one call per chunk, or one per block, from which its chunks' own follow by linearity.

`per chunk` and `per block` find the chunks alike, by cursors that walk through all blocks together; `plain` is the
reader for unusual blocks, which finds them in a Python loop. See `contest.py` for how to run it.
"""

from collections.abc import Callable
from zlib import crc32

import numpy as np
from contest import Measurement, contest, timed
from make_logs import log_of

from journal.sources.wandb_log import blocks as wandb_blocks
from journal.sources.wandb_log.blocks import Chunks, cut
from journal.sources.wandb_log.buffers import SLACK
from journal.sources.wandb_log.framing import BLOCK, CHUNK_HEADER, FILE_HEADER, Chunk, read_chunks

WINDOW = 256 * BLOCK
SIZE = 8 * WINDOW


def main() -> None:
    """Read the first blocks of the log and test them."""
    raw = np.concatenate([np.fromfile(log_of("history"), np.uint8, SIZE), np.zeros(SLACK, np.uint8)])
    view = raw.data
    tested = wandb_blocks._sums_hold  # noqa: SLF001 - it is this part that is exchanged

    def way(test: Callable[..., bool], after: Callable[[int, Chunks], int]) -> Callable[[], Measurement]:
        def count() -> int:
            wandb_blocks._sums_hold = test  # noqa: SLF001
            found = 0
            for start in range(0, SIZE, WINDOW):
                chunks = cut(raw[start : start + WINDOW + SLACK], WINDOW, 0 if start else FILE_HEADER)
                found += after(start, chunks) if chunks else 0
            return found

        return timed(count)

    def loop(offset: int, chunks: Chunks) -> int:
        at = chunks.start + offset
        claims = raw[(at - CHUNK_HEADER.size)[:, None] + np.arange(4)].copy().view("<u4").ravel().tolist()
        places = zip((at - 1).tolist(), (at + chunks.length).tolist(), claims, strict=True)
        return sum(crc32(view[start:stop]) == claim for start, stop, claim in places)

    def plain() -> int:
        return sum(isinstance(chunk, Chunk) for chunk in read_chunks(view[:SIZE], FILE_HEADER))

    ways = {
        "per chunk": way(lambda *_: True, loop),
        "per block": way(tested, lambda _, chunks: len(chunks.start)),
        "not tested": way(lambda *_: True, lambda _, chunks: len(chunks.start)),
        "plain": timed(plain),
    }
    contest("testing checksums", ways, SIZE)


if __name__ == "__main__":
    main()
