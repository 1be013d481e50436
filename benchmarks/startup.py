"""How long the command takes to start, as ratios to a bare interpreter, to Typer alone and to `wandb`.

Each command is run in turn, many times, so that a machine whose speed drifts treats all of them alike; the ratio is
taken within each round, and its median is what counts. Run it with `make bench`.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 25
BIN = Path(sys.executable).parent
TYPER = "import typer\ndef f(x: int = 1): pass\ntyper.run(f)"

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "a Typer command, --help": [sys.executable, "-c", TYPER, "--help"],
    "journal --version": [str(BIN / "journal"), "--version"],
    "journal --help": [str(BIN / "journal"), "--help"],
    "wandb --version": [str(BIN / "wandb"), "--version"],
}
LIMITS = {"journal --version": 8.0, "journal --help": 14.0}
LEAD_OVER_WANDB = 3.0


def seconds(command: list[str]) -> float:
    """Wall time of one run, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure() -> dict[str, list[float]]:
    """Wall times of every command, round by round, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(ROUNDS + 1):
        for name, command in COMMANDS.items():
            taken = seconds(command)
            if turn:
                times[name].append(taken)
    return times


def ratio(times: dict[str, list[float]], name: str, peer: str) -> float:
    """Median over rounds of one command's time divided by its peer's."""
    return statistics.median(a / b for a, b in zip(times[name], times[peer], strict=True))


def main() -> int:
    """Print the table; returns 1 if a bar is missed."""
    times = measure()
    print(f"{'command':28}{'median':>10}{'x python -c pass':>20}")
    for name, taken in times.items():
        print(f"{name:28}{statistics.median(taken) * 1e3:>7.0f} ms{ratio(times, name, 'python -c pass'):>20.1f}")
    missed = [name for name, limit in LIMITS.items() if ratio(times, name, "python -c pass") > limit]
    for name in LIMITS:
        lead = ratio(times, "wandb --version", name)
        print(f"wandb --version takes {lead:.1f} times as long as {name}")
        if lead < LEAD_OVER_WANDB:
            missed.append(f"{name} against wandb")
    print("bars held" if not missed else f"bars missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
