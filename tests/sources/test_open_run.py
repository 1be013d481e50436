import math

import polars as pl
import pytest
from wandb_writer import frame, history, run

from journal.errors import SourceError
from journal.model.run import Metric, Origin, Run, RunState
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.wandb_log import read_log


@pytest.fixture
def opened() -> OpenRun:
    rows = [
        history({"loss": 4.0, "acc": 0.5}, step=0),
        history({"loss": math.nan}, step=10),
        history({"acc": 0.75, "odd": math.inf}, step=20),
    ]
    contents = read_log(frame([run("abc", name="n", project="toy", config={"lr": 1}), *rows]))
    facts = Run(
        id="abc", project="toy", name="n", place="here", state=contents.state, config=contents.config,
        rows=contents.rows, last_step=contents.last_step,
    )  # fmt: skip
    origin = Origin(kind="wandb-log", path="run-abc.wandb", bytes=1, sha256="0")
    return OpenRun(Loaded(facts, origin, contents.columns, contents.summary))


def test_a_run_shows_what_its_tracker_recorded(opened: OpenRun) -> None:
    assert (opened.id, opened.name, opened.config, opened.summary) == ("abc", "n", {"lr": 1}, {})
    assert (opened.commit, opened.started, opened.problems) == (None, None, ())
    assert opened.state is RunState.CRASHED_OR_RUNNING
    assert repr(opened) == "<run toy/abc: 3 metrics, 3 rows, crashed or running>"


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
    with pytest.raises(SourceError, match=r"no metric 'los' \(it has: acc, loss, odd\)"):
        opened.history(["los"])
