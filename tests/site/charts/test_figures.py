from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from site_journal import SiteJournal, make_run

from journal.site.charts import asked, figure, figures

if TYPE_CHECKING:
    from pathlib import Path

    from journal.site.contents import Contents
    from journal.site.view import EntryView

RUNS: list[dict[str, Any]] = [
    {"id": "aaaa", "as": "base", "role": "baseline"},
    {"id": "bbbb", "as": "clamped", "role": "candidate"},
]
TABLE = """\
<!-- journal:table losses
metrics: [train/loss, val/acc]
stats: [mean]
windows: [10..20]
-->
<!-- /journal:table -->
"""
PLOT = """
<!-- journal:plot picture
metrics: [val/acc]
scale: log
smooth: 0.5
window: 5..30
-->
<!-- /journal:plot -->
"""


def rising(rows: int = 50) -> dict[str, list[float]]:
    return {"train/loss": [rows - place for place in range(rows)], "val/acc": [place + 1.0 for place in range(rows)]}


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """An entry with a table of two metrics of two runs, and a plot block of one of them."""
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("aaaa", rising()), make_run("bbbb", rising(40)))
    lab.fill(lab.entry("2026-02-21-a", f"## Results\n\n{TABLE}{PLOT}", runs=RUNS))
    return lab


def shown(contents: Contents) -> tuple[EntryView, str]:
    """The newest entry, and the figures below its text."""
    view = contents.view(contents.abstracts[0].path)
    return view, figures.of_entry(view, contents)


def entry_figures(contents: Contents) -> tuple[asked.Asked, ...]:
    return asked.of_entry(contents.abstracts[0], contents.runs)


def files(contents: Contents) -> dict[str, bytes]:
    return {sheet.path: sheet.make() for sheet in figures.sheets(contents)}


def test_an_entry_shows_the_metrics_of_its_numbers_but_those_that_a_plot_block_shows(lab: SiteJournal) -> None:
    contents = lab.contents
    view, text = shown(contents)
    assert text.startswith("## Curves\n")
    assert re.findall(r'<figure [^>]*id="([^"]+)"', text) == ["curve&#46;train&#47;loss"]
    block = next(block for block in view.entry.blocks if block.kind == "plot")
    assert re.findall(r'<figure [^>]*id="([^"]+)"', figures.of_block(block, view, contents)) == [
        "curve&#46;val&#47;acc"
    ]


def test_every_file_that_a_page_names_is_made_and_every_one_made_is_named(lab: SiteJournal) -> None:
    contents = lab.contents
    view, text = shown(contents)
    text += figures.of_block(view.entry.blocks[1], view, contents)
    text += "".join(figures.of_run(key, f"runs/{key}.md", contents) for key in contents.runs)
    made = set(files(contents))
    named = {unescape(each) for each in re.findall(r'(?:src|href)="([^"]+)"', text)}
    assert {f"../{path.rpartition('/')[2]}" for path in made if not path.endswith(".js")} == named
    assert {path for path in made if path.endswith(".js")} == set(
        map(unescape, re.findall(r'data-curves="([^"]+)"', text))
    )


def test_windows_scale_and_smoothing_come_from_the_evidence(lab: SiteJournal) -> None:
    plotted, other = asked.of_entry(lab.contents.abstracts[0], lab.contents.runs)
    assert (plotted.metric, plotted.scale, plotted.smooth, plotted.crop) == ("val/acc", "log", 0.5, (5, 30))
    assert (other.metric, other.windows, other.crop) == ("train/loss", ((10, 20),), None)
    assert plotted.windows == ((10, 20),)


def test_the_baseline_alone_has_its_colour_and_a_run_the_same_in_all_figures(lab: SiteJournal) -> None:
    tones = {figure.metric: [run.tone for run in figure.runs] for figure in entry_figures(lab.contents)}
    assert tones == {"val/acc": [asked.BASELINE_TONE, 1], "train/loss": [asked.BASELINE_TONE, 1]}


def test_the_outline_of_an_entry_is_its_figures_in_brief(lab: SiteJournal) -> None:
    of, runs = lab.contents.abstracts[0], lab.contents.runs
    in_full = [(figure.metric, {run.key for run in figure.runs}) for figure in asked.of_entry(of, runs)]
    assert [(each.metric, set(each.keys)) for each in asked.outline(of, runs)] == in_full
    assert len(in_full) == 2


def test_what_files_are_made_of_changes_with_the_entry_and_its_runs_alone(lab: SiteJournal) -> None:
    before = {sheet.path: sheet.key for sheet in figures.sheets(lab.contents)}
    lab.entry("2026-02-20-other")
    assert {sheet.path: sheet.key for sheet in figures.sheets(lab.contents)} == before
    digest = next((lab.root / "evidence/runs").glob("bbbb*"))
    digest.write_bytes(digest.read_bytes().replace(b'"last": 40.0', b'"last": 39.0', 1))
    after = {sheet.path: sheet.key for sheet in figures.sheets(lab.contents)}
    assert {path for path in after if after[path] != before[path]} == {path for path in before if "aaaa" not in path}


def test_words_of_an_entry_remake_no_file_of_its_curves_but_a_number_does(lab: SiteJournal) -> None:
    def keys(of: Contents) -> dict[str, str]:
        return {sheet.path: sheet.key for sheet in figures.sheets(of) if sheet.path.startswith("entries/")}

    before = keys(lab.contents)
    path = lab.root / "entries/2026-02-21-a.md"
    path.write_text(path.read_text().replace("## Results\n", "## Results\n\nOther words.\n"))
    contents = lab.contents
    assert keys(contents) == before
    of = contents.abstracts[0]
    assert of.numbers[0].window == "10..20"
    changes = (
        {"numbers": (of.numbers[0]._replace(last=19), *of.numbers[1:])},
        {"runs": (of.runs[0]._replace(role="reference"), *of.runs[1:])},
        {"plots": (of.plots[0]._replace(smooth=0.9),)},
    )
    for changed in changes:
        after = keys(replace(contents, abstracts=[of._replace(**changed)], _worked_out={}))
        assert all(after[name] != before[name] for name in before), changed


def test_no_digest_is_read_before_a_file_is_made(lab: SiteJournal) -> None:
    contents = lab.contents
    read: list[str] = []
    contents.__dict__["digest"] = read.append
    listed = list(figures.sheets(contents))
    assert len(listed) == 4 + 2 * 4
    assert read == []
    listed[0].make()
    listed[1].make()
    assert len(read) == 2


def test_a_table_below_has_the_exact_numbers_and_a_file_the_points(lab: SiteJournal) -> None:
    contents = lab.contents
    _, text = shown(contents)
    assert "<td>base</td>" in text
    assert '<td class="n">0..49</td><td class="n">50.0</td><td class="n">1.0</td><td class="n">50.0</td>' in text
    table = files(contents)["entries/2026-02-21-a.curves.csv"].decode()
    assert "aaaa,base,train/loss,49,1.0\n" in table


def test_a_page_holds_twelve_figures_and_leads_to_the_rest(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    many = {f"m{number}": [1.0, 2.0] for number in range(15)}
    lab.with_runs(make_run("aaaa", many))
    body = f"<!-- journal:table t\nmetrics: [{', '.join(many)}]\nstats: [mean]\n-->\n<!-- /journal:table -->\n"
    lab.fill(lab.entry("2026-02-21-a", body, runs=["aaaa"]))
    contents = lab.contents
    _, text = shown(contents)
    (key,) = contents.runs
    assert text.count("<figure ") == 12
    assert f'3 more metrics are not drawn here: their curves stand on the pages of <a href="../../runs/{key}/">' in text
    assert len([path for path in files(contents) if path.startswith("entries/") and path.endswith(".svg")]) == 12


def test_a_run_that_nobody_filled_yet_leaves_the_page_without_figures(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", TABLE, runs=["aaaa"])
    assert shown(lab.contents)[1] == ""
    assert files(lab.contents) == {}


def test_a_digest_that_is_gone_is_said(lab: SiteJournal) -> None:
    for path in (lab.root / "evidence/runs").glob("*.json"):
        path.unlink()
    contents = lab.contents
    _, text = shown(contents)
    assert "No curve of <code>train/loss</code>: no digest holds it for base, clamped." in text
    assert "<img" not in text
    assert files(contents) == {}


def test_names_of_metrics_and_runs_are_never_markup(tmp_path: Path) -> None:
    bad = '"><script>alert(1)</script>`*_[x](y)|'
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("aaaa", {bad: [1.0, 2.0]}, name=bad))
    body = f"<!-- journal:table t\nmetrics: [{json.dumps(bad)}]\nstats: [mean]\n-->\n<!-- /journal:table -->\n"
    lab.fill(lab.entry("2026-02-21-a", body, runs=["aaaa"]))
    contents = lab.contents
    (key,) = contents.runs
    text = shown(contents)[1] + figures.of_run(key, f"runs/{key}.md", contents)
    assert text.count("<figure ") == 2
    assert "<script" not in text
    assert all(b"<script" not in content for path, content in files(contents).items() if not path.endswith(".csv"))


def test_metrics_that_each_run_logged_once_are_named_and_not_drawn(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(
        make_run("aaaa", {"final/acc": [0.5], "loss": [2.0, 1.0], "late": [1.0]}),
        make_run("bbbb", {"final/acc": [0.6], "late": [1.0, 2.0]}),
    )
    body = "<!-- journal:table t\nmetrics: [final/acc, loss, late]\nstats: [last]\n-->\n<!-- /journal:table -->\n"
    lab.fill(lab.entry("2026-02-21-a", body, runs=RUNS))
    contents = lab.contents
    _, text = shown(contents)
    assert [figure.metric for figure in entry_figures(contents)] == ["loss", "late"]
    assert text.count("<figure ") == 2
    assert "<p>Logged once, so without a curve: <code>final/acc</code>.</p>" in text
    first, second = (figures.of_run(key, f"runs/{key}.md", contents) for key in sorted(contents.runs))
    assert "so without a curve: <code>final/acc</code>, <code>late</code>.</p>" in first
    assert first.count("<figure ") == second.count("<figure ") == 1
    assert {path for path in files(contents) if path.endswith(".svg")} == {
        *(f"entries/2026-02-21-a.{number}.svg" for number in (1, 2)),
        *(f"runs/{key}.1.svg" for key in contents.runs),
    }


def test_where_nothing_is_a_curve_there_are_no_figures(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("aaaa", {"final/acc": [0.5]}))
    body = "<!-- journal:table t\nmetrics: [final/acc]\nstats: [last]\n-->\n<!-- /journal:table -->\n"
    lab.fill(lab.entry("2026-02-21-a", body, runs=RUNS[:1]))
    contents = lab.contents
    (key,) = contents.runs
    assert (shown(contents)[1], figures.of_run(key, f"runs/{key}.md", contents), files(contents)) == ("", "", {})


SPIKE = [430.0, 60.0, 5.0, *(2.0 + 1 / (1 + place) for place in range(60))]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (SPIKE, "log"),
        ([0.02, *(70 + place / 100 for place in range(60))], "linear"),
        ([*SPIKE, 0.0], "linear"),
        ([float(place + 1) for place in range(60)], "linear"),
        ([3.0] * 60, "linear"),
        (SPIKE[:7], "linear"),
    ],
)
def test_where_nobody_chose_a_scale_one_that_shows_most_points_is_taken(
    tmp_path: Path, values: list[float], scale: str
) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("aaaa", {"loss": values}))
    table = "<!-- journal:table t\nmetrics: [loss]\nstats: [last]\n-->\n<!-- /journal:table -->\n"
    lab.fill(lab.entry("2026-02-21-a", table, runs=RUNS[:1]))
    contents = lab.contents
    (drawn,) = figure.read(entry_figures(contents), contents)
    assert drawn.asked.scale == scale
    assert ("Log scale." in shown(contents)[1]) == (scale == "log")


def test_the_scale_that_an_author_chose_stays(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("aaaa", {"loss": SPIKE}))
    plot = "<!-- journal:plot p\nmetrics: [loss]\n-->\n<!-- /journal:plot -->\n"
    lab.fill(lab.entry("2026-02-21-a", plot, runs=RUNS[:1]))
    (drawn,) = figure.read(entry_figures(lab.contents), lab.contents)
    assert drawn.asked.scale == "linear"
