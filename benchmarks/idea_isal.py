"""CRC-32 by zlib or by Intel's ISA-L (the package `isal`, which is no dependency), of whole blocks and of chunks.

See `contest.py` for how to run it.
"""

import sys
import zlib
from collections.abc import Callable

from contest import contest, timed
from make_logs import log_of
from reading import PEER

from journal.sources.wandb_log.framing import BLOCK, CHUNK_HEADER, FILE_HEADER, Chunk, read_chunks

SIZE = 64 << 20


def main() -> None:
    """Sum the first blocks of the log up."""
    # Only what this environment lacks is found in the peer's.
    sys.path += [str(folder) for folder in PEER.parent.parent.glob("lib/python3*/site-packages")]
    with log_of("history").open("rb") as file:
        view = memoryview(file.read(SIZE))
    blocks = [view[start : start + BLOCK] for start in range(0, SIZE, BLOCK)]
    begin = CHUNK_HEADER.size
    chunks = [
        view[chunk.offset + begin - 1 : chunk.offset + begin + len(chunk.payload)]
        for chunk in read_chunks(view, FILE_HEADER)
        if isinstance(chunk, Chunk)
    ]

    def way(crc32: Callable[[memoryview], int], pieces: list[memoryview]) -> Callable[[], int]:
        return lambda: sum(map(crc32, pieces))

    sums: dict[str, Callable[[memoryview], int]] = {"zlib": zlib.crc32}
    try:
        from isal import isal_zlib  # type: ignore[import-not-found]
    except ImportError:
        print("isal is not installed, and left out: make bench sets it up")
    else:
        sums["isal"] = isal_zlib.crc32
    for name, pieces in (("blocks", blocks), ("chunks", chunks)):
        ways = {f"{library}, {name}": timed(way(crc32, pieces)) for library, crc32 in sums.items()}
        contest(f"summing up {name}", ways, SIZE)


if __name__ == "__main__":
    main()
