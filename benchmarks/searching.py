"""How long it takes to search and list many entries, as ratios to `grep -r` over the same folder.

    python benchmarks/searching.py [--entries N] [--rounds N]

The first time it makes a journal of N entries in `build/benchmarks`, 2 to 4 kB each, English and Chinese, every tenth
with a table that promises something. In each round every way runs once, each in a process of its own, so that a
machine whose speed drifts treats all alike; ratios are taken within a round. All files are in the page cache. ripgrep
takes part where it is installed.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BUILD = Path(__file__).parent.parent / "build" / "benchmarks"
ENTRIES, ROUNDS = 10_000, 7
SEED = 20260301

SENTENCE = (
    "the loss of a run with larger steps falls below its baseline while attention saturates and gradients spike in "
    "every batch after warmup so that we clamp scale and norm before training goes on"
)
COMMON = SENTENCE.split()
CHINESE = (
    "损失在训练中下降得更快但注意力饱和导致梯度爆炸所以需要限制学习率并检查数据增强与归一化之后的结果是否稳定我们比较了基线和候选模型"
    "发现验证集上的差距主要来自早期阶段的数值误差因此下一步应当重新运行并记录所有指标"
)
TAGS = ("attention", "stability", "speed", "memory", "ablation", "schedule")
STATUSES = ("running", "concluded", "blocked", "inconclusive")
QUESTIONS = {
    "a common word": "loss",
    "a rare word": "w4711",
    "three words": "gradients spike warmup",
    "a phrase": '"below its baseline"',
    "a beginning": "w47*",
    "Chinese, 4 characters": "梯度爆炸",
    "Chinese, 1 character": "损",
    "a metric": "debug/layer3/sat_frac",
    "a commit, in full": "{sha}",
    "with a tag and a day": "loss --tag speed --since 2025-06-01",
}

Measurement = dict[str, float]
READ = """
import os, sys, time
start = time.perf_counter()
held = 0
for folder, _, names in os.walk(sys.argv[1] + "/entries"):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            held += len(file.read())
print(time.perf_counter() - start)
"""
UPDATE = """
import sys, time
from pathlib import Path
from journal.config import find
from journal.index.catalog import Catalog
config = find(Path(sys.argv[1]))
start = time.perf_counter()
Catalog(config).update().close()
print(time.perf_counter() - start)
"""
ASK = """
import json, sys, time
from pathlib import Path
from journal.config import find
from journal.index.catalog import Catalog
from journal.index.filters import EntryFilter
from journal.index.search import Query, search
from journal.model.when import When
catalog = Catalog(find(Path(sys.argv[1]))).update()
taken = {}
for name, text in json.loads(sys.argv[2]).items():
    words, *options = text.split(" --")
    given = dict(option.split(" ") for option in options)
    since = When(given["since"]) if "since" in given else None
    query = Query(words, wanted=EntryFilter(tags=tuple(filter(None, [given.get("tag")])), since=since), limit=20)
    start = time.perf_counter()
    found = search(catalog, query)
    taken[name] = time.perf_counter() - start, len(found)
print(json.dumps(taken))
"""


def sha_of(number: int) -> str:
    """A commit's sha."""
    return random.Random(number).randbytes(20).hex()  # noqa: S311


def text_of(number: int) -> str:
    """An entry."""
    chance = random.Random(SEED + number)  # noqa: S311
    day = f"{2024 + number % 3}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    words = [*COMMON] * 3 + [f"w{chance.randrange(8000)}" for _ in range(60)]
    lines = [" ".join(chance.choices(words, k=14)) + "." for _ in range(chance.randrange(12, 22))]
    lines += ["".join(chance.choices(CHINESE, k=12)) + CHINESE[place : place + 18] + "。" for place in range(0, 90, 18)]
    chance.shuffle(lines)
    asked = f"debug/layer{chance.randrange(24)}/sat_frac"
    table = (
        f"<!-- journal:table\nmetrics: [train/loss, {asked}]\n-->\n<!-- /journal:table -->\n"
        if number % 10 == 0
        else ""
    )
    head = (
        f"---\ntitle: {' '.join(chance.choices(words, k=6)).title()}\ncreated: {day}T10:00:00+08:00\n"
        f"authors: [Ada Lovelace]\nstatus: {chance.choice(STATUSES)}\ntags: [{', '.join(chance.sample(TAGS, 2))}]\n"
        f"commits: [{{sha: {sha_of(number)[:7]}, note: {chance.choice(COMMON)}}}]\n"
        f"runs: [{{id: r{number:07d}, as: base, role: baseline}}]\n---\n"
    )
    third = len(lines) // 3
    return (
        f"{head}\n## Context\n\n" + "\n".join(lines[:third]) + f"\n\n## Change\n\n- watched `{asked}`\n"
        f"- run `r{number:07d}`\n\n" + "\n".join(lines[third : 2 * third]) + f"\n\n## Results\n\n{table}\n"
        "| step | loss |\n|--:|--:|\n"
        + "".join(f"| {step} | {chance.random():.4f} |\n" for step in range(0, 500, 100))
        + "\n"
        + "\n".join(lines[2 * third :])
        + "\n"
    )


def journal_of(entries: int) -> Path:
    """The journal with so many entries, made where it is missing."""
    root = BUILD / f"searching-{entries}"
    if not (root / "journal.toml").exists():
        shutil.rmtree(root, ignore_errors=True)
        for number in range(entries):
            folder = root / "entries" / f"{2024 + number % 3}"
            folder.mkdir(parents=True, exist_ok=True)
            day = f"{2024 + number % 3}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            (folder / f"{day}-trial-{number}.md").write_text(text_of(number), "utf-8")
        (root / "journal.toml").write_text("sections = []\n")  # last: what was interrupted is made anew
        time.sleep(3)  # until the stamps of the files are believed
    return root


def seconds(command: list[str], root: Path) -> float:
    """How long a command takes as a whole."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"{command} failed")
    return time.perf_counter() - start


def told(code: str, *arguments: str) -> Any:
    """What a process of its own prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def ways(root: Path) -> "Mapping[str, Callable[[], float]]":
    """Every way, with what runs it once."""
    journal = str(Path(sys.executable).parent / "journal")
    cache = root / ".journal"

    def built() -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return float(told(UPDATE, str(root)))

    found: dict[str, Callable[[], float]] = {
        "grep -r, a common word": lambda: seconds(["grep", "-rn", "loss", "entries"], root),
        "grep -r, a rare word": lambda: seconds(["grep", "-rn", "w4711", "entries"], root),
        "grep -r, Chinese": lambda: seconds(["grep", "-rn", "梯度爆炸", "entries"], root),
        "reading all files": lambda: float(told(READ, str(root))),
        "building the index": built,
        "looking what changed": lambda: float(told(UPDATE, str(root))),
        "journal --version": lambda: seconds([journal, "--version"], root),
        "journal search, a common word": lambda: seconds([journal, "search", "loss"], root),
        "journal search, a rare word": lambda: seconds([journal, "search", "w4711"], root),
        "journal search, Chinese": lambda: seconds([journal, "search", "梯度爆炸"], root),
        "journal search --regex": lambda: seconds(
            [journal, "search", "--regex", r"w47\d1\b", "--limit", "100000"], root
        ),
        "journal list, the first time": lambda: seconds([journal, "list"], root),
        "journal list": lambda: seconds([journal, "list"], root),
        "journal list --json": lambda: seconds([journal, "list", "--json"], root),
        "journal list --tag speed --since": lambda: seconds(
            [journal, "list", "--tag", "speed", "--since", "2026-06-01"], root
        ),
    }
    if shutil.which("rg"):
        found["rg, a common word"] = lambda: seconds(["rg", "-n", "loss", "entries"], root)
    return found


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    root = journal_of(options.entries)
    questions = {name: text.format(sha=sha_of(1)) for name, text in QUESTIONS.items()}
    taken: dict[str, list[float]] = {}
    asked: dict[str, list[tuple[float, int]]] = {}
    for _ in range(options.rounds):
        for name, way in ways(root).items():
            taken.setdefault(name, []).append(way())
        for name, answer in told(ASK, str(root), json.dumps(questions)).items():
            asked.setdefault(name, []).append(tuple(answer))
    grep = taken["grep -r, a common word"]
    size = sum(path.stat().st_size for path in root.glob("entries/*/*.md"))
    kept = (root / ".journal/search.sqlite").stat().st_size
    print(
        f"{options.entries} entries, {size / 1e6:.0f} MB, index {kept / 1e6:.0f} MB, {options.rounds} rounds, ", end=""
    )
    print(f"load {os.getloadavg()[0]:.2f}\n{'way':34}{'seconds':>9}{'x grep':>9}  over rounds")
    for name, each in taken.items():
        _print(name, each, grep)
    print(f"\n{'the question itself':34}{'seconds':>9}{'x grep':>9}  over rounds, hits")
    for name, answers in asked.items():
        _print(name, [second for second, _ in answers], grep, f", {answers[0][1]}")
    built = [one / other for one, other in zip(taken["building the index"], taken["reading all files"], strict=True)]
    print(f"\nbuilding the index: {statistics.median(built):.0f} x reading all files")


def _print(name: str, each: list[float], grep: list[float], more: str = "") -> None:
    ratios = [one / base for one, base in zip(each, grep, strict=True)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}{more}"
    print(f"{name:34}{statistics.median(each):9.4f}{statistics.median(ratios):9.2f}  {spread}")


if __name__ == "__main__":
    main()
