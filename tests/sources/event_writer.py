"""Event files that TensorBoard's own writers write. Run as a script, since their import is slow and noisy.

python event_writer.py FOLDER
"""

from __future__ import annotations

import math
import subprocess
import sys
from functools import cache
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import Any

START = 1.7e9
"""Wall time of the first scalar of each run; the next ones come a second apart."""

LOSSES = (0.1, math.nan, -math.inf, -0.0, 1e-45, 3.4028234663852886e38)
"""What is logged, as Python has it."""


def stored(value: float) -> float:
    """A number as a float32 has it, computed without what is tested."""
    import numpy as np

    return float(np.float32(value))


@cache
def _written() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="journal-events-")
    subprocess.run([sys.executable, __file__, folder.name], check=True, capture_output=True)
    return folder


def written() -> Path:
    """A folder with the runs below, written once."""
    return Path(_written().name)


def _write_all(top: Path) -> None:
    _write_old(top / "old")
    _write_new(top / "fit" / "train")
    _write_restarted(top / "marked", mark=True)
    _write_restarted(top / "unmarked", mark=False)
    _write_hyperparameters(top / "search" / "version_3")
    _write_others(top / "others")


def _event(step: int, second: float, **values: float) -> Any:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    held = [Summary.Value(tag=name.replace("__", "/"), simple_value=value) for name, value in values.items()]
    return Event(step=step, wall_time=START + second, summary=Summary(value=held))


def _write_old(folder: Path) -> None:
    """Summaries of TensorFlow 1 and PyTorch: a bare number; some events hold several; a step beyond 32 bits."""
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for number, loss in enumerate(LOSSES):
        writer.add_event(_event(number * 100, number, train__loss=loss))
    writer.add_event(_event(300, 7, train__loss=2.5))
    writer.add_event(_event(1 << 40, 8, train__loss=0.5, lr=0.25))
    writer.close()


def _write_new(folder: Path) -> None:
    """Summaries of TensorFlow 2: tensors, with the plugin's name."""
    from tensorboard.summary import Writer

    writer = Writer(str(folder))
    for number, loss in enumerate(LOSSES):
        writer.add_scalar("epoch_loss", loss, number, wall_time=START + number, description="of an epoch")
    writer.close()


def _write_restarted(folder: Path, *, mark: bool) -> None:
    """Two files, the second from an earlier step on; one more tag goes on in the second where it was."""
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for step in range(10):
        writer.add_event(_event(step, step, loss=step, first__only=step))
    writer.close()
    writer = EventFileWriter(str(folder))
    if mark:
        writer.add_event(Event(step=6, wall_time=START + 20, session_log=SessionLog(status=SessionLog.START)))
    for step in (6, 8):
        writer.add_event(_event(step, 20 + step, loss=-step))
    writer.close()


def _write_hyperparameters(folder: Path) -> None:
    from google.protobuf.struct_pb2 import ListValue, Value
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG, create_summary_metadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    info = SessionStartInfo(group_name="a group")
    info.hparams["lr"].number_value = 0.001
    info.hparams["layers"].number_value = 3
    info.hparams["optimizer"].string_value = "adam"
    info.hparams["nesterov"].bool_value = True
    info.hparams["widths"].list_value.CopyFrom(ListValue(values=[Value(number_value=8), Value(number_value=0.5)]))
    metadata = create_summary_metadata(HParamsPluginData(session_start_info=info))
    writer = EventFileWriter(str(folder))
    session = Summary(value=[Summary.Value(tag=SESSION_START_INFO_TAG, metadata=metadata)])
    writer.add_event(Event(wall_time=START, summary=session))
    writer.add_event(_event(1, 1, loss=0.5))
    writer.close()


def _write_others(folder: Path) -> None:
    """What is no scalar, and two that are stored otherwise."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util import tensor_util

    scalars = {"plugin_data": {"plugin_name": "scalars"}}
    tensors = {
        "double": tensor_util.make_tensor_proto(0.1, dtype="float64", shape=()),
        "packed": TensorProto(dtype=1, float_val=[0.5]),
        "zero": TensorProto(dtype=1, float_val=[0.0]),
        "whole": TensorProto(dtype=9, int64_val=[7]),
    }
    values = [Summary.Value(tag=name, tensor=tensor, metadata=scalars) for name, tensor in tensors.items()]
    values += [
        Summary.Value(tag="histogram", histo=HistogramProto(min=0, max=1, num=2)),
        Summary.Value(tag="many", tensor=tensor_util.make_tensor_proto([0.5, 0.25])),
        Summary.Value(
            tag="text", tensor=tensor_util.make_tensor_proto("loss"), metadata={"plugin_data": {"plugin_name": "text"}}
        ),
        Summary.Value(
            tag="mine", tensor=tensor_util.make_tensor_proto(0.5), metadata={"plugin_data": {"plugin_name": "mine"}}
        ),
        Summary.Value(tag="_step", simple_value=3),
    ]
    writer = EventFileWriter(str(folder))
    writer.add_event(Event(step=-3, wall_time=START, summary=Summary(value=values)))
    writer.add_event(Event(step=1, graph_def=b"a graph"))
    writer.close()


def record(message: bytes) -> bytes:
    """A message as a record, by TensorBoard's own sums."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    length = pack("<Q", len(message))
    return b"".join((length, pack("<I", masked_crc32c(length)), message, pack("<I", masked_crc32c(message))))


if __name__ == "__main__":
    _write_all(Path(sys.argv[1]))
