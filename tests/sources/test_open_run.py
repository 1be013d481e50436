import math
from pathlib import Path

import polars as pl
import pytest
from wandb_writer import frame, history, run

from journal.errors import SourceError
from journal.model.run import Metric, RunState
from journal.sources.open_run import OpenRun
from journal.sources.registry import open_run


@pytest.fixture
def opened(tmp_path: Path) -> OpenRun:
    rows = [
        history({"loss": 4.0, "acc": 0.5, "_timestamp": 1e9}, step=0),
        history({"loss": math.nan}, step=10),
        history({"acc": 0.75, "odd": math.inf, "_timestamp": 1e9 + 20}, step=20),
    ]
    log = tmp_path / "run-abc.wandb"
    log.write_bytes(frame([run("abc", name="n", project="toy", config={"lr": 1}), *rows]))
    return open_run(log)


def test_a_run_shows_what_its_tracker_recorded(opened: OpenRun) -> None:
    assert (opened.id, opened.name, opened.config, opened.summary) == ("abc", "n", {"lr": 1}, {})
    assert (opened.commit, opened.started, opened.problems) == (None, None, ())
    assert opened.state is RunState.CRASHED_OR_RUNNING
    assert repr(opened).startswith("<run toy/abc in ")


def test_metrics_count_odd_rows_apart(opened: OpenRun) -> None:
    assert opened.metrics == [
        Metric(name="acc", n=2, nonfinite=0, first_step=0, last_step=20, last=0.75),
        Metric(name="loss", n=1, nonfinite=1, first_step=0, last_step=10, last=4.0),
        Metric(name="odd", n=0, nonfinite=1, first_step=20, last_step=20, last=None),
    ]


def test_history_has_a_row_per_step_and_a_null_where_nothing_was_logged(opened: OpenRun) -> None:
    frame_ = opened.history(["loss", "acc"])
    assert frame_.schema == {"_step": pl.Int64(), "loss": pl.Float64(), "acc": pl.Float64()}
    assert frame_["_step"].to_list() == [0, 10, 20]
    assert frame_["acc"].to_list() == [0.5, None, 0.75]
    assert frame_["loss"].is_nan().to_list() == [False, True, None]


def test_history_of_everything_has_every_metric_in_name_order(opened: OpenRun) -> None:
    assert opened.history().columns == ["_step", "acc", "loss", "odd"]
    assert opened.history([]).shape == (0, 1)


def test_history_of_an_unknown_metric_names_the_known_ones(opened: OpenRun) -> None:
    with pytest.raises(SourceError, match=r"no metric 'los' \(did you mean loss\?\)"):
        opened.history(["los"])


def test_history_tells_the_wall_time_of_each_row_where_it_was_recorded(opened: OpenRun) -> None:
    frame_ = opened.history(["odd", "loss"], wall_time=True)
    assert frame_.columns == ["_step", "_timestamp", "odd", "loss"]
    assert frame_["_step"].to_list() == [0, 10, 20]
    assert frame_["_timestamp"].to_list() == [1e9, None, 1e9 + 20]
    assert opened.history([], wall_time=True).shape == (0, 2)


def test_a_run_of_one_folder_has_one_segment(opened: OpenRun) -> None:
    (segment,) = opened.segments
    assert (segment.rows, segment.kept, segment.first_step, segment.last_step) == (3, 3, 0, 20)
    assert segment.origin == opened.origin
    assert opened.run.rule is None


def test_a_metric_that_damage_may_have_taken_is_answered_with_the_damage(tmp_path: Path) -> None:
    log = tmp_path / "run-abc.wandb"
    log.write_bytes(frame([run("abc"), b"\xff", b"\xff"]))
    with pytest.raises(SourceError, match=r"no metric 'x' \(it has none; 2 things in it could not be read\)"):
        open_run(log).history("x")


def test_a_run_shows_itself_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "run-abc.wandb"
    log.write_bytes(frame([run("abc", project="toy"), history({"x": 1})]))
    opened = open_run(log)
    monkeypatch.setattr("journal.sources.wandb_log.scan.LogScan.read", None)
    assert (opened.id, repr(opened)) == ("abc", f"<run toy/abc in {log}>")
