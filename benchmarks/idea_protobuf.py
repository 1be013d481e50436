"""Decoding rows of history: C protobuf with W&B's classes, with a small descriptor of our own, or NumPy's cursors.

All ways cut the log into records alike, and convert a whole column at once. See `contest.py` for how to run it.
"""

from io import BytesIO
from typing import Any

import numpy as np
import orjson
from contest import contest, timed
from make_logs import log_of
from measured import digest

from journal.sources.wandb_log.framing import FILE_HEADER
from journal.sources.wandb_log.scan import LogScan
from journal.sources.wandb_log.windows import Windows

SIZE = 64 << 20
HISTORY = 0x12


def small_record() -> Any:
    """A class for records of which only rows of history are known, and their texts as bytes."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    types = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="small.proto", syntax="proto3")
    messages: dict[str, list[tuple[str, int, str | None, int]]] = {
        "Item": [("key", 1, None, 1), ("nested_key", 2, None, 3), ("value_json", 16, None, 1)],
        "History": [("item", 1, ".Item", 3)],
        "Record": [("history", 2, ".History", 1)],
    }
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, number, kind, label in fields:
            wire = types.TYPE_MESSAGE if kind else types.TYPE_BYTES
            message.field.add(name=field, number=number, type_name=kind, type=wire, label=label)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Record"))


def whole_record() -> Any:
    """W&B's own class for records."""
    from wandb.proto.wandb_internal_pb2 import Record  # type: ignore[attr-defined]

    return Record


def with_protobuf(log: bytes, kind: Any) -> dict[str, list[int]]:
    """The columns that a class for records finds, in short."""
    texts: dict[Any, list[Any]] = {}
    for stretch in Windows(BytesIO(log), FILE_HEADER, len(log), 0):
        view = stretch.spans.buffer.data
        for start, end in zip(stretch.spans.start.tolist(), stretch.spans.end.tolist(), strict=True):
            payload = bytes(view[start:end])
            if HISTORY in payload[2:7]:  # behind the record's number; nearly all others are passed over
                for item in kind.FromString(payload).history.item:
                    key = tuple(item.nested_key) or (item.key,)
                    texts.setdefault(key, []).append(item.value_json)
    return {name: digest(_floats(texts[key])) for key in texts if not (name := _name(key)).startswith("_")}


def _name(key: tuple[str | bytes, ...]) -> str:
    return ".".join(part if isinstance(part, str) else part.decode() for part in key)


def _floats(texts: list[Any]) -> Any:
    comma = texts[0][:0] + ("," if isinstance(texts[0], str) else b",")
    return np.array(orjson.loads(f"[{comma.join(texts)}]" if comma == "," else b"[%b]" % comma.join(texts)), float)


def with_numpy(log: bytes) -> dict[str, list[int]]:
    """The columns that the reader finds, in short."""
    scan = LogScan()
    scan.read(BytesIO(log), len(log))
    history = scan.history
    return {".".join(path): digest(history.cells(path).values) for path in history.kept}


def main() -> None:
    """Read the first rows of the log."""
    with log_of("history").open("rb") as file:
        log = file.read(SIZE)
    ways = {}
    try:
        whole, small = whole_record(), small_record()
    except ImportError as error:
        print(f"protobuf is left out: {error}")
    else:
        ways["W&B's classes"] = timed(lambda: with_protobuf(log, whole))
        ways["a small descriptor"] = timed(lambda: with_protobuf(log, small))
    ways["NumPy's cursors"] = timed(lambda: with_numpy(log))
    contest("decoding rows of history", ways, SIZE)


if __name__ == "__main__":
    main()
