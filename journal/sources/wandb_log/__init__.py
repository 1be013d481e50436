"""W&B's `.wandb` logs, read exactly and fast, without the `wandb` package.

From the bytes up: `framing` cuts a log into records; `wire`, `records` and `values` say what one of them means.
`buffers`, `blocks`, `windows`, `vocabulary`, `batch`, `numbers` and `rows` do the same for many at once. `history`,
`scan` and `summary` add them up; `reading` reads on demand, and `cache` keeps what was read. `head` tells who a run is
from the beginning of its log alone, and is quick to import.
"""
