"""The demo as a newcomer runs it, and its numbers read again by W&B's own reader."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import fmean

import pytest

pytest.importorskip("wandb", reason="the demo trains with the W&B SDK")
pytest.importorskip("material", reason="the demo builds its site")

DEMO = Path(__file__).parent.parent / "demo" / "demo.py"
METRICS = ("train/loss", "debug/attn/logit_absmax", "debug/attn/saturated_frac")
FIRST, LAST = 300, 400

_NUMBER = re.compile(r"\| (-?[\d.]+(?:e-?\d+)?)")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's repository, after the demo."""
    folder = tmp_path_factory.mktemp("demo") / "journal"
    done = subprocess.run(
        [sys.executable, str(DEMO), str(folder)], check=False, capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@cache
def rows(log: Path) -> list[dict[str, float]]:
    """The history of a log as `wandb leet inspect`, W&B's own reader, prints it."""
    command = [str(Path(sys.executable).parent / "wandb"), "leet", "inspect", "--json", str(log)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    records = [json.loads(line) for line in printed.splitlines()]
    return [record["history"]["item"] for record in records if record["type"] == "history"]


def logs(demo: Path) -> dict[str, list[dict[str, float]]]:
    """The two runs' histories by display name, in the order in which they were trained."""
    paths = sorted(demo.glob("wandb/offline-run-*/*.wandb"))
    return dict(zip(("no-clamp", "clamp"), map(rows, paths), strict=True))


def expected(demo: Path) -> list[list[float]]:
    means = []
    for metric in METRICS:
        of = {
            name: fmean(row[metric] for row in history if FIRST <= row["_step"] <= LAST)
            for name, history in logs(demo).items()
        }
        means.append([of["no-clamp"], of["clamp"], of["clamp"] / of["no-clamp"]])
    return means


def test_every_number_of_the_demos_table_can_be_found_again_in_the_runs_logs(demo: Path) -> None:
    (entry,) = demo.glob("entries/2*.md")
    table = entry.read_text("utf-8").partition("journal:table attention")[2].partition("*mean over")[0]
    lines = [line for line in table.splitlines() if line.startswith(tuple(f"| {metric} " for metric in METRICS))]
    shown = [_NUMBER.findall(line) for line in lines]
    assert [len(line) for line in shown] == [3, 3, 3]
    for line, means in zip(shown, expected(demo), strict=True):
        for text, mean in zip(line, means, strict=True):
            assert float(text) == pytest.approx(mean, rel=5e-3), (text, mean)


def test_the_evidence_holds_the_same_numbers_at_full_precision(demo: Path) -> None:
    (evidence,) = demo.glob("evidence/2*.json")
    cells = json.loads(evidence.read_bytes())["blocks"]["attention"]["cells"]
    values = [cell["value"] for cell in cells]
    assert values == pytest.approx([mean for means in expected(demo) for mean in means], rel=1e-12)


def test_the_built_page_shows_them_and_tells_where_they_came_from(demo: Path) -> None:
    (page,) = demo.glob("site/entries/2*.html")
    text = html.unescape(page.read_text("utf-8"))
    (evidence,) = demo.glob("evidence/2*.json")
    recorded = json.loads(evidence.read_bytes())
    for cell in recorded["blocks"]["attention"]["cells"]:
        assert repr(cell["value"]) in text
    for run in recorded["runs"].values():
        assert run["origin"]["path"] in text
        assert run["origin"]["sha256"][:8] in text
