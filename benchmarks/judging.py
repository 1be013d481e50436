"""How long 1,000 commit verdicts take in a repository of 50,000 commits, as a ratio to `git log`.

    python benchmarks/judging.py [--pairs N] [--rounds N]

The first time it makes the repository in `build/benchmarks`. In each round every way runs once, in a process of its
own: `git log` over all commits, `git merge-base --is-ancestor` for some pairs (a process each, scaled up), and the
journal's judge for all pairs, its imports included. Commits and runs are any of the repository. Of the runs half
recorded no state of the tree, a quarter had uncommitted changes, a quarter was clean; a tenth recorded no commit.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from make_repository import git, make

BUILD = Path(__file__).parent.parent / "build" / "benchmarks"
PAIRS, ROUNDS, ASKED = 1_000, 5, 50
JUDGE = """
import json, sys, time
from datetime import UTC, datetime
began = time.perf_counter()
from pathlib import Path
from journal.model.entry import CommitRef
from journal.model.revision import Code
from journal.revisions import Repository
from journal.revisions.verdicts import Judge
pairs = json.loads(Path(sys.argv[2]).read_text())
judge = Judge(Repository.find(Path(sys.argv[1])))
counts = {}
for _, code in pairs:
    code["started"] = datetime.fromtimestamp(code["started"], UTC)
pairs = [(CommitRef(sha=sha), Code(**code)) for sha, code in pairs]
judge.expect(ref for ref, _ in pairs)
for ref, code in pairs:
    verdict = judge.judge([ref], [code]).verdict
    counts[verdict] = counts.get(verdict, 0) + 1
print(json.dumps({"seconds": time.perf_counter() - began, "counts": counts}))
"""


def pairs(repository: Path, count: int) -> Path:
    """Pairs of an entry's commit, abbreviated, and what a run ran, in a file."""
    file = BUILD / f"pairs-{count}.json"
    listed = [line.split() for line in git(repository, "log", "--all", "--format=%H %ct").splitlines()]
    chance, made = random.Random(count), []  # noqa: S311 - no secret
    for _ in range(count):
        (sha, _), (ran, when) = chance.choice(listed), chance.choice(listed)
        code = {"commit": ran, "started": int(when) + chance.randrange(20_000)}
        code |= chance.choice(({}, {}, {"dirty": False}, {"dirty": True, "changed": ["d1/part_1.py"]}))
        code |= chance.choice(({"commit": None}, *({},) * 9))
        made.append([chance.choice((sha, sha[:9])), code])
    file.write_text(json.dumps(made))
    return file


def measured(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round."""
    told: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            told[name].append(way())
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    repository = make(BUILD / "repository-50000")
    file = pairs(repository, asked.pairs)
    some = [(sha, code["commit"]) for sha, code in json.loads(file.read_text()) if code["commit"]][:ASKED]
    counts: dict[str, int] = {}

    def log() -> float:
        return _timed(lambda: git(repository, "log", "--all", "--format=%H %P %ct"))

    def ancestors() -> float:
        ask = ["git", "-C", str(repository), "merge-base", "--is-ancestor"]
        alone = _timed(lambda: [subprocess.run([*ask, *pair], check=False) for pair in some])
        return alone / len(some) * float(asked.pairs)

    def judge() -> float:
        done = subprocess.run(
            [sys.executable, "-c", JUDGE, str(repository), str(file)], capture_output=True, check=True, text=True
        )
        answer = json.loads(done.stdout)
        counts.update(answer["counts"])
        return float(answer["seconds"])

    told = measured({"git log": log, "git, a process a pair": ancestors, "the judge": judge}, asked.rounds)
    for name, seconds in told.items():
        ratios = [one / other for one, other in zip(seconds, told["git log"], strict=True)]
        print(f"{name:24} {statistics.median(seconds):8.3f} s  {statistics.median(ratios):6.2f} x git log")
    print(f"{asked.pairs} pairs: {counts}")


def _timed(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
