from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from importlib import resources

import pytest

from journal.site.charts.smoothing import smoothed


def test_it_is_the_debiased_average_of_even_rows() -> None:
    values = [1.0, 5.0, 2.0, 8.0]
    total = weight = 0.0
    for value, mean in zip(values, smoothed(range(4), values, 4, 0.6), strict=True):
        total, weight = total * 0.6 + value, weight * 0.6 + 1
        assert mean == pytest.approx(total / weight)


def test_it_starts_at_the_first_value_and_leaves_a_constant_alone() -> None:
    assert smoothed([7, 9], [3.0, 3.0], 2, 0.99) == [3.0, 3.0]
    assert smoothed([0, 1], [4.0, 0.0], 2, 0.9)[0] == 4.0


def test_a_gap_lets_old_values_fade_by_as_many_steps() -> None:
    even = smoothed([0, 1, 2, 3, 4], [9.0, 0.0, 0.0, 0.0, 0.0], 5, 0.5)
    gap = smoothed([0, 4], [9.0, 0.0], 5, 0.5)
    assert gap[-1] < even[1]


def test_rows_before_a_window_have_no_part_in_the_average_of_those_in_it() -> None:
    steps, values = [0, 100, 200, 300], [252.0, 1.6, 1.4, 1.5]
    found = smoothed(steps, values, 4, 0.6, 100)
    assert found[:2] == [252.0, 1.6]
    assert found[2:] == [pytest.approx((1.6 * 0.6 + 1.4) / 1.6), pytest.approx((1.6 * 0.36 + 1.4 * 0.6 + 1.5) / 1.96)]


def test_no_weight_and_no_points_change_nothing() -> None:
    assert smoothed([0, 1], [1.0, 2.0], 2, 0.0) == [1.0, 2.0]
    assert smoothed([], [], 0, 0.5) == []


def test_live_charts_smooth_by_the_same_rule() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: it runs the rule of the live charts")
    script = (resources.files("journal.site") / "assets/script/40-charts.js").read_text("utf-8")
    rule = re.search(r"const FINEST = .*?;\n", script), re.search(r"const smoothed = .*?\n  };\n", script, re.DOTALL)
    assert all(rule)
    chance = random.Random(8)  # noqa: S311
    steps = sorted(chance.sample(range(5000), 60))
    values = [chance.uniform(-3, 9) for _ in steps]
    asked = [(steps, values, rows, weight) for rows in (60, 700, 90_000) for weight in (0.5, 0.97)]
    asked.append(([4], [2.0], 1, 0.9))
    windowed = [(*each, since) for each in asked for since in (-1, 1000)]
    told = f"JSON.stringify({json.dumps(windowed)}.map((each) => smoothed(...each)))"
    code = f"{''.join(each[0] for each in rule if each)}console.log({told})"
    found = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=20)
    for mean, given in zip(json.loads(found.stdout), windowed, strict=True):
        assert mean == pytest.approx(smoothed(*given), rel=1e-12)
