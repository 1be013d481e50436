"""Logs to read, written by the real W&B SDK, offline; each is made once and kept with its size and SHA-256.

    python benchmarks/make_logs.py [FOLDER]    `build/benchmarks/logs` by default

The logs:

    history  200,000 steps of 10 metrics, nothing else
    stats    20,000 steps of 4 metrics among system metrics and console output, which are most of the bytes
    wide     20,000 steps of 200 metrics, 10 of which are logged at each step
"""

import json
import math
import random
import shutil
import sys
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

import wandb

LOGS = Path(__file__).parent.parent / "build" / "benchmarks" / "logs"
STEPS, METRICS = 200_000, 10
NAMES = [f"train/metric_{number}" for number in range(METRICS)]
FEWER_STEPS, WIDTH = 20_000, 200


def log_of(kind: str, folder: Path = LOGS) -> Path:
    """The log of a kind; made where there is none, or where it is not the one that was made."""
    log, note = folder / f"{kind}.wandb", folder / f"{kind}.json"
    if note.exists() and log.exists() and json.loads(note.read_text()) == _described(log):
        return log
    print(f"making {log.name} (once)", file=sys.stderr)
    scratch = folder / f"{kind}.tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with wandb.init(mode="offline", dir=scratch, project="benchmarks", settings=_quiet()) as run:
        KINDS[kind](run)
    (made,) = scratch.glob("wandb/offline-run-*/*.wandb")
    made.replace(log)
    shutil.rmtree(scratch)
    note.write_text(json.dumps(_described(log)))
    return log


def _described(log: Path) -> dict[str, str | int]:
    with log.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {"bytes": log.stat().st_size, "sha256": digest, "sdk": wandb.__version__}


def _quiet() -> wandb.Settings:
    return wandb.Settings(silent=True, console="off", x_disable_stats=True, x_disable_meta=True)


def _curve(noise: random.Random, step: int, metric: int) -> float:
    """A loss that falls and trembles, with all the digits that a float has."""
    return math.exp(-step / 5e4) * (1 + metric) + noise.gauss(0.0, 0.01)


def _history(run: wandb.Run) -> None:
    noise = random.Random(1)  # noqa: S311 - no secret
    for step in range(STEPS):
        run.log({name: _curve(noise, step, metric) for metric, name in enumerate(NAMES)})


def _stats(run: wandb.Run) -> None:
    """As on a machine with eight GPUs, sampled often, and a chatty script: the SDK's own calls, made by hand."""
    noise = random.Random(2)  # noqa: S311 - no secret
    interface = run._interface  # noqa: SLF001 - no public call writes system metrics
    if interface is None:
        raise TypeError("the run has no interface")
    readings = ("gpu", "memory", "temp", "powerWatts", "smClock", "memoryAllocatedBytes", "encoderUtilization")
    for step in range(FEWER_STEPS):
        run.log({name: _curve(noise, step, metric) for metric, name in enumerate(NAMES[:4])})
        interface.publish_stats(  # type: ignore[attr-defined]
            {f"gpu.{gpu}.{name}": noise.random() * 100 for gpu in range(8) for name in readings}
        )
        line = " ".join(f"{noise.random():.6f}" for _ in range(100))
        interface.publish_output_raw("stdout", f"step {step}: {line}\n")


def _wide(run: wandb.Run) -> None:
    noise = random.Random(3)  # noqa: S311 - no secret
    for step in range(FEWER_STEPS):
        chosen = noise.sample(range(WIDTH), METRICS)
        run.log({f"layer/{metric}/norm": _curve(noise, step, metric) for metric in chosen})


KINDS: dict[str, Callable[[wandb.Run], None]] = {"history": _history, "stats": _stats, "wide": _wide}


if __name__ == "__main__":
    for kind in KINDS:
        made = log_of(kind, Path(sys.argv[1]) if len(sys.argv) > 1 else LOGS)
        print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
