"""Measurements as W&B runs, offline: one run for each way, one row for each round."""

from pathlib import Path
from typing import Any

PROJECT = "experiment-journal"
_NAMES = {
    "seconds": "read/seconds",
    "cpu": "read/cpu_seconds",
    "peak": "read/peak_megabytes",
    "baseline": "read/baseline_megabytes",
}


def write_run(folder: Path, group: str, way: str, rounds: list[dict[str, Any]], log_bytes: int) -> None:
    """Log one way.

    Args:
        folder: The run goes to `wandb/` in it.
        group: What the ways that it competes with have in common.
        way: Its name.
        rounds: Of each round: `seconds`, `cpu`, and `peak` and `baseline` in bytes where they are known.
        log_bytes: How much was read.
    """
    import wandb

    folder.mkdir(parents=True, exist_ok=True)
    quiet = wandb.Settings(silent=True, console="off", x_disable_stats=True)
    config = {"way": way, "group": group, "log_megabytes": log_bytes / 1e6}
    with wandb.init(
        project=PROJECT, name=way, group=group, dir=folder, config=config, mode="offline", settings=quiet
    ) as run:
        for each in rounds:
            row = {
                name: each[field] / (1e6 if "mega" in name else 1) for field, name in _NAMES.items() if field in each
            }
            run.log(row | {"read/megabytes_per_second": log_bytes / 1e6 / each["seconds"]})
