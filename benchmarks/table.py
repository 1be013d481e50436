"""The tables of what was measured: each figure with its bar, and every way with its times and memory."""

import statistics
from typing import Any, NamedTuple

MB = 1e6
Measurements = list[dict[str, Any]]
Ways = dict[str, Measurements]


class Bar(NamedTuple):
    """A ratio that is to be reached.

    Attributes:
        figure: What it is about.
        over: The way whose seconds are divided.
        under: The way that divides them.
        must: The bar; None for a figure that has none.
        reach: The one that would be better.
        least: Whether the ratio is to be at least the bar, or at most.
    """

    figure: str
    over: str
    under: str
    must: float | None
    reach: float | None
    least: bool = True


BARS = (
    Bar("cold, all metrics, against DataStore", "datastore all", "cold all", 8, 20),
    Bar("the same against `wandb leet inspect --json`", "leet", "cold all", 10, 40),
    Bar("cold, one metric of ten, against DataStore", "datastore all", "cold one", 12, 40),
    Bar("the same, without json.loads for the other nine", "datastore one", "cold one", None, None),
    Bar("warm, one metric, against DataStore", "datastore one", "warm one", 100, 500),
    Bar("grown by 1 %, one metric, of the cold time", "grown one", "cold all", 0.05, 0.02, least=False),
    Bar("grown by 1 %, all metrics, of the cold time", "grown all", "cold all", None, None, least=False),
)


class Ratio(NamedTuple):
    """The median of a ratio over rounds, and its extremes."""

    median: float
    least: float
    most: float


def ratio(ways: Ways, over: str, under: str, field: str = "seconds") -> Ratio:
    """How many times as long one way takes as another; within each round, unless one of them had but one."""
    top = [each[field] for each in ways[over]]
    bottom = [each[field] for each in ways[under]]
    if len(top) == 1:
        top *= len(bottom)
    found = [a / b for a, b in zip(top, bottom, strict=True)]
    return Ratio(statistics.median(found), min(found), max(found))


def print_tables(results: dict[str, Any]) -> int:
    """Print all; returns 1 if a bar is missed."""
    missed = 0
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    print(machine)
    for kind, log in results["logs"].items():
        print(f"\n{kind}: {log['bytes'] / MB:.0f} MB")
        _print_ways(log["ways"])
        missed += _print_ratios(log["ways"], with_bars=kind == "history")
    print("\nbars held" if not missed else f"\n{missed} bars missed")
    return 1 if missed else 0


def _print_ways(ways: Ways) -> None:
    print(f"{'way':16}{'seconds':>10}{'least':>10}{'most':>10}{'CPU':>10}{'peak MB':>9}{'before':>8}{'import s':>10}")
    for name, each in ways.items():
        seconds = [found["seconds"] for found in each]
        times = (statistics.median(seconds), min(seconds), max(seconds), _median(each, "cpu"))
        line = f"{name:16}" + "".join(f"{time:10.4f}" for time in times)
        if "peak" in each[0]:
            line += f"{_median(each, 'peak') / MB:9.0f}{_median(each, 'baseline') / MB:8.0f}"
            line += f"{_median(each, 'imports'):10.2f}"
        print(line)


def _print_ratios(ways: Ways, *, with_bars: bool) -> int:
    missed = 0
    print(f"\n{'figure':48}{'must':>9}{'reach':>9}{'reached':>10}  over rounds, and of CPU time")
    for bar in BARS:
        if bar.over not in ways:
            continue
        found, cpu = ratio(ways, bar.over, bar.under), ratio(ways, bar.over, bar.under, "cpu")
        held = bar.must is None or (found.median >= bar.must if bar.least else found.median <= bar.must)
        missed += with_bars and not held
        bars = [_shown(bar, bar.must), _shown(bar, bar.reach)] if with_bars else ["", ""]
        spread = f"{_shown(bar, found.least)} to {_shown(bar, found.most)}, {_shown(bar, cpu.median)}"
        verdict = "MISSED" if with_bars and not held else ""
        print(f"{bar.figure:48}{bars[0]:>9}{bars[1]:>9}{_shown(bar, found.median):>10}  {spread} {verdict}")
    return missed + _print_memory(ways["cold all"], with_bars=with_bars)


def _print_memory(cold: Measurements, *, with_bars: bool) -> int:
    """The peak of the process, imports and all, against what the columns take."""
    peak, held = max(each["peak"] for each in cold) / MB, cold[0]["held"] / MB
    must, reach = 1.5 * held + 200, held + 100
    bars = [f"{must:.0f} MB", f"{reach:.0f} MB"] if with_bars else ["", ""]
    missed = with_bars and peak > must
    before = _median(cold, "baseline") / MB
    told = f"{peak - before:.0f} MB more than after imports; columns {held:.1f} MB {'MISSED' if missed else ''}"
    print(f"{'peak memory, cold, all metrics':48}{bars[0]:>9}{bars[1]:>9}{peak:>7.0f} MB  {told}")
    return int(missed)


def _shown(bar: Bar, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f} x" if bar.least else f"{value:.1%}"


def _median(each: Measurements, field: str) -> float:
    return float(statistics.median(found[field] for found in each))
