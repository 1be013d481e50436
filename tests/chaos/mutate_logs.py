"""Mutants of logs, read by the fast reader and the plain one. One line of JSON; exit 1 for any crash or difference.

    python tests/chaos/mutate_logs.py                             100,000 mutants on two processes: some minutes
    python tests/chaos/mutate_logs.py --mutants 500 --seed 7 --jobs 1

A mutant is a small log, real or made up, with bits flipped, bytes set, stretches zeroed, cut, put in or taken out,
chunks exchanged or doubled, or headers changed; some have their checksums repaired. Whatever it is, the only error is
CorruptLog, both readers say the same, and no record is found that the original does not have, unless a checksum was
repaired.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "sources")]

import odd_logs  # noqa: E402 - found only now
from plain_reader import is_same, told, told_plainly  # noqa: E402

from journal.errors import CorruptLog  # noqa: E402
from journal.sources.wandb_log.framing import LogRecord, read_records  # noqa: E402

RUNS = TESTS / "fixtures" / "runs"
LARGEST = 5_000
"""Bytes of the largest real log: of a large one most mutants would be alike."""
SLOW = 5.0
"""Seconds that no mutant may take, on a slow machine."""
GLUED = {"swap", "twice"}
"""Chunks that were moved as a whole keep their checksums: records of several of them may be glued together."""


def main() -> int:
    """Make mutants and read them; say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    share = -(-options.mutants // options.jobs)
    tasks = [(options.seed + job, min(share, options.mutants - job * share)) for job in range(options.jobs)]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        count: Counter[str] = Counter(crashed=0, altered=0, differing=0, slow=0, corrupt=0)
        for part in pool.starmap(mutate, tasks):
            count.update(part)
    seconds = round(time.monotonic() - began, 1)
    sys.stdout.write(json.dumps({"chaos": "mutants", **dict(sorted(count.items())), "seconds": seconds}) + "\n")
    return 1 if count["crashed"] or count["altered"] or count["differing"] or count["slow"] else 0


def mutate(seed: int, mutants: int) -> Counter[str]:
    """Read so many mutants."""
    dice = Random(seed)  # noqa: S311 - chance that can be repeated
    count: Counter[str] = Counter()
    real = [path.read_bytes() for path in sorted(RUNS.rglob("*.wandb")) if path.is_file()]
    real = [log for log in real if 100 < len(log) <= LARGEST]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run-x.wandb"
        for turn in range(mutants):
            if turn % 50 == 0:
                with odd_logs.small_blocks():
                    made = odd_logs.log(dice, odd_logs.Taste.any(dice), most=20)
            if dice.random() < 0.5:
                _read(dice, dice.choice(real), path, count)
            else:
                with odd_logs.small_blocks(window=dice.randrange(1, 4)):
                    _read(dice, made, path, count)
    return count


def _read(dice: Random, whole: bytes, path: Path, count: Counter[str]) -> None:
    """Make one mutant and look at what is read."""
    if dice.random() < 0.2:
        kind, log = "repaired", odd_logs.repaired(dice, whole)
    else:
        kind, log = odd_logs.damaged(dice, whole)
        if dice.random() < 0.2:
            kind, log = f"{kind} and more", odd_logs.damaged_anywhere(dice, log)
    count["mutants"] += 1
    count[f"kind: {kind}"] += 1
    path.write_bytes(log)
    began = time.monotonic()
    try:
        found, expected = told(path), told_plainly(log)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
        count["crashed"] += 1
        _keep(f"{type(error).__name__}: {error}", kind, log)
        return
    count["slow"] += time.monotonic() - began > SLOW
    count["corrupt"] += "corrupt" in found
    if not is_same(found, expected):
        count["differing"] += 1
        _keep("differs", kind, log)
    if kind.removesuffix(" and more") not in GLUED | {"repaired"} and _payloads(log) - _payloads(whole):
        count["altered"] += 1
        _keep("altered", kind, log)


def _payloads(log: bytes) -> Counter[bytes]:
    try:
        return Counter(one.payload for one in read_records(log) if isinstance(one, LogRecord))
    except CorruptLog:
        return Counter()


def _keep(what: str, kind: str, log: bytes) -> None:
    """Say what went wrong, and with which bytes."""
    sys.stderr.write(f"{what} ({kind}): {log.hex() if len(log) < LARGEST else len(log)}\n")


if __name__ == "__main__":
    sys.exit(main())
