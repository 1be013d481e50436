"""How long it takes to list many runs, as ratios to walking their folders with `os.walk`.

    python benchmarks/listing.py [--runs N] [--rounds N]

The first time it makes a journal of N run folders in `build/benchmarks`, each with a tiny log of W&B's format: its
header, a run record and an exit record. In each round every way runs once, each in a process of its own, so that a
machine whose speed drifts treats all alike; ratios are taken within a round. **cold** has no cache of the journal,
**warm** the cache that a listing before it left. All logs are in the page cache.
"""

import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BUILD = Path(__file__).parent.parent / "build" / "benchmarks"
RUNS, ROUNDS = 20_000, 7
RUN, EXIT = 17, 18  # kinds of record

YARDSTICK = """
import os
def listed(root):
    return sum(name.endswith(".wandb") for _, _, names in os.walk(root + "/wandb") for name in names)
"""
OURS = """
from pathlib import Path
from journal.config import find
from journal.sources.registry import Sources
def listed(root):
    return len(Sources(find(Path(root))).heads())
"""
MEASURE = """
import json, sys, time
wall, cpu = time.perf_counter(), time.process_time()
found = listed(sys.argv[1])
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"found": found, "seconds": wall, "cpu": cpu}))
"""

Measurement = dict[str, Any]


def varint(number: int) -> bytes:
    """A number, seven bits a byte."""
    parts = bytearray()
    while number >> 7:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number: int, content: bytes | int) -> bytes:
    """One field of a message: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def tiny_log(run_id: str, number: int) -> bytes:
    """The log of a run that ended before it logged anything."""
    texts = {1: run_id, 2: "lab", 3: f"project-{number % 7}", 8: f"trial {number}"}
    about = b"".join(field(place, text.encode()) for place, text in texts.items())
    about += field(17, field(1, 1_772_000_000 + number)) + field(21, field(2, f"{number:040x}".encode()))
    log = b":W&B\xe1\xbe\x00"
    for count, (kind, message) in enumerate(((RUN, about), (EXIT, b"")), 1):
        payload = field(1, count) + field(kind, message)
        log += struct.pack("<IHB", zlib.crc32(b"\x01" + payload), len(payload), 1) + payload
    return log


def journal_of(runs: int) -> Path:
    """The journal with so many runs, made where it is missing."""
    root = BUILD / f"listing-{runs}"
    if not (root / "journal.toml").exists():
        shutil.rmtree(root, ignore_errors=True)
        for number in range(runs):
            run_id = f"r{number:07d}"
            folder = (
                root / "wandb" / f"run-20260225_{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}-{run_id}"
            )
            folder.mkdir(parents=True)
            (folder / f"run-{run_id}.wandb").write_bytes(tiny_log(run_id, number))
        (root / "entries").mkdir()
        (root / "journal.toml").write_text("")  # last: what was interrupted is made anew
    return root


def measured(code: str, root: Path) -> Measurement:
    """What a process of its own says of one listing, its imports left out."""
    environment = {name: value for name, value in os.environ.items() if name != "WANDB_DIR"}
    command = [sys.executable, "-c", code + MEASURE, str(root)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    told: Measurement = json.loads(done.stdout)
    return told


def measure(root: Path, runs: int, rounds: int) -> dict[str, list[Measurement]]:
    """What every way says, round by round, after one round that only checks that all find every run."""
    cache = root / ".journal"
    ways: dict[str, tuple[str, Callable[[], object]]] = {
        "os.walk": (YARDSTICK, lambda: None),
        "cold": (OURS, lambda: shutil.rmtree(cache, ignore_errors=True)),
        "warm": (OURS, lambda: None),  # with the cache that the cold one left
    }
    taken: dict[str, list[Measurement]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, (code, prepare) in ways.items():
            prepare()
            told = measured(code, root)
            if told["found"] != runs:
                sys.exit(f"{name} finds {told['found']} runs of {runs}")
            if turn:
                taken[name].append(told)
    return taken


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    taken = measure(journal_of(options.runs), options.runs, options.rounds)
    print(f"{options.runs} runs, {options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    print(f"{'way':10}{'seconds':>10}{'CPU':>10}{'x os.walk':>12}  over rounds, and of CPU time")
    for name, each in taken.items():
        wall, cpu = ([told[field] for told in each] for field in ("seconds", "cpu"))
        of_wall, of_cpu = (
            [told[field] / base[field] for told, base in zip(each, taken["os.walk"], strict=True)]
            for field in ("seconds", "cpu")
        )
        spread = f"{min(of_wall):.1f} to {max(of_wall):.1f}, {statistics.median(of_cpu):.1f}"
        times = f"{statistics.median(wall):10.3f}{statistics.median(cpu):10.3f}{statistics.median(of_wall):12.1f}"
        print(f"{name:10}{times}  {spread}")


if __name__ == "__main__":
    main()
