from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from drawn import figure, line

from journal.site.charts import payload

if TYPE_CHECKING:
    from journal.site.charts.figure import Figure


def told(raw: bytes) -> tuple[str, list[dict[str, Any]]]:
    """What the script gives to the page."""
    text = raw.decode()
    name, figures = json.loads(f"[{text.removeprefix('journal.curves(').removesuffix(');' + chr(10))}]")
    return name, figures


def noisy(number: int, rows: int = 1000) -> list[float]:
    return [((place * 7919 + number) % 1009) / 1009 + 1e-7 * place for place in range(rows)]


def test_a_script_holds_the_points_of_each_run() -> None:
    of = figure(line([1.5, 2.0, float("nan"), 4.25], "a", role="baseline", tone=0), scale="log", windows=((1, 2),))
    name, (found,) = told(payload.script("entries/x.curves.js", [of]))
    assert name == "entries/x.curves.js"
    assert (found["log"], found["windows"], found["span"]) == (True, [[1, 2]], [0, 3])
    (run,) = found["lines"]
    assert (run["name"], run["role"], run["tone"], run["broken"]) == ("a", "baseline", 0, [2])
    assert list(zip(accumulate(run["apart"]), run["values"], strict=True)) == [(0, 1.5), (1, 2.0), (3, 4.25)]


def test_all_figures_of_a_page_share_the_room_fairly() -> None:
    long = [figure(*(line(noisy(number), f"run{number}") for number in range(8)), metric=f"m{each}") for each in "abcd"]
    short = figure(line(noisy(1, 30), "short"))
    raw = payload.script("x", [*long, short])
    assert 45_000 < len(raw) <= payload.LIMIT
    _, found = told(raw)
    points = {len(run["values"]) for each in found[:-1] for run in each["lines"]}
    assert max(points) - min(points) <= 8
    assert len(found[-1]["lines"][0]["values"]) == 30


def test_the_extremes_survive_however_little_room_there_is() -> None:
    values = noisy(0)
    values[333], values[700] = 99.0, -99.0
    crowd = [figure(*(line(values, f"{'name' * 30}{number}") for number in range(16))) for _ in range(14)]
    raw = payload.script("x", crowd)
    _, found = told(raw)
    assert len(raw) <= payload.LIMIT
    assert len(found) == 12
    assert all({99, -99} <= set(run["values"]) for each in found for run in each["lines"])


def test_nothing_in_a_name_ends_the_script() -> None:
    name = '</script><!--"\\\u2028\u2029\ud800'
    raw = payload.script(name, [figure(line([1, 2], name), metric=name, title=name)])
    assert b"<" not in raw
    assert not set("\u2028\u2029") & set(raw.decode())
    assert raw.count(b"\n") == 1
    assert told(raw)[1][0]["title"] == name.replace("\ud800", "?")


def test_a_figure_without_any_run_is_no_trouble() -> None:
    empty: Figure = figure()
    assert told(payload.script("x", [empty]))[1][0]["lines"] == []
