"""How long filling takes: a check of many entries in which nothing changed, and one large block, cold and warm.

    python benchmarks/filling.py [--entries N] [--rows N] [--rounds N]

The first time it makes two journals in `build/benchmarks`. One has 1,000 entries, each with one table over two of 50
small runs, all filled and committed. The other has one entry, whose table asks for four statistics of three metrics of
three runs of 200,000 rows. In each round every way runs once, so that a machine whose speed drifts treats all alike;
ratios are taken within a round.

**check**: `journal fill-results --check`, against `git status --porcelain` on the same tree and the start-up, which is
the same check in a journal without entries. **cold** has no cache of the journal, **warm** the cache that a fill before
it left; in both the entry is not filled yet, and is written with its evidence. Their peer is NumPy, which computes the
same statistics of columns that it loads from files of its own. All files are in the page cache.
"""

import argparse
import os
import shutil
import statistics
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from listing import field

BUILD = Path(__file__).parent.parent / "build" / "benchmarks"
ENTRIES, RUNS, ROWS, ROUNDS = 1_000, 50, 200_000, 15
METRICS = ("loss", "grad_norm", "lr")
BLOCK = 32_768
HEADER = 7
HISTORY, RUN, EXIT = 2, 17, 18  # kinds of record
JOURNAL = str(Path(sys.executable).parent / "journal")
SETTLED = 2.5  # seconds until the stamp of a file is believed

ENTRY = """---
title: Entry {number}
created: 2026-02-21T19:01:15+08:00
runs:
  - {{id: {one}, as: a}}
  - {{id: {other}, as: b}}
---

<!-- journal:table results
metrics: [loss, grad_norm]
stats: [mean, last]
-->
<!-- /journal:table -->
"""
LARGE = """---
title: Large
created: 2026-02-21T19:01:15+08:00
runs: [large0, large1, large2]
---

<!-- journal:table results
metrics: [loss, grad_norm, lr]
stats: [mean, median, p95, n]
-->
<!-- /journal:table -->
"""
OURS = """
import os, sys, time
from pathlib import Path
from journal.config import find
from journal.sources.registry import Sources
from journal.tables.fill import plan, write
import numpy, polars, orjson, journal.sources.wandb_log.reading
config = find(Path.cwd())
start = time.perf_counter()
fill = plan(config, "entries/large.md", Sources(config))
assert write(fill, config) and fill.blocks[0].cells == 36
print(time.perf_counter() - start)
"""
READ = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from journal.config import find
from journal.sources.registry import Sources
import numpy, polars, orjson, journal.sources.wandb_log.reading
sources = Sources(find(Path.cwd()))
runs = [sources.open(f"large{number}") for number in range(3)]
def read(run):
    return run.origin, [run.column(metric) for metric in ("loss", "grad_norm", "lr")]
start = time.perf_counter()
with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    assert len(list(pool.map(read, runs))) == 3
print(time.perf_counter() - start)
"""
THEIRS = """
import numpy as np, time
start = time.perf_counter()
found = []
for run in range(3):
    for metric in ("loss", "grad_norm", "lr"):
        column = np.load(f"columns/large{run}-{metric}.npy")
        finite = column[np.isfinite(column)]
        found += [finite.mean(), np.median(finite), np.percentile(finite, 95), finite.size]
print(time.perf_counter() - start)
"""


def log(run_id: str, rows: int) -> bytes:
    """The log of a run of so many rows of every metric."""
    records = [(RUN, b"".join(field(at, text.encode()) for at, text in ((1, run_id), (2, "lab"), (3, "filling"))))]
    records += [(HISTORY, _row(step, values)) for step, values in enumerate(_values(run_id, rows))]
    found = bytearray(b":W&B\xe1\xbe\x00")
    for number, (kind, message) in enumerate([*records, (EXIT, b"")], 1):
        for chunk in _chunks(field(1, number) + field(kind, message), len(found)):
            found += chunk
    return bytes(found)


def _values(run_id: str, rows: int) -> Iterator[tuple[float, ...]]:
    """A row of values for each step: the same for the same run."""
    noise = zlib.crc32(run_id.encode())
    for step in range(rows):
        noise = (noise * 1_664_525 + 1_013_904_223) % (1 << 32)
        yield 2.0 / (1 + step / 1000) + noise / (1 << 34), noise / (1 << 30), 3e-4 * (1 - step / rows)


def _row(step: int, values: tuple[float, ...]) -> bytes:
    items = [*zip(METRICS, values, strict=True), ("_step", step), ("_timestamp", 1_772_000_000 + step / 8)]
    parts = [field(1, field(1, key.encode()) + field(16, repr(value).encode())) for key, value in items]
    return b"".join(parts) + field(2, field(1, step))


def _chunks(payload: bytes, at: int) -> Iterator[bytes]:
    """A record as W&B frames it: in blocks, each chunk with its checksum."""
    first = True
    while True:
        room = BLOCK - at % BLOCK
        if room < HEADER:
            yield bytes(room)
            at, room = at + room, BLOCK
        part, payload = payload[: room - HEADER], payload[room - HEADER :]
        kind = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[first, not payload]
        yield struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
        at, first = at + HEADER + len(part), False
        if not payload:
            return


WHO = ("-c", "user.name=b", "-c", "user.email=b@example.org")


def journal_at(root: Path, runs: dict[str, int], entries: dict[str, str]) -> Path:
    """A journal in a git repository, with runs of so many rows, filled and committed; made where it is missing."""
    if (root / "ready").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    for number, (run_id, rows) in enumerate(runs.items()):
        folder = root / "wandb" / f"run-20260225_{number // 60:02}{number % 60:02}00-{run_id}"
        (folder / "files").mkdir(parents=True)
        (folder / "files" / "wandb-metadata.json").write_text('{"gpu": "none"}')
        (folder / f"run-{run_id}.wandb").write_bytes(log(run_id, rows))
    (root / "entries").mkdir(parents=True)
    (root / ".gitignore").write_text("wandb/\nready\ncolumns/\n")
    (root / "journal.toml").write_text("")
    for stem, text in entries.items():
        (root / "entries" / f"{stem}.md").write_text(text)
    run(["git", "init", "-q"], root)
    run([JOURNAL, "fill-results"], root)
    run(["git", "add", "-A"], root)
    run(["git", *WHO, "commit", "-qm", "Fill"], root)
    (root / "ready").touch()  # last: what was interrupted is made anew
    return root


def many(entries: int) -> Path:
    """The journal of many entries."""
    runs = {f"small{number:03}": 100 for number in range(RUNS)}
    names = list(runs)
    texts = {
        f"2026-02-21-entry-{number:04}": ENTRY.format(
            number=number, one=names[number % RUNS], other=names[(number * 7 + 1) % RUNS]
        )
        for number in range(entries)
    }
    return journal_at(BUILD / f"filling-{entries}", runs, texts)


def large(rows: int) -> Path:
    """The journal of one large block, and the same columns for the peer."""
    import numpy as np

    root = journal_at(
        BUILD / f"filling-large-{rows}", {f"large{number}": rows for number in range(3)}, {"large": LARGE}
    )
    if not (root / "columns").exists():
        (root / "columns").mkdir()
        for number in range(3):
            columns = np.array(list(_values(f"large{number}", rows)))
            for metric, column in zip(METRICS, columns.T, strict=True):
                np.save(root / "columns" / f"large{number}-{metric}.npy", np.ascontiguousarray(column))
    return root


def run(command: list[str], root: Path) -> str:
    """What a command prints; its time is its caller's."""
    hidden = {"WANDB_DIR", "WANDB_ENTITY", "WANDB_PROJECT"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, env=environment)
    return done.stdout


def timed(command: list[str], root: Path) -> float:
    """Seconds that a command takes, start-up and all."""
    start = time.perf_counter()
    run(command, root)
    return time.perf_counter() - start


def checks(entries: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of the check and of what it is measured against, round by round, after one that does not count."""
    tree, empty = many(entries), journal_at(BUILD / "filling-0", {}, {})
    check = [JOURNAL, "fill-results", "--check"]
    shutil.rmtree(tree / ".journal", ignore_errors=True)
    run([JOURNAL, "fill-results"], tree)  # the tree may be of an earlier version
    run(["git", "add", "--all"], tree)
    run(["git", *WHO, "commit", "--quiet", "--allow-empty", "-m", "Fill"], tree)
    shutil.rmtree(tree / ".journal", ignore_errors=True)
    start = timed(check, tree)
    for root in (tree, empty):
        time.sleep(SETTLED)
        run(check, root)  # remembers
    ways: dict[str, Callable[[], float]] = {
        "git status": lambda: timed(["git", "status", "--porcelain"], tree),
        "start-up": lambda: timed(check, empty),
        "check": lambda: timed(check, tree),
    }
    print(f"nothing remembered, {entries} entries: {start:.2f} s")
    return rounds_of(ways, rounds)


def fills(rows: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of a fill, of its peer and of the reading alone, round by round; imports are left out."""
    root = large(rows)

    def fill(*, cold: bool) -> float:
        shutil.rmtree(root / "evidence", ignore_errors=True)
        (root / "entries" / "large.md").write_text(LARGE)
        if cold:
            shutil.rmtree(root / ".journal", ignore_errors=True)
        return float(run([sys.executable, "-c", OURS], root))

    def read(threads: int) -> float:
        shutil.rmtree(root / ".journal", ignore_errors=True)
        return float(run([sys.executable, "-c", READ, str(threads)], root))

    ways: dict[str, Callable[[], float]] = {
        "NumPy": lambda: float(run([sys.executable, "-c", THEIRS], root)),
        "cold": lambda: fill(cold=True),
        "warm": lambda: fill(cold=False),
        "one by one": lambda: read(1),
        "two threads": lambda: read(2),
    }
    return rounds_of(ways, rounds)


def rounds_of(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each way once a round, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            seconds = way()
            if turn:
                taken[name].append(seconds)
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(f"{options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    checked = checks(options.entries, options.rounds)
    filled = fills(options.rows, options.rounds)
    for name, seconds in {**checked, **filled}.items():
        print(f"{name:12}{statistics.median(seconds):9.4f} s, {min(seconds):.4f} to {max(seconds):.4f}")
    triples = list(zip(*(checked[name] for name in ("git status", "start-up", "check")), strict=True))
    of_git = [(check - start) / status for status, start, check in triples]
    of_bar = [check / (3 * status + start) for status, start, check in triples]
    print(f"check without start-up: {statistics.median(of_git):.2f} x git status; the bar is 3")
    print(f"check: {statistics.median(of_bar):.2f} of 3 x git status plus start-up")
    for name in ("cold", "warm"):
        ratios = [ours / theirs for ours, theirs in zip(filled[name], filled["NumPy"], strict=True)]
        print(f"{name}: {statistics.median(ratios):.1f} x NumPy")
    ratios = [two / one for one, two in zip(filled["one by one"], filled["two threads"], strict=True)]
    print(f"three cold logs in two threads: {statistics.median(ratios):.2f} x one by one")


if __name__ == "__main__":
    main()
