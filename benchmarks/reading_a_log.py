"""Ways of reading the history of a `.wandb` log, timed against each other and logged as W&B runs, offline.

    python benchmarks/reading_a_log.py [FOLDER]    the runs go to FOLDER/wandb, `benchmarks` by default

The log is made by the real SDK: 5,000 steps of 10 metrics. All ways get the same bytes in memory, and must find the
same values; each round times every way once, so that a machine whose speed drifts treats them alike. The ways:

    protobuf    our framing, W&B's own protobuf classes, json.loads for every value: the usual recipe
    everything  our decoder on every record
    no-summary  our decoder, passing over the summary records unread
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import wandb
from wandb.proto.wandb_internal_pb2 import Record  # type: ignore[attr-defined]

from journal.sources.wandb_framing import LogRecord, read_records
from journal.sources.wandb_history import History
from journal.sources.wandb_records import HistoryRow, decode
from journal.sources.wandb_wire import CHUNK, fields, tag

STEPS, METRICS, ROUNDS = 5_000, 10, 20
PROJECT = "experiment-journal"
SUMMARY = tag(3, CHUNK)


def make_log(folder: Path) -> bytes:
    """The bytes of a log that the real SDK writes."""
    with wandb.init(mode="offline", dir=folder, settings=_quiet()) as run:
        for step in range(STEPS):
            run.log({f"metric/{number}": 1 / (1 + step + number / 7) for number in range(METRICS)})
    (log,) = folder.glob("wandb/offline-run-*/*.wandb")
    return log.read_bytes()


def _quiet() -> wandb.Settings:
    return wandb.Settings(silent=True, console="off", x_disable_stats=True)


def with_protobuf(log: bytes) -> int:
    """Number of values that W&B's own classes and json.loads find."""
    columns: dict[tuple[str, ...], list[float]] = {}
    for record in read_records(log):
        if isinstance(record, LogRecord):
            parsed = Record.FromString(record.payload)
            for item in parsed.history.item:
                path = tuple(item.nested_key) or (item.key,)
                columns.setdefault(path, []).append(json.loads(item.value_json))
    return sum(len(values) for path, values in columns.items() if not path[0].startswith("_"))


def with_everything(log: bytes) -> int:
    """Number of values that our decoder finds, with every record decoded."""
    return _values(log, lambda _payload: True)


def without_summary(log: bytes) -> int:
    """Number of values that our decoder finds when it passes over summary records."""
    return _values(log, lambda payload: all(key != SUMMARY for key, _, _ in fields(payload)))


def _values(log: bytes, wanted: Callable[[bytes], bool]) -> int:
    history = History()
    for record in read_records(log):
        if isinstance(record, LogRecord) and wanted(record.payload):
            body = decode(record.payload).body
            if isinstance(body, HistoryRow):
                history.add(body)
    columns, _ = history.columns()
    return sum(column.values.len() for column in columns.values())


WAYS: dict[str, Callable[[bytes], int]] = {
    "protobuf": with_protobuf,
    "everything": with_everything,
    "no-summary": without_summary,
}


def measure(log: bytes) -> dict[str, list[float]]:
    """Seconds of every way, round by round, after one round that only checks that all find the same."""
    counts = {name: way(log) for name, way in WAYS.items()}
    if set(counts.values()) != {STEPS * METRICS}:
        sys.exit(f"the ways disagree: {counts}")
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            start = time.perf_counter()
            way(log)
            seconds[name].append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Measure, log one run per way, and print the medians."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    os.environ["WANDB_MODE"] = "offline"
    with tempfile.TemporaryDirectory() as scratch:
        log = make_log(Path(scratch))
    megabytes = len(log) / 1e6
    for name, taken in measure(log).items():
        config = {"way": name, "log_megabytes": megabytes, "steps": STEPS, "metrics": METRICS}
        with wandb.init(project=PROJECT, name=name, dir=target, config=config, settings=_quiet()) as run:
            for seconds in taken:
                run.log({"read/seconds": seconds, "read/megabytes_per_second": megabytes / seconds})
        print(f"{name:12}{sorted(taken)[len(taken) // 2]:8.3f} s")


if __name__ == "__main__":
    main()
