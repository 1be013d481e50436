"""How long it takes to ask a W&B server through a process that holds the SDK, as ratios to asking the SDK itself.

    python benchmarks/online.py [--rows N] [--rounds N]

A server of the tests, in this process, gives one run of N rows and ten metrics. In each round both ways ask it once,
each in a process of its own, so that a machine whose speed drifts treats both alike; ratios are taken within a round.
**first answer** is the time from the first import to the run's config and summary, **rows** that of its whole history.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from wandb_server import ServerRun, WandbServer  # noqa: E402  # once its folder is on the path

ROWS, ROUNDS, METRICS, PAGE = 20_000, 7, 10, 5_000

YARDSTICK = """
import wandb
(run,) = wandb.Api().runs("lab/notes", {"name": "long"}, lazy=False)
run.config, run.summary_metrics
first = time.perf_counter()
rows = list(run.scan_history(page_size=page, use_cache=False))
"""
OURS = """
from journal.sources.wandb_api.client import Client
client = Client(None, timeout=60, deadline=900, trusted=True)
(run,) = client.runs("lab", "notes", {"name": "long"})
first = time.perf_counter()
pages = client.rows("lab", "notes", "long", keys=None, first=0, last=10**9, page=page)
rows = [row for each in pages for row in each.rows]
"""
BEFORE = """
import json, sys, time
page, begun = int(sys.argv[1]), time.perf_counter()
"""
AFTER = """
print(json.dumps({"first": first - begun, "rows": time.perf_counter() - first, "count": len(rows)}))
"""
WAYS = {"the SDK itself": YARDSTICK, "the client": OURS}

Measurement = dict[str, float]


def measured(code: str, environment: dict[str, str], rows: int) -> Measurement:
    """What a process of its own says of one way; it has to get every row."""
    command = [sys.executable, "-c", BEFORE + code + AFTER, str(PAGE)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    told: Measurement = json.loads(done.stdout)
    if told["count"] != rows:
        sys.exit(f"{told['count']} rows came, of {rows}")
    return told


def measure(rows: int, rounds: int) -> dict[str, list[Measurement]]:
    """What both ways say, round by round, after one round that does not count."""
    taken: dict[str, list[Measurement]] = {name: [] for name in WAYS}
    logged = [{f"metric {name}": row * 0.1 + name for name in range(METRICS)} for row in range(rows)]
    with tempfile.TemporaryDirectory() as folder, WandbServer([ServerRun("long", "lab", "notes", logged)]) as server:
        environment = server.environment(Path(folder), PYTHONPATH=str(ROOT), WANDB_SILENT="true")
        for turn in range(rounds + 1):
            for name, code in WAYS.items():
                told = measured(code, environment, rows)
                if turn:
                    taken[name].append(told)
    return taken


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    taken = measure(options.rows, options.rounds)
    print(f"{options.rows} rows of {METRICS} metrics, {options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    print(f"{'way':16}{'first answer':>14}{'x the SDK':>11}{'rows':>10}{'rows/s':>10}{'x the SDK':>11}  over rounds")
    for name, each in taken.items():
        first, rows = ([told[field] for told in each] for field in ("first", "rows"))
        of_first, of_rows = (
            [told[field] / base[field] for told, base in zip(each, taken["the SDK itself"], strict=True)]
            for field in ("first", "rows")
        )
        seconds = statistics.median(rows)
        line = f"{name:16}{statistics.median(first):12.2f} s{statistics.median(of_first):11.2f}{seconds:8.2f} s"
        line += f"{options.rows / seconds:10.0f}{statistics.median(of_rows):11.2f}"
        print(f"{line}  {min(of_rows):.2f} to {max(of_rows):.2f}")


if __name__ == "__main__":
    main()
