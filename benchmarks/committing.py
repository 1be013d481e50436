"""How long `journal new --from-commit` takes in a repository of 50,000 commits, as a ratio to `git log`.

    python benchmarks/committing.py [--entries N] [--runs N] [--rounds N]

The first time it makes the repository in `build/benchmarks`, and in a clone of it a journal of N entries, each about
one commit and one run, with the logs of N runs that recorded commits. In each round every way runs once, in a process
of its own, start-up included; ratios are of CPU time, which the git processes that it starts are part of, and taken
within a round. What is written is taken away again.
"""

import argparse
import os
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from listing import EXIT, RUN, field
from make_repository import APART, BEGAN, git, make

if TYPE_CHECKING:
    from collections.abc import Callable

BUILD = Path(__file__).parent.parent / "build" / "benchmarks"
ENTRIES, RUNS, ROUNDS = 1_000, 200, 7
TABLE = "## Results\n\n<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"


def log_of(run_id: str, commit: str, started: int) -> bytes:
    """The log of a run that recorded a commit and ended before it logged anything."""
    texts = {1: run_id, 2: "lab", 3: "project", 8: f"trial {run_id}"}
    about = b"".join(field(place, text.encode()) for place, text in texts.items())
    about += field(17, field(1, started)) + field(21, field(2, commit.encode()))
    log = b":W&B\xe1\xbe\x00"
    for count, (kind, message) in enumerate(((RUN, about), (EXIT, b"")), 1):
        payload = field(1, count) + field(kind, message)
        log += struct.pack("<IHB", zlib.crc32(b"\x01" + payload), len(payload), 1) + payload
    return log


def journal_of(entries: int, runs: int) -> Path:
    """The journal with so many entries and runs, made where it is missing."""
    root = BUILD / f"committing-{entries}-{runs}"
    if not (root / "journal.toml").exists():
        shutil.rmtree(root, ignore_errors=True)
        git(BUILD, "clone", "--quiet", "--local", str(make(BUILD / "repository-50000")), str(root))
        shas = git(root, "rev-list", "--first-parent", "HEAD").split()
        commits = shas[20 :: max(1, len(shas) // entries)][:entries]
        (root / "entries").mkdir()
        for number, sha in enumerate(commits):
            day = f"2024-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            matter = f"title: Part {number}\ncreated: {day}T10:00:00+00:00\ncommits: [{sha[:9]}]\n"
            matter += f"runs: [{{id: r{number:07}, role: candidate}}]\n"
            (root / f"entries/{day}-part-{number}.md").write_text(f"---\n{matter}---\n\n{TABLE}")
        for number, sha in enumerate(shas[10 :: max(1, len(shas) // runs)][:runs]):
            started = BEGAN + APART * (50_000 - number * (50_000 // runs)) + 600
            folder = (
                root / "wandb" / f"run-20260225_{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-r{number:07}"
            )
            folder.mkdir(parents=True)
            (folder / f"run-r{number:07}.wandb").write_bytes(log_of(f"r{number:07}", sha, started))
        (root / ".git/info/exclude").write_text("wandb/\n.journal/\n")
        (root / "journal.toml").write_text("")  # last: what was interrupted is made anew
        time.sleep(3)  # until nothing is so new that it may yet change unseen
    return root


def timed(root: Path, command: list[str]) -> tuple[float, float]:
    """Seconds and CPU seconds of a process and all that it starts; a new entry is taken away again."""
    before = set((root / "entries").iterdir())
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in set((root / "entries").iterdir()) - before:
        path.unlink()
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in (("entries", ENTRIES), ("runs", RUNS), ("rounds", ROUNDS)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    root = journal_of(asked.entries, asked.runs)
    new = [sys.executable, "-m", "journal", "new", "--from-commit"]
    ways: dict[str, Callable[[], tuple[float, float]]] = {
        "git log": lambda: timed(root, ["git", "log", "--all", "--format=%H %P %ct"]),
        "journal --version": lambda: timed(root, [sys.executable, "-m", "journal", "--version"]),
        "the newest commit": lambda: timed(root, [*new, "HEAD"]),
        "one with a run": lambda: timed(root, [*new, "HEAD~10"]),
        "an old one": lambda: timed(root, [*new, "HEAD~20000"]),
        "a range of 100": lambda: timed(root, [*new, "HEAD~100..HEAD"]),
    }
    told: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in range(asked.rounds + 1):  # the first one only fills caches
        for name, way in ways.items():
            told[name] += [way()] if turn else []
            way() if not turn else None
    print(f"{asked.entries} entries, {asked.runs} runs, {asked.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    print(f"{'way':20}{'seconds':>9}{'least':>8}{'CPU':>8}{'x git log':>11}  (of CPU)")
    for name, each in told.items():
        wall, cpu = (statistics.median(column) for column in zip(*each, strict=True))
        ratio = statistics.median(one[1] / log[1] for one, log in zip(each, told["git log"], strict=True))
        print(f"{name:20}{wall:9.2f}{min(one[0] for one in each):8.2f}{cpu:8.2f}{ratio:11.1f}")


if __name__ == "__main__":
    main()
