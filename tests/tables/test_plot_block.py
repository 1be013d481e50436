"""The `plot` block: what of its curves stands in the entry, and what is kept of them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk, cells
from journal import config as configuration
from journal.document import plain_yaml
from journal.document.typed import load
from journal.errors import BlockError
from journal.model.table import PlotSpec
from journal.tables.fill import grid_of
from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

HEAD = ["metric · run", "first", "last", "min", "min at step", "max", "max at step", "rows"]
LOSS = [(0, 8.0), (1, 9.0), (2, math.nan), (3, 2.0), (4, 3.0)]
SPEC = "metrics: [loss, {rate: lr}]\nruns: [a, {later: b}]\nwindow: 1..\nscale: log\nsmooth: 0.9"
DRAWN = "drawn on a linear scale"


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    desk = Toys.begin(tmp_path)
    desk.run("a", {"loss": LOSS, "lr": line(range(5), 0.5)})
    desk.run("b", {"loss": [(0, 7.0), (1, 6.0)], "lr": line(range(2), 0.25)}, started=2)
    return desk


def plot(toys: Toys, spec: str, *handles: str) -> list[list[str]]:
    toys.ask(block(spec, "plot"), *(handles or ("a", "b")))
    toys.fill()
    return cells(toys.text)


def test_each_metric_of_each_run_has_a_row(toys: Toys) -> None:
    assert plot(toys, SPEC) == [
        HEAD,
        ["loss · a", "9", "3", "2", "3", "9", "1", "3"],
        ["loss · later", "6", "6", "6", "1", "6", "1", "1"],
        ["rate · a", "0.500", "2", "0.500", "1", "2", "4", "4"],
        ["rate · later", "0.250", "0.250", "0.250", "1", "0.250", "1", "1"],
    ]
    assert toys.standing() == ("fresh", "")


def test_the_line_below_says_what_was_read_and_how_it_is_drawn(toys: Toys) -> None:
    plot(toys, SPEC)
    assert toys.caption == (
        "over steps 1..; rows used: a 3 to 4, later 1; non-finite rows left out: a 1; "
        "steps differ: a 1..4, later 1..1; drawn on a log scale, smoothed by an exponential moving average of "
        "weight 0.9; the numbers are of the rows themselves"
    )


def test_what_is_the_same_for_all_curves_stands_below_them(toys: Toys) -> None:
    assert [row[0] for row in plot(toys, "metrics: lr")] == ["run", "a", "b"]
    assert toys.caption == f"lr over all steps; rows used: a 5, b 2; steps differ: a 0..4, b 0..1; {DRAWN}"
    assert [row[0] for row in plot(toys, "metrics: lr\nruns: a")] == ["metric", "lr"]
    assert toys.caption == f"run a over all steps; rows used: a 5; {DRAWN}"


def test_what_a_log_scale_cannot_show_is_told(toys: Toys) -> None:
    plot(toys, "metrics: [loss, lr]\nscale: log", "a")
    assert toys.caption.endswith("; drawn on a log scale; rows at or below 0 have no place on that scale: lr")
    plot(toys, "metrics: [loss, lr]", "a")
    assert toys.caption.endswith(DRAWN)


def test_evidence_holds_every_default_and_names_as_they_are_known(toys: Toys) -> None:
    plot(toys, "metrics: loss")
    found = toys.found["blocks"]["plot"]
    assert found["kind"] == "plot"
    assert found["spec"] == {"metrics": ["loss"], "runs": ["a", "b"], "window": "all", "scale": "linear", "smooth": 0.0}
    plot(toys, SPEC)
    assert toys.found["blocks"]["plot"]["spec"] == {
        "metrics": ["loss", "lr"],
        "runs": ["a", "b"],
        "window": "1..",
        "scale": "log",
        "smooth": 0.9,
        "labels": {"metrics": {"lr": "rate"}, "runs": {"b": "later"}},
    }


def test_every_number_is_an_expression_that_can_be_traced(toys: Toys, capsys: Capsys) -> None:
    plot(toys, SPEC)
    expressions = [cell["expression"] for cell in toys.found["blocks"]["plot"]["cells"]][:7]
    names = ("first", "last", "min", "argmin", "max", "argmax", "n")
    assert expressions == [f"{name}(loss)[1..]@a" for name in names]
    (traced,) = toys.call(capsys, "trace", ENTRY, "plot", "loss · a, max at step", "--json").json["cells"]
    assert traced["value"] == 1


def test_a_run_that_is_not_there_yet_waits(toys: Toys) -> None:
    table = plot(toys, "metrics: loss", "a", "soon")
    assert table[2] == ["soon", *["TBD"] * 7]
    assert toys.standing() == ("pending", "run soon is not there yet")
    assert [row[1] for row in plot(toys, "metrics: loss", "soon")[1:]] == ["TBD"]
    assert toys.caption == f"run soon over all steps; {DRAWN}"


def test_it_may_wait_for_all_of_its_runs(toys: Toys) -> None:
    toys.entry(ENTRY, block("metrics: loss", "plot"))
    toys.fill()
    assert cells(toys.text)[1] == ["loss", *["TBD"] * 7]
    assert toys.standing() == ("pending", "no runs yet")


def test_an_unknown_metric_is_told_with_the_one_that_is_meant(toys: Toys, capsys: Capsys) -> None:
    plot(toys, "metrics: lss", "a")
    assert toys.standing() == ("pending", "run a has no metric 'lss' (did you mean loss?)")
    told = [each["code"] for each in toys.call(capsys, "check", "--json").json["findings"]]
    assert "TAB005" in told


@pytest.mark.parametrize(
    "change", [("smooth: 0.9", "smooth: 0.5"), ("scale: log", "scale: linear"), ("rate: lr", "speed: lr")]
)
def test_another_picture_of_the_same_rows_is_stale_until_filled(toys: Toys, change: tuple[str, str]) -> None:
    plot(toys, SPEC)
    toys.rewrite(*change)
    assert toys.standing() == ("stale", "its spec changed since it was filled")
    toys.fill()
    assert toys.standing() == ("fresh", "")


def test_numbers_of_a_run_that_went_on_have_drifted(toys: Toys) -> None:
    toys.run("c", {"loss": LOSS}, code=None, started=3)
    plot(toys, "metrics: loss", "c")
    toys.run("c", {"loss": [*LOSS, (5, 1.0)]}, code=None, started=3)
    state, message = toys.standing()
    assert (state, message.partition(" (")[0]) == (
        "drifted",
        "loss, first: steps 0..4 is now 0..5; loss, last: 3.0 is now 1.0; loss, min: 2.0 is now 1.0; and 4 more",
    )


def test_text_that_was_changed_by_hand_is_kept(toys: Toys) -> None:
    plot(toys, "metrics: loss", "a")
    toys.rewrite("| loss | 8 |", "| loss | 80 |")
    before = toys.text
    assert toys.standing() == ("edited", "text between the markers was changed by hand")
    toys.fill()
    assert toys.text == before
    toys.fill(force=True)
    assert "| loss | 8 |" in toys.text


def test_the_evidence_alone_says_the_same(toys: Toys) -> None:
    plot(toys, SPEC)
    before = toys.text
    grid = grid_of(configuration.find(toys.root), f"entries/{ENTRY}.md", "plot")
    assert (list(grid.head), grid.caption) == (HEAD, toys.caption)
    toys.take_away()
    assert toys.standing()[0] == "unverifiable"
    toys.fill()
    assert toys.text == before


@pytest.mark.parametrize(
    ("spec", "line_", "message", "hint"),
    [
        ("runs: a", 10, "'metrics' is missing", "add `metrics:`"),
        ("metrics: a\nlog: yes", 11, "'log' is not known here", "known: metrics, runs, window, scale, smooth"),
        ("metrics: a\nsmooth: much", 11, "smooth: must be a number", None),
        ("metrics: a\nscale: ln", 11, "scale: must be 'linear' or 'log'", None),
    ],
)
def test_what_cannot_be_drawn_is_told_at_its_line(spec: str, line_: int, message: str, hint: str | None) -> None:
    with pytest.raises(BlockError) as error:
        load(plain_yaml.Source(spec, 10, "e.md", BlockError), PlotSpec)
    assert (error.value.line, error.value.message, error.value.hint) == (line_, message, hint)


def test_a_handle_that_the_entry_does_not_know_is_told(toys: Toys, capsys: Capsys) -> None:
    toys.ask(block("metrics: loss\nruns: [a, c]", "plot"), "a")
    told = toys.call(capsys, "fill-results", ENTRY)
    assert told.code == 1
    assert "no run 'c' in this entry" in told.err
    assert "runs in its front matter: a" in told.err


# --- real runs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys) -> Desk:
    """A filled and committed plot of two recorded runs."""
    desk = Desk.with_runs(tmp_path, {"plain031", "large031"})
    asked = block("metrics: [train/loss, train/acc]\nwindow: 20..300", "plot")
    desk.entry(ENTRY, asked, runs="{id: plain031, as: short}, {id: large031, as: long}", matter="status: running\n")
    desk.commit("Ask")
    assert desk.call(capsys, "fill-results").code == 0
    desk.commit("Fill")
    return desk


def test_the_digest_of_each_run_holds_a_curve_of_each_metric(desk: Desk) -> None:
    digests = {path.stem.partition("-")[0]: path for path in (desk.root / "evidence" / "runs").iterdir()}
    assert sorted(digests) == ["large031", "plain031"]
    for path in digests.values():
        metrics: dict[str, Any] = json.loads(path.read_bytes())["metrics"]
        drawn = {name: len(metrics[name]["curve"]["steps"]) for name in ("train/loss", "train/acc") if name in metrics}
        assert set(drawn) == {"train/loss", "train/acc"} & set(metrics)
        assert drawn.get("train/loss", 0) > 0


def test_a_filled_plot_is_in_order_and_filling_it_again_changes_nothing(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    checked = desk.call(capsys, "check", "--json")
    assert [(each["code"], each["message"]) for each in checked.json["findings"]] == []
    assert desk.call(capsys, "fill-results", "--check").code == 0
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.files() == before


def test_a_filled_plot_is_exported_as_a_table(desk: Desk, capsys: Capsys) -> None:
    out = desk.call(capsys, "export-table", ENTRY, "plot", "--format", "csv", "--full").out
    assert out.splitlines()[0] == ",".join(HEAD)
    assert "train/loss · short,3.6875,2.140625,2.140625,119,3.6875,20,100" in out


def test_the_report_of_one_block_is_its_own(toys: Toys) -> None:
    plot(toys, "metrics: loss", "a")
    (report,) = toys.plan().blocks
    assert (report.kind, report.name, report.cells, said(report)) == ("plot", "plot", 7, ("fresh", ""))
