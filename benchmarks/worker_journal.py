"""Reads a log with the journal's own reader.

    worker_journal.py LOG [--cache FOLDER] [--metric NAME | --summary] [--window BYTES]

One metric, the summary, or all metrics.
"""

import argparse
from pathlib import Path
from typing import Any

import measured
import numpy as np

from journal.model.run import Column
from journal.sources.column_store.store import ColumnStore
from journal.sources.wandb_log import windows as wandb_windows
from journal.sources.wandb_log.cache import LogCache
from journal.sources.wandb_log.reading import LogReading

Columns = dict[str, Column]


def reading_of(options: argparse.Namespace) -> LogReading:
    """The log, with a cache if one was named."""
    return LogReading(options.log, LogCache(ColumnStore(options.cache)) if options.cache else None)


def read(options: argparse.Namespace) -> Columns:
    """The columns of one metric, or of all."""
    reading = reading_of(options)
    return dict(reading.columns([options.metric] if options.metric else reading.metric_names))


def found(columns: Columns) -> dict[str, Any]:
    """The values of each metric."""
    return {name: np.ascontiguousarray(column.values.to_numpy()) for name, column in columns.items()}


def held(columns: Columns) -> int:
    """Bytes of steps, values and times; those that several metrics share count once."""
    arrays = [part.to_numpy() for each in columns.values() for part in (each.steps, each.values, each.times)]
    return sum({array.ctypes.data: array.nbytes for array in arrays}.values())


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--metric")
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--window", type=int, default=wandb_windows.WINDOW)
    options = parser.parse_args()
    wandb_windows.WINDOW = options.window
    if options.summary:
        measured.report(
            lambda: reading_of(options).summary,
            lambda summary: {name: np.array([value], float) for name, value in summary.items() if name[0] != "_"},
        )
    else:
        measured.report(lambda: read(options), found, held)


if __name__ == "__main__":
    main()
