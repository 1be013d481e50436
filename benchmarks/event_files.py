"""How fast TensorBoard's event files are read, as ratios to TensorBoard's own reader that keeps every scalar.

    python benchmarks/event_files.py [--scalars N] [--rounds N]

TensorBoard's writer makes one file of N scalars of three tags. In each round both ways read it whole, one after the
other, from the file to the points; all points must be equal.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

SCALARS, ROUNDS, TAGS = 100_000, 3, ("train/loss", "train/acc", "lr")

Points = dict[str, list[tuple[int, float, float]]]


def main() -> None:
    """Write a file, read it both ways, and print how they compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scalars", type=int, default=SCALARS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = _written(Path(folder), options.scalars)
        taken: dict[str, list[float]] = {"TensorBoard": [], "the journal": []}
        for _ in range(options.rounds):
            found = {}
            for name, read in (("TensorBoard", _theirs), ("the journal", _ours)):
                began = time.perf_counter()
                found[name] = read(file)
                taken[name].append(time.perf_counter() - began)
            assert found["TensorBoard"] == found["the journal"], "the points differ"  # noqa: S101
    for name, seconds in taken.items():
        ratio = statistics.median(b / a for a, b in zip(seconds, taken["TensorBoard"], strict=True))
        print(f"{name:12} {options.scalars / statistics.median(seconds):10,.0f} scalars/s  {ratio:5.1f} x as fast")


def _written(folder: Path, scalars: int) -> Path:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for number in range(scalars):
        step, tag = divmod(number, len(TAGS))
        value = Summary.Value(tag=TAGS[tag], simple_value=1 / (step + 1))
        writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=Summary(value=[value])))
    writer.close()
    (file,) = folder.glob("*tfevents*")
    return file


def _ours(file: Path) -> Points:
    from journal.sources.tensorboard_files.records import read_records
    from journal.sources.tensorboard_files.scalars import read_scalars

    content = file.read_bytes()
    scalars = read_scalars(content, read_records(content).spans, {})
    return {tag: [(point.step, point.time, point.value) for point in points] for tag, points in scalars.points.items()}


def _theirs(file: Path) -> Points:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader: Any = EventAccumulator(str(file), size_guidance={"scalars": 0, "tensors": 0})
    reader.Reload()
    return {tag: [(each.step, each.wall_time, each.value) for each in reader.Scalars(tag)] for tag in TAGS}


if __name__ == "__main__":
    main()
