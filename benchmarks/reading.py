"""How fast logs are read, as ratios to the readers that W&B ships, each reading in a process of its own.

    python benchmarks/reading.py [--rounds N] [--log history|stats|wide] [--log-to FOLDER] [--no-leet]

`make bench` sets the peers up in `build/benchmarks` and runs it. In each round every way reads the same log once, so
that a machine whose speed drifts treats all alike; ratios are taken within a round. `leet` takes so long that it reads
the log once. No time counts before all ways have found the same values, bit by bit. All
logs are in the page cache. With `--log-to` each way is logged as a W&B run, offline, one row per round.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kept_states import GrownLog, fresh_cache, warm_cache
from logged_runs import write_run
from make_logs import KINDS, NAMES, log_of
from table import print_tables

HERE = Path(__file__).parent
BUILD = HERE.parent / "build" / "benchmarks"
PEER = BUILD / "peer" / "bin" / "python"
ROUNDS = 5
METRIC = {"history": NAMES[3], "stats": NAMES[3], "wide": "layer/3/norm"}

Measurement = dict[str, Any]
Way = Callable[[], list[str]]


def ways_of(kind: str, log: Path) -> dict[str, Way]:
    """The command of each way of reading a log; asking for it prepares what it needs."""
    metric = METRIC[kind]
    datastore = [str(PEER), str(HERE / "worker_datastore.py"), str(log)]
    ours = [sys.executable, str(HERE / "worker_journal.py")]
    cold = [*ours, str(log)]
    warm = [*cold, "--cache", str(warm_cache(cold, BUILD / "warm" / kind))]
    grown = GrownLog(log, BUILD / "grown" / kind, ours)
    return {
        "datastore all": lambda: datastore,
        "cold all": lambda: cold,
        "cold all, kept": lambda: [*cold, "--cache", str(fresh_cache(BUILD / "fresh"))],
        "datastore one": lambda: [*datastore, metric],
        "cold one": lambda: [*cold, "--metric", metric],
        "warm one": lambda: [*warm, "--metric", metric],
        "warm all": lambda: warm,
        "grown one": lambda: [*grown.command(), "--metric", metric],
        "grown all": grown.command,
        "cold summary": lambda: [*cold, "--summary"],
    }


def measured(command: list[str]) -> Measurement:
    """What a worker says of itself."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    told: Measurement = json.loads(done.stdout)
    return told


def measure(kind: str, log: Path, rounds: int) -> dict[str, list[Measurement]]:
    """What every way says, round by round, after one round that only checks that all find the same."""
    ways = ways_of(kind, log)
    log.read_bytes()  # into the page cache
    require_same({name: measured(way()) for name, way in ways.items() if name != "cold summary"})
    taken: dict[str, list[Measurement]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name, way in ways.items():
            taken[name].append(measured(way()))
        print(f"{kind}: round {turn + 1} of {rounds}, load {os.getloadavg()[0]:.2f}", file=sys.stderr)
    return taken


def require_same(found: dict[str, Measurement]) -> None:
    """Stop if a way found other values than the peer did."""
    expected = found["datastore all"]["found"]
    for name, told in found.items():
        wanted = expected if "one" not in name else {metric: expected[metric] for metric in told["found"]}
        if told["found"] != wanted or not wanted:
            sys.exit(f"{name} finds other values than DataStore")


def with_leet(log: Path, expected: dict[str, list[int]]) -> Measurement:
    """One reading by `wandb leet inspect --json` to /dev/null, after one to a file where its values are checked."""
    command = [str(Path(sys.executable).parent / "wandb"), "leet", "inspect", "--json", str(log)]
    output = BUILD / "leet.jsonl"
    with output.open("wb") as file:
        subprocess.run(command, check=True, stdout=file)
    found = subprocess.run(
        [sys.executable, str(HERE / "worker_leet.py"), str(output)], check=True, stdout=subprocess.PIPE
    )
    output.unlink()
    if json.loads(found.stdout) != expected:
        sys.exit("leet finds other values than DataStore")
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode:
        sys.exit("leet cannot read the log")
    return {"seconds": wall, "cpu": usage.ru_utime + usage.ru_stime, "found": expected}


def machine() -> dict[str, Any]:
    """What it was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": os.getloadavg()[0],
    }


def main() -> int:
    """Measure, write the results, print the tables; returns 1 if a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--log", choices=list(KINDS), action="append")
    parser.add_argument("--log-to", type=Path)
    parser.add_argument("--no-leet", action="store_true")
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": machine(), "logs": {}}
    for kind in options.log or KINDS:
        log = log_of(kind)
        taken = measure(kind, log, options.rounds)
        if kind == "history" and not options.no_leet:
            taken["leet"] = [with_leet(log, taken["datastore all"][0]["found"])]
        results["logs"][kind] = {"bytes": log.stat().st_size, "ways": taken}
        if options.log_to:
            for name, rounds in taken.items():
                write_run(options.log_to, f"reading {kind}", name, rounds, log.stat().st_size)
    results["machine"]["load afterwards"] = os.getloadavg()[0]
    (BUILD / "reading.json").write_text(json.dumps(results, indent=1))
    return print_tables(results)


if __name__ == "__main__":
    sys.exit(main())
