"""Reads a log as everybody did: `DataStore` of wandb 0.29, protobuf, json.loads. Run by that SDK's own environment.

    worker_datastore.py LOG [METRIC]

One metric, or all of them.
"""

import json
import sys

import measured
from wandb.proto.wandb_internal_pb2 import Record  # type: ignore[attr-defined]
from wandb.sdk.internal.datastore import DataStore  # type: ignore[import-not-found]

Points = dict[str, list[tuple[int, float]]]


def read(log: str, wanted: str | None) -> Points:
    """Of each metric: its steps and values."""
    store = DataStore()
    store.open_for_scan(log)
    points: Points = {}
    while True:
        payload = store.scan_data()
        if payload is None:
            return points
        record = Record.FromString(payload)
        if record.WhichOneof("record_type") == "history":
            _take(record, wanted, points)


def _take(record: Record, wanted: str | None, points: Points) -> None:
    step = record.history.step.num
    for item in record.history.item:
        name = ".".join(item.nested_key) or item.key
        if name[0] != "_" and (wanted is None or name == wanted):
            points.setdefault(name, []).append((step, float(json.loads(item.value_json))))


if __name__ == "__main__":
    log, wanted = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None  # noqa: PLR2004 - see the usage
    measured.report(
        lambda: read(log, wanted),
        lambda points: {name: measured.as_floats(found) for name, found in points.items()},
    )
