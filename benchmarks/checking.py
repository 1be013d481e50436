"""How long it takes to check a journal of many entries: all of it anew, and again with nothing or little changed.

    python benchmarks/checking.py [--entries N] [--rounds N]

The first time it makes a journal of N entries in `build/benchmarks`, filled and committed, in a repository of 300
commits. An entry is 2 to 4 kB: front matter of 13 lines with tags, a commit that is there, one or two of 50 small runs
and an entry that it follows; six sections with paragraphs, a list, code, and in two of three entries a table of numbers
written by hand. Every tenth entry has a filled table over two runs and a cited value, with their evidence. Every
hundredth names a commit that is not there, so that there is something to find.

In each round every way runs once, start-up and all, so that a machine whose speed drifts treats all alike; ratios are
taken within a round. **cold** is `journal check` with no cache and nothing remembered, against the least that a checker
in Python does with the same files, in one process: PyYAML's C parser over each front matter, markdown-it's block parser
over the rest. **one core** is the same on one processor: on Linux a large check is shared by several. **anew** is
`journal check --anew` with the cache of the runs. **warm** is `journal check` again, **touched** the same after one
entry changed; against `git status --porcelain` on the same tree. All files are in the page cache. All ways must find
the same.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filling import BUILD, JOURNAL, SETTLED, WHO, log, rounds_of

ENTRIES, RUNS, ROWS, COMMITS, ROUNDS = 10_000, 50, 100, 300, 5
FILLED_EVERY, LOST_EVERY = 10, 100

WORDS = (
    *("the", "a", "of", "and", "to", "in", "with", "for", "on", "that", "this", "run", "batch", "layer", "loss"),
    *("gradient", "norm", "schedule", "warm-up", "seed", "dropout", "attention", "weight", "decay", "step", "size"),
    *("width", "depth", "sampler", "loader", "shard", "cache", "kernel", "mask", "window", "token", "head", "residue"),
    *("we", "saw", "kept", "moved", "checked", "compared", "raised", "lowered", "held", "measured", "again", "twice"),
    *("stable", "noisy", "flat", "slower", "faster", "because", "while", "until", "which", "where", "since", "when"),
    *("only", "still", "almost", "never", "often", "clearly"),
)
MATTER = """---
title: {title}
created: 2025-{month:02}-{day:02}T{hour:02}:{minute:02}:15+08:00
authors: [mira, {{name: scribe, kind: agent}}]
status: {status}
tags: [{tags}]
commits:
  - sha: {sha}
    note: {note}
runs:
{runs}
follows: [{follows}]
---
"""
BLOCK = """
<!-- journal:table results
metrics: [loss, grad_norm]
stats: [mean, last]
-->
<!-- /journal:table -->

The candidate ends at [TBD](run:b "last(loss)").
"""
LEAST = """
import sys, time
from pathlib import Path
import yaml
from markdown_it import MarkdownIt
found = 0
parser = MarkdownIt("commonmark").enable("table").disable(["inline"])
for path in sorted(Path("entries").glob("*.md")):
    _, matter, body = path.read_text(encoding="utf-8").split("---\\n", 2)
    found += len(yaml.load(matter, yaml.CSafeLoader)) + len(parser.parse(body))
assert found
"""


class Author:
    """Writes entries that are the same each time they are written."""

    def __init__(self, shas: list[str]) -> None:
        self._shas = shas
        self._random = random.Random(20260221)  # noqa: S311

    def stem(self, number: int) -> str:
        """The id of an entry."""
        return f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}-note-{number:05}"

    def entry(self, number: int) -> str:
        """The text of an entry."""
        chance = self._random
        filled = number % FILLED_EVERY == 0
        handles = ["base", "b"] if filled or chance.randrange(2) else ["b"]
        runs = chance.sample(range(RUNS), len(handles))
        sha = "0badc0de" if number % LOST_EVERY == 1 else chance.choice(self._shas)
        matter = MATTER.format(
            title=self._words(7).capitalize(),
            month=number % 12 + 1,
            day=number % 28 + 1,
            hour=number % 24,
            minute=number % 60,
            status=chance.choice(["planned", "running", "concluded", "inconclusive"]),
            tags=", ".join(chance.sample(WORDS, 3)),
            sha=sha,
            note=self._words(6),
            runs="\n".join(f"  - {{id: small{run:03}, as: {name}}}" for run, name in zip(runs, handles, strict=True)),
            follows=self.stem(chance.randrange(number)) if number else "",
        )
        results = self._table(handles) if number % 3 else ""
        parts = {
            "Context": self._paragraph() + self._paragraph(),
            "Change": self._paragraph() + "\n```python\nscale = clamp(scale, low=1e-3)\nloss = loss / scale\n```\n",
            "Rationale": self._paragraph() + self._paragraph(),
            "Runs": self._list(),
            "Results": self._paragraph() + results + (BLOCK if filled else "") + self._paragraph(),
            "Next steps": f"\n- [ ] {self._words(8)}\n- [x] {self._words(9)}\n- [ ] {self._words(7)}\n",
        }
        return matter + "".join(f"\n## {heading}\n{text}" for heading, text in parts.items())

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(WORDS, k=count))

    def _number(self) -> str:
        return f"{self._random.lognormvariate(0, 1.5):.{self._random.choice([2, 3, 4])}f}"

    def _paragraph(self) -> str:
        """Four sentences in lines, with a number, a name in code and an emphasis among them."""
        sentences = [self._words(self._random.randrange(7, 16)).capitalize() for _ in range(4)]
        sentences[1] += f" at {self._number()} after {self._random.randrange(100, 9000)} steps"
        sentences[2] += f" in `{self._random.choice(WORDS)}_{self._random.choice(WORDS)}`"
        sentences[3] += f" **{self._words(2)}**"
        return "\n" + ".\n".join(sentences) + ".\n"

    def _list(self) -> str:
        items = [f"- {self._words(8)}: {self._number()}\n" for _ in range(4)]
        return f"\n{self._words(5).capitalize()}:\n\n" + "".join(items)

    def _table(self, handles: list[str]) -> str:
        """Five rows of the numbers of its runs."""
        rows = [f"| {' | '.join(['metric', *handles])} |", f"|---|{'--:|' * len(handles)}"]
        rows += [f"| {self._words(2)} | {' | '.join(self._number() for _ in handles)} |" for _ in range(5)]
        return "\n" + "\n".join(rows) + "\n"


def journal_of(entries: int) -> Path:
    """The journal, made where it is missing."""
    root = BUILD / f"checking-{entries}"
    if (root / "ready").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    (root / "entries").mkdir(parents=True)
    for number in range(RUNS):
        folder = root / "wandb" / f"run-20260225_{number:06}-small{number:03}"
        (folder / "files").mkdir(parents=True)
        (folder / "files" / "wandb-metadata.json").write_text('{"gpu": "none"}')
        (folder / f"run-small{number:03}.wandb").write_bytes(log(f"small{number:03}", ROWS))
    (root / ".gitignore").write_text("wandb/\nready\n")
    (root / "journal.toml").write_text("")
    run(["git", "init", "-q"], root)
    run(["git", "config", "gc.auto", "0"], root)
    author = Author(list(history(root)))
    for number in range(entries):
        (root / "entries" / f"{author.stem(number)}.md").write_text(author.entry(number))
    run([JOURNAL, "fill-results"], root)
    run(["git", "add", "-A"], root)
    run(["git", *WHO, "commit", "-qm", "Fill"], root)
    run(["git", "gc", "-q"], root)
    (root / "ready").touch()  # last: what was interrupted is made anew
    return root


def history(root: Path) -> Iterator[str]:
    """Makes commits, and tells their abbreviated shas."""
    for number in range(COMMITS):
        run(["git", *WHO, "commit", "--allow-empty", "-qm", f"Work {number}"], root)
    yield from run(["git", "log", "--format=%h", "--abbrev=8"], root)[0].split()


def run(command: list[str], root: Path) -> tuple[str, float]:
    """What a command prints, and the seconds that it takes."""
    hidden = {"WANDB_DIR", "WANDB_ENTITY", "WANDB_PROJECT"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)} ends with {done.returncode}")
    return done.stdout, seconds


class Ways:
    """Every way to check, each told to find what the first found."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: str | None = None
        self._turn = 0

    def check(self, *options: str) -> float:
        """Seconds of one check."""
        found, seconds = run([JOURNAL, "check", *options], self._root)
        self._found = self._found or found
        if found != self._found:
            sys.exit(f"check {' '.join(options)} finds something else")
        return seconds

    def cold(self) -> float:
        """Without cache and memory."""
        shutil.rmtree(self._root / ".journal", ignore_errors=True)
        return self.check()

    def on_one_core(self) -> float:
        """The same on one processor; where a process may not choose, as on all."""
        if not hasattr(os, "sched_setaffinity"):
            return self.cold()
        all_of_them = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(all_of_them)})
        try:
            return self.cold()
        finally:
            os.sched_setaffinity(0, all_of_them)

    def warm(self) -> float:
        """Once more, when the files that the last check wrote may be believed."""
        time.sleep(SETTLED)
        self.check()  # remembers what was touched too shortly before the last
        return self.check()

    def touched(self) -> float:
        """After a word was added to one entry."""
        path = sorted((self._root / "entries").glob("*.md"))[self._turn]
        self._turn += 1
        path.write_text(path.read_text() + "Again.\n")
        return self.check()

    def other(self, *command: str) -> float:
        """Seconds of another command."""
        return run(list(command), self._root)[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    root = journal_of(options.entries)
    run(["git", "checkout", "-q", "--", "entries"], root)
    ways = Ways(root)
    timed: dict[str, Callable[[], float]] = {
        "parsing alone": lambda: ways.other(sys.executable, "-c", LEAST),
        "git status": lambda: ways.other("git", "status", "--porcelain"),
        "cold": ways.cold,
        "one core": ways.on_one_core,
        "anew": lambda: ways.check("--anew"),
        "warm": ways.warm,
        "touched": ways.touched,
    }
    taken = rounds_of(timed, options.rounds)
    run(["git", "checkout", "-q", "--", "entries"], root)
    sizes = [path.stat().st_size for path in (root / "entries").glob("*.md")]
    print(f"{len(sizes)} entries of {statistics.mean(sizes):.0f} bytes, {min(sizes)} to {max(sizes)}")
    print(f"{options.rounds} rounds, load {os.getloadavg()[0]:.2f}")
    for name, seconds in taken.items():
        print(f"{name:14}{statistics.median(seconds):8.3f} s, {min(seconds):.3f} to {max(seconds):.3f}")
    peers = {
        "cold": "parsing alone",
        "one core": "parsing alone",
        "anew": "parsing alone",
        "warm": "git status",
        "touched": "git status",
    }
    for name, peer in peers.items():
        ratios = [ours / theirs for ours, theirs in zip(taken[name], taken[peer], strict=True)]
        print(f"{name}: {statistics.median(ratios):.2f} x {peer}")
    each = 1000 * statistics.median(taken["cold"]) / len(sizes)
    print(f"cold: {each:.2f} ms an entry, the bar is 1; warm: {statistics.median(taken['warm']):.2f} s, the bar is 1")


if __name__ == "__main__":
    main()
