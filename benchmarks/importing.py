"""How long it takes to import a folder of notes, as ratios to parsing the same notes with markdown-it-py once.

    python benchmarks/importing.py [--notes N] [--rounds N]

The notes are made anew, 2 to 6 kB each: a heading and a `Date:` line (every tenth has none, and takes git's first
commit), a table of runs, commits, lists of files, prose, code and a checklist; every twentieth is text whose encoding
was broken twice over. In each round every way runs once, start-up and all; ratios are taken within the round.
**import** writes all entries into an empty journal, **again** finds that nothing is new, **dry run** only reads.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

BUILD = Path(__file__).parent.parent / "build" / "benchmarks" / "importing"
NOTES, ROUNDS = 1_000, 3

THEIRS = """
import sys
from pathlib import Path
from markdown_it import MarkdownIt
parser = MarkdownIt("commonmark")
print(sum(len(parser.parse(path.read_text("utf-8", "replace"))) > 0 for path in Path(sys.argv[1]).rglob("*.md")))
"""
TEXT = (
    "loss of the attention layer fell once its clip was raised and stayed there until warm-up ended; gradients looked "
    "calm, no step was skipped, seeds agree within noise, and the longer schedule costs twice the time it saves later"
)
WORDS = TEXT.split()


def note(number: int, rng: random.Random) -> bytes:
    """One note, as somebody could have written it."""
    lines = [f"# Try {number}: {' '.join(rng.sample(WORDS, 5))}", ""]
    if number % 10:
        lines += [f"Date: 2026-{number % 12 + 1:02}-{number % 28 + 1:02} {number % 24:02}:30 +0100", ""]
    lines += ["## Background", "", _prose(rng), "", "## Runs compared", "", "| Run | W&B ID |", "|---|---|"]
    lines += [f"| {name} | `{rng.choice('abcdefgh')}{rng.getrandbits(34):07x}` |" for name in ("baseline", "longer")]
    lines += ["", "Files touched:", "", "- `models/net.py`", "- `configs/train.yaml` (new key)", "", "## Results", ""]
    lines += [_prose(rng), "", "```", "epoch 3 loss 0.41 abcdef12", "```", "", _prose(rng), "", "## Next steps", ""]
    lines += ["- [ ] Run it with three seeds", "- [x] Look at the gradients ✅", "", "Commits:", ""]
    lines += [f"- `{rng.getrandbits(28):07x}` ({' '.join(rng.sample(WORDS, 4))})", ""]
    text = "\n".join(lines)
    return (text if number % 20 else text.encode().decode("mac_roman")).encode()


def _prose(rng: random.Random) -> str:
    return "\n".join(" ".join(rng.choices(WORDS, k=14)) + "." for _ in range(rng.randint(6, 20)))


def prepare(notes: int) -> Path:
    """A repository with committed notes and an empty journal, made anew."""
    shutil.rmtree(BUILD, ignore_errors=True)
    rng = random.Random(5)  # noqa: S311  (the same notes each time)
    for number in range(notes):
        path = BUILD / "notes" / f"{number // 100:02}" / f"try-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(note(number, rng))
    (BUILD / "journal.toml").write_text("")
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@lab.example"]
    for words in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "--message", "Notes"]):
        subprocess.run(["git", *words], cwd=BUILD, check=True)  # noqa: S607  (the git on the path)
    empty()
    return BUILD


def empty() -> None:
    """Let the journal have no entry."""
    shutil.rmtree(BUILD / "entries", ignore_errors=True)
    (BUILD / "entries").mkdir()


def seconds(command: list[str], expected: str) -> float:
    """How long a command takes, which must print what is expected."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=BUILD, check=False, capture_output=True, text=True)
    took = time.perf_counter() - start
    if expected not in done.stdout + done.stderr:
        sys.exit(f"{command} says {done.stderr[-300:]!r}, not {expected!r}")
    return took


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=int, default=NOTES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    prepare(options.notes)
    journal = [sys.executable, "-m", "journal", "import", "notes"]
    ways = {
        "markdown-it": ([sys.executable, "-c", THEIRS, "notes"], str(options.notes)),
        "dry run": ([*journal, "--dry-run"], f"{options.notes} new"),
        "import": (journal, f"{options.notes} new"),
        "again": (journal, f"{options.notes} present"),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        empty()
        for name, (command, expected) in ways.items():
            taken[name].append(seconds(command, expected))
    print(f"{options.notes} notes, {options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    print(f"{'way':14}{'seconds':>9}{'ms a note':>11}{'x markdown-it':>15}")
    for name, each in taken.items():
        ratio = statistics.median(one / base for one, base in zip(each, taken["markdown-it"], strict=True))
        middle = statistics.median(each)
        print(f"{name:14}{middle:9.2f}{middle * 1000 / options.notes:11.2f}{ratio:15.2f}")


if __name__ == "__main__":
    main()
