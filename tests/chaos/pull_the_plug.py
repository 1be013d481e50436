"""Fills from a W&B server whose line goes dead at every request in turn. One line of JSON; exit 1 for any loss.

    python tests/chaos/pull_the_plug.py                     every request, every way to fail: some minutes
    python tests/chaos/pull_the_plug.py --every 4           every fourth request

The real SDK asks the test server. From some request on, the server hangs, ends connections in the middle, answers 500
or sends what is no JSON. Then `journal fill-results` must end in time with exit code 3 and one line for what it could
not look at, leave the entry and its evidence as they were or whole, and the next fill must give what folders give, to
the last digit.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "sources")]

from desk import Desk  # noqa: E402 - found only now
from wandb_server import ServerRun, WandbServer  # noqa: E402

IDS = ("plain031", "nestd031", "large031")
SETTINGS = 'sections = []\nentity = "attention-lab"\nproject = "sigma-floor"\n'
ONLINE = f"{SETTINGS}[online]\nenabled = true\ntimeout = 2\ndeadline = 20\n"
STEM = "2026-02-21-all"
RUNS = ", ".join(f"{{id: {run_id}}}" for run_id in IDS)
BODY = """\
<!-- journal:table losses
metrics: [train/loss, tokens, val loss (ema), late]
stats: [mean, std, n]
-->
<!-- /journal:table -->
"""
WAYS = ("hang", "drop", "status", "garbage")
LONGEST = 40.0
"""Seconds that no fill may take: the deadline, and what it takes to start and to end."""


def main() -> int:
    """Pull the plug everywhere; say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        count = Counter(_Trial(Path(folder)).all(options.every))
    seconds = round(time.monotonic() - began, 1)
    sys.stdout.write(json.dumps({"chaos": "plug", **dict(sorted(count.items())), "seconds": seconds}) + "\n")
    return 1 if set(count) - {"nothing lost"} else 0


class _Trial:
    """A journal, a server with its runs, and what a fill gives when nothing fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source = Desk.with_runs(folder / "source", set(IDS), SETTINGS)
        self._source.entry(STEM, BODY, runs=RUNS)
        assert self._source.spawn("fill-results").code == 0
        self._truth = self._source.read(STEM)
        place = {"entity": "attention-lab", "project": "sigma-floor"}
        runs = [ServerRun.of_log(self._source.folder(run_id), **place, exported=run_id == "nestd031") for run_id in IDS]
        self._server = WandbServer(runs, entity="attention-lab")
        self._requests = 0

    def all(self, every: int) -> list[str]:
        """What came of each way to fail from each request on."""
        with self._server:
            environment = self._server.environment(self._folder / "home")
            desk = self._desk("whole")
            said = desk.spawn("fill-results", **environment)
            assert (said.code, desk.read(STEM)) == (0, self._truth), said
            requests = len(self._server.requests)
            return [self._one(way, at, environment) for way in WAYS for at in range(0, requests, every)]

    def _desk(self, name: str) -> Desk:
        """The journal on a machine without the runs."""
        desk = self._source.copied(self._folder / name)
        shutil.rmtree(desk.root / "wandb")
        shutil.rmtree(desk.root / "evidence")
        desk.write("journal.toml", ONLINE)
        desk.entry(STEM, BODY, runs=RUNS)
        return desk

    def _one(self, way: str, at: int, environment: dict[str, str]) -> str:
        """The line goes dead at one request, and comes back for the next fill."""
        desk = self._desk(f"{way}-{at}")
        before, began = desk.files(), time.monotonic()
        self._fail(way, at)
        said = desk.spawn("fill-results", **environment)
        took = time.monotonic() - began
        self._server.faults.clear()
        lines = said.err.strip().splitlines()
        if took > LONGEST:
            return f"{way} {at}: took {took:.0f} s"
        if said.code not in {0, 3} or "Traceback" in said.err or (said.code == 3 and not lines):
            return f"{way} {at}: exit code {said.code}, {said.err[-200:]}"
        if said.code == 3 and desk.files() != before and not self._is_partly_filled(desk):
            return f"{way} {at}: changed what it could not fill"
        again = desk.spawn("fill-results", **environment)
        if again.code or desk.read(STEM) != self._truth:
            return f"{way} {at}: the next fill failed, {again.err[-200:]}"
        shutil.rmtree(desk.root)
        return "nothing lost"

    def _fail(self, way: str, at: int) -> None:
        """Let every request fail from one on."""
        self._requests = 0
        faults = self._server.faults

        def before(_: str) -> None:
            self._requests += 1
            if self._requests == at + 1:
                getattr(faults, way)(*([500] if way == "status" else []))

        faults.before = before

    @staticmethod
    def _is_partly_filled(desk: Desk) -> bool:
        """Whether an entry that lacks some runs is one that a check understands."""
        return desk.spawn("check", "--offline").code in {0, 1, 3}


if __name__ == "__main__":
    sys.exit(main())
