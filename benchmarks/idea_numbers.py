"""Making floats of JSON texts: one by one, or all at once in several ways. See `contest.py` for how to run it."""

import json
from typing import Any

import numpy as np
import orjson
from contest import contest, timed
from make_logs import log_of

from journal.sources.wandb_log.batch import decode_batch
from journal.sources.wandb_log.framing import FILE_HEADER
from journal.sources.wandb_log.numbers import WIDTH, parse_numbers
from journal.sources.wandb_log.vocabulary import Vocabulary
from journal.sources.wandb_log.windows import Windows

SIZE = 64 << 20


def main() -> None:
    """Convert the values of the first rows of the log."""
    rows: list[bytes] = []
    with log_of("history").open("rb", buffering=0) as file:
        for stretch in Windows(file, FILE_HEADER, SIZE, 0):
            batch = decode_batch(stretch.spans, Vocabulary())
            ends = (batch.at + batch.length).tolist()
            rows += [stretch.spans.buffer[at:end].tobytes() for at, end in zip(batch.at.tolist(), ends, strict=True)]
    size = np.array([len(text) for text in rows], np.int64)
    at = np.cumsum(size) - size + WIDTH
    raw = bytes(WIDTH) + b"".join(rows) + bytes(WIDTH)
    buffer = np.frombuffer(raw, np.uint8)
    texts = [(start, start + length) for start, length in zip(at.tolist(), size.tolist(), strict=True)]

    def found(values: Any) -> bytes:
        return np.asarray(values, np.float64).tobytes()

    def fixed_width() -> bytes:
        wide = np.ndarray((len(buffer) - WIDTH + 1,), f"V{WIDTH}", buffer=buffer.data, strides=(1,))[at]
        cells = wide.view(np.uint8).reshape(-1, WIDTH)
        cells[np.arange(WIDTH) >= size[:, None]] = 0
        return found(cells.view(f"S{WIDTH}").ravel().astype(np.float64))

    def joined() -> bytes:
        return found(orjson.loads(b"[" + b",".join([raw[start:end] for start, end in texts]) + b"]"))

    ways = {
        "json.loads each": timed(lambda: found([json.loads(raw[start:end]) for start, end in texts])),
        "float() each": timed(lambda: found([float(raw[start:end]) for start, end in texts])),
        "orjson, joined": timed(joined),
        "numpy S24 to f8": timed(fixed_width),
        "polars cast": timed(lambda: found(parse_numbers(buffer, at, size)[0])),
    }
    print(f"{len(texts)} values")
    contest("making floats", ways, SIZE)


if __name__ == "__main__":
    main()
