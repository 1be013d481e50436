"""How much of a log is decoded at once: time and peak memory, each reading in a process of its own.

See `contest.py` for how to run it.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from contest import Measurement, contest
from make_logs import log_of
from reading import measured

WORKER = Path(__file__).parent / "worker_journal.py"
MEGABYTES = (8, 1, 2, 4, 16, 32)


def main() -> None:
    """Read the whole log with windows of each size."""
    log = log_of("history")

    def way(megabytes: int) -> Callable[[], Measurement]:
        return lambda: measured([sys.executable, str(WORKER), str(log), "--window", str(megabytes << 20)])

    ways = {f"{megabytes} MB": way(megabytes) for megabytes in MEGABYTES}
    contest("reading window by window", ways, log.stat().st_size)


if __name__ == "__main__":
    main()
